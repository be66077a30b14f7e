"""One step until it is applied, has failed, or the window closes."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import psycopg
import tenacity

from releasegate import database, facts, ledger
from releasegate.errors import CouldNotLook
from releasegate.executor import truth
from releasegate.executor.attempt import Attempt
from releasegate.executor.order import BrokenPromise, Overtaken, WindowClosed
from releasegate.model import Outcome, OutcomeStatus

if TYPE_CHECKING:
    from releasegate.executor.order import Order
    from releasegate.model import Step
    from releasegate.session import Session

_FIRST_PAUSE_S = 0.1
_LONGEST_PAUSE_S = 5.0
#: a pause is at least this many times the wait before it
_PAUSE_TO_WAIT = 10
_LOCK_STATES = frozenset({database.LOCK_NOT_AVAILABLE, database.DEADLOCK_DETECTED})
#: how the tries can end but by success
_ENDS = (psycopg.Error, WindowClosed, BrokenPromise, Overtaken, CouldNotLook, KeyboardInterrupt)


class StepRun:
    """One step and its tries."""

    def __init__(self, session: Session, order: Order, step: Step) -> None:
        self._session = session
        self._order = order
        self._step = step
        self._log = order.log.bind(step=step.ordinal)
        self._outcome = Outcome(step.ordinal, OutcomeStatus.FAILED)
        self._attempt = Attempt(session, order, step)
        #: the truth about a lost try was looked for until the window closed
        self._is_sought_in_vain = False
        #: who was in the way at the last try that failed for a lock
        self._refusal: str | None = None

    def run(self) -> Outcome:
        began = self._session.monotonic()
        self._log.info("step.started", statements=len(self._step.sql))
        outcome = self._try_until_known()
        outcome = replace(outcome, duration_s=round(self._session.monotonic() - began, 3))
        self._log.info(
            "step.finished",
            status=outcome.status.value,
            attempts=outcome.attempts,
            duration_s=outcome.duration_s,
            lock_wait_s=outcome.lock_wait_s,
            sqlstate=outcome.sqlstate,
        )
        return outcome

    def _try_until_known(self) -> Outcome:
        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception(self._is_worth_another_try),
            wait=self._pause,
            stop=lambda _: self._left() <= timedelta(0),
            before_sleep=self._log_retry,
            sleep=self._order.sleep,
            reraise=True,
        )
        try:
            retrying(self._try)
        except _ENDS as error:
            return self._explain(error)
        return replace(self._outcome, status=OutcomeStatus.APPLIED, sqlstate=None)

    def _try(self) -> None:
        self._attempt = Attempt(self._session, self._order, self._step)
        self._outcome = replace(self._outcome, attempts=self._outcome.attempts + 1)
        try:
            self._attempt.run()
        finally:
            waited_s = round(self._outcome.lock_wait_s + self._attempt.waited_s, 3)
            self._outcome = replace(self._outcome, lock_wait_s=waited_s)

    def _left(self) -> timedelta:
        return self._order.window.closes_at - self._session.now()

    def _is_worth_another_try(self, error: BaseException) -> bool:
        """Decide by what is known to have rolled back, never by message text."""
        if isinstance(error, psycopg.Error) and self._session.is_lost:
            return self._find_truth() is False and self._left() > timedelta(0)
        return isinstance(error, psycopg.Error) and error.sqlstate in database.RETRYABLE

    def _pause(self, state: tenacity.RetryCallState) -> float:
        """Exponential and jittered, and long beside the wait just made, which the app stood in."""
        jittered = tenacity.wait_random_exponential(_FIRST_PAUSE_S, max=_LONGEST_PAUSE_S)(state)
        pause_s = jittered + _PAUSE_TO_WAIT * self._attempt.waited_s
        return max(0.0, min(pause_s, self._left().total_seconds()))

    def _log_retry(self, state: tenacity.RetryCallState) -> None:
        error = state.outcome.exception() if state.outcome else None
        is_lock = getattr(error, "sqlstate", None) in _LOCK_STATES
        held_by = self._blockers()
        if is_lock:
            self._refusal = _refusal(held_by)
            self._outcome = replace(self._outcome, sqlstate=getattr(error, "sqlstate", None))
        self._log.warning(
            "lock.refused" if is_lock else "step.retried",
            attempt=self._outcome.attempts,
            sqlstate=getattr(error, "sqlstate", None),
            pause_s=round(state.upcoming_sleep, 3),
            left_s=round(self._left().total_seconds(), 1),
            held_by=held_by,
        )

    def _blockers(self) -> list[dict[str, Any]]:
        try:
            found = facts.blockers(
                self._session.observer, self._step.locks, own_pids=self._session.own_pids
            )
        except psycopg.Error:
            return []
        return [_rounded(asdict(blocker)) for blocker in found]

    def _find_truth(self) -> bool | None:
        """Tell whether the lost try committed; None where that cannot be found out."""
        found = truth.find(self._session, self._order, self._attempt.id, self._log)
        self._is_sought_in_vain = found is None
        return found

    def _explain(self, error: BaseException) -> Outcome:
        """Turn the error that ended the tries into an outcome, by the server's word for it."""
        is_committed = self._truth_after(error)
        is_interrupted = isinstance(error, KeyboardInterrupt)
        if is_committed is None:
            why = "We were interrupted" if is_interrupted else "The connection was lost"
            text = f"{why}, and what became of the step could not be read back."
            return replace(self._outcome, status=OutcomeStatus.UNKNOWN, message=text)
        if is_committed:
            return replace(self._outcome, status=OutcomeStatus.APPLIED, sqlstate=None)
        is_closed = isinstance(error, WindowClosed)
        sqlstate = self._outcome.sqlstate if is_closed else getattr(error, "sqlstate", None)
        message = self._why(error)
        return replace(
            self._outcome, status=OutcomeStatus.FAILED, sqlstate=sqlstate, message=message
        )

    def _truth_after(self, error: BaseException) -> bool | None:
        """Ask the ledger, whatever the error says: its row is there if and only if we committed."""
        if self._is_sought_in_vain:
            return None
        try:
            # While an old backend of ours is alive, "no row" may be "no row yet".
            if not self._session.is_lost and self._session.old_backends_are_gone():
                return ledger.has_attempt(self._session.connection, self._attempt.id)
        except psycopg.Error:
            self._log.warning("truth.missed")
        if isinstance(error, KeyboardInterrupt):
            return None
        try:
            return self._find_truth()
        except Overtaken:
            return False

    def _why(self, error: BaseException) -> str:
        if isinstance(error, KeyboardInterrupt):
            return "Interrupted; the transaction was rolled back."
        if isinstance(error, WindowClosed) or self._left() <= timedelta(0):
            return f"The window closed. {self._last_refusal(error)}"
        if isinstance(error, psycopg.Error):
            return f"The step was rolled back: {database.meaning(error)}."
        return f"The step was rolled back: {error}."

    def _last_refusal(self, error: BaseException) -> str:
        """Say who held the lock at the last try that failed for one."""
        if getattr(error, "sqlstate", None) in _LOCK_STATES:
            return _refusal(self._blockers())
        return self._refusal or "The step was rolled back."


def _refusal(held_by: list[dict[str, Any]]) -> str:
    if not held_by:
        return "The locks were not to be had."
    who = held_by[0]
    age = "of unknown age" if who["age_s"] is None else f"{who['age_s']:.0f} s old"
    return (
        f"The locks were not to be had: pid {who['pid']} ({who['application'] or 'no name'}) "
        f"holds {who['mode']} on {who['relation']} in a transaction {age}."
    )


def _rounded(blocker: dict[str, Any]) -> dict[str, Any]:
    if blocker["age_s"] is not None:
        blocker["age_s"] = round(blocker["age_s"], 1)
    return blocker
