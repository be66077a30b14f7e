"""A migration that was applied by other means -> one run and one step that say it was adopted."""

from __future__ import annotations

import hashlib
import json
import uuid
from typing import TYPE_CHECKING

import psycopg

from releasegate.ledger.creation import create
from releasegate.ledger.writing import StepRow, begin_run, record_step
from releasegate.model import Plan, Step, Window

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from releasegate.database import Connection
    from releasegate.model import Migration, Release

#: the command of such a run; its row's role, operator and commits say who it was, and from where
COMMAND = "adopt"
#: kinds of which the ledger keeps definitions, to notice a drift
_KEPT = ("table ", "column ", "constraint ", "index ")


def adopt_migration(
    connection: Connection,
    *,
    run_id: str,
    migration: Migration,
    release: Release,
    commit: str | None,
    operator: str,
    tool_version: str,
    at: datetime,
    objects: Mapping[str, str | None],
) -> None:
    """Record a migration, whole or not at all; its run is still to be ended.

    The caller holds the advisory lock; ``objects`` are its objects as the target has them.
    """
    plan = _plan(migration)
    row = StepRow(run_id, str(uuid.uuid4()), migration, plan, ordinal=1)
    kept = {name: text for name, text in objects.items() if name.startswith(_KEPT)}
    create(connection)
    with connection.transaction():
        begin_run(
            connection,
            run_id=run_id,
            migration=migration,
            plan=plan,
            release=release,
            commit=commit,
            window=Window(at, at),
            operator=operator,
            tool_version=tool_version,
            command=COMMAND,
        )
        statement = record_step("'found'", "$9::jsonb")
        psycopg.RawCursor(connection).execute(statement.encode(), (*row.values(), json.dumps(kept)))


def _plan(migration: Migration) -> Plan:
    """Stand in for the steps that nobody of us has made: none of them can be taken back."""
    step = Step(1, "adopted", (), True, (), (), (), is_reversible=False)
    digest = hashlib.sha256(f"{COMMAND} {migration.sha256}".encode()).hexdigest()
    return Plan(COMMAND, digest, (step,))
