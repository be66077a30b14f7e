"""A database -> a ledger with rows in it, written as a run writes them."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from releasegate import ledger, pipeline
from releasegate.model import Directives, Migration, Plan, Release, Step, Window

if TYPE_CHECKING:
    from releasegate.database import Connection

NOW = datetime(2027, 1, 17, 2, 0, tzinfo=UTC)
MIGRATION = Migration("m/007_a.sql", 7, "ab" * 32, b"", Directives(), draft=False)
STEPS = tuple(Step(n, "ask", ("SELECT 1",), True, (), (), ()) for n in (1, 2))
PLAN = Plan("as-written", "cd" * 32, STEPS)


def begin(connection: Connection) -> str:
    run_id = str(uuid.uuid4())
    ledger.begin_run(
        connection,
        run_id=run_id,
        migration=MIGRATION,
        plan=PLAN,
        release=Release("v0", "e" * 40),
        commit="f" * 40,
        window=Window(NOW, NOW + timedelta(hours=2)),
        operator="me@here",
        tool_version="0.1.0",
    )
    return run_id


def record(
    connection: Connection,
    run_id: str,
    *,
    ordinal: int = 1,
    attempt_id: str | None = None,
    objects: dict[str, str | None] | None = None,
) -> str:
    attempt_id = attempt_id or str(uuid.uuid4())
    row = ledger.StepRow(run_id, attempt_id, MIGRATION, PLAN, ordinal)
    sql = ledger.record_step("$9", "$10::jsonb")
    values = (*row.values(), "applied", json.dumps(objects or {}))
    try:
        pipeline.flush(connection, [pipeline.Message(sql, values)], stays_open=True)
    except pipeline.MessageFailed as failure:
        raise failure.error from None
    return attempt_id
