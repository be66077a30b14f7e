"""The target's record of runs and steps: what was applied, from which file, when and by whom."""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Any

import psycopg

from releasegate import database
from releasegate.errors import CouldNotLook

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from releasegate.database import Connection
    from releasegate.model import Migration, Plan, Release, Window

VERSION = 1


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
    #: SHA-256 over all steps in their order; None where there is none
    head: str | None


_EMPTY = Ledger(exists=False, entries={}, begun={}, open_runs=(), objects={}, head=None)

_ENTRIES = """
SELECT s.migration_number, r.migration_path, s.migration_sha256, s.step_count, s.finished_at,
       s.run_id::text, s.plan_fingerprint, s.objects
FROM releasegate.step s JOIN releasegate.run r USING (run_id)
WHERE s.finished_at IS NOT NULL
ORDER BY s.finished_at, s.migration_number, s.ordinal
"""

_BEGUN = "SELECT migration_number, min(plan_fingerprint) FROM releasegate.step GROUP BY 1"

_OPEN_RUNS = """
SELECT run_id::text, migration_number, role, operator, backend_pid, started_at
FROM releasegate.run WHERE finished_at IS NULL ORDER BY started_at
"""

_HEAD = """
SELECT encode(sha256(convert_to(string_agg(concat_ws(
         '|', migration_number, ordinal, attempt_id, run_id, migration_sha256, status, objects,
         created), E'\\n' ORDER BY finished_at, migration_number, ordinal), 'UTF8')), 'hex')
FROM releasegate.step WHERE finished_at IS NOT NULL
"""


def read(connection: Connection) -> Ledger:
    """Read the whole ledger.

    Raises:
        CouldNotLook: it is there and cannot be read, or is of another version. That is never taken
            for "no ledger".
    """
    # pg_class answers without any right on the schema; to_regclass would not.
    there = "SELECT EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = 'releasegate')"
    if not database.one(connection, there)[0]:
        return _EMPTY
    try:
        _check_version(connection)
        return _read(connection)
    except psycopg.errors.DatabaseError as error:
        raise CouldNotLook(
            f"The ledger is there and cannot be read: {database.meaning(error)}."
        ) from None


def _check_version(connection: Connection) -> None:
    (version,) = database.one(connection, "SELECT max(version) FROM releasegate.ledger")
    if version != VERSION:
        raise CouldNotLook(
            f"The ledger has version {version}, but this releasegate knows {VERSION}: update it."
        )


def _read(connection: Connection) -> Ledger:
    entries: dict[int, Entry] = {}
    last: dict[str, tuple[int, str | None]] = {}
    for number, path, sha256, count, at, run_id, plan, objects in database.rows(
        connection, _ENTRIES
    ):
        if not isinstance(objects, dict):
            raise CouldNotLook(f"The ledger's row of migration {number} was tampered with.")
        before = entries.get(number)
        done = before.steps_done + 1 if before else 1
        recorded = frozenset(objects) | (before.recorded if before else frozenset())
        entries[number] = Entry(number, path, sha256, done, count, at, run_id, plan, recorded)
        last |= {name: (number, definition) for name, definition in objects.items()}
    kept: dict[int, dict[str, str | None]] = {number: {} for number in entries}
    for name, (number, definition) in last.items():
        kept[number][name] = definition
    open_runs = tuple(OpenRun(*row) for row in database.rows(connection, _OPEN_RUNS))
    return Ledger(
        exists=True,
        entries=entries,
        begun=dict(database.rows(connection, _BEGUN)),
        open_runs=open_runs,
        objects=kept,
        head=database.one(connection, _HEAD)[0],
    )


def create(connection: Connection) -> None:
    """Create the schema where it is missing; the caller holds the advisory lock."""
    if read(connection).exists:
        return
    script = resources.files("releasegate").joinpath("ledger.sql").read_bytes()
    with connection.transaction():
        connection.execute(script)


def begin_run(
    connection: Connection,
    *,
    run_id: str,
    migration: Migration,
    plan: Plan,
    release: Release,
    commit: str | None,
    window: Window,
    operator: str,
    tool_version: str,
    expected: Mapping[int, Mapping[str, str | None]] | None = None,
) -> None:
    """Write that a run begins, and close earlier ones of this migration that were killed.

    The caller holds the advisory lock, so no other run is at work.
    """
    values: dict[str, Any] = {
        "run_id": run_id,
        "command": "apply",
        "migration_number": migration.number,
        "migration_path": migration.path,
        "migration_sha256": migration.sha256,
        "strategy": plan.strategy,
        "plan_fingerprint": plan.fingerprint,
        "step_count": len(plan.steps),
        "release_tag": release.tag,
        "release_commit": release.commit,
        "head_commit": commit,
        "tool_version": tool_version,
        "operator": operator,
        "window_closes_at": window.closes_at,
        "expected": json.dumps(expected or {}),
    }
    columns = ", ".join(values)
    binds = ", ".join(f"%({name})s" for name in values)
    with connection.transaction():
        connection.execute(
            "UPDATE releasegate.run SET finished_at = clock_timestamp(), verdict = 'killed' "
            "WHERE finished_at IS NULL"
        )
        insert = f"INSERT INTO releasegate.run ({columns}) VALUES ({binds})"  # noqa: S608
        connection.execute(insert.encode(), values)


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


