"""A copy on which the plan has run -> whether the way back, by the real executor, gives it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from releasegate import ledger
from releasegate.executor.undoing import has_values, holding_data, undo_of
from releasegate.gates.ground import snapshot
from releasegate.gates.rehearsal.trial import Measured, Trial, failure, session_on
from releasegate.plan import ONLINE
from releasegate.undo import Way, is_whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from releasegate.gates.rehearsal.case import Case
    from releasegate.model import Finding, Plan
    from releasegate.session import Session
    from releasegate.throwaway import Database


def gives_back(case: Case, made: Database) -> Iterator[Finding]:
    """(4) What the plan has made, taken back in reverse order, leaves the baseline.

    Every step is a run of its own, so that each of them goes on from where another was cut off.
    """
    plan, number = case.planned.plan, case.planned.migration.number
    with session_on(made) as session:
        rows = ledger.read(session.connection).rows.get(number, {})
        failures = list(_all_back(case, session))
    partly = [step for step in plan.steps if not is_whole(step, rows)]
    if partly:
        named = ", ".join(str(step.ordinal) for step in partly)
        # What has no undo can keep another thing's from working.
        yield case.finding("RG411", f"There is no undo for all that these steps do: {named}.")
        return
    yield from failures
    yield from case.differences("RG405", case.before, snapshot(made))
    case.evidence["undo"] = "gives the baseline back"


def _all_back(case: Case, session: Session) -> Iterator[Finding]:
    way = _way(case, session)
    left = _planned(case, session, way)
    case.evidence["undo_steps"] = len(left.steps)
    while left.steps:
        yield from _back(case, session, left, last=1)
        before, left = left, _planned(case, session, way)
        if len(left.steps) >= len(before.steps):
            # It did not take back what it was to take back; the catalogs will show that.
            yield from _back(case, session, left, last=None)
            return


def _back(case: Case, session: Session, left: Plan, *, last: int | None) -> Iterator[Finding]:
    measured = Measured()
    trial = Trial(case.planned.migration, left)
    outcomes = trial.run_in(session, last=last, probe=measured.probe(), command="rollback")
    failed = failure(outcomes[:last])
    if failed is not None:
        step = left.steps[failed.ordinal - 1]
        yield case.finding("RG405", f"{'; '.join(step.sql)} fails: {failed.message}", step)
    if left.strategy == ONLINE:
        yield from case.unlike(left.steps[0], measured.by_ordinal.get(1))


def _planned(case: Case, session: Session, way: Way) -> Plan:
    planned = case.planned
    return undo_of(
        session.connection,
        planned.plan,
        planned.migration.number,
        way=way,
        baseline=case.baseline,
    )


def _way(case: Case, session: Session) -> Way:
    """Let everything go: what is empty behind its proof, what has a default as it stands."""
    planned, connection = case.planned, session.connection
    things = holding_data(connection, planned.plan, planned.migration.number)
    full = frozenset(thing for thing in things if has_values(connection, thing))
    return Way(empty=frozenset(things) - full, discarded=full)
