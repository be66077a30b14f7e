"""One try of a step in a transaction: lock, change, check and record, in one flush."""

from __future__ import annotations

import itertools
import uuid
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

import psycopg

from releasegate import database, facts, pipeline
from releasegate.executor import promises
from releasegate.executor.order import (
    BrokenPromise,
    LockRefused,
    WindowClosed,
    milliseconds,
)
from releasegate.ledger import StepRow
from releasegate.model import Lock
from releasegate.pipeline import Message, MessageFailed
from releasegate.session import MIGRATION_SEARCH_PATH, SEARCH_PATH
from releasegate.statements.locks import (
    ACCESS_EXCLUSIVE,
    SHARE_UPDATE_EXCLUSIVE,
    is_in_the_way,
    strongest,
)
from releasegate.statements.parser import quote_relation

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from releasegate.executor.order import Order
    from releasegate.model import Blocker, Step
    from releasegate.session import Session

_LOCK_STATES = frozenset({database.LOCK_NOT_AVAILABLE, database.QUERY_CANCELED})
#: a lock that no LOCK TABLE has taken is waited for this long
_UNFORESEEN = timedelta(milliseconds=1)
_GIVES_WAY_S = 10.0
_SAVEPOINT = "releasegate"
_DIVISION_BY_ZERO, _NO_NUMBER = "22012", "22P02"

# What decides how the server reads a text must be as it was when the file was checked; the division
# fails otherwise. This runs under the migration's search path, so every operator is the system's by
# name: one of that name in public could fit the types better. The time left is told anew for each
# statement, by the server's own clock.
_BOUND = """
SELECT pg_catalog.set_config('statement_timeout', greatest(1::numeric, least(2147483647::numeric,
    extract(epoch FROM $1::timestamptz OPERATOR(pg_catalog.-) pg_catalog.clock_timestamp())
    OPERATOR(pg_catalog.*) 1000::numeric))::int8::text, true),
  1 OPERATOR(pg_catalog./) (
    pg_catalog.current_setting('standard_conforming_strings') OPERATOR(pg_catalog.=) 'on'::text
    AND pg_catalog.current_setting('client_encoding') OPERATOR(pg_catalog.=) 'UTF8'::text)::int
"""
# What a function or a block has set for the session would outlive the step: it fails instead, and
# the rollback takes the setting back. Told under the migration's search_path, as above.
_UNCHANGED = f"""
SELECT 1 OPERATOR(pg_catalog./) (
  ({promises.SETTINGS}) OPERATOR(pg_catalog.=) $1::text
  AND pg_catalog.current_setting('search_path') OPERATOR(pg_catalog.=) $2::text
  AND pg_catalog.current_setting('synchronous_commit') OPERATOR(pg_catalog.=) $3::text)::int
"""
_SET = "SELECT pg_catalog.set_config($1, $2, true)"
_CLOCK = "SELECT extract(epoch FROM pg_catalog.clock_timestamp())"


