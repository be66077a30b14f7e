"""Relations by name -> how large they are, as the server's statistics know them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from releasegate import database
from releasegate.model import Relation

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from releasegate.database import Connection

#: what a row takes beside its values: header and line pointer (manual, 66.6)
_ROW_OVERHEAD = 28
#: the planner's own guess for a value of unknown length
_USUAL_WIDTH = 32
_PAGE_FILL = 0.9


@dataclass(frozen=True, slots=True)
class Column:
    """A column's values, on the average."""

    #: bytes of a value that is no NULL
    width: float
    #: from 0 to 1
    null_part: float = 0.0
    #: how many different values; None: nobody has analyzed the table, or we may not know
    distinct: float | None = None
    #: how much the rows lie in the order of its values, from 0 to 1
    order: float = 0.0
    #: texts whose order is a language's, which takes far longer to tell than that of their bytes
    is_collated: bool = False


@dataclass(frozen=True, slots=True)
class Size:
    """A table's, all its partitions together."""

    rows: float = 0.0
    pages: int = 0
    table_bytes: int = 0
    index_bytes: int = 0
    columns: Mapping[str, Column] = field(default_factory=dict)
    #: the table itself, or its largest partition: quoted, to be read
    place: str | None = None
    place_pages: int = 0


@dataclass(frozen=True, slots=True)
class Index:
    """An index that is there."""

    table: Relation
    #: in its order; None stands for an expression
    columns: tuple[str | None, ...]
    is_valid: bool


@dataclass(frozen=True, slots=True)
class Unproven:
    """A constraint that is there NOT VALID."""

    name: str
    table: Relation
    #: of a foreign key
    columns: tuple[str, ...]
    #: None: it is no foreign key
    parent: Relation | None


# Row counts are as old as the last VACUUM or ANALYZE; the number of pages is today's, so rows
# follow from what was on a page then, as the planner does it. Partitions are found without locks.
_SIZES = """
WITH RECURSIVE wanted AS (
  SELECT c.oid AS root, c.oid, c.relkind
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN ROWS FROM (unnest(%s::text[]), unnest(%s::text[])) w (s, r)
    ON n.nspname = w.s AND c.relname = w.r
  WHERE c.relkind IN ('r', 'p', 'm')
  UNION ALL
  SELECT w.root, c.oid, c.relkind
  FROM wanted w JOIN pg_inherits i ON i.inhparent = w.oid
  JOIN pg_class c ON c.oid = i.inhrelid AND c.relispartition
), leaf AS (
  SELECT w.root, c.reltuples, c.relpages, pg_relation_size(c.oid) AS bytes,
    pg_indexes_size(c.oid) AS index_bytes, format('%%I.%%I', n.nspname, c.relname) AS place,
    current_setting('block_size')::int8 AS page
  FROM wanted w JOIN pg_class c ON c.oid = w.oid JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE w.relkind IN ('r', 'm')
)
SELECT n.nspname, r.relname, r.oid::int8,
  coalesce(sum(leaf.bytes / leaf.page), 0)::int8,
  coalesce(sum(leaf.bytes), 0)::int8, coalesce(sum(leaf.index_bytes), 0)::int8,
  sum(CASE WHEN leaf.reltuples >= 0 AND leaf.relpages > 0
    THEN leaf.reltuples::float8 / leaf.relpages * (leaf.bytes / leaf.page) END),
  (array_agg(leaf.place ORDER BY leaf.bytes DESC))[1],
  coalesce(max(leaf.bytes / leaf.page), 0)::int8
FROM pg_class r JOIN pg_namespace n ON n.oid = r.relnamespace
LEFT JOIN leaf ON leaf.root = r.oid
WHERE r.oid IN (SELECT root FROM wanted)
GROUP BY 1, 2, 3
"""

