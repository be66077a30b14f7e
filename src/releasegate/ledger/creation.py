"""A target without a ledger, or with one of an earlier version -> one of this version."""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING

from releasegate import database
from releasegate.ledger.journal import append
from releasegate.ledger.version import VERSION, version_of

if TYPE_CHECKING:
    from releasegate.database import Connection

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
        for version in range(found + 1, VERSION + 1):
            script = resources.files("releasegate.ledger").joinpath(f"{version}.sql")
            connection.execute(script.read_bytes())
        adopt(connection)


def adopt(connection: Connection) -> None:
    """Enter in the journal what the tables hold now; from here on it must agree with them."""
    append(connection, "ledger adopted", database.one(connection, _ADOPTED)[0])
