"""A database about rights: what a role lacks, and what the owners of two tables lack for a key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from releasegate import database
from releasegate.model import Relation

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from releasegate.database import Connection
    from releasegate.statements.rights import Right

# Where the relation is not there, no right on it can be missing. A right on the columns that a key
# refers to is as good as one on the table; without a list they are the primary key's.
_MISSING = """
SELECT w.i::int - 1 FROM ROWS FROM (unnest(%(whats)s::text[]), unnest(%(schemas)s::text[]),
  unnest(%(names)s::text[]), unnest(%(columns)s::text[])) WITH ORDINALITY
  AS w (what, schema, name, columns, i)
JOIN pg_namespace n ON n.nspname = w.schema
LEFT JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = w.name
WHERE CASE
  WHEN w.name = '' THEN NOT has_schema_privilege(%(role)s, n.oid, w.what)
  WHEN c.oid IS NULL THEN false
  WHEN w.what = 'ownership' THEN NOT pg_has_role(%(role)s, c.relowner, 'USAGE')
  WHEN w.what = 'REFERENCES' THEN NOT has_table_privilege(%(role)s, c.oid, w.what) AND NOT coalesce(
    (SELECT bool_and(has_column_privilege(%(role)s, c.oid, a.attnum, w.what)) FROM pg_attribute a
     WHERE a.attrelid = c.oid AND CASE WHEN w.columns <> '{}'
       THEN a.attname = ANY (w.columns::name[])
       ELSE EXISTS (SELECT FROM pg_index x WHERE x.indrelid = c.oid AND x.indisprimary
                    AND a.attnum = ANY (x.indkey::int2[])) END), false)
  WHEN w.what IN ('SELECT', 'INSERT', 'UPDATE')
    THEN NOT has_any_column_privilege(%(role)s, c.oid, w.what)
  ELSE NOT has_table_privilege(%(role)s, c.oid, w.what) END
ORDER BY w.i
"""

# The server asks about a parent as the parent's owner, and changes children as theirs; to lock a
# row it needs UPDATE too (manual, SELECT, "FOR KEY SHARE").
_OF_OWNERS = """
SELECT r.rolname::text, w.what, n.nspname::text, c.relname::text
FROM ROWS FROM (unnest(%s::text[]), unnest(%s::text[]), unnest(%s::text[]))
  AS w (schema, name, what)
JOIN pg_namespace n ON n.nspname = w.schema
JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = w.name
JOIN pg_roles r ON r.oid = c.relowner
WHERE CASE WHEN w.what = 'USAGE' THEN NOT has_schema_privilege(c.relowner, n.oid, 'USAGE')
      ELSE NOT has_table_privilege(c.relowner, c.oid, w.what) END
"""

_LOGIN = """
SELECT r.rolsuper, r.rolcanlogin, r.rolbypassrls OR r.rolsuper,
  has_database_privilege(r.oid, d.oid, 'CONNECT'), has_database_privilege(r.oid, d.oid, 'CREATE'),
  CASE WHEN r.rolvaliduntil < 'infinity' THEN r.rolvaliduntil END,
  CASE WHEN r.rolconnlimit >= 0 THEN r.rolconnlimit - u.of_role END,
  CASE WHEN d.datconnlimit >= 0 THEN d.datconnlimit - u.of_database END,
  current_setting('max_connections')::int - u.in_all
    - current_setting('superuser_reserved_connections')::int
    - coalesce(current_setting('reserved_connections', true)::int, 0)
FROM pg_roles r, pg_database d, LATERAL (
  SELECT count(*) FILTER (WHERE a.usesysid = r.oid) AS of_role,
         count(*) FILTER (WHERE a.datid = d.oid) AS of_database, count(*) AS in_all
  FROM pg_stat_activity a
  WHERE a.backend_type = 'client backend' OR a.backend_type IS NULL AND a.usesysid IS NOT NULL) u