class Attempt:
    """One transaction; ``id`` stands in its ledger row, by which we recognise it later."""

    def __init__(
        self, session: Session, order: Order, step: Step, *, created: tuple[str, ...] = ()
    ) -> None:
        self.id = str(uuid.uuid4())
        #: what it waited for locks, at most
        self.waited_s = 0.0
        self._session = session
        self._order = order
        self._step = step
        self._row = StepRow(
            order.run_id,
            self.id,
            order.migration,
            order.plan,
            step.ordinal,
            created,
            step.takes_back,
        )
        self._is_in_the_way = is_in_the_way(step.locks)
        #: what the probe was told before the transaction
        self._known: tuple[pipeline.Row, ...] = ()

    def run(self, locks: Sequence[Lock], *, wait: timedelta | None) -> None:
        """Commit the step, or leave nothing of it.

        ``wait`` bounds the wait for all locks together; None takes them at once or not at all.

        Raises:
            LockRefused: they were not to be had.
            BrokenPromise: the step ran, and an object is not what its statements say.
            psycopg.Error: the server refused, or is gone.
        """
        if self._order.probe is not None:
            question = Message(self._order.probe.before)
            self._known = pipeline.ask(self._session.connection, question).rows
        began = self._session.monotonic()
        messages = [Message("BEGIN"), *self._until_locked(locks, wait)]
        locked = len(messages)
        # What LOCK TABLE does not take (a view, a sequence) the statement itself waits for.
        rest = wait if wait is not None and not locks else _UNFORESEEN
        messages += [*self._changes(rest), Message("COMMIT")]
        try:
            answers = self._flush(messages, locked)
        except LockRefused:
            if wait is not None:
                self.waited_s = self._session.monotonic() - began
            raise
        self.waited_s = _waited_s(answers, messages)
        self._take(answers, messages)

    def run_behind_autovacuum(self, locks: Sequence[Lock], blockers: Sequence[Blocker]) -> None:
        """Have autovacuum give way without the app noticing, then take the real locks at once.

        A lock that only maintenance conflicts with is waited for first; while we hold it no worker
        comes back, and each try for the real locks fails alone, behind a savepoint.

        Raises: as ``run`` does.
        """
        connection = self._session.connection
        busy = {blocker.relation for blocker in blockers if blocker.is_autovacuum}
        tables = [lock.relation for lock in locks if str(lock.relation) in busy]
        patience = self._session.deadlock_timeout * 2 + timedelta(seconds=1)
        weak = [Lock(table, SHARE_UPDATE_EXCLUSIVE) for table in tables]
        try:
            weakly = [Message("BEGIN"), *self._until_locked(weak, patience)]
            self._flush(weakly, len(weakly), stays_open=True)
            self._try_behind_savepoint(locks)
        finally:
            with suppress(psycopg.Error):
                pipeline.roll_back(connection)

    def _try_behind_savepoint(self, locks: Sequence[Lock]) -> None:
        deadline = self._session.monotonic() + _GIVES_WAY_S
        self._session.connection.execute(f"SAVEPOINT {_SAVEPOINT}".encode())
        messages = [*self._until_locked(locks, None)]
        locked = len(messages)
        messages += [*self._changes(_UNFORESEEN), Message("COMMIT")]
        while True:
            try:
                self._take(self._flush(messages, locked, stays_open=True), messages)
            except LockRefused:
                if self._session.monotonic() >= deadline:
                    raise
                self._session.connection.execute(f"ROLLBACK TO SAVEPOINT {_SAVEPOINT}".encode())
                self._order.sleep(self._order.jitter(0.002, 0.006))
            else:
                return

    def record_found(self) -> None:
        """Record a step that the catalogs show as done, by the file's own IF NOT EXISTS."""
        rows = promises.record(self._step, self._order, self._row, status="found")
        try:
            pipeline.flush(self._session.connection, [Message("BEGIN"), *rows, Message("COMMIT")])
        except MessageFailed as failure:
            raise failure.error from None

    # -- messages

    def _until_locked(self, locks: Sequence[Lock], wait: timedelta | None) -> Iterator[Message]:
        """Take each table's lock once, in its strongest mode, in one order.

        ``lock_timeout`` counts for each lock anew, so a ``statement_timeout`` around each LOCK
        bounds the wait.
        """
        if self._is_in_the_way:
            yield self._set("synchronous_commit", "off")
        groups = [
            (mode, [quote_relation(lock.relation) for lock in group])
            for mode, group in itertools.groupby(locks, lambda lock: lock.mode)
        ]
        suffix = " NOWAIT" if wait is None else ""
        if wait is not None and groups:
            yield self._set("statement_timeout", milliseconds(wait / len(groups)))
        if wait is not None:
            yield Message(_CLOCK)
        for mode, tables in groups:
            # Whoever waits for one table while holding another keeps the readers of both away.
            alone = 1 if mode == ACCESS_EXCLUSIVE and wait is not None else len(tables)
            yield Message(f"LOCK TABLE {', '.join(tables[:alone])} IN {mode} MODE{suffix}")
            if tables[alone:]:
                yield Message(f"LOCK TABLE {', '.join(tables[alone:])} IN {mode} MODE NOWAIT")
        if wait is not None:
            yield Message(_CLOCK)

    def _changes(self, rest: timedelta) -> Iterator[Message]:
        rest = rest if self._is_in_the_way else self._time_left()
        yield self._set("lock_timeout", milliseconds(rest))
        yield self._set("search_path", MIGRATION_SEARCH_PATH)
        # What is deferred runs at the end, under the same search_path, and then is judged.
        for statement in (*self._step.sql, "SET CONSTRAINTS ALL IMMEDIATE"):
            yield Message(_BOUND, (self._ends_at(),))
            yield Message(statement)
        durable = "off" if self._is_in_the_way else "on"
        yield Message(_UNCHANGED, (self._session.settings, MIGRATION_SEARCH_PATH, durable))
        yield self._set("search_path", SEARCH_PATH)
        if self._order.probe is not None:
            yield Message(self._order.probe.sql)
        yield from promises.record(self._step, self._order, self._row, status="applied")

    def _set(self, name: str, value: str) -> Message:
        return Message(_SET, (name, value))

    def _ends_at(self) -> str:
        grace = timedelta(0) if self._is_in_the_way else self._order.grace
        return (self._order.window.closes_at + grace).isoformat()

    def _time_left(self) -> timedelta:
        return self._order.window.closes_at - self._session.now()

    # -- answers

    def _flush(
        self, messages: Sequence[Message], locked: int, *, stays_open: bool = False
    ) -> tuple[pipeline.Answer, ...]:
        try:
            return pipeline.flush(self._session.connection, messages, stays_open=stays_open)
        except MessageFailed as failure:
            refused = messages[failure.index]
            raise self._meaning(failure, refused, locked) from failure.error

    def _meaning(self, failure: MessageFailed, refused: Message, locked: int) -> Exception:
        """Say what a refused message means; its place tells what it was."""
        error = failure.error
        if refused.sql == _BOUND and error.sqlstate == _DIVISION_BY_ZERO:
            return BrokenPromise("a statement changed how the server reads texts")
        if refused.sql == _UNCHANGED and error.sqlstate == _DIVISION_BY_ZERO:
            return BrokenPromise("a statement changed a setting of the session")
        if failure.index < locked and error.sqlstate in _LOCK_STATES:
            return LockRefused(error.sqlstate)
        if error.sqlstate == database.LOCK_NOT_AVAILABLE and self._is_in_the_way:
            return LockRefused(error.sqlstate)
        broken = promises.broken_by(error) if error.sqlstate == _NO_NUMBER else None
        if broken is not None:
            return BrokenPromise(f"{broken} is missing, not valid or not as rehearsed")
        return error

    def _take(self, answers: Sequence[pipeline.Answer], messages: Sequence[Message]) -> None:
        """Hand the probe's answer on; the transaction has committed."""
        if self._order.probe is None:
            return
        rows = (
            answer.rows
            for answer, message in zip(answers, messages, strict=True)
            if message.sql == self._order.probe.sql
        )
        self._order.probe.take(self._step, self._known, next(rows))


