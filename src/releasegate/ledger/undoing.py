"""A step of the way back -> what the rows of the steps that it takes back say from then on."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from releasegate.ledger.journal import entered
from releasegate.ledger.writing import STEP_EVENT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from releasegate.database import Connection
    from releasegate.ledger.writing import StepRow

_ROW = "WHERE migration_number = $1::bigint AND ordinal = $2::int"


def undo_step(objects: str) -> str:
    """Write the statement that records an undo in the row of the step that made the object.

    The row keeps what is still there of all that its step made; a check that is added before a
    column goes is one thing more. ``objects`` is SQL.
    """
    update = f"""
UPDATE releasegate.step SET attempt_id = $3::uuid, run_id = $4::uuid,
  status = coalesce(nullif($5, ''), status),
  objects = coalesce(objects, '{{}}') || {objects},
  created = (SELECT coalesce(jsonb_agg(label), '[]')
    FROM jsonb_array_elements_text(created || $6::jsonb) AS l (label)
    WHERE NOT ({objects} ? label AND {objects} ->> label IS NULL)),
  finished_at = clock_timestamp()
{_ROW} RETURNING *"""  # noqa: S608  the parts are texts of ours
    return entered(update, STEP_EVENT)


def leave_step(*, is_over: bool = True) -> str:
    """Write the statement by which a step counts no more that goes with another one's object.

    What it has made is gone then, unless ``is_over`` says that it is about to go.
    """
    gone = ", created = '[]'" if is_over else ""
    update = f"""
UPDATE releasegate.step SET status = 'undone', objects = coalesce(objects, '{{}}'){gone},
  finished_at = clock_timestamp()
{_ROW} AND status <> 'undone' RETURNING *"""  # noqa: S608  the parts are texts of ours
    return entered(update, STEP_EVENT)


def undo_values(row: StepRow) -> tuple[str, ...]:
    """Give the values of ``undo_step`` in text form."""
    assert row.takes_back is not None
    number, ordinal = str(row.migration.number), str(row.takes_back.ordinal)
    status = "undone" if row.takes_back.undone else ""
    return number, ordinal, row.attempt_id, row.run_id, status, json.dumps(row.created)


def leave_values(row: StepRow) -> Iterator[tuple[str, ...]]:
    """Give the values of ``leave_step``, one tuple a step."""
    assert row.takes_back is not None
    for ordinal in row.takes_back.undone:
        if ordinal != row.takes_back.ordinal:
            yield str(row.migration.number), str(ordinal)


def start_undo(connection: Connection, row: StepRow) -> None:
    """Write that an undo begins which can run in no transaction: its step counts no more."""
    assert row.takes_back is not None
    values = (row.migration.number, row.takes_back.ordinal)
    statement = leave_step(is_over=False).replace("$1", "%s").replace("$2", "%s")
    connection.execute(statement.encode(), values)
