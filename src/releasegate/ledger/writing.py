"""Runs and their steps -> rows of the ledger, each change with its event in the journal."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from releasegate import database
from releasegate.ledger.journal import append, entered

if TYPE_CHECKING:
    from collections.abc import Mapping

    from releasegate.database import Connection
    from releasegate.model import Migration, Outcome, Plan, Release, TakesBack, Window


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
    command: str = "apply",
    before: Mapping[str, str] | None = None,
) -> None:
    """Write that a run begins, and close earlier ones of this migration that were killed.

    The caller holds the advisory lock, so no other run is at work.
    """
    values: dict[str, Any] = {
        "run_id": run_id,
        "command": command,
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
        "before": None if before is None else json.dumps(before),
    }
    columns = ", ".join(values)
    binds = ", ".join(f"%({name})s" for name in values)
    insert = (
        f"INSERT INTO releasegate.run ({columns}, system_identifier, database_oid) "  # noqa: S608
        f"SELECT {binds}, (pg_control_system()).system_identifier::text, oid "
        "FROM pg_database WHERE datname = current_database() RETURNING *"
    )
    with connection.transaction():
        killed = "SELECT run_id::text FROM releasegate.run WHERE finished_at IS NULL"
        for (other,) in database.rows(connection, killed):
            _end_run(connection, other, "killed")
        connection.execute(entered(insert, "'run began'").encode(), values)


def end_run(connection: Connection, run_id: str, verdict: str) -> None:
    """Write how a run ended, without waiting for a standby: the steps' own commits did."""
    with connection.transaction():
        connection.execute("SET LOCAL synchronous_commit = local")
        _end_run(connection, run_id, verdict)


def _end_run(connection: Connection, run_id: str, verdict: str) -> None:
    update = (
        "UPDATE releasegate.run SET finished_at = clock_timestamp(), verdict = %s "
        "WHERE run_id = %s RETURNING *"
    )
    connection.execute(entered(update, "'run ended'").encode(), (verdict, run_id))


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
    #: None: a step of the way forward
    takes_back: TakesBack | None = None

    def values(self) -> tuple[str, ...]:
        """Give the values of ``record_step`` in text form."""
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


STEP_EVENT = "'step ' || written.status"


def record_step(status: str, objects: str) -> str:
    """Write the statement that records a step in its own transaction.

    $1 to $8 are the row's values; ``status`` and ``objects`` are SQL. A step that was undone can be
    applied again; any other row stops the second of two runs, for a status is never null.
    """
    insert = f"""
INSERT INTO releasegate.step (migration_number, ordinal, attempt_id, run_id, migration_sha256,
  plan_fingerprint, step_count, created, status, objects, finished_at)
SELECT $1::bigint, $2::int, $3::uuid, $4::uuid, $5, $6, $7::int, $8::jsonb, {status}, {objects},
  pg_catalog.clock_timestamp()
ON CONFLICT (migration_number, ordinal) DO UPDATE SET
  status = CASE step.status WHEN 'undone' THEN excluded.status END,
  attempt_id = excluded.attempt_id, run_id = excluded.run_id,
  migration_sha256 = excluded.migration_sha256, plan_fingerprint = excluded.plan_fingerprint,
  step_count = excluded.step_count, created = (SELECT coalesce(jsonb_agg(DISTINCT label), '[]')
    FROM jsonb_array_elements_text(excluded.created || step.created) AS l (label)
    WHERE NOT (excluded.objects ? label AND excluded.objects ->> label IS NULL)),
  objects = excluded.objects, started_at = excluded.started_at, finished_at = excluded.finished_at
RETURNING *"""  # noqa: S608  the parts are texts of ours
    return entered(insert, STEP_EVENT)


def start_step(connection: Connection, row: StepRow) -> frozenset[str]:
    """Write that a step begins which can run in no transaction.

    Return what its first try found missing, which is what it makes; of this one, if it is the
    first.
    """
    insert = (
        "INSERT INTO releasegate.step (migration_number, ordinal, attempt_id, run_id,"
        " migration_sha256, plan_fingerprint, step_count, created, status)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, 'started')"
        " ON CONFLICT (migration_number, ordinal) DO UPDATE"
        " SET attempt_id = excluded.attempt_id, run_id = excluded.run_id,"
        "     migration_sha256 = excluded.migration_sha256, step_count = excluded.step_count,"
        "     plan_fingerprint = excluded.plan_fingerprint,"
        "     status = 'started', objects = NULL, finished_at = NULL,"
        "     created = CASE step.status WHEN 'undone' THEN excluded.created || step.created"
        "       ELSE step.created END,"
        "     started_at = pg_catalog.clock_timestamp()"
        " WHERE step.status IN ('started', 'undone') RETURNING *"
    )
    connection.execute(entered(insert, STEP_EVENT).encode(), row.values())
    query = "SELECT created FROM releasegate.step WHERE migration_number = %s AND ordinal = %s"
    (created,) = database.one(connection, query, (row.migration.number, row.ordinal))
    return frozenset(created)


def finish_step(connection: Connection, attempt_id: str, objects: Mapping[str, str | None]) -> None:
    """Write that a step is done which could run in no transaction."""
    update = (
        "UPDATE releasegate.step SET status = 'applied', objects = %s,"
        " finished_at = pg_catalog.clock_timestamp() WHERE attempt_id = %s RETURNING *"
    )
    connection.execute(entered(update, STEP_EVENT).encode(), (json.dumps(objects), attempt_id))


def fail_step(connection: Connection, run_id: str, migration: Migration, outcome: Outcome) -> None:
    """Keep what became of a step that was tried and is not applied."""
    body = {"run_id": run_id, "migration_number": migration.number, **asdict(outcome)}
    with connection.transaction():
        connection.execute("SET LOCAL synchronous_commit = local")
        append(connection, "step failed", json.dumps(body))


def count_step(connection: Connection, run_id: str) -> None:
    """Write that one more step is done, by a commit that waits for the disk."""
    connection.execute(
        "UPDATE releasegate.run SET steps_done = steps_done + 1 WHERE run_id = %s", (run_id,)
    )
