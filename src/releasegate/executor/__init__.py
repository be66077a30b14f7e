"""Plan -> Outcomes, one step at a time: locks, timeouts, retry, window, ledger."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import psycopg

from releasegate import facts, ledger
from releasegate.executor.order import Order, Probe
from releasegate.executor.remaining import rest
from releasegate.executor.step import StepRun
from releasegate.executor.truth import how_to_look
from releasegate.model import Outcome, OutcomeStatus
from releasegate.statements.locks import ACCESS_EXCLUSIVE

if TYPE_CHECKING:
    from releasegate.session import Session

__all__ = ["DONE", "Order", "Probe", "execute", "how_to_look"]

DONE = frozenset({OutcomeStatus.APPLIED, OutcomeStatus.ALREADY_APPLIED})


def execute(session: Session, order: Order) -> tuple[Outcome, ...]:
    """Run the plan's steps in their order; stop at the first that is not applied.

    The session holds the advisory lock and the ledger has the run's row. Steps that the ledger has
    already are left alone.
    """
    outcomes: list[Outcome] = []
    _tell_of_replicas(session, order)
    rows = ledger.steps(session.connection, order.migration.number)
    is_stopped, why = False, None
    for step in order.plan.steps:
        row = rows.get(step.ordinal) if step.takes_back is None else None
        if row is not None and row.is_done:
            outcomes.append(Outcome(step.ordinal, OutcomeStatus.ALREADY_APPLIED))
        elif is_stopped or (order.last is not None and step.ordinal > order.last):
            outcomes.append(Outcome(step.ordinal, OutcomeStatus.NOT_RUN, message=why))
        else:
            run = StepRun(session, order, rest(step, row))
            outcomes.append(run.run())
            is_stopped = run.is_interrupted or outcomes[-1].status not in DONE
            why = "Interrupted before the step." if run.is_interrupted else None
            _keep_failure(session, order, outcomes[-1])
    return tuple(outcomes)


def _keep_failure(session: Session, order: Order, outcome: Outcome) -> None:
    """Enter in the ledger what a step has come to that failed; the log has it in any case."""
    if outcome.status is OutcomeStatus.FAILED:
        with suppress(psycopg.Error):
            ledger.fail_step(session.connection, order.run_id, order.migration, outcome)


def _tell_of_replicas(session: Session, order: Order) -> None:
    """Say that a strong lock will reach replicas at which nobody looks beforehand."""
    is_strong = any(lock.mode == ACCESS_EXCLUSIVE for s in order.plan.steps for lock in s.locks)
    if not is_strong or order.replica is not None:
        return
    count = len(facts.followers(session.observer))
    if count:
        order.log.warning("replicas.unseen", count=count, help="--replica-url")