def _waited_s(answers: Sequence[pipeline.Answer], messages: Sequence[Message]) -> float:
    """Read off the server's clock how long the locks took; no time where nothing was to wait."""
    pairs = zip(answers, messages, strict=True)
    told = [float(str(answer.rows[0][0])) for answer, message in pairs if message.sql == _CLOCK]
    return told[-1] - told[0] if told else 0.0


def locks_to_take(session: Session, step: Step) -> tuple[Lock, ...]:
    """List the locks to ask for by LOCK TABLE, for a step that is in the app's way.

    Tables that dropped keys bind are added; what is no table, does not exist, or may not be locked
    by this role is left out: there the statement itself waits, for a moment.
    """
    if not is_in_the_way(step.locks):
        return ()
    connection = session.connection
    bound = facts.bound_by_dropped_keys(connection, step.effects)
    locks = strongest([*step.locks, *(Lock(name, ACCESS_EXCLUSIVE) for name in bound)])
    names = [lock.relation for lock in locks]
    tables = facts.existing_tables(connection, names) - facts.unlockable(connection, names)
    taken = [lock for lock in locks if lock.relation in tables]
    return tuple(sorted(taken, key=lambda lock: (lock.mode, lock.relation)))


__all__ = ["Attempt", "WindowClosed", "locks_to_take"]
