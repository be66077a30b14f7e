"""A connection -> its tables and columns by their numbers, which outlive every rename."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from releasegate import database
from releasegate.model import Relation

if TYPE_CHECKING:
    from releasegate.database import Connection

_TABLES = """
SELECT c.oid::int8, n.nspname::text, c.relname::text, c.relkind::text, c.relispartition,
  coalesce((SELECT x.indkey::int2[] FROM pg_index x WHERE x.indrelid = c.oid AND x.indisprimary),
           '{}')
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_'
  AND n.nspname NOT IN ('information_schema', 'releasegate')
"""
_COLUMNS = """
SELECT a.attrelid::int8, a.attnum::int, a.attname::text, format_type(a.atttypid, a.atttypmod),
  a.attnotnull, pg_get_expr(d.adbin, d.adrelid), a.attidentity <> '',
  CASE WHEN a.atttypid IN ('varchar'::regtype, 'bpchar'::regtype) AND a.atttypmod > 4
       THEN a.atttypmod - 4 END
FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE a.attrelid = ANY (%s) AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attrelid, a.attnum
"""


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    type: str
    not_null: bool
    #: what it has where nothing is given, or is made of
    default: str | None
    is_identity: bool
    #: of a text of bounded length
    length: int | None


@dataclass(frozen=True, slots=True)
class Table:
    name: Relation
    is_partitioned: bool
    is_partition: bool
    #: numbers of the primary key's columns
    key: tuple[int, ...]
    #: by their numbers, which outlive a rename
    columns: dict[int, Column]

    @property
    def only(self) -> str:
        """What stands before its name: its heirs' rows are not its own, its partitions' are."""
        return "" if self.is_partitioned else "ONLY "


def layout(connection: Connection) -> dict[int, Table]:
    """Read the tables outside system schemas and the ledger; copies of a database agree on numbers.

    Definitions are qualified under a search_path of pg_catalog, which callers set.
    """
    found = database.rows(connection, _TABLES)
    columns: dict[int, dict[int, Column]] = {number: {} for number, *_ in found}
    for table, number, *rest in database.rows(connection, _COLUMNS, (list(columns),)):
        columns[table][number] = Column(*rest)
    return {
        number: Table(
            Relation(schema, name), kind == "p", is_partition, tuple(key), columns[number]
        )
        for number, schema, name, kind, is_partition, key in found
    }
