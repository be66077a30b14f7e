"""Plan -> Outcomes, one step at a time: locks, timeouts, retry, window, ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from releasegate import ledger
from releasegate.executor.order import Order
from releasegate.executor.step import StepRun
from releasegate.model import Outcome, OutcomeStatus

if TYPE_CHECKING:
    from releasegate.session import Session

__all__ = ["Order", "execute"]


def execute(session: Session, order: Order) -> tuple[Outcome, ...]:
    """Run the plan's steps in their order; stop at the first that is not applied.

    The session holds the advisory lock and the ledger has the run's row. Steps that the ledger has
    already are left alone.
    """
    outcomes: list[Outcome] = []
    done = ledger.steps_done(session.connection, order.migration.number)
    is_stopped = False
    for step in order.plan.steps:
        if step.ordinal in done:
            outcomes.append(Outcome(step.ordinal, OutcomeStatus.ALREADY_APPLIED))
        elif is_stopped:
            outcomes.append(Outcome(step.ordinal, OutcomeStatus.NOT_RUN))
        else:
            outcomes.append(StepRun(session, order, step).run())
            is_stopped = outcomes[-1].status is not OutcomeStatus.APPLIED
    return tuple(outcomes)
