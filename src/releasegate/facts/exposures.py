"""Tables whose rows have owners -> what reads them by rights other than the reader's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from releasegate import database
from releasegate.model import Level, Relation

if TYPE_CHECKING:
    from collections.abc import Collection

    from releasegate.database import Connection


@dataclass(frozen=True, slots=True)
class Exposure:
    """Something through which rows are reached that row security would keep back."""

    message: str
    help: str
    level: Level = Level.ERROR


_TABLES = """
WITH RECURSIVE owned AS (
  SELECT c.oid, n.nspname, c.relname, c.relrowsecurity
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  JOIN ROWS FROM (unnest(%s::text[]), unnest(%s::text[])) w (s, r)
    ON n.nspname = w.s AND c.relname = w.r
  WHERE c.relkind IN ('r', 'p')
),
"""

# Views upon views too: whichever of them reads by its owner's rights opens what lies below.
_VIEWS = """
reader (oid) AS (
  SELECT oid FROM owned
  UNION
  SELECT w.ev_class FROM reader
  JOIN pg_catalog.pg_depend d ON d.refclassid = 'pg_catalog.pg_class'::regclass
    AND d.refobjid = reader.oid AND d.classid = 'pg_catalog.pg_rewrite'::regclass
  JOIN pg_catalog.pg_rewrite w ON w.oid = d.objid
)
SELECT n.nspname, c.relname, c.relkind::text,
       c.relkind = 'm' AND EXISTS (
         SELECT FROM pg_catalog.aclexplode(c.relacl) g
         WHERE g.privilege_type = 'SELECT' AND g.grantee <> c.relowner)
FROM reader JOIN pg_catalog.pg_class c ON c.oid = reader.oid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('v', 'm') AND NOT EXISTS (
  SELECT FROM pg_catalog.pg_options_to_table(c.reloptions) o
  WHERE o.option_name = 'security_invoker' AND o.option_value::boolean)
ORDER BY 1, 2
"""

# A body in a string depends on nothing, so it is read for the tables' names. What it puts together
# at run time may be anything.
_FUNCTIONS = """
named AS (
  SELECT p.oid, p.prosrc ~* '\\mexecute\\M' AS is_dynamic,
         EXISTS (
           SELECT FROM owned WHERE p.prosrc ~*
             ('\\m' || regexp_replace(owned.relname, '([^[:alnum:]_])', '\\\\\\1', 'g') || '\\M'))
         OR EXISTS (
           SELECT FROM pg_catalog.pg_depend d JOIN owned ON owned.oid = d.refobjid
           WHERE d.classid = 'pg_catalog.pg_proc'::regclass AND d.objid = p.oid) AS is_named
  FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
  WHERE p.prosecdef AND n.nspname !~ '^pg_'
    AND n.nspname NOT IN ('information_schema', 'releasegate')
)
SELECT p.oid::regprocedure::text,
       p.prorettype IN ('trigger'::regtype, 'event_trigger'::regtype)
         OR p.prorettype = 'bool'::regtype AND p.provolatile <> 'v' OR NOT named.is_named
FROM named JOIN pg_catalog.pg_proc p ON p.oid = named.oid
WHERE (named.is_named OR named.is_dynamic)
  AND (p.proacl IS NULL OR EXISTS (
    SELECT FROM pg_catalog.aclexplode(p.proacl) g
    WHERE g.privilege_type = 'EXECUTE' AND g.grantee <> p.proowner))
ORDER BY 1
"""

_CHILDREN = """
child (oid) AS (
  SELECT i.inhrelid FROM owned JOIN pg_catalog.pg_inherits i ON i.inhparent = owned.oid
  UNION
  SELECT i.inhrelid FROM child JOIN pg_catalog.pg_inherits i ON i.inhparent = child.oid
)
SELECT n.nspname, c.relname
FROM child JOIN pg_catalog.pg_class c ON c.oid = child.oid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE NOT c.relrowsecurity AND EXISTS (SELECT FROM owned WHERE relrowsecurity)
ORDER BY 1, 2
"""


def exposures(connection: Connection, names: Collection[Relation]) -> list[Exposure]:
    """Find views, functions and partitions through which somebody else's rows can be reached."""
    values = [name.schema for name in names], [name.name for name in names]

    def found(query: str) -> list[tuple[object, ...]]:
        return database.rows(connection, _TABLES + query, values)

    return [
        *(_view(*row) for row in found(_VIEWS) if row[2] == "v" or row[3]),
        *(_function(*row) for row in found(_FUNCTIONS)),
        *(_child(*row) for row in found(_CHILDREN)),
    ]


def _view(schema: object, name: object, kind: object, _: object) -> Exposure:
    if kind == "m":
        message = f"The materialized view {schema}.{name} holds everybody's rows, and is granted."
        return Exposure(message, "REVOKE the right to read it.")
    message = f"The view {schema}.{name} reads by its owner's rights: no policy binds its readers."
    return Exposure(message, "ALTER VIEW ... SET (security_invoker = true)")


def _function(name: object, is_mild: object) -> Exposure:
    message = (
        f"{name} is SECURITY DEFINER: whoever may call it may reach rows by its owner's rights."
    )
    level = Level.WARNING if is_mild else Level.ERROR
    return Exposure(message, "Make it SECURITY INVOKER, or REVOKE EXECUTE from PUBLIC.", level)


def _child(schema: object, name: object) -> Exposure:
    message = f"The table {schema}.{name} holds rows of its parent, and has no row security."
    return Exposure(
        message, "Enable row security on it too, with no policy: reads go by the parent."
    )
