"""One try of a step: lock, change, check and record, in one transaction."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING

from releasegate import catalog, database, facts, ledger
from releasegate.executor.order import BrokenPromise, WindowClosed, milliseconds
from releasegate.model import Lock
from releasegate.session import MIGRATION_SEARCH_PATH, SEARCH_PATH
from releasegate.statements.locks import ACCESS_EXCLUSIVE, strongest
from releasegate.statements.parser import quote_relation

if TYPE_CHECKING:
    from releasegate.executor.order import Order
    from releasegate.model import Step
    from releasegate.session import Session

# What decides how the server reads a text; the server tells each change by itself (manual, 34.2).
_LEXING = {"client_encoding": "UTF8", "standard_conforming_strings": "on"}


class Attempt:
    """One transaction; ``id`` stands in its ledger row, by which we recognise it later."""

    def __init__(self, session: Session, order: Order, step: Step) -> None:
        self.id = str(uuid.uuid4())
        #: what it waited for locks
        self.waited_s = 0.0
        self._session = session
        self._order = order
        self._step = step

    def run(self) -> None:
        """Commit the step, or leave nothing of it.

        Raises:
            WindowClosed: before anything was sent.
            BrokenPromise: the step ran, and an object is not what its statements say.
            CouldNotLook: the session is not ours any more.
            psycopg.Error: the server refused, or is gone.
        """
        if self._left() <= timedelta(0):
            raise WindowClosed
        self._session.check()
        connection = self._session.connection
        with connection.transaction():
            self._lock_tables()
            self._set_local("search_path", MIGRATION_SEARCH_PATH)
            # What is deferred runs at the end, under the same search_path, and then is judged.
            for statement in (*self._step.sql, "SET CONSTRAINTS ALL IMMEDIATE"):
                self._bound_statement()
                database.send(connection, statement)
            self._set_local("search_path", SEARCH_PATH)
            ledger.record_step(
                connection,
                run_id=self._order.run_id,
                attempt_id=self.id,
                migration=self._order.migration,
                plan=self._order.plan,
                ordinal=self._step.ordinal,
                objects=self._check_promises(),
            )

    def _left(self) -> timedelta:
        return self._order.window.closes_at - self._session.now()

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
                self._set_local("lock_timeout", milliseconds(min(budget - waited, self._left())))
                table = quote_relation(lock.relation)
                database.send(self._session.connection, f"LOCK TABLE {table} IN {lock.mode} MODE")
        finally:
            self.waited_s = self._session.monotonic() - began
        self._set_local("lock_timeout", milliseconds(budget - timedelta(seconds=self.waited_s)))

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
        self._set_local("statement_timeout", milliseconds(self._left()))

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
