"""Take one migration back: the gates that make sense, then the undo under the lock."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg

from releasegate import gates, ledger
from releasegate.counted import counted
from releasegate.errors import CouldNotLook, UsageError
from releasegate.executor import DONE
from releasegate.executor.undoing import undo_of
from releasegate.gates import Gate, GateInputs, LiveTarget, questions, undo
from releasegate.model import (
    ObjectState,
    Outcome,
    OutcomeStatus,
    Plan,
    Report,
    Verdict,
)
from releasegate.plan import STRATEGIES
from releasegate.release import locked, saving
from releasegate.release.choosing import Choice, choose, to_go
from releasegate.release.comparing import compared
from releasegate.release.inputs import Prepared, Request, prepare
from releasegate.release.sequence import (
    EXIT_DONE,
    EXIT_STOPPED,
    EXIT_UNKNOWN,
    ask_gates,
    judge,
)
from releasegate.undo import renumbered, standing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from releasegate.database import Connection
    from releasegate.model import CatalogObject, GateResult
    from releasegate.session import Session
    from releasegate.undo import Way

_CHECK_VIOLATED = "23514"
#: what is not found empty in this time the session under the lock looks at
_A_MOMENT = timedelta(seconds=2)


def rollback(request: Request) -> Report:
    """Ask the gates, then undo what the ledger says was applied, the last step first.

    Where nothing is left to take back it ends before any gate is asked.
    """
    if request.target is None:
        raise UsageError("rollback needs a database: give --database-url.")
    with prepare(request) as prepared:
        try:
            prepared = replace(prepared, inputs=_by_its_plan(prepared.inputs))
            answer = _asked(request, prepared)
        except (psycopg.Error, CouldNotLook) as error:
            return locked.unanswered(prepared, _unasked("the target was lost"), error)
        if isinstance(answer, Report):
            return answer
        return locked.under_lock(request, prepared, answer, _execute_locked)


def _asked(request: Request, prepared: Prepared) -> Report | tuple[GateResult, ...]:
    """Ask the gates; a report where that ends the command."""
    live = prepared.inputs.live
    if isinstance(live, LiveTarget) and _is_back(request, prepared, live):
        return _nothing_to_do(prepared, live)
    asked = _gates(request, prepared.inputs)
    results = ask_gates(request, prepared.inputs, asked)
    strict = replace(request, require=tuple(gate.id for gate in asked))
    exit_code, verdict, summary = judge(strict, results)
    if exit_code != EXIT_DONE:
        return prepared.report(exit_code, verdict, summary, gates=results)
    return results


def _by_its_plan(inputs: GateInputs) -> GateInputs:
    """Go by the strategy that the migration was applied with, whatever is configured now."""
    if not isinstance(inputs.live, LiveTarget) or not inputs.is_readable:
        return inputs
    rows = inputs.live.ledger.rows.get(inputs.migration.number, {})
    begun = {row.plan for row in rows.values() if row.is_left}
    for strategy in STRATEGIES:
        other = replace(inputs, strategy=strategy)
        if isinstance(other.planned, Plan) and other.planned.fingerprint in begun:
            return other
    return inputs


def _is_back(request: Request, prepared: Prepared, live: LiveTarget) -> bool:
    """Tell whether this run would change nothing; of a missing plan the gates tell."""
    inputs = prepared.inputs
    rows = live.ledger.rows.get(inputs.migration.number, {})
    if not any(row.is_left for row in rows.values()):
        return True
    if not inputs.is_readable or not isinstance(inputs.planned, Plan):
        return False
    if {row.plan for row in rows.values() if row.is_left} != {inputs.planned.fingerprint}:
        return False
    choice = _choose(request, live.connection, inputs, within=_A_MOMENT)
    return not _undo(live.connection, inputs, choice.way).steps


def _gates(request: Request, inputs: GateInputs) -> tuple[Gate, ...]:
    """Choose the gates: the file itself was judged when it was applied."""
    things = _things(request, inputs)
    app = undo.app_code(things)
    live = undo.live_database(things)
    chosen = (questions.RELEASE_TAG, app, questions.REHEARSAL, live, questions.WINDOW)
    return chosen if things else tuple(gate for gate in chosen if gate is not app)


def _things(request: Request, inputs: GateInputs) -> tuple[CatalogObject, ...]:
    """List the columns and tables that are to go; the app must not name them."""
    live = inputs.live
    if not (request.drops_columns or request.discards) or not isinstance(live, LiveTarget):
        return ()
    if not inputs.is_readable or not isinstance(inputs.planned, Plan):
        return ()
    return to_go(request, live.connection, inputs.planned, inputs.migration.number)


def _nothing_to_do(prepared: Prepared, live: LiveTarget) -> Report:
    name = prepared.inputs.migration.name
    rows = live.ledger.rows.get(prepared.inputs.migration.number, {})
    left = sorted(label for row in rows.values() for label in row.made)
    stays = f" What it made and keeps: {', '.join(left)}." if left else ""
    if rows and prepared.inputs.is_readable and isinstance(prepared.inputs.planned, Plan):
        stays += _rest(live.connection, prepared.inputs)
    return prepared.report(
        EXIT_DONE,
        Verdict.NOTHING_TO_DO,
        f"Nothing of {name} is left to take back; nothing was executed.{stays}",
        gates=_unasked("nothing is left to do"),
        ledger_head=live.ledger.head,
    )


def _unasked(reason: str) -> tuple[GateResult, ...]:
    every = (questions.RELEASE_TAG, questions.REHEARSAL, undo.live_database(), questions.WINDOW)
    return tuple(gates.not_asked(gate, reason) for gate in every)


def _plan(inputs: GateInputs) -> Plan:
    assert isinstance(inputs.planned, Plan), "the gates have passed"
    return inputs.planned


def _choose(
    request: Request, connection: Connection, inputs: GateInputs, *, within: timedelta
) -> Choice:
    return choose(request, connection, _plan(inputs), inputs.migration.number, within=within)


def _undo(connection: Connection, inputs: GateInputs, way: Way) -> Plan:
    return undo_of(
        connection,
        _plan(inputs),
        inputs.migration.number,
        way=way,
        baseline=inputs.baseline_statements,
    )


def _execute_locked(
    request: Request, prepared: Prepared, results: tuple[GateResult, ...], session: Session
) -> Report:
    inputs, connection = prepared.inputs, session.connection
    # A ledger of an earlier version learns first that a step can be undone.
    ledger.create(connection)
    left = _left(inputs, session)
    choice = _choose(request, connection, inputs, within=left)
    way = _Way(request, inputs, session, choice, _undo(connection, inputs, choice.way))
    saved = tuple(
        _saved(request, connection, thing, left) for thing in sorted(choice.way.discarded)
    )
    outcomes = locked.run(
        request,
        prepared,
        session,
        way.plan,
        expected={},
        command="rollback",
        is_done=partial(_is_done, inputs.migration.number),
        then=way.go_on,
    )
    exit_code, verdict, summary = _ended(prepared, outcomes[way.tried :])
    states = (*saved, *way.choice.stays)
    if exit_code == EXIT_DONE:
        # The way back is gone whatever becomes of this look at it.
        with suppress(psycopg.Error):
            states += compared(
                connection, _plan(inputs), inputs.migration.number, stays=way.choice.stays
            )
        summary += _rest(connection, inputs)
        if way.choice.stays:
            count = len(way.choice.stays)
            kept = counted(count, "column or table stays", "columns or tables stay")
            summary += f" {kept}: see below."
    head = locked.close(session, request.run_id, verdict)
    return prepared.report(
        exit_code,
        verdict,
        summary,
        gates=results,
        plan=way.plan,
        outcomes=outcomes,
        objects=states,
        ledger_head=head,
    )


def _rest(connection: Connection, inputs: GateInputs) -> str:
    """Say which steps have no undo and stand."""
    with suppress(psycopg.Error):
        rows = ledger.steps(connection, inputs.migration.number)
        left = ", ".join(str(step.ordinal) for step in standing(_plan(inputs), rows))
        return f" These steps have no undo and stand: {left}." if left else ""
    return ""


def _saved(
    request: Request, connection: Connection, thing: CatalogObject, within: timedelta
) -> ObjectState:
    state = saving.save(connection, thing, into=Path.cwd(), run_id=request.run_id, within=within)
    request.log.info("data.saved", object=state.object, detail=state.detail)
    return state


def _left(inputs: GateInputs, session: Session) -> timedelta:
    assert inputs.window is not None, "the gate has passed"
    return inputs.window.closes_at - session.now()


@dataclass
class _Way:
    """The way back as it was chosen, and chosen again where a row has got a value meanwhile."""

    request: Request
    inputs: GateInputs
    session: Session
    choice: Choice
    plan: Plan
    #: so many steps were tried before it was chosen again
    tried: int = 0

    def go_on(self, outcomes: Sequence[Outcome]) -> Plan | None:
        """Where the check found a value let the column stay, and take values again at once."""
        if not any(outcome.sqlstate == _CHECK_VIOLATED for outcome in outcomes):
            return None
        connection, inputs = self.session.connection, self.inputs
        left = _left(inputs, self.session)
        choice = _choose(self.request, connection, inputs, within=left)
        if choice == self.choice:
            return None
        self.tried = sum(outcome.status is not OutcomeStatus.NOT_RUN for outcome in outcomes)
        more = renumbered(_undo(connection, inputs, choice.way), after=self.tried)
        steps = self.plan.steps[: self.tried] + more.steps
        self.choice, self.plan = choice, replace(self.plan, steps=steps)
        return more


def _is_done(number: int, plan: Plan, connection: Connection) -> set[int]:
    """Tell by the ledger which steps of the way back have committed."""
    rows = ledger.read(connection).rows.get(number, {})
    done = set()
    for step in plan.steps:
        assert step.takes_back is not None
        row = rows[step.takes_back.ordinal]
        is_so = all((str(e.object) in row.made) == e.present for e in step.effects)
        if is_so and row.status == "undone":
            done.add(step.ordinal)
    return done


def _ended(prepared: Prepared, outcomes: Sequence[Outcome]) -> tuple[int, Verdict, str]:
    migration = prepared.inputs.migration
    name, number = migration.name, f"{migration.number:03}"
    if all(outcome.status in DONE for outcome in outcomes):
        return EXIT_DONE, Verdict.ROLLED_BACK, f"{name} is rolled back."
    stopped = next(outcome for outcome in outcomes if outcome.status not in DONE)
    if any(outcome.status is OutcomeStatus.UNKNOWN for outcome in outcomes):
        summary = f"{stopped.message} Run releasegate status to look again."
        return EXIT_UNKNOWN, Verdict.UNKNOWN, summary
    left = sum(outcome.status not in DONE for outcome in outcomes)
    steps = counted(left, "step of the way back is", "steps of the way back are")
    summary = (
        f"{stopped.message} {steps} left: run the same command again; "
        f"or forward: releasegate apply --window WINDOW {number}."
    )
    return EXIT_STOPPED, Verdict.STOPPED, summary