def end_run(connection: Connection, run_id: str, verdict: str) -> None:
    """Write how a run ended, without waiting for a standby: the steps' own commits did."""
    with connection.transaction():
        connection.execute("SET LOCAL synchronous_commit = local")
        connection.execute(
            "UPDATE releasegate.run SET finished_at = clock_timestamp(), verdict = %s "
            "WHERE run_id = %s",
            (verdict, run_id),
        )


@dataclass(frozen=True, slots=True)
class StepRow:
    """What a step's row says of it, whatever becomes of the try."""

    run_id: str
    attempt_id: str
    migration: Migration
    plan: Plan
    ordinal: int
    #: labels of the objects that are not there before
    created: tuple[str, ...] = ()

    def values(self) -> tuple[str, ...]:
        """Give ``STEP_VALUES`` in text form."""
        return (
            str(self.migration.number),
            str(self.ordinal),
            self.attempt_id,
            self.run_id,
            self.migration.sha256,
            self.plan.fingerprint,
            str(len(self.plan.steps)),
            json.dumps(self.created),
        )


#: a step's row as of its own transaction: STEP_VALUES, its status, its objects, its end
INSERT_STEP = """
INSERT INTO releasegate.step (migration_number, ordinal, attempt_id, run_id, migration_sha256,
  plan_fingerprint, step_count, created, status, objects, finished_at)
"""
STEP_VALUES = "$1::bigint, $2::int, $3::uuid, $4::uuid, $5, $6, $7::int, $8::jsonb"


def start_step(connection: Connection, row: StepRow) -> frozenset[str]:
    """Write that a step begins which can run in no transaction.

    Return what its first try found missing, which is what it makes; of this one, if it is the
    first.
    """
    connection.execute(
        "INSERT INTO releasegate.step (migration_number, ordinal, attempt_id, run_id,"
        " migration_sha256, plan_fingerprint, step_count, created, status)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, 'started')"
        " ON CONFLICT (migration_number, ordinal) DO UPDATE"
        " SET attempt_id = excluded.attempt_id, run_id = excluded.run_id,"
        "     started_at = pg_catalog.clock_timestamp()"
        " WHERE step.status = 'started'",
        row.values(),
    )
    query = "SELECT created FROM releasegate.step WHERE migration_number = %s AND ordinal = %s"
    (created,) = database.one(connection, query, (row.migration.number, row.ordinal))
    return frozenset(created)


def was_started(connection: Connection, number: int, ordinal: int) -> bool:
    """Tell whether a step began that can run in no transaction, and did not end."""
    query = (
        "SELECT EXISTS (SELECT FROM releasegate.step WHERE migration_number = %s "
        "AND ordinal = %s AND status = 'started')"
    )
    return bool(database.one(connection, query, (number, ordinal))[0])


def finish_step(connection: Connection, attempt_id: str, objects: Mapping[str, str | None]) -> None:
    """Write that a step is done which could run in no transaction."""
    connection.execute(
        "UPDATE releasegate.step SET status = 'applied', objects = %s,"
        " finished_at = pg_catalog.clock_timestamp() WHERE attempt_id = %s",
        (json.dumps(objects), attempt_id),
    )


def count_step(connection: Connection, run_id: str) -> None:
    """Write that one more step is done, by a commit that waits for the disk."""
    connection.execute(
        "UPDATE releasegate.run SET steps_done = steps_done + 1 WHERE run_id = %s", (run_id,)
    )


def has_attempt(connection: Connection, attempt_id: str) -> bool:
    """Tell whether an attempt has committed: the row is the truth, not the client's memory."""
    query = (
        "SELECT EXISTS (SELECT FROM releasegate.step WHERE attempt_id = %s "
        "AND finished_at IS NOT NULL)"
    )
    return bool(database.one(connection, query, (attempt_id,))[0])


def steps_done(connection: Connection, number: int) -> set[int]:
    query = (
        "SELECT ordinal FROM releasegate.step "
        "WHERE migration_number = %s AND finished_at IS NOT NULL"
    )
    return {ordinal for (ordinal,) in database.rows(connection, query, (number,))}