WHERE r.rolname = %s AND d.datname = current_database()
"""

# The more it is about this role in this database, the more a setting weighs.
_SETTINGS = """
SELECT DISTINCT ON (1) split_part(c, '=', 1), substr(c, strpos(c, '=') + 1)
FROM pg_db_role_setting s, unnest(s.setconfig) c
WHERE s.setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
  AND s.setrole IN (0, coalesce((SELECT oid FROM pg_roles WHERE rolname = %s), 0))
ORDER BY 1, s.setrole <> 0 DESC, s.setdatabase <> 0 DESC
"""


@dataclass(frozen=True, slots=True)
class Login:
    """What stands between a role and its sessions; free places are None where nothing bounds."""

    is_superuser: bool
    can_login: bool
    sees_every_row: bool
    may_connect: bool
    may_create_schema: bool
    valid_until: datetime | None
    free_of_role: int | None
    free_of_database: int | None
    free_of_server: int


@dataclass(frozen=True, slots=True)
class OwnerLacks:
    owner: str
    privilege: str
    relation: Relation


def missing(connection: Connection, role: str, rights: Sequence[Right]) -> list[Right]:
    """Keep those rights that a role lacks."""
    values = {
        "role": role,
        "whats": [right.what for right in rights],
        "schemas": [right.schema for right in rights],
        "names": [right.name for right in rights],
        "columns": ["{" + ",".join(map(_quoted, right.columns)) + "}" for right in rights],
    }
    found = connection.execute(_MISSING.encode(), values).fetchall()
    return [rights[number] for (number,) in found]


def _quoted(text: str) -> str:
    """Write an element of an array's text form."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def owners_lack(
    connection: Connection, parents: Collection[Relation], children: Collection[Relation]
) -> list[OwnerLacks]:
    """Find what owners lack for the checks that a key makes when the app writes."""
    wanted = [(table, what) for table in parents for what in ("USAGE", "SELECT", "UPDATE")]
    wanted += [(table, what) for table in children for what in ("USAGE", "SELECT", "UPDATE")]
    wanted = sorted(set(wanted))
    found = database.rows(
        connection,
        _OF_OWNERS,
        (
            [table.schema for table, _ in wanted],
            [table.name for table, _ in wanted],
            [what for _, what in wanted],
        ),
    )
    return [OwnerLacks(owner, what, Relation(*where)) for owner, what, *where in found]


def may_create_in(connection: Connection, role: str, schema: str) -> bool:
    """Tell whether a schema is there, and a role may create things in it."""
    query = (
        "SELECT coalesce((SELECT has_schema_privilege(%s, oid, 'CREATE') FROM pg_namespace "
        "WHERE nspname = %s), false)"
    )
    return bool(database.one(connection, query, (role, schema))[0])


def login(connection: Connection, role: str) -> Login | None:
    """Read what a role is and how many more sessions it may open; None: there is no such role."""
    found = database.rows(connection, _LOGIN, (role,))
    return Login(*found[0]) if found else None


def settings(connection: Connection, role: str) -> dict[str, str]:
    """Read what ALTER ROLE and ALTER DATABASE set for a role's new sessions here."""
    return dict(database.rows(connection, _SETTINGS, (role,)))


def hidden_rows(
    connection: Connection,
    *,
    role: str,
    keyed: Collection[Relation],
    written: Collection[Relation],
) -> list[Relation]:
    """Find where row-level security would refuse a role that sets row_security off.

    A key is proven by one query only where the role owns the table; elsewhere row by row, as the
    owner, whom nothing is hidden from.
    """
    found = database.rows(
        connection,
        "SELECT n.nspname, c.relname, c.relforcerowsecurity, "
        "  pg_has_role(%s, c.relowner, 'USAGE') "
        "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE c.relrowsecurity AND n.nspname = ANY (%s) AND c.relname = ANY (%s)",
        (
            role,
            [name.schema for name in (*keyed, *written)],
            [name.name for name in (*keyed, *written)],
        ),
    )
    hidden = set()
    for schema, name, is_forced, is_owner in found:
        relation = Relation(schema, name)
        refuses_key = relation in keyed and is_forced and is_owner
        if refuses_key or (relation in written and (is_forced or not is_owner)):
            hidden.add(relation)
    return sorted(hidden)
