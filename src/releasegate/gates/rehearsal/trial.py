"""A plan and a copy of the baseline -> what the real executor makes of it, and what it took."""

from __future__ import annotations

import time
import uuid
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from releasegate import __version__, database, ledger, log
from releasegate.executor import DONE, Order, Probe, execute
from releasegate.model import Lock, Outcome, Relation, Release, Window
from releasegate.session import open_session
from releasegate.statements.locks import MODES, strongest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from releasegate.database import Connection
    from releasegate.model import Migration, Plan, Step
    from releasegate.pipeline import Row
    from releasegate.session import Session
    from releasegate.throwaway import Database

_LENGTH = timedelta(minutes=5)
_LONGEST_WAIT = timedelta(milliseconds=250)
_FIRST_STRONG = MODES.index("ROW SHARE")

# Counts that earlier transactions left behind are handed on, so that the next one starts at none.
# A table that a step renames or drops is known by its number.
_BEFORE = """
SELECT c.oid::text, n.nspname, c.relname, pg_catalog.pg_stat_force_next_flush()::text
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'm', 'v') AND n.nspname !~ '^pg_'
  AND n.nspname NOT IN ('information_schema', 'releasegate')
"""
# What this transaction holds, and how many rows it has read.
_PROBE = """
SELECT 'lock', l.relation::text, l.mode FROM pg_locks l
WHERE l.pid = pg_backend_pid() AND l.granted AND l.locktype = 'relation'
UNION ALL
SELECT 'rows', relid::text, (coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0))::text
FROM pg_stat_xact_user_tables
WHERE coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) > 0
"""


@dataclass(frozen=True, slots=True)
class Taken:
    """What a step's transaction held and read, by its own words."""

    locks: tuple[Lock, ...]
    rows_read: Mapping[Relation, int]
    #: the tables and views that were there before
    known: frozenset[Relation]


@dataclass
class Measured:
    """What the steps of a run took."""

    by_ordinal: dict[int, Taken] = field(default_factory=dict)

    def probe(self) -> Probe:
        return Probe(_BEFORE, _PROBE, self._take)

    def _take(self, step: Step, before: tuple[Row, ...], rows: tuple[Row, ...]) -> None:
        names = {oid: Relation(str(schema), str(name)) for oid, schema, name, _ in before}
        held, read = [], {}
        for kind, oid, value in rows:
            if oid not in names:
                continue
            if kind == "lock":
                held.append(Lock(names[oid], database.mode_name(str(value))))
            else:
                read[names[oid]] = int(str(value))
        kept = [lock for lock in strongest(held) if MODES.index(lock.mode) >= _FIRST_STRONG]
        known = frozenset(names.values())
        self.by_ordinal[step.ordinal] = Taken(tuple(kept), read, known)


@dataclass(frozen=True)
class Trial:
    """One migration, tried by one plan."""

    migration: Migration
    plan: Plan

    def run(
        self,
        made: Database,
        *,
        probe: Probe | None = None,
        expected: Mapping[int, Mapping[str, str | None]] | None = None,
    ) -> tuple[Outcome, ...]:
        """Run the plan to its end, or to its first failure."""
        with session_on(made) as session:
            return self.run_in(session, probe=probe, expected=expected)

    def run_in(
        self,
        session: Session,
        *,
        last: int | None = None,
        probe: Probe | None = None,
        expected: Mapping[int, Mapping[str, str | None]] | None = None,
        command: str = "apply",
    ) -> tuple[Outcome, ...]:
        """Begin a run of its own, and execute what is left of the plan, up to a step."""
        run_id = str(uuid.uuid4())
        window = Window(session.now(), session.now() + _LENGTH)
        self._begin(session, run_id, window, command)
        order = Order(
            run_id=run_id,
            migration=self.migration,
            plan=self.plan,
            window=window,
            longest_wait=_LONGEST_WAIT,
            grace=timedelta(0),
            sleep=time.sleep,
            log=log.silent(),
            expected=expected or {},
            last=last,
            probe=probe,
            is_trial=True,
        )
        return execute(session, order)

    def _begin(self, session: Session, run_id: str, window: Window, command: str) -> None:
        ledger.create(session.connection)
        ledger.begin_run(
            session.connection,
            run_id=run_id,
            migration=self.migration,
            plan=self.plan,
            release=Release("rehearsal", None),
            commit=None,
            window=window,
            operator="rehearsal",
            tool_version=__version__,
            command=command,
        )


@contextmanager
def session_on(made: Database) -> Iterator[Session]:
    """Open the executor's session on a copy, with its lock."""
    with open_session(made.owner, str(uuid.uuid4())) as session:
        _lock(session)
        yield session


@contextmanager
def after_a_cut(session: Session) -> Iterator[Session]:
    """Let a run find what it would in a new session, which costs more; the next one does too."""
    with session.anew():
        _lock(session)
        yield session


def _lock(session: Session) -> None:
    session.take_lock(wait=timedelta(seconds=5), sleep=time.sleep)


@contextmanager
def connected(made: Database) -> Iterator[Connection]:
    """Connect to a copy as its owner; names are looked up in the system's schema alone."""
    with database.connect(made.owner, application_name="releasegate") as connection:
        connection.execute("SET search_path = pg_catalog")
        yield connection


def failure(outcomes: tuple[Outcome, ...]) -> Outcome | None:
    """Find the outcome that ended a run before its last step."""
    return next((o for o in outcomes if o.status not in DONE), None)


def after_steps(made: Database) -> dict[int, dict[str, str | None]]:
    """Read from the ledger what the catalogs showed after each step."""
    with database.connect(made.owner, application_name="releasegate") as connection:
        query = "SELECT ordinal, objects FROM releasegate.step ORDER BY ordinal"
        return dict(database.rows(connection, query))
