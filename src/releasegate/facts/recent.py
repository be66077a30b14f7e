"""Rows that were made since a time -> how many lack a value, or are older than their parent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from releasegate import database
from releasegate.facts.hanging import table_bytes
from releasegate.statements.parser import quote, quote_relation

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from releasegate.database import Connection
    from releasegate.model import Relation

#: the column that says when a row was made
MADE_AT = "created_at"
#: up to this size a table is read whole, of a larger one a sample as large as this
READ_BYTES = 32 << 20
#: of the newest, where an index leads to them
_NEWEST = 50_000
#: whose parents are looked up where one of the tables is large: each costs a look into its index
_LOOKED_UP = 5_000


@dataclass(frozen=True, slots=True)
class Recent:
    """Counts over the rows that were looked at."""

    rows: int
    #: column -> rows without a value
    without: dict[str, int]
    #: all of the rows since then were looked at
    is_whole: bool


def made_at(connection: Connection, tables: Sequence[Relation]) -> set[Relation]:
    """Tell which of the tables note when a row was made."""
    rows = database.rows(
        connection,
        "SELECT n.nspname::text, c.relname::text FROM pg_attribute a "
        "JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE a.attname = %s AND NOT a.attisdropped "
        "AND a.atttypid IN ('timestamptz'::regtype, 'timestamp'::regtype)",
        (MADE_AT,),
    )
    return {table for table in tables if (table.schema, table.name) in rows}


def recent(
    connection: Connection,
    table: Relation,
    columns: Sequence[str],
    since: datetime,
    *,
    read_bytes: int = READ_BYTES,
) -> Recent:
    """Count the rows since then that have no value in each of the columns.

    Raises:
        psycopg.Error: the table may not be read, or not in time.
    """
    place, most = _place(connection, table, columns, read_bytes)
    counts = ", ".join(f"count(*) FILTER (WHERE r.{_name(name)} IS NULL)" for name in columns)
    query = f"SELECT count(*), {counts} FROM {place}"  # noqa: S608
    rows, *lacking = database.one(connection, query, (since,))
    is_whole = most is None or rows < most
    return Recent(rows, dict(zip(columns, lacking, strict=True)), is_whole)


def older_than_parents(
    connection: Connection,
    table: Relation,
    column: str,
    parent: Relation,
    parent_column: str,
    since: datetime,
) -> int:
    """Count the rows since then that were made before their parent was, among some of them.

    Raises:
        psycopg.Error: a table may not be read, or not in time.
    """
    place, _ = _place(connection, table, [column], READ_BYTES)
    same = f"p.{_name(parent_column)} = r.{_name(column)}"
    is_small = max(table_bytes(connection, table), table_bytes(connection, parent)) <= READ_BYTES
    some = "" if is_small else f" LIMIT {_LOOKED_UP}"
    query = (
        f"SELECT count(*) FROM (SELECT r.* FROM {place}{some}) AS r "  # noqa: S608
        f"JOIN {_table(parent)} AS p ON {same} WHERE r.{MADE_AT} < p.{MADE_AT}"
    )
    return int(database.one(connection, query, (since,))[0])


def _place(
    connection: Connection, table: Relation, columns: Sequence[str], read_bytes: int
) -> tuple[str, int | None]:
    """Write FROM and WHERE of the rows since a time, never more than are cheaply read.

    Less than the number that comes along are all of them; None: it is all of them anyway.
    """
    size, name = table_bytes(connection, table), _table(table)
    if size <= read_bytes:
        return f"{name} AS r WHERE r.{MADE_AT} >= %s", None
    if _has_index(connection, table):
        listed = ", ".join(map(_name, dict.fromkeys((*columns, MADE_AT))))
        newest = (
            f"(SELECT {listed} FROM {name} WHERE {MADE_AT} >= %s "  # noqa: S608
            f"ORDER BY {MADE_AT} DESC LIMIT {_NEWEST}) AS r"
        )
        return newest, _NEWEST
    share = max(100 * read_bytes / size, 0.001)
    return f"{name} AS r TABLESAMPLE SYSTEM ({share:.3f}) WHERE r.{MADE_AT} >= %s", 0


def _name(text: str) -> str:
    """Quote a name for a query with values, in which a percent sign is a place for one."""
    return quote(text).replace("%", "%%")


def _table(relation: Relation) -> str:
    return quote_relation(relation).replace("%", "%%")


def _has_index(connection: Connection, table: Relation) -> bool:
    """Tell whether an ordered index leads to the newest rows."""
    query = (
        "SELECT EXISTS (SELECT FROM pg_index x JOIN pg_class c ON c.oid = x.indrelid "
        "JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_class i ON i.oid = x.indexrelid "
        "JOIN pg_am m ON m.oid = i.relam AND m.amname = 'btree' "
        "JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = x.indkey[0] "
        "WHERE n.nspname = %s AND c.relname = %s AND a.attname = %s "
        "AND x.indisvalid AND x.indpred IS NULL)"
    )
    return bool(database.one(connection, query, (table.schema, table.name, MADE_AT))[0])
