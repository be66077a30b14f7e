"""One step until it is applied, has failed, or the window closes."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import psycopg
import tenacity

from releasegate import database, facts, ledger
from releasegate.errors import CouldNotLook
from releasegate.executor import promises, truth
from releasegate.executor.alone import LoneAttempt
from releasegate.executor.attempt import Attempt, locks_to_take
from releasegate.executor.holders import Holders, seconds
from releasegate.executor.ladder import Ladder
from releasegate.executor.order import BrokenPromise, LockRefused, Overtaken, WindowClosed
from releasegate.executor.progress import watched
from releasegate.model import Outcome, OutcomeStatus
from releasegate.statements.locks import ACCESS_EXCLUSIVE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from releasegate.executor.order import Definitions, Order
    from releasegate.model import Lock, Step
    from releasegate.session import Session

_FIRST_PAUSE_S = 0.1
_LONGEST_PAUSE_S = 5.0
#: the session is looked at again after this time
_CHECKED_S = 1.0
_DURABLE_TRIES = 100
#: whoever interrupts is told within 5 s what is known
_SOON = timedelta(seconds=2)
#: how the tries can end but by success
_ENDS = (
    psycopg.Error,
    LockRefused,
    WindowClosed,
    BrokenPromise,
    Overtaken,
    CouldNotLook,
    KeyboardInterrupt,
)


class StepRun:
    """One step and its tries."""

    def __init__(self, session: Session, order: Order, step: Step) -> None:
        self._session = session
        self._order = order
        self._step = step
        self._log = order.log.bind(step=step.ordinal)
        self._outcome = Outcome(step.ordinal, OutcomeStatus.FAILED)
        self._attempt: Attempt | LoneAttempt | None = None
        self._holders = Holders(session, order, self._log)
        longest = min(order.longest_wait, session.deadlock_timeout / 2)
        self._ladder = Ladder(longest, session.monotonic, order.jitter)
        #: what the step makes was there, or not, before its first try
        self._before: Definitions | None = None
        self._locks: Sequence[Lock] = ()
        self._checked_at: float | None = None
        #: somebody wants the run to end, whatever became of this step
        self.is_interrupted = False
        #: the truth about a lost try was looked for until the window closed
        self._is_sought_in_vain = False

    def run(self) -> Outcome:
        began = self._session.monotonic()
        steps = len(self._order.plan.steps)
        self._log.info("step.started", of=steps, title=self._step.title)
        try:
            with watched(self._session, self._order, self._step, self._log):
                outcome = self._try_until_known()
        except BaseException:
            self._log.warning("step.finished", of=steps, status=OutcomeStatus.UNKNOWN.value)
            raise
        outcome = replace(outcome, duration_s=round(self._session.monotonic() - began, 3))
        self._log.info(
            "step.finished",
            of=steps,
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
            status = retrying(self._try)
        except _ENDS as error:
            if self._order.is_trial and isinstance(error, KeyboardInterrupt):
                raise
            return self._explain(error)
        return replace(self._outcome, status=status, sqlstate=None)

    def _try(self) -> OutcomeStatus:
        if self._left() <= timedelta(0):
            raise WindowClosed
        self._check_session()
        if not self._step.transactional:
            return self._try_alone()
        if self._before is None:
            self._before = promises.look(self._session, self._step)
        made = promises.created(self._step, self._before)
        self._attempt = Attempt(self._session, self._order, self._step, created=made)
        if self._step.is_lenient and self._is_found(self._attempt):
            return OutcomeStatus.ALREADY_APPLIED
        self._try_locked(self._attempt)
        self._make_durable()
        return OutcomeStatus.APPLIED

    def _try_alone(self) -> OutcomeStatus:
        self._attempt = LoneAttempt(self._session, self._order, self._step, self._log)
        self._count_try()
        self._attempt.run()
        ledger.count_step(self._session.connection, self._order.run_id)
        return OutcomeStatus.APPLIED

    def _is_found(self, attempt: Attempt) -> bool:
        """Skip what the catalogs show as done, where the file says IF NOT EXISTS."""
        assert self._before is not None
        if promises.unmet(self._step, self._order, self._before):
            return False
        attempt.record_found()
        ledger.count_step(self._session.connection, self._order.run_id)
        return True

    def _try_locked(self, attempt: Attempt) -> None:
        self._locks = self._locks or locks_to_take(self._session, self._step)
        if self._locks:
            self._holders.await_none_old(self._locks, self._left)
        self._count_try()
        try:
            if any(blocker.is_autovacuum for blocker in self._holders.last):
                attempt.run_behind_autovacuum(self._locks, self._holders.last)
            else:
                attempt.run(self._busiest_first(), wait=self._wait())
        finally:
            waited_s = round(self._outcome.lock_wait_s + attempt.waited_s, 3)
            self._outcome = replace(self._outcome, lock_wait_s=waited_s)

    def _busiest_first(self) -> list[Lock]:
        """Put first the table that was held at the last look: of several only it is waited for."""
        held = {blocker.relation for blocker in self._holders.last}
        strong = [lock.mode == ACCESS_EXCLUSIVE for lock in self._locks]
        free = [str(lock.relation) not in held for lock in self._locks]
        order = [
            (lock.mode, is_strong and is_free)
            for lock, is_strong, is_free in zip(self._locks, strong, free, strict=True)
        ]
        pairs = sorted(zip(order, self._locks, strict=True), key=lambda pair: pair[0])
        return [lock for _, lock in pairs]

    def _wait(self) -> timedelta | None:
        """Say how long this try may wait; if at all, the app stands behind it, so tell it."""
        wait = self._ladder.begin()
        if wait is not None:
            at_most_ms = int(wait.total_seconds() * 1000)
            self._log.warning("lock.queued", attempt=self._outcome.attempts, at_most_ms=at_most_ms)
        return wait

    def _count_try(self) -> None:
        self._outcome = replace(self._outcome, attempts=self._outcome.attempts + 1)

    def _check_session(self) -> None:
        """Ask again, not before every one of the quick tries, whether the session is still ours."""
        now = self._session.monotonic()
        if self._checked_at is None or now - self._checked_at >= _CHECKED_S:
            self._session.check()
            promises.prepare(self._session)
            self._checked_at = now

    def _make_durable(self) -> None:
        """Make the step's commit, which waited for no disk, outlive a crash before it counts."""
        connection = self._session.connection
        position = facts.log_position(connection)
        ledger.count_step(connection, self._order.run_id)
        for _ in range(_DURABLE_TRIES):
            if facts.flushed_up_to(connection, position):
                self._await_replay(position)
                return
            self._order.sleep(0.01)
        raise CouldNotLook("The server does not say that the step's commit is on disk.")

    def _await_replay(self, position: str) -> None:
        """Let the replica replay a strong lock before the next step asks for another."""
        replica = self._order.replica
        if replica is None or not any(lock.mode == ACCESS_EXCLUSIVE for lock in self._locks):
            return
        while not facts.replayed_up_to(replica, position) and self._left() > timedelta(0):
            self._log.info("replay.awaited", left_s=seconds(self._left()))
            self._order.sleep(0.2)

    def _left(self) -> timedelta:
        return self._order.window.closes_at - self._session.now()

    # -- between two tries

    def _is_worth_another_try(self, error: BaseException) -> bool:
        """Decide by what is known to have rolled back, never by message text."""
        if isinstance(error, LockRefused):
            ages = [self._holders.age_s(b) for b in self._holders.look_if_possible(self._locks)]
            self._ladder.refused(ages)
            self._outcome = replace(self._outcome, sqlstate=error.sqlstate)
            return True
        if isinstance(error, psycopg.Error) and self._session.is_lost:
            self._checked_at = None
            return self._find_truth() is False and self._left() > timedelta(0)
        return isinstance(error, psycopg.Error) and error.sqlstate in database.RETRYABLE

    def _pause(self, state: tenacity.RetryCallState) -> float:
        """Long beside the wait just made, which the app stood in; else exponential."""
        error = state.outcome.exception() if state.outcome else None
        if isinstance(error, LockRefused):
            pause_s = self._ladder.pause_s()
        else:
            pause_s = tenacity.wait_random_exponential(_FIRST_PAUSE_S, max=_LONGEST_PAUSE_S)(state)
        return max(0.0, min(pause_s, self._left().total_seconds()))

    def _log_retry(self, state: tenacity.RetryCallState) -> None:
        error = state.outcome.exception() if state.outcome else None
        is_lock = isinstance(error, LockRefused)
        waited = self._ladder.waited if is_lock else None
        say = self._log.debug if is_lock and waited is None else self._log.warning
        say(
            "lock.refused" if is_lock else "step.retried",
            attempt=self._outcome.attempts,
            sqlstate=getattr(error, "sqlstate", None),
            waited_ms=None if waited is None else int(waited.total_seconds() * 1000),
            pause_s=round(state.upcoming_sleep, 3),
            left_s=seconds(self._left()),
            held_by=self._holders.named(),
        )

    def _find_truth(self, patience: timedelta | None = None) -> bool | None:
        """Tell whether the lost try committed; None where that cannot be found out."""
        # Lost before its first message a try has left no row, under whatever name.
        attempt_id = self._attempt.id if self._attempt else str(uuid.uuid4())
        found = truth.find(self._session, self._order, attempt_id, self._log, patience=patience)
        self._is_sought_in_vain = found is None and patience is None
        return found

    def _explain(self, error: BaseException) -> Outcome:
        """Turn the error that ended the tries into an outcome, by the server's word for it."""
        self.is_interrupted = isinstance(error, KeyboardInterrupt)
        is_committed = self._truth_after(error)
        if is_committed is None:
            return replace(
                self._outcome, status=OutcomeStatus.UNKNOWN, message=self._what_is_known()
            )
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
        if isinstance(error, KeyboardInterrupt):
            return self._truth_after_interrupt()
        if self._attempt is None:
            return False
        try:
            # While an old backend of ours is alive, "no row" may be "no row yet".
            if not self._session.is_lost and self._session.old_backends_are_gone():
                return ledger.has_attempt(self._session.connection, self._attempt.id)
        except psycopg.Error:
            self._log.warning("truth.missed")
        try:
            return self._find_truth()
        except Overtaken:
            return False

    def _truth_after_interrupt(self) -> bool | None:
        """Ask in a new session: what the old one was about to say is nobody's answer any more."""
        self._session.abandon()
        try:
            found = self._find_truth(_SOON)
            if found is False and isinstance(self._attempt, LoneAttempt):
                self._attempt.tidy(patience=_SOON)
                return self._attempt.is_taken_back()
        except Overtaken:
            return False
        except psycopg.Error:
            return None
        return found

    def _what_is_known(self) -> str:
        """Say what could not be found out, and how to look."""
        why = "We were interrupted" if self.is_interrupted else "The connection was lost"
        attempt_id = self._attempt.id if self._attempt else None
        look = truth.how_to_look(self._order.run_id, self._order.migration.number, attempt_id)
        return f"{why}, and what became of step {self._step.ordinal} could not be read back. {look}"

    def _why(self, error: BaseException) -> str:
        if isinstance(error, KeyboardInterrupt):
            return "Interrupted; the step was not applied."
        if isinstance(error, WindowClosed | LockRefused) or self._left() <= timedelta(0):
            return f"The window closed. {self._last_refusal(error)}"
        if isinstance(error, psycopg.Error):
            return f"The step was not applied: {database.meaning(error)}."
        return f"The step was not applied: {error}."

    def _last_refusal(self, error: BaseException) -> str:
        """Say who held the lock at the last try that failed for one, and what would have helped."""
        if not self._outcome.sqlstate and not self._holders.last:
            return "The step was not applied."
        if not isinstance(error, WindowClosed):
            self._holders.look_if_possible(self._locks)
        text = self._holders.describe()
        needed, longest = self._ladder.needed, self._ladder.longest
        if self._ladder.waited is None or needed is None or needed <= longest:
            return text
        wait_ms = int(needed.total_seconds() * 1000)
        return f"{text} A longest-wait of {wait_ms} ms would have sufficed."