# Of a partitioned table its own statistics, which are those of all partitions.
_COLUMNS = """
SELECT DISTINCT ON (a.attrelid, a.attnum) a.attrelid::int8, a.attname::text,
  coalesce(s.avg_width, nullif(greatest(a.attlen, 0), 0))::float8, s.null_frac::float8,
  s.n_distinct::float8, abs(s.correlation)::float8,
  coalesce(CASE coalesce(nullif(k.collprovider, 'd'), d.datlocprovider)
    WHEN 'i' THEN true
    WHEN 'c' THEN coalesce(k.collcollate, d.datcollate) NOT IN ('C', 'POSIX')
  END, false) AND a.attcollation <> 0
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_database d ON d.datname = current_database()
LEFT JOIN pg_collation k ON k.oid = a.attcollation
LEFT JOIN pg_stats s
  ON (s.schemaname, s.tablename, s.attname) = (n.nspname, c.relname, a.attname)
WHERE a.attrelid = ANY (%s::oid[]) AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attrelid, a.attnum, s.inherited DESC
"""

_INDEXES = """
SELECT i.relname::text, n.nspname, t.relname,
  ARRAY(SELECT a.attname::text FROM unnest(x.indkey::int2[]) WITH ORDINALITY AS k (number, place)
        LEFT JOIN pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = k.number
        ORDER BY k.place),
  x.indisvalid, m.nspname
FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
JOIN pg_namespace m ON m.oid = i.relnamespace
JOIN pg_class t ON t.oid = x.indrelid JOIN pg_namespace n ON n.oid = t.relnamespace
WHERE m.nspname = ANY (%s) AND i.relname = ANY (%s)
"""


def sizes(connection: Connection, names: Collection[Relation]) -> dict[Relation, Size]:
    """Measure those tables that exist. It takes ACCESS SHARE on each for a moment."""
    values = [name.schema for name in names], [name.name for name in names]
    found = database.rows(connection, _SIZES, values)
    columns = _columns(connection, [row[2] for row in found])
    return {
        Relation(schema, name): Size(
            _rows(rows, table_bytes, columns.get(number, {})),
            pages,
            table_bytes,
            index_bytes,
            columns.get(number, {}),
            place,
            place_pages,
        )
        for schema, name, number, pages, table_bytes, index_bytes, rows, place, place_pages in found
    }


def _rows(known: float | None, table_bytes: int, columns: Mapping[str, Column]) -> float:
    """Guess the rows of a table that nobody has analyzed by how wide one is."""
    if known is not None:
        return float(known)
    width = _ROW_OVERHEAD + sum(column.width for column in columns.values())
    return table_bytes * _PAGE_FILL / width


def _columns(connection: Connection, numbers: list[int]) -> dict[int, dict[str, Column]]:
    found: dict[int, dict[str, Column]] = {}
    rows = database.rows(connection, _COLUMNS, (numbers,))
    for number, name, width, null_part, distinct, order, is_collated in rows:
        found.setdefault(number, {})[name] = Column(
            width or _USUAL_WIDTH, null_part or 0.0, distinct or None, order or 0.0, is_collated
        )
    return found


def indexes(connection: Connection, names: Collection[Relation]) -> dict[Relation, Index]:
    """Describe those indexes that exist."""
    values = [name.schema for name in names], [name.name for name in names]
    return {
        Relation(own_schema, name): Index(Relation(schema, table), tuple(columns), is_valid)
        for name, schema, table, columns, is_valid, own_schema in database.rows(
            connection, _INDEXES, values
        )
    }


_UNPROVEN = """
SELECT k.conname::text, n.nspname, c.relname,
  ARRAY(SELECT a.attname::text FROM unnest(k.conkey) WITH ORDINALITY AS e (number, place)
        JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = e.number ORDER BY e.place),
  m.nspname, p.relname
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_class p ON p.oid = k.confrelid LEFT JOIN pg_namespace m ON m.oid = p.relnamespace
WHERE NOT k.convalidated
"""


def unproven(connection: Connection) -> list[Unproven]:
    """List the constraints that VALIDATE would have to prove."""
    return [
        Unproven(
            name,
            Relation(schema, table),
            tuple(columns),
            Relation(parent_schema, parent) if parent else None,
        )
        for name, schema, table, columns, parent_schema, parent in database.rows(
            connection, _UNPROVEN
        )
    ]
