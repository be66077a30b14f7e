"""Statements and a database -> a target with its lock taken, ready to execute their plan."""

from __future__ import annotations

import hashlib
import json
import threading
import time
import uuid
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import psycopg

from releasegate import ledger, log
from releasegate.executor import Order, execute
from releasegate.model import Directives, Migration, Outcome, Release, Window
from releasegate.plan import AS_WRITTEN, make_plan
from releasegate.session import Session, open_session
from releasegate.statements.parser import parse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pytest

    from releasegate.database import Connection
    from releasegate.throwaway import Database

TABLES = """
CREATE TABLE papers (id int PRIMARY KEY, title text);
CREATE TABLE plans (id int PRIMARY KEY, paper_id int);
INSERT INTO papers VALUES (1, 'confidential');
INSERT INTO plans VALUES (1, 1), (2, 1);
"""
ADD_COLUMN = "ALTER TABLE papers ADD note text"
ADD_KEY = "ALTER TABLE plans ADD CONSTRAINT k FOREIGN KEY (paper_id) REFERENCES papers (id)"


@dataclass
class Stage:
    """A target with its lock taken, ready for one migration."""

    session: Session
    order: Order
    #: another session, for whoever is in the way
    app: Connection
    admin: Connection

    def run(self, **changes: Any) -> Outcome:
        (outcome,) = self.run_all(**changes)
        return outcome

    def run_all(self, **changes: Any) -> tuple[Outcome, ...]:
        return execute(self.session, replace(self.order, **changes))

    def hold(self, table: str, mode: str = "ACCESS SHARE") -> None:
        self.app.execute("BEGIN")
        self.app.execute(f"LOCK TABLE {table} IN {mode} MODE".encode())

    def leave(self, *_: object) -> None:
        self.app.execute("ROLLBACK")

    def columns(self, table: str) -> list[str]:
        query = (
            "SELECT attname::text FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0"
        )
        return [name for (name,) in self.admin.execute(query.encode(), (table,))]

    def constraints(self) -> list[str]:
        query = "SELECT conname::text FROM pg_constraint WHERE contype IN ('c', 'f')"
        return [name for (name,) in self.admin.execute(query.encode())]


@contextmanager
def stage(
    database: Database,
    *statements: str,
    closes_in_s: float = 20,
    strategy: str = AS_WRITTEN,
    baseline: str = "",
) -> Iterator[Stage]:
    """Plan statements that stand between BEGIN and COMMIT; ``baseline`` made what is there."""
    text = ";\n".join(["BEGIN", *statements, "COMMIT"])
    digest = hashlib.sha256(text.encode()).hexdigest()
    migration = Migration("m/001_a.sql", 1, digest, text.encode(), Directives(), draft=False)
    plan = make_plan(migration, parse(text), major=18, strategy=strategy, baseline=parse(baseline))
    run_id = str(uuid.uuid4())
    with (
        psycopg.connect(database.owner.dsn(), autocommit=True) as app,
        psycopg.connect(database.admin.dsn(), autocommit=True) as admin,
        open_session(database.owner, run_id) as session,
    ):
        session.take_lock(wait=timedelta(0), sleep=time.sleep)
        window = Window(session.now(), session.now() + timedelta(seconds=closes_in_s))
        ledger.create(session.connection)
        ledger.begin_run(
            session.connection,
            run_id=run_id,
            migration=migration,
            plan=plan,
            release=Release("v0", None),
            commit=None,
            window=window,
            operator="me",
            tool_version="0",
        )
        order = Order(
            run_id=run_id,
            migration=migration,
            plan=plan,
            window=window,
            longest_wait=timedelta(milliseconds=250),
            grace=timedelta(0),
            sleep=time.sleep,
            log=log.set_up(run_id),
        )
        yield Stage(session, order, app, admin)


@contextmanager
def later(seconds: float, work: Callable[[], object]) -> Iterator[None]:
    """Do something in another thread, a moment after the block has begun."""
    timer = threading.Timer(seconds, work)
    timer.start()
    try:
        yield
    finally:
        timer.join()


def until(is_so: Callable[[], object], *, what: str) -> None:
    """Wait for something that another session is about to do."""
    deadline = time.monotonic() + 20
    while not is_so():
        assert time.monotonic() < deadline, f"waited in vain until {what}"
        time.sleep(0.01)


@dataclass
class App:
    """An app that writes and reads every 10 ms, and gives up on a lock after ``patience_ms``.

    The server itself counts the wait, so that a busy machine is not taken for a lock.
    """

    database: Database
    patience_ms: int = 50
    rounds: int = 0
    gave_up: int = 0
    _stop: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def at_work(self) -> Iterator[App]:
        thread = threading.Thread(target=self._work)
        thread.start()
        try:
            until(lambda: self.rounds > 2, what="the app works")
            yield self
        finally:
            self._stop.set()
            thread.join()

    def _work(self) -> None:
        with psycopg.connect(self.database.owner.dsn(), autocommit=True) as connection:
            connection.execute("INSERT INTO papers VALUES (3, 'a') ON CONFLICT DO NOTHING")
            connection.execute(f"SET lock_timeout = {self.patience_ms}".encode())
            while not self._stop.is_set():
                self._round(connection)
                self.rounds += 1
                time.sleep(0.01)

    def _round(self, connection: Connection) -> None:
        try:
            connection.execute("UPDATE plans SET paper_id = paper_id WHERE id = 1")
            connection.execute("UPDATE papers SET title = 'a' WHERE id = 3")
            connection.execute("SELECT p.title FROM papers p JOIN plans ON paper_id = p.id")
        except psycopg.errors.LockNotAvailable:
            self.gave_up += 1


def events(capsys: pytest.CaptureFixture[str], name: str | None = None) -> list[dict[str, Any]]:
    """Read what was logged since the last look, of one kind or of all."""
    logged = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    return [event for event in logged if name in (None, event["event"])]
