"""Plan -> Outcomes, one step at a time: locks, timeouts, retry, window, ledger."""

from __future__ import annotations

import uuid
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import psycopg
import tenacity

from releasegate import catalog, database, facts, ledger
from releasegate.errors import CouldNotLook
from releasegate.model import Lock, Outcome, OutcomeStatus
from releasegate.session import MIGRATION_SEARCH_PATH, SEARCH_PATH
from releasegate.statements.locks import ACCESS_EXCLUSIVE, strongest
from releasegate.statements.parser import quote_relation

if TYPE_CHECKING:
    from collections.abc import Callable

    from structlog.typing import FilteringBoundLogger

    from releasegate.model import Migration, Plan, Step, Window
    from releasegate.session import Session

_FIRST_PAUSE_S = 0.1
_LONGEST_PAUSE_S = 5.0
#: a pause is at least this many times the wait before it
_PAUSE_TO_WAIT = 10
#: how long the truth about a lost commit is looked for, at least
_TRUTH_S = 30.0


class WindowClosed(Exception):
    """There is no time left for another try."""


class BrokenPromise(Exception):
    """A step ran, and an object is not what its statements say."""


@dataclass(frozen=True)
class Order:
    """What to execute, and by which rules."""

    run_id: str
    migration: Migration
    plan: Plan
    window: Window
    #: the longest wait in a queue that the app stands in, all tables together
    longest_wait: timedelta
    sleep: Callable[[float], None]
    log: FilteringBoundLogger


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
            outcomes.append(_StepRun(session, order, step).run())
            is_stopped = outcomes[-1].status is not OutcomeStatus.APPLIED
    return tuple(outcomes)


