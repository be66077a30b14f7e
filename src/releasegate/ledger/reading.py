"""A connection -> what the ledger says of each migration, or why it cannot be told."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import psycopg

from releasegate import database
from releasegate.errors import CouldNotLook
from releasegate.ledger.version import VERSION, WITH_JOURNAL, unreadable, version_of
from releasegate.undo import Row

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from releasegate.database import Connection


@dataclass(frozen=True, slots=True)
class Entry:
    """What the ledger knows of one migration."""

    number: int
    path: str
    sha256: str
    steps_done: int
    step_count: int
    applied_at: datetime
    run_id: str
    #: the plan that its steps belong to
    plan_fingerprint: str
    #: the objects whose definitions its steps recorded
    recorded: frozenset[str]
    #: the server and the database in which it was recorded, where that is not this one
    elsewhere: str | None = None
    #: who put it into the ledger, and from which commit, where no run applied it
    adopted_by: str | None = None

    @property
    def is_complete(self) -> bool:
        return self.steps_done >= self.step_count


@dataclass(frozen=True, slots=True)
class OpenRun:
    """A run that began and has not written its end: at work, or killed."""

    run_id: str
    migration_number: int
    role: str
    operator: str
    backend_pid: int
    started_at: datetime


@dataclass(frozen=True, slots=True)
class Ledger:
    """The ledger as read at one moment; empty where the target has none yet."""

    exists: bool
    entries: Mapping[int, Entry]
    #: migration number -> the plan by which its first step began, done or not
    begun: Mapping[int, str]
    open_runs: tuple[OpenRun, ...]
    #: migration number -> object -> definition at its last change by a run; None: removed
    objects: Mapping[int, Mapping[str, str | None]]
    #: the digest of the journal's last row; None where there is no journal yet
    head: str | None
    version: int = VERSION
    #: migration number -> ordinal -> what its row says
    rows: Mapping[int, Mapping[int, Row]] = field(default_factory=dict)

    def stands(self, number: int) -> bool:
        """Tell whether anything of a migration is there, applied or half taken back."""
        return any(row.is_left for row in self.rows.get(number, {}).values())


_EMPTY = Ledger(exists=False, entries={}, begun={}, open_runs=(), objects={}, head=None, version=0)

_ENTRIES = """
SELECT s.migration_number, r.migration_path, s.migration_sha256, s.step_count, s.finished_at,
       s.run_id::text, s.plan_fingerprint, s.objects, s.status,
       -- columns that the first version has not
       CASE WHEN (here.system, here.oid) <> (there.system, there.oid)
       THEN 'system identifier ' || there.system || ', database ' || there.oid END,
       CASE r.command WHEN 'adopt' THEN r.operator || ' as ' || r.role
         || coalesce(', from commit ' || left(r.head_commit, 12), '') END
FROM releasegate.step s JOIN releasegate.run r USING (run_id)
CROSS JOIN LATERAL (SELECT to_jsonb(r) ->> 'system_identifier', to_jsonb(r) ->> 'database_oid')
  AS there (system, oid)
CROSS JOIN (SELECT (pg_control_system()).system_identifier::text, oid::text
  FROM pg_database WHERE datname = current_database()) AS here (system, oid)
