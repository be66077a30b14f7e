"""A connection -> what its database holds, all of it or a few named objects, in one round trip."""

from __future__ import annotations

from typing import TYPE_CHECKING

from releasegate import database
from releasegate.catalog.others import OTHERS
from releasegate.catalog.relations import RECORDED, RELATIONS
from releasegate.model import CatalogObject, Relation

if TYPE_CHECKING:
    from collections.abc import Iterable

    from releasegate.database import Connection

Snapshot = dict[CatalogObject, str]

_THING = "(kind, schema, tbl, name, class, oid, part, owner, acl, acl_kind, definition)"
_SCHEMAS = """
WITH schema AS MATERIALIZED (
  SELECT oid, nspname, nspowner, nspacl FROM pg_namespace
  WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'releasegate')
)
"""

# Databases on a lent server are owned by a role each, so that role goes by what it is.
_THINGS = """
, role AS (
  SELECT a.oid, CASE a.oid WHEN d.datdba THEN 'the database''s owner'
                ELSE quote_ident(a.rolname) END AS name
  FROM pg_roles a, pg_database d WHERE d.datname = current_database()
  UNION ALL SELECT 0, 'PUBLIC'
), member AS MATERIALIZED (
  SELECT classid AS class, objid AS oid FROM pg_depend
  WHERE refclassid = 'pg_extension'::regclass AND deptype = 'e'
), relation AS MATERIALIZED (
  SELECT s.nspname, c.* FROM pg_class c JOIN schema s ON s.oid = c.relnamespace
  LEFT JOIN pg_index i ON i.indexrelid = c.oid
  WHERE NOT EXISTS (SELECT FROM member m WHERE m.class = 'pg_class'::regclass
                                           AND m.oid = coalesce(i.indrelid, c.oid))
), thing (columns) AS MATERIALIZED (
  SELECT * FROM (branches) AS t (columns)
  WHERE NOT EXISTS (SELECT FROM member m WHERE m.class = t.class AND m.oid = t.oid)
)
"""

_SIDES = """
SELECT kind, schema, tbl, name, definition FROM thing WHERE definition IS NOT NULL
UNION ALL
SELECT t.kind || ' owner', t.schema, t.tbl, t.name, o.name
FROM thing t JOIN role o ON o.oid = t.owner
UNION ALL
SELECT t.kind || ' privileges', t.schema, t.tbl, t.name,
       (SELECT coalesce(string_agg(g.name || ': ' || e.granted || CASE
                 WHEN b.name <> 'the database''s owner' THEN ' by ' || b.name ELSE '' END,
                 '; ' ORDER BY g.name, b.name), 'nobody')
        FROM (SELECT x.grantee, x.grantor,
                     string_agg(x.privilege_type || CASE WHEN x.is_grantable THEN '*' ELSE '' END,
                                ' ' ORDER BY x.privilege_type, x.is_grantable) AS granted
              FROM aclexplode(t.acl) x GROUP BY x.grantee, x.grantor) e
        JOIN role g ON g.oid = e.grantee JOIN role b ON b.oid = e.grantor)
FROM (SELECT kind, schema, tbl, name, coalesce(acl, CASE WHEN acl_kind <> ''
               THEN acldefault(acl_kind::"char", owner) END) AS acl FROM thing) t
WHERE t.acl IS NOT NULL
UNION ALL
SELECT t.kind || ' comment', t.schema, t.tbl, t.name, d.description
FROM thing t JOIN pg_description d ON d.classoid = t.class AND d.objoid = t.oid
                                   AND d.objsubid = t.part
UNION ALL
SELECT t.kind || ' security label', t.schema, t.tbl, t.name || ' for ' || l.provider, l.label
FROM thing t JOIN pg_seclabel l ON l.classoid = t.class AND l.objoid = t.oid
                                AND l.objsubid = t.part
"""

