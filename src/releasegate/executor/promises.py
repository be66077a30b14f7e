"""What a step promises -> whether the catalogs show it, here or inside the step's transaction."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from releasegate import catalog, ledger, pipeline
from releasegate.pipeline import Message

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import psycopg

    from releasegate.executor.order import Definitions, Order
    from releasegate.ledger import StepRow
    from releasegate.model import Effect, Step
    from releasegate.session import Session

UNSOUND = (" INVALID", " NOT VALID", " NOT ENFORCED")

# The list of what is broken is no number: the cast fails, the transaction rolls back, and the
# server's message brings the list back to us.
_MARK = "broken: "
#: the names under which all are prepared, so that no time goes into planning under the lock
_NAME, _RECORD_NAME = "releasegate_check", "releasegate_record"
_UNDO_NAME, _LEAVE_NAME = "releasegate_undo", "releasegate_leave"
#: the setting that carries the answer to the ledger's row
_KEPT = "releasegate.objects"
_CHECKED = f"""
WITH wanted AS MATERIALIZED (
  SELECT * FROM pg_catalog.jsonb_to_recordset($1) AS w
    (label text, present bool, is_valid bool, expected text, kind text, schema text, tbl text,
     name text)
), held AS MATERIALIZED (
  {catalog.named("SELECT DISTINCT schema, coalesce(nullif(tbl, ''), name) FROM wanted")}
), item AS (
  SELECT w.label, w.present, w.is_valid, w.expected, h.definition
  FROM wanted w LEFT JOIN held h ON (h.kind, h.schema, h.tbl, h.name) =
                                    (w.kind, w.schema, w.tbl, w.name)
), verdict AS (
  SELECT jsonb_object_agg(label, definition) AS objects,
    string_agg(label, ', ' ORDER BY label) FILTER (WHERE
      (definition IS NOT NULL) <> present
      OR (is_valid AND definition ~ ' (INVALID|NOT VALID|NOT ENFORCED)$')
      OR (expected IS NOT NULL AND definition IS DISTINCT FROM expected)) AS broken
  FROM item
)
"""  # noqa: S608  every part is a text of ours
_CHECK = f"""
{_CHECKED}
SELECT set_config('{_KEPT}', coalesce(objects, '{{}}')::text, true),
  CASE WHEN broken IS NULL THEN 0 ELSE ('{_MARK}' || broken)::int END
FROM verdict
"""  # noqa: S608  every part is a text of ours
#: what a session was set up with and no step changes, as one text
SETTINGS = "pg_catalog.concat_ws('|', {})".format(
    ", ".join(
        f"pg_catalog.current_setting('{name}', true)"
        for name in (
            "role",
            "session_authorization",
            "row_security",
            "idle_in_transaction_session_timeout",
            "idle_session_timeout",
            "client_connection_check_interval",
            "default_transaction_isolation",
            "default_transaction_read_only",
            "plan_cache_mode",
            "quote_all_identifiers",
            "bytea_output",
            "transaction_timeout",
        )
    )
)
_OBJECTS = f"pg_catalog.current_setting('{_KEPT}')::jsonb"
_RECORD = ledger.record_step("$9", _OBJECTS)
_UNDO, _LEAVE = ledger.undo_step(_OBJECTS), ledger.leave_step()


def record(step: Step, order: Order, row: StepRow, *, status: str) -> tuple[Message, ...]:
    """Write the statements that check a step's promises, or fail, and record it."""
    expected = order.expected.get(step.ordinal, {})
    wanted = [
        _wanted(effect, present=effect.present, expected=expected.get(str(effect.object)))
        for effect in step.effects
    ]
    wanted += [_wanted(one, present=None, expected=None) for one in _closing(step, order)]
    check = Message(_CHECK, (json.dumps(wanted),), prepared=_NAME)
    if row.takes_back is None:
        return check, Message(_RECORD, (*row.values(), status), prepared=_RECORD_NAME)
    undo = Message(_UNDO, ledger.undo_values(row), prepared=_UNDO_NAME)
    leave = (Message(_LEAVE, one, prepared=_LEAVE_NAME) for one in ledger.leave_values(row))
    return check, undo, *leave


def _closing(step: Step, order: Order) -> list[Effect]:
    """List what earlier steps left, for the last one's row: a later rename may have changed it."""
    if step.ordinal < len(order.plan.steps):
        return []
    own = {effect.object for effect in step.effects}
    earlier = {e.object: e for other in order.plan.steps for e in other.effects}
    return [effect for thing, effect in earlier.items() if thing not in own]


def _wanted(effect: Effect, *, present: bool | None, expected: str | None) -> dict[str, Any]:
    thing = effect.object
    return {
        "label": str(thing),
        "present": present,
        "is_valid": bool(present and effect.is_valid),
        "expected": expected,
        "kind": thing.kind,
        "schema": thing.schema,
        "tbl": thing.table,
        "name": thing.name,
    }


def prepare(session: Session) -> None:
    """Have a new connection know our question, and how we record its answer."""
    if session.prepared_for != session.pid:
        pipeline.prepare(session.connection, _NAME, _CHECK, ["jsonb"])
        for name, text in (
            (_RECORD_NAME, _RECORD),
            (_UNDO_NAME, _UNDO),
            (_LEAVE_NAME, _LEAVE),
        ):
            pipeline.prepare(session.connection, name, text, [])
        asked = Message(f"SELECT {SETTINGS}")
        session.settings = pipeline.ask(session.connection, asked).rows[0][0]
        session.prepared_for = session.pid


def look(session: Session, step: Step) -> Definitions:
    """Read the definitions of what a step makes, changes or removes.

    The same question is asked inside the step's transaction. It is planned here, once, so that no
    time goes into that while the app waits.
    """
    return _held(session, step.effects)


def to_record(session: Session, step: Step, order: Order) -> Definitions:
    """Read what belongs into the row of a step that has no transaction of its own."""
    return _held(session, (*step.effects, *_closing(step, order)))


def _held(session: Session, effects: Sequence[Effect]) -> Definitions:
    wanted = [_wanted(effect, present=None, expected=None) for effect in effects]
    question = Message(_CHECK, (json.dumps(wanted),), prepared=_NAME)
    answer = pipeline.ask(session.connection, question)
    held: Definitions = json.loads(str(answer.rows[0][0]))
    return held


def broken_by(error: psycopg.Error) -> str | None:
    """Read the broken promises off a failed record; None: it failed for another reason."""
    found = re.search(f'{_MARK}(.*)"', error.diag.message_primary or "", re.DOTALL)
    return found[1] if found else None


def created(step: Step, before: Mapping[str, str | None]) -> tuple[str, ...]:
    """List what a step will have made: what it promises and is not there yet."""
    labels = [str(effect.object) for effect in step.effects if effect.present]
    return tuple(label for label in labels if before.get(label) is None)


def unmet(step: Step, order: Order, held: Mapping[str, str | None]) -> list[Effect]:
    """List the promises that the catalogs do not show."""
    expected = order.expected.get(step.ordinal, {})
    return [effect for effect in step.effects if not _is_met(effect, held, expected)]


def _is_met(
    effect: Effect, held: Mapping[str, str | None], expected: Mapping[str, str | None]
) -> bool:
    label = str(effect.object)
    definition, wanted = held[label], expected.get(label)
    if definition is None or not effect.present:
        return (definition is not None) == effect.present
    is_sound = not (effect.is_valid and definition.endswith(UNSOUND))
    return is_sound and (wanted is None or definition == wanted)
