"""What a database holds: one snapshot, comparable, printable as a difference."""

from __future__ import annotations

from typing import TYPE_CHECKING

from releasegate import database
from releasegate.model import CatalogObject

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from releasegate.database import Connection

Snapshot = dict[CatalogObject, str]

# Definitions are schema-qualified only under a search_path of pg_catalog, which callers set.
# NOT NULL constraints, rows of their own since 18, are told by the columns.
_SNAPSHOT = """
WITH schema AS (
  SELECT oid, nspname FROM pg_catalog.pg_namespace
  WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'releasegate')
), relation AS (
  SELECT c.oid, s.nspname, c.relname, c.relkind, c.relpersistence, c.relrowsecurity,
         c.relforcerowsecurity
  FROM pg_catalog.pg_class c JOIN schema s ON s.oid = c.relnamespace
)
SELECT 'table', nspname, '', relname,
       concat_ws(' ', 'kind', relkind, 'persistence', relpersistence, 'row security',
                 relrowsecurity, relforcerowsecurity)
FROM relation WHERE relkind IN ('r', 'p')
UNION ALL
SELECT 'column', r.nspname, r.relname, a.attname,
       concat_ws(' ', pg_catalog.format_type(a.atttypid, a.atttypmod),
                 CASE WHEN a.attnotnull THEN 'NOT NULL' END,
                 'DEFAULT ' || pg_catalog.pg_get_expr(d.adbin, d.adrelid),
                 'IDENTITY ' || nullif(a.attidentity::text, ''),
                 'GENERATED ' || nullif(a.attgenerated::text, ''))
FROM relation r
JOIN pg_catalog.pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE r.relkind IN ('r', 'p')
UNION ALL
SELECT 'constraint', r.nspname, r.relname, c.conname,
       pg_catalog.pg_get_constraintdef(c.oid)
FROM relation r JOIN pg_catalog.pg_constraint c ON c.conrelid = r.oid
WHERE c.contype <> 'n'
UNION ALL
SELECT 'index', r.nspname, '', r.relname,
       concat_ws(' ', pg_catalog.pg_get_indexdef(r.oid),
                 CASE WHEN NOT (i.indisvalid AND i.indisready AND i.indislive) THEN 'INVALID' END)
FROM relation r JOIN pg_catalog.pg_index i ON i.indexrelid = r.oid
"""


def snapshot(connection: Connection) -> Snapshot:
    """Read every table, column, constraint and index outside system schemas and the ledger."""
    return {
        CatalogObject(kind, schema, name, table): definition
        for kind, schema, table, name, definition in database.rows(connection, _SNAPSHOT)
    }


def describe(connection: Connection, things: Iterable[CatalogObject]) -> dict[str, str | None]:
    """Map each object's name to its definition, None where it is absent."""
    held = snapshot(connection)
    return {str(thing): held.get(thing) for thing in things}


def difference(before: Mapping[str, str | None], after: Mapping[str, str | None]) -> list[str]:
    """Say object by object what changed; empty when nothing did."""
    lines = []
    for name in sorted({*before, *after}):
        was, now = before.get(name), after.get(name)
        if was == now:
            continue
        if now is None:
            lines.append(f"{name} is missing")
        elif was is None:
            lines.append(f"{name} is there: {now}")
        else:
            lines.append(f"{name} was {was}; is {now}")
    return lines
