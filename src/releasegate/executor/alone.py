"""One try of a statement that can run in no transaction: started, run, looked at, done."""

from __future__ import annotations

import uuid
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

import psycopg

from releasegate import catalog, database, facts, ledger, pipeline
from releasegate.errors import CouldNotLook
from releasegate.executor import leavings, promises
from releasegate.executor.order import BrokenPromise, milliseconds
from releasegate.ledger import StepRow
from releasegate.model import Relation
from releasegate.pipeline import Message, MessageFailed
from releasegate.session import MIGRATION_SEARCH_PATH, SEARCH_PATH
from releasegate.statements.parser import quote_relation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from structlog.typing import FilteringBoundLogger

    from releasegate.executor.order import Definitions, Order
    from releasegate.model import CatalogObject, Step
    from releasegate.session import Session

_INVALID = " INVALID"
_PATIENCE = timedelta(seconds=5)


class LoneAttempt:
    """A CREATE, DROP or REINDEX INDEX CONCURRENTLY; its ledger row tells what was ours to make."""

    def __init__(
        self, session: Session, order: Order, step: Step, log: FilteringBoundLogger
    ) -> None:
        self.id = str(uuid.uuid4())
        #: such a statement stands in nobody's way but maintenance's
        self.waited_s = 0.0
        self._session = session
        self._order = order
        self._step = step
        self._log = log
        #: what the statement makes, once it is sent
        self._ours: frozenset[str] = frozenset()

    def run(self) -> None:
        """Leave the step done and recorded; what a failed build leaves behind is dropped at once.

        Raises:
            BrokenPromise: what is there is not ours, or not what the statement says.
            psycopg.Error: the server refused, or is gone.
        """
        before = promises.look(self._session, self._step)
        self._refuse_strangers(before)
        if self._step.takes_back is not None:
            self._take_back(before)
            return
        ours = ledger.start_step(self._session.connection, self._row(before))
        if any(self._in_the_way(before)) and self._await_builders():
            before = promises.look(self._session, self._step)
        if promises.unmet(self._step, self._order, before) or self._is_rebuild():
            self._clear(before, ours)
            self._clear_copies(ours)
            self._execute(ours)
        held = promises.look(self._session, self._step)
        broken = promises.unmet(self._step, self._order, held)
        if broken:
            names = ", ".join(str(effect.object) for effect in broken)
            raise BrokenPromise(f"{names} is missing, not valid or not as rehearsed")
        recorded = promises.to_record(self._session, self._step, self._order)
        ledger.finish_step(self._session.connection, self.id, recorded)

    def _take_back(self, before: Definitions) -> None:
        """Drop an index, if a try before has not; what became of it is recorded by what is there.

        Raises: as ``run`` does.
        """
        row = self._row(before)
        ledger.start_undo(self._session.connection, row)
        if promises.unmet(self._step, self._order, before) or self._is_rebuild():
            self._execute(frozenset())
        self._record_gone(row)

    def _record_gone(self, row: StepRow) -> None:
        connection = self._session.connection
        rows = promises.record(self._step, self._order, row, status="undone")
        try:
            pipeline.flush(connection, [Message("BEGIN"), *rows, Message("COMMIT")])
        except MessageFailed as failure:
            broken = promises.broken_by(failure.error)
            raise BrokenPromise(f"{broken} is there still") if broken else failure.error from None

    def _refuse_strangers(self, before: Definitions) -> None:
        """Find what is there although no try of ours has begun; nothing is recorded then.

        Raises:
            BrokenPromise: it is there, and the file does not say IF NOT EXISTS, or means another.
        """
        order, step = self._order, self._step
        if ledger.was_started(self._session.connection, order.migration.number, step.ordinal):
            return
        if step.is_lenient and not promises.unmet(step, order, before):
            return
        for thing in self._in_the_way(before):
            raise BrokenPromise(f"{thing} exists already, and no run of ours made it")

    def _row(self, before: Definitions) -> StepRow:
        order, step = self._order, self._step
        connection = self._session.connection
        copies = leavings.to_be_made(connection, leavings.candidates(connection, step))
        made = (*promises.created(step, before), *copies)
        return StepRow(
            order.run_id,
            self.id,
            order.migration,
            order.plan,
            step.ordinal,
            made,
            step.takes_back,
        )

    def _is_rebuild(self) -> bool:
        """Tell whether nothing in the catalogs can show that it was done (REINDEX, VACUUM)."""
        return not any(effect.is_new or not effect.present for effect in self._step.effects)

    def _execute(self, ours: frozenset[str]) -> None:
        connection = self._session.connection
        ends_at = self._order.window.closes_at + self._order.grace
        left = milliseconds(ends_at - self._session.now())
        settings = {
            "lock_timeout": left,
            "statement_timeout": left,
            "search_path": MIGRATION_SEARCH_PATH,
        }
        self._settle(settings)
        self._ours = ours
        try:
            for statement in self._step.sql:
                database.send(connection, statement)
        except psycopg.Error:
            self.tidy(patience=_PATIENCE)
            raise
        self._settle_back()

    def _settle_back(self) -> None:
        self._settle({"lock_timeout": "0", "statement_timeout": "60s", "search_path": SEARCH_PATH})

    def _settle(self, settings: dict[str, str]) -> None:
        database.settle(self._session.connection, settings)

    def tidy(self, *, patience: timedelta) -> None:
        """Drop at once what a failed build left: an invalid unique index refuses the app's rows.

        The session may be another one by now; it holds the lock again.
        """
        with suppress(psycopg.Error, BrokenPromise, CouldNotLook):
            promises.prepare(self._session)
            bound = milliseconds(patience)
            patient = {"lock_timeout": bound, "statement_timeout": bound}
            self._settle({**patient, "search_path": SEARCH_PATH})
            self._clear(promises.look(self._session, self._step), self._ours)
            self._clear_copies(self._ours)
        with suppress(psycopg.Error):
            self._settle_back()

    def is_taken_back(self) -> bool:
        """Tell whether an index went although the run was cut off before that was recorded.

        It is recorded now.

        Raises:
            psycopg.Error: it could not be.
        """
        if self._step.takes_back is None:
            return False
        promises.prepare(self._session)
        held = promises.look(self._session, self._step)
        if promises.unmet(self._step, self._order, held):
            return False
        self._record_gone(self._row(held))
        return True

    def _clear(self, held: Definitions, ours: frozenset[str]) -> None:
        """Drop a broken index that is provably ours; nobody builds it any more.

        Raises:
            BrokenPromise: something of this name is there that we may not touch.
        """
        for thing in self._in_the_way(held):
            definition = str(held[str(thing)])
            if not definition.endswith(_INVALID) or str(thing) not in ours:
                raise BrokenPromise(f"{thing} exists already, and no run of ours made it")
            wanted = self._order.expected.get(self._step.ordinal, {}).get(str(thing))
            if wanted is not None and definition != wanted + _INVALID:
                raise BrokenPromise(f"{thing} exists already, and is another than planned")
            self._drop(thing)

    def _clear_copies(self, ours: frozenset[str]) -> None:
        """Drop the broken copies that a rebuild of ours was cut off with, and nobody else's."""
        connection = self._session.connection
        groups = leavings.candidates(connection, self._step)
        named = [thing for group in groups for thing in group if str(thing) in ours]
        held = catalog.describe(connection, named)
        broken = [thing for thing in named if (held[str(thing)] or "").endswith(_INVALID)]
        if broken:
            self._await_builders()
        for thing in broken:
            self._drop(thing)

    def _drop(self, thing: CatalogObject) -> None:
        self._log.warning("leftover.dropped", object=str(thing))
        name = quote_relation(Relation(thing.schema, thing.name))
        database.send(self._session.connection, f"DROP INDEX CONCURRENTLY IF EXISTS {name}")

    def _in_the_way(self, held: Definitions) -> Iterator[CatalogObject]:
        for effect in self._step.effects:
            is_made = effect.is_new and effect.present
            if is_made and held[str(effect.object)] is not None:
                yield effect.object

    def _await_builders(self) -> bool:
        """Let whoever builds an index on these tables finish: it may be an old backend of ours.

        Raises:
            BrokenPromise: it still does when the window closes.
        """
        session, has_waited = self._session, False
        for lock in self._step.locks:
            while builders := facts.index_builders(session.observer, lock.relation):
                has_waited = True
                self._log.info("build.awaited", pids=builders)
                if session.now() >= self._order.window.closes_at:
                    raise BrokenPromise(f"pid {builders[0]} still builds an index there")
                self._order.sleep(0.5)
        return has_waited