# Here relations of extensions count too: a file may name them.
_RELATIONS = """
, relation AS MATERIALIZED (
  SELECT s.nspname, c.* FROM pg_class c JOIN schema s ON s.oid = c.relnamespace
)
"""
_NAMED_RELATIONS = """
, relation AS MATERIALIZED (
  SELECT s.nspname, c.*
  FROM ((relations)) AS w (nspname, relname)
  JOIN schema s ON s.nspname = w.nspname
  JOIN pg_class c ON c.relnamespace = s.oid AND c.relname = w.relname
)
"""
_RECORDED = """
SELECT kind, schema, tbl, name, definition FROM (branches) AS thing (columns)
"""

# A partitioned table has no file of its own.
_RELFILENODES = """
SELECT s.nspname, c.relname, c.relfilenode FROM pg_class c JOIN schema s ON s.oid = c.relnamespace
WHERE c.relkind IN ('r', 'm')
"""

_RECORDED_KINDS = frozenset({"table", "column", "constraint", "index"})


def _query(*parts: str, branches: Iterable[str] = ()) -> str:
    text = "".join((_SCHEMAS, *parts)).replace("(columns)", _THING)
    return text.replace("(branches)", f"({' UNION ALL '.join(branches)})")


def named(relations: str) -> str:
    """Write the query for what a ledger records of some relations, for use inside another.

    ``relations`` is a query that gives schema and name. The result's columns are kind, schema, tbl,
    name and definition.
    """
    narrowed = _NAMED_RELATIONS.replace("(relations)", relations)
    return _query(narrowed, _RECORDED, branches=RECORDED)


def snapshot(connection: Connection) -> Snapshot:
    """Read everything outside system schemas and the ledger that a migration can change.

    An object's owner, privileges and comment are objects of their own beside it, as are its
    settings. Members of extensions are left out. Definitions are schema-qualified only under a
    search_path of pg_catalog, which callers set.
    """
    query = _query(_THINGS, _SIDES, branches=(*RELATIONS, *OTHERS))
    return _read(connection, query)


def tables(connection: Connection) -> Snapshot:
    """Read tables, columns, constraints and indexes alone: what a ledger records.

    The server opens a table to print its defaults, checks and keys, so this waits where another
    session holds ACCESS EXCLUSIVE on such a table; a snapshot also where one holds it on a table
    with a view, a policy or a trigger.
    """
    return _read(connection, _query(_RELATIONS, _RECORDED, branches=RECORDED))


def describe(connection: Connection, things: Iterable[CatalogObject]) -> dict[str, str | None]:
    """Map each object's name to its definition, None where it is absent.

    Tables, columns, constraints and indexes cost a look at those relations alone; any other kind
    costs a whole snapshot.
    """
    things = tuple(things)
    wanted = {thing for thing in things if thing.kind in _RECORDED_KINDS}
    held = _named(connection, wanted) if wanted else {}
    if len(wanted) < len(set(things)):
        held = {**snapshot(connection), **held}
    return {str(thing): held.get(thing) for thing in things}


def relfilenodes(connection: Connection) -> dict[Relation, int]:
    """Name the file of each table and materialized view: a rewrite gives it another one."""
    found = database.rows(connection, _query(_RELFILENODES))
    return {Relation(schema, name): node for schema, name, node in found}


def _named(connection: Connection, things: Iterable[CatalogObject]) -> Snapshot:
    relations = {(thing.schema, thing.table or thing.name) for thing in things}
    schemas, names = zip(*sorted(relations), strict=True)
    query = named("SELECT * FROM unnest(%s::text[], %s::text[])")
    return _read(connection, query, [list(schemas), list(names)])


def _read(connection: Connection, query: str, values: Iterable[list[str]] = ()) -> Snapshot:
    found = database.rows(connection, query, tuple(values))
    return {
        CatalogObject(kind, schema, name, table): definition
        for kind, schema, table, name, definition in found
    }
