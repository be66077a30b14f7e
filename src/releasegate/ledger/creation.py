"""A target without a ledger, or with one of an earlier version -> one of this version."""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING

from psycopg import sql

from releasegate import database
from releasegate.ledger.journal import append
from releasegate.ledger.version import VERSION, version_of

if TYPE_CHECKING:
    from releasegate.database import Connection

_HAS_SCHEMA = "SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = 'releasegate')"
_MAKE_SCHEMA = "CREATE SCHEMA releasegate"
_GRANTS = (
    "GRANT USAGE ON SCHEMA releasegate TO {role}",
    "GRANT SELECT ON ALL TABLES IN SCHEMA releasegate TO {role}",
    "GRANT INSERT, UPDATE ON releasegate.run TO {role}",
    "GRANT INSERT, UPDATE, DELETE ON releasegate.step TO {role}",
    "GRANT INSERT ON releasegate.journal TO {role}",
)

_ADOPTED = """
SELECT jsonb_build_object(
  'at', clock_timestamp(), 'role', current_user,
  'system_identifier', (pg_control_system()).system_identifier::text,
  'database_oid', (SELECT oid FROM pg_database WHERE datname = current_database()),
  'runs', coalesce((SELECT jsonb_agg(to_jsonb(r) - 'steps_done') FROM releasegate.run r), '[]'),
  'steps', coalesce((SELECT jsonb_agg(to_jsonb(s)) FROM releasegate.step s), '[]'))::text
"""


def create(connection: Connection) -> None:
    """Create the ledger, or bring it to this version; the caller holds the advisory lock.

    A published script never changes: a new version is one more file, run after the others.
    """
    found = version_of(connection)
    if found == VERSION:
        return
    with connection.transaction():
        if not database.one(connection, _HAS_SCHEMA)[0]:
            connection.execute(_MAKE_SCHEMA.encode())
        for version in range(found + 1, VERSION + 1):
            connection.execute(_script(version).encode())
        adopt(connection)


def script() -> str:
    """Write what ``create`` executes where there is nothing, for whoever runs it by hand."""
    return "\n".join([f"{_MAKE_SCHEMA};\n", *map(_script, range(1, VERSION + 1))])


def _script(version: int) -> str:
    file = resources.files("releasegate.ledger").joinpath(f"{version}.sql")
    return file.read_text(encoding="utf-8")


def grant(connection: Connection, role: str) -> None:
    """Let a role that does not own the ledger apply: write it, and never change the journal."""
    for statement in _GRANTS:
        connection.execute(sql.SQL(statement).format(role=sql.Identifier(role)))


def adopt(connection: Connection) -> None:
    """Enter in the journal what the tables hold now; from here on it must agree with them."""
    append(connection, "ledger adopted", database.one(connection, _ADOPTED)[0])