WHERE s.finished_at IS NOT NULL
ORDER BY s.finished_at, s.migration_number, s.ordinal
"""

_BEGUN = """
SELECT migration_number, min(plan_fingerprint) FROM releasegate.step
WHERE status <> 'undone' OR created <> '[]' GROUP BY 1
"""

_ROWS = "SELECT migration_number, ordinal, status, created, plan_fingerprint FROM releasegate.step"

_OPEN_RUNS = """
SELECT run_id::text, migration_number, role, operator, backend_pid, started_at
FROM releasegate.run WHERE finished_at IS NULL ORDER BY started_at
"""

_HEAD = """
SELECT (SELECT digest FROM releasegate.journal ORDER BY position DESC LIMIT 1)
"""


def read(connection: Connection) -> Ledger:
    """Read the whole ledger, of whatever version up to ours.

    Raises:
        CouldNotLook: it is there and cannot be read, or is newer. That is never taken for "no
            ledger".
    """
    version = version_of(connection)
    if version == 0:
        return _EMPTY
    try:
        return _read(connection, version)
    except psycopg.errors.DatabaseError as error:
        raise unreadable(error) from None


def _read(connection: Connection, version: int) -> Ledger:
    entries: dict[int, Entry] = {}
    last: dict[str, tuple[int, str | None]] = {}
    for row in database.rows(connection, _ENTRIES):
        number, path, sha256, count, at, run_id, plan, objects, status, *origin = row
        if not isinstance(objects, dict):
            raise CouldNotLook(f"The ledger's row of migration {number} was tampered with.")
        last |= {name: (number, definition) for name, definition in objects.items()}
        if status == "undone":
            continue
        before = entries.get(number)
        done = before.steps_done + 1 if before else 1
        recorded = frozenset(objects) | (before.recorded if before else frozenset())
        entries[number] = Entry(
            number, path, sha256, done, count, at, run_id, plan, recorded, *origin
        )
    kept: dict[int, dict[str, str | None]] = {number: {} for number in entries}
    for name, (number, definition) in last.items():
        kept.setdefault(number, {})[name] = definition
    open_runs = tuple(OpenRun(*row) for row in database.rows(connection, _OPEN_RUNS))
    return Ledger(
        exists=True,
        entries=entries,
        begun=dict(database.rows(connection, _BEGUN)),
        open_runs=open_runs,
        objects=kept,
        head=database.one(connection, _HEAD)[0] if version >= WITH_JOURNAL else None,
        version=version,
        rows=_rows(connection),
    )


def _rows(
    connection: Connection, query: str = _ROWS, values: tuple[object, ...] = ()
) -> dict[int, dict[int, Row]]:
    found: dict[int, dict[int, Row]] = {}
    for number, ordinal, status, created, plan in database.rows(connection, query, values):
        found.setdefault(number, {})[ordinal] = Row(status, frozenset(created), plan)
    return found


def expected(
    connection: Connection, number: int, fingerprint: str
) -> dict[int, dict[str, str | None]]:
    """Read what the first run by a plan was to find after each step; empty where none began."""
    query = (
        "SELECT expected FROM releasegate.run WHERE migration_number = %s "
        "AND plan_fingerprint = %s AND expected <> '{}' ORDER BY started_at LIMIT 1"
    )
    found = database.rows(connection, query, (number, fingerprint))
    return {int(ordinal): held for ordinal, held in found[0][0].items()} if found else {}


def held_before(connection: Connection, number: int) -> dict[str, str] | None:
    """Read what the tables of a migration were before its first step; None where nobody looked."""
    query = (
        "SELECT before FROM releasegate.run WHERE migration_number = %s AND before IS NOT NULL "
        "ORDER BY started_at DESC LIMIT 1"
    )
    found = database.rows(connection, query, (number,))
    return dict(found[0][0]) if found else None


def was_started(connection: Connection, number: int, ordinal: int) -> bool:
    """Tell whether a step of ours began, or an undo of it, that can run in no transaction."""
    query = (
        "SELECT EXISTS (SELECT FROM releasegate.step WHERE migration_number = %s "
        "AND ordinal = %s AND (status = 'started' OR status = 'undone' AND created <> '[]'))"
    )
    return bool(database.one(connection, query, (number, ordinal))[0])


def has_attempt(connection: Connection, attempt_id: str) -> bool:
    """Tell whether an attempt has committed: the row is the truth, not the client's memory."""
    query = (
        "SELECT EXISTS (SELECT FROM releasegate.step WHERE attempt_id = %s "
        "AND finished_at IS NOT NULL)"
    )
    return bool(database.one(connection, query, (attempt_id,))[0])


def steps(connection: Connection, number: int) -> dict[int, Row]:
    """Read a migration's steps: ordinal -> what its row says."""
    query = f"{_ROWS} WHERE migration_number = %s"
    return _rows(connection, query, (number,)).get(number, {})


def steps_done(connection: Connection, number: int) -> set[int]:
    return {ordinal for ordinal, row in steps(connection, number).items() if row.is_done}