class _StepRun:
    """One step until it is applied, has failed or the window closes."""

    def __init__(self, session: Session, order: Order, step: Step) -> None:
        self._session = session
        self._order = order
        self._step = step
        self._log = order.log.bind(step=step.ordinal)
        self._outcome = Outcome(step.ordinal, OutcomeStatus.FAILED)
        self._attempt_id = str(uuid.uuid4())
        self._truth: bool | None = None
        self._refusal: str | None = None
        #: what the last try waited for locks
        self._waited_s = 0.0

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
            retrying(self._attempt)
        except (
            psycopg.Error,
            WindowClosed,
            BrokenPromise,
            CouldNotLook,
            KeyboardInterrupt,
        ) as error:
            return self._explain(error)
        return replace(self._outcome, status=OutcomeStatus.APPLIED, sqlstate=None)

    # -- one attempt ---------------------------------------------------------------------------

    def _attempt(self) -> None:
        """Lock, change, check and record in one transaction."""
        self._outcome = replace(self._outcome, attempts=self._outcome.attempts + 1)
        if self._left() <= timedelta(0):
            raise WindowClosed
        session, order = self._session, self._order
        session.check()
        self._attempt_id = str(uuid.uuid4())
        connection = session.connection
        with connection.transaction():
            self._lock_tables()
            self._set_local("search_path", MIGRATION_SEARCH_PATH)
            for statement in self._step.sql:
                self._bound_statement()
                database.send(connection, statement)
            # What is deferred runs now, under its own search_path and before the promises are kept.
            self._bound_statement()
            database.send(connection, "SET CONSTRAINTS ALL IMMEDIATE")
            self._set_local("search_path", SEARCH_PATH)
            objects = self._check_promises()
            ledger.record_step(
                connection,
                run_id=order.run_id,
                attempt_id=self._attempt_id,
                migration=order.migration,
                plan=order.plan,
                ordinal=self._step.ordinal,
                objects=objects,
            )

    def _lock_tables(self) -> None:
        """Take each table's lock once; all the waits together stay below the bound.

        ``lock_timeout`` counts for each lock anew, so every lock gets what the others left. Below
        the server's ``deadlock_timeout`` the app can never be the deadlock's victim.
        """
        began = self._session.monotonic()
        budget = min(self._order.longest_wait, self._session.deadlock_timeout() / 2)
        try:
            for lock in self._locks_on_tables():
                waited = timedelta(seconds=self._session.monotonic() - began)
                self._set_local("lock_timeout", _milliseconds(min(budget - waited, self._left())))
                table = quote_relation(lock.relation)
                database.send(self._session.connection, f"LOCK TABLE {table} IN {lock.mode} MODE")
        finally:
            self._waited_s = self._session.monotonic() - began
            total = round(self._outcome.lock_wait_s + self._waited_s, 3)
            self._outcome = replace(self._outcome, lock_wait_s=total)
        rest = budget - timedelta(seconds=self._waited_s)
        self._set_local("lock_timeout", _milliseconds(rest))

    def _locks_on_tables(self) -> list[Lock]:
        """Add the tables that dropped keys bind, and leave out what is no table (an index)."""
        connection = self._session.connection
        bound = facts.bound_by_dropped_keys(connection, self._step.effects)
        locks = strongest([*self._step.locks, *(Lock(name, ACCESS_EXCLUSIVE) for name in bound)])
        tables = facts.existing_tables(connection, [lock.relation for lock in locks])
        return [lock for lock in locks if lock.relation in tables]

    def _bound_statement(self) -> None:
        """Let no statement outlive the window, or be read otherwise than it was checked."""
        for name, value in _LEXING.items():
            if self._session.connection.info.parameter_status(name) != value:
                raise BrokenPromise(f"a statement changed {name}")
        self._set_local("statement_timeout", _milliseconds(self._left()))

    def _check_promises(self) -> dict[str, str | None]:
        """Compare the catalogs with what the statements name, and return the definitions."""
        promised = self._step.effects
        held = catalog.describe(self._session.connection, [effect.object for effect in promised])
        for effect in promised:
            definition = held[str(effect.object)]
            # IF NOT EXISTS passes over an index that an earlier build left broken.
            is_sound = definition is not None and not definition.endswith(" INVALID")
            if effect.present and not is_sound:
                raise BrokenPromise(f"{effect.object} is missing or not valid")
            if not effect.present and definition is not None:
                raise BrokenPromise(f"{effect.object} is still there")
        return held

    def _set_local(self, name: str, value: str) -> None:
        self._session.connection.execute("SELECT set_config(%s, %s, true)", (name, value))

    # -- between attempts ----------------------------------------------------------------------

    def _left(self) -> timedelta:
        return self._order.window.closes_at - self._session.now()

    def _is_worth_another_try(self, error: BaseException) -> bool:
        """Decide by what is known to have rolled back, never by message text."""
        if isinstance(error, psycopg.Error) and self._session.is_lost:
            self._truth = self._find_truth()
            return self._truth is False and self._left() > timedelta(0)
        return isinstance(error, psycopg.Error) and error.sqlstate in database.RETRYABLE

    def _pause(self, state: tenacity.RetryCallState) -> float:
        """Exponential and jittered, and long beside the wait just made, which the app stood in."""
        jittered = tenacity.wait_random_exponential(_FIRST_PAUSE_S, max=_LONGEST_PAUSE_S)(state)
        pause_s = jittered + _PAUSE_TO_WAIT * self._waited_s
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

    # -- the truth -----------------------------------------------------------------------------

    def _find_truth(self) -> bool | None:
        """Ask the server whether our last attempt committed; None where it cannot be found out.

        The connection is opened anew, the old backend must be gone, then the ledger's row decides.
        On False the advisory lock is held again.
        """
        deadline = self._session.now() + timedelta(seconds=_TRUTH_S)
        self._log.warning("connection.lost", attempt=self._outcome.attempts)
        while self._session.now() < max(deadline, self._order.window.closes_at):
            try:
                return self._read_truth()
            except (psycopg.Error, CouldNotLook, _StillAlive):
                self._order.sleep(_FIRST_PAUSE_S * 5)
        return None

    def _read_truth(self) -> bool:
        if self._session.is_lost:
            self._session.reconnect()
            self._log.info("connection.restored")
        if not self._session.old_backends_are_gone():
            raise _StillAlive
        is_committed = ledger.has_attempt(self._session.connection, self._attempt_id)
        self._session.take_lock(wait=timedelta(seconds=_TRUTH_S), sleep=self._order.sleep)
        self._log.info("truth.read", committed=is_committed)
        return is_committed

    def _explain(self, error: BaseException) -> Outcome:
        """Turn the error that ended the tries into an outcome, by the server's word for it."""
        truth = self._truth_after(error)
        is_interrupted = isinstance(error, KeyboardInterrupt)
        if truth is None:
            why = "We were interrupted" if is_interrupted else "The connection was lost"
            text = f"{why}, and what became of the step could not be read back."
            return replace(self._outcome, status=OutcomeStatus.UNKNOWN, message=text)
        if truth:
            return replace(self._outcome, status=OutcomeStatus.APPLIED, sqlstate=None)
        is_closed = isinstance(error, WindowClosed)
        sqlstate = self._outcome.sqlstate if is_closed else getattr(error, "sqlstate", None)
        message = self._why(error)
        return replace(
            self._outcome, status=OutcomeStatus.FAILED, sqlstate=sqlstate, message=message
        )

    def _truth_after(self, error: BaseException) -> bool | None:
        """Ask the ledger, whatever the error says: its row is there if and only if we committed."""
        if self._session.is_lost:
            return None if isinstance(error, KeyboardInterrupt) else self._truth
        try:
            return ledger.has_attempt(self._session.connection, self._attempt_id)
        except psycopg.Error:
            return self._find_truth()

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


class _StillAlive(Exception):
    """Our old backend is still there, so its transaction may yet commit."""


# What decides how the server reads a text; the server tells each change by itself (manual, 34.2).
_LEXING = {"client_encoding": "UTF8", "standard_conforming_strings": "on"}
_LOCK_STATES = frozenset({database.LOCK_NOT_AVAILABLE, database.DEADLOCK_DETECTED})


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


def _milliseconds(length: timedelta) -> str:
    """Write a timeout; never 0, which the server takes for "for ever"."""
    return f"{max(1, min(int(length.total_seconds() * 1000), 2**31 - 1))}ms"
