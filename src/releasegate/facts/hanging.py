"""A child table and its key -> how many rows hang on the parents that have the most."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from releasegate import database
from releasegate.facts.room import rows_about
from releasegate.statements.parser import quote, quote_relation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from releasegate.database import Connection
    from releasegate.model import Relation

#: a table up to this size is read; of a larger one the server's own statistics tell enough
READ_BYTES = 16 << 20
_MOST = 3


@dataclass(frozen=True, slots=True)
class Hanging:
    #: the largest first, never whose they are
    rows: tuple[int, ...]
    is_counted: bool


def table_bytes(connection: Connection, name: Relation) -> int:
    """Tell the size of a table, its partitions included; 0: there is none."""
    query = (
        "SELECT coalesce(sum(pg_relation_size(p.relid)), 0)::int8 FROM pg_class c "
        "JOIN pg_namespace n ON n.oid = c.relnamespace, LATERAL ("
        "  SELECT c.oid::regclass AS relid UNION SELECT relid FROM pg_partition_tree(c.oid)) AS p "
        "WHERE n.nspname = %s AND c.relname = %s"
    )
    return int(database.one(connection, query, (name.schema, name.name))[0])


def hanging(
    connection: Connection, child: Relation, columns: Sequence[str], *, read_bytes: int = READ_BYTES
) -> Hanging | None:
    """Find the largest families; None: too large to be read, and no statistics tell.

    Raises:
        psycopg.Error: the table may not be read, or not in time.
    """
    if table_bytes(connection, child) <= read_bytes:
        return Hanging(_counted(connection, child, columns), is_counted=True)
    return _by_statistics(connection, child, columns[0]) if len(columns) == 1 else None


def _counted(connection: Connection, child: Relation, columns: Sequence[str]) -> tuple[int, ...]:
    names = ", ".join(map(quote, columns))
    given = " AND ".join(f"{quote(name)} IS NOT NULL" for name in columns)
    query = (
        f"SELECT count(*) FROM {quote_relation(child)} WHERE {given} "  # noqa: S608
        f"GROUP BY {names} ORDER BY 1 DESC LIMIT {_MOST}"
    )
    return tuple(count for (count,) in connection.execute(query.encode()).fetchall())


def _by_statistics(connection: Connection, child: Relation, column: str) -> Hanging | None:
    """Take what ANALYZE found the most common values to be worth, not the values."""
    told = database.rows(
        connection,
        "SELECT (most_common_freqs)[:%s] FROM pg_stats "
        "WHERE schemaname = %s AND tablename = %s AND attname = %s ORDER BY inherited DESC LIMIT 1",
        (_MOST, child.schema, child.name, column),
    )
    rows = rows_about(connection, child)
    if not told or not rows:
        return None
    shares = told[0][0] or ()
    return Hanging(tuple(round(share * rows) for share in shares), is_counted=False)
