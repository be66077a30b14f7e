"""Steps in the app's way on a real server, with everything that can stand in theirs."""

from __future__ import annotations

import re
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import psycopg
import pytest

from integration.stage import ADD_COLUMN, ADD_KEY, TABLES, App, Stage, events, later, stage, until
from releasegate import throwaway
from releasegate.executor import promises
from releasegate.executor.attempt import Attempt
from releasegate.executor.order import LockRefused
from releasegate.model import OutcomeStatus

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from releasegate.database import Connection
    from releasegate.throwaway import Database, Server

HELD_S = 0.5
SECRET = "confidential"


@dataclass(frozen=True)
class Case:
    """Somebody in the way, and how the log must call them."""

    holds: tuple[str, ...]
    relation: str
    mode: str
    state: str
    step: str = ADD_COLUMN


CASES = {
    "idle in transaction": Case(
        ("BEGIN", f"SELECT '{SECRET}' FROM papers"),
        "public.papers",
        "ACCESS SHARE",
        "idle in transaction",
    ),
    "long reader": Case(
        (f"SELECT pg_sleep({HELD_S}), '{SECRET}' FROM papers LIMIT 1",),
        "public.papers",
        "ACCESS SHARE",
        "active",
    ),
    "long writer": Case(
        (
            (
                "WITH w AS (UPDATE plans SET paper_id = 1 WHERE id = 2 RETURNING 1) "
                f"SELECT pg_sleep({HELD_S}), '{SECRET}' FROM w"
            ),
        ),
        "public.plans",
        "ROW EXCLUSIVE",
        "active",
        ADD_KEY,
    ),
}


@contextmanager
def held(database: Database, case: Case) -> Iterator[int]:
    """Have a session of the app's role do what the case says for a while; give its pid."""
    where = database.owner.dsn(application_name="papers-report")
    with psycopg.connect(where, autocommit=True) as connection:
        thread = threading.Thread(target=_hold, args=(connection, case))
        thread.start()
        try:
            yield connection.info.backend_pid
        finally:
            thread.join()


def _hold(connection: Connection, case: Case) -> None:
    for statement in case.holds:
        connection.execute(statement.encode())
    if case.state != "active":
        time.sleep(HELD_S)
        connection.rollback()


def await_lock(on: Stage, pid: int, relation: str) -> None:
    query = "SELECT FROM pg_locks WHERE pid = %s AND granted AND relation = %s::regclass"
    until(lambda: on.admin.execute(query.encode(), (pid, relation)).fetchall(), what="it is held")


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_who_is_in_the_way_is_waited_for_outside_the_queue_and_named(
    target: Database, capsys: pytest.CaptureFixture[str], case: Case
) -> None:
    with stage(target, case.step) as on, App(target).at_work() as app:
        with held(target, case) as pid:
            await_lock(on, pid, case.relation)
            outcome = on.run()

        assert outcome.status is OutcomeStatus.APPLIED
        assert outcome.duration_s > HELD_S / 2
        # No try stood in the queue, so nobody stood behind one.
        assert outcome.lock_wait_s == 0
        assert app.gave_up == 0
    logged = capsys.readouterr().err
    assert SECRET not in logged
    assert "pg_sleep" not in logged
    named = re.findall(r'"held_by": \[(\{[^}]*"pid": ' + str(pid) + r",[^}]*\})", logged)
    assert named
    for part in (
        '"application": "papers-report"',
        f'"state": "{case.state}"',
        f'"relation": "{case.relation}"',
        f'"mode": "{case.mode}"',
    ):
        assert part in named[0]
    assert re.search(r'"age_s": \d', named[0])


def test_a_session_of_unseen_age_is_old_once_it_is_seen_twice(
    target: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    with (
        stage(target, ADD_COLUMN) as on,
        psycopg.connect(target.admin.dsn(application_name="dba")) as dba,
        App(target).at_work() as app,
    ):
        dba.execute("SELECT FROM papers")
        pid = dba.info.backend_pid

        with later(HELD_S, dba.rollback):
            outcome = on.run()

        assert (outcome.status, outcome.lock_wait_s) == (OutcomeStatus.APPLIED, 0)
        assert app.gave_up == 0
    awaited = events(capsys, "lock.awaited")
    assert awaited
    # A short transaction of the app's may hold a lock at the same moment.
    (blocker,) = [one for one in awaited[0]["held_by"] if one["pid"] == pid]
    assert blocker["application"] == "dba"
    assert (blocker["age_s"], blocker["state"]) == (None, None)


def test_a_window_that_closes_says_that_an_age_could_not_be_seen(target: Database) -> None:
    with (
        stage(target, ADD_COLUMN, closes_in_s=0.5) as on,
        psycopg.connect(target.admin.dsn()) as dba,
    ):
        dba.execute("SELECT FROM papers")

        outcome = on.run()

    assert outcome.status is OutcomeStatus.FAILED
    assert "in a transaction of unknown age" in (outcome.message or "")


THEIRS = """
CREATE TABLE theirs (id int PRIMARY KEY);
INSERT INTO theirs VALUES (1);
GRANT USAGE ON SCHEMA public TO public;
GRANT SELECT, REFERENCES ON theirs TO public;
"""
KEY_TO_THEIRS = (
    "ALTER TABLE plans ADD CONSTRAINT k FOREIGN KEY (paper_id) REFERENCES theirs (id) NOT VALID"
)


def test_a_parent_that_may_be_referred_to_but_not_locked_is_waited_for_all_the_same(
    target: Database,
) -> None:
    with (
        stage(target, KEY_TO_THEIRS) as on,
        psycopg.connect(target.admin.dsn()) as dba,
        App(target).at_work() as app,
    ):
        on.admin.execute(THEIRS.encode())
        # LOCK TABLE would be refused (42501); REFERENCES is enough for the key.
        dba.execute("UPDATE theirs SET id = 2")

        with later(HELD_S, dba.rollback):
            outcome = on.run()

        assert outcome.status is OutcomeStatus.APPLIED
        assert outcome.duration_s > HELD_S / 2
        assert app.gave_up == 0
        assert "k" in on.constraints()


# -- pg_dump ---------------------------------------------------------------------------------------


@contextmanager
def dumped(server: Server, target: Database, on: Stage) -> Iterator[None]:
    """Have a real pg_dump at work, which has its snapshot and locks and waits for a last table."""
    on.admin.execute("CREATE TABLE last (id int)")
    with psycopg.connect(target.admin.dsn()) as other:
        other.execute("LOCK TABLE last IN ACCESS EXCLUSIVE MODE")
        thread = threading.Thread(target=server.dump, args=(target.admin,))
        thread.start()
        try:
            query = (
                "SELECT FROM pg_locks JOIN pg_stat_activity USING (pid) "
                "WHERE application_name = 'pg_dump' AND granted AND relation = 'papers'::regclass"
            )
            until(lambda: on.admin.execute(query.encode()).fetchall(), what="pg_dump has locks")
            yield
        finally:
            other.rollback()
            thread.join()


def test_a_pg_dump_is_waited_for_where_its_locks_are_in_the_way(
    server: Server, target: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    with stage(target, ADD_COLUMN, closes_in_s=0.6) as on, App(target).at_work() as app:
        with dumped(server, target, on):
            outcome = on.run()

        assert outcome.status is OutcomeStatus.FAILED
        assert "(pg_dump) holds ACCESS SHARE on public.papers" in (outcome.message or "")
        assert outcome.lock_wait_s == 0
        assert app.gave_up == 0
        assert "note" not in on.columns("papers")
    assert events(capsys, "lock.awaited")


def test_a_pg_dump_is_in_no_keys_way(server: Server, target: Database) -> None:
    with stage(target, ADD_KEY) as on, App(target).at_work() as app:
        with dumped(server, target, on):
            outcome = on.run()

        assert (outcome.status, outcome.lock_wait_s) == (OutcomeStatus.APPLIED, 0)
        assert app.gave_up == 0


# -- a prepared transaction, autovacuum: servers of their own --------------------------------------


@contextmanager
def own_target(cache: Path, **options: str) -> Iterator[Database]:
    with throwaway.start(cache=cache, options=options) as server, server.database() as made:
        with psycopg.connect(made.owner.dsn(), autocommit=True) as connection:
            connection.execute(TABLES.encode())
        yield made


def test_a_prepared_transaction_is_named_and_waited_for(
    cluster_cache: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with (
        own_target(cluster_cache, max_prepared_transactions="2") as target,
        stage(target, ADD_COLUMN) as on,
        App(target).at_work() as app,
    ):
        on.app.execute("BEGIN")
        on.app.execute("UPDATE papers SET title = 'confidential' WHERE id = 1")
        on.app.execute("PREPARE TRANSACTION 'confidential'")

        soon = on.session.now() + timedelta(seconds=0.3)
        stopped = on.run(window=replace(on.order.window, closes_at=soon))
        with later(HELD_S, lambda: on.app.execute("COMMIT PREPARED 'confidential'")):
            outcome = on.run()

        assert "a prepared transaction 0 s old holds ROW EXCLUSIVE" in (stopped.message or "")
        assert (outcome.status, outcome.lock_wait_s) == (OutcomeStatus.APPLIED, 0)
        assert app.gave_up == 0
    logged = capsys.readouterr().err
    assert SECRET not in logged
    assert '"pid": 0' in logged
    assert '"state": "prepared transaction"' in logged
    assert '"mode": "ROW EXCLUSIVE"' in logged


# Each page that the worker looks at costs it a pause, so that it takes as long as the test.
SLOW_VACUUM = """
ALTER TABLE papers SET (autovacuum_vacuum_threshold = 1, autovacuum_vacuum_scale_factor = 0,
  autovacuum_vacuum_cost_delay = 100, autovacuum_vacuum_cost_limit = 1);
INSERT INTO papers SELECT n, repeat('x', 1000) FROM generate_series(10, 3000) n;
DELETE FROM papers WHERE id > 9 AND id % 2 = 0;
"""
AT_WORK = (
    "SELECT l.pid FROM pg_locks l JOIN pg_stat_activity a USING (pid) "
    "WHERE backend_type = 'autovacuum worker' AND l.granted AND l.relation = 'papers'::regclass "
    "AND a.query LIKE 'autovacuum: VACUUM%'"
)


def test_autovacuum_gives_way_without_the_app_waiting(
    cluster_cache: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with (
        own_target(cluster_cache, autovacuum="on", autovacuum_naptime="1s") as target,
        stage(target, ADD_COLUMN) as on,
    ):
        on.app.execute(SLOW_VACUUM.encode())
        # Else the launcher hears of the dead rows only once the session has been idle for 10 s.
        on.app.execute("SELECT pg_stat_force_next_flush()")
        until(lambda: on.admin.execute(AT_WORK.encode()).fetchall(), what="autovacuum works")
        (worker,) = on.admin.execute(AT_WORK.encode()).fetchall()

        with App(target).at_work() as app:
            outcome = on.run()

        assert (outcome.status, outcome.attempts) == (OutcomeStatus.APPLIED, 1)
        # It yields to who has waited for deadlock_timeout, a second; not before.
        assert 0.9 < outcome.duration_s < 5
        assert worker not in on.admin.execute(AT_WORK.encode()).fetchall()
        assert app.rounds > 20
        assert app.gave_up == 0
        assert "note" in on.columns("papers")


# -- load under which a lock is never free ---------------------------------------------------------


@contextmanager
def starving(database: Database, *, each_s: float, workers: int = 8) -> Iterator[App]:
    """Overlap short transactions so that at every moment some of them hold the table."""
    app, is_over = App(database), threading.Event()

    def work(number: int) -> None:
        with psycopg.connect(database.owner.dsn(), autocommit=True) as connection:
            connection.execute("SET lock_timeout = 250")
            time.sleep(each_s * number / workers)
            while not is_over.is_set():
                _short(connection, number, each_s, app)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(workers)]
    for thread in threads:
        thread.start()
    try:
        until(lambda: app.rounds > 3 * workers, what="the load runs")
        yield app
    finally:
        is_over.set()
        for thread in threads:
            thread.join()


def _short(connection: Connection, number: int, each_s: float, app: App) -> None:
    try:
        with connection.transaction():
            connection.execute("UPDATE papers SET title = 'y' WHERE id = %s", (10 + number,))
            time.sleep(each_s)
    except psycopg.errors.LockNotAvailable:
        app.gave_up += 1
    app.rounds += 1


def test_a_load_that_never_lets_go_is_queued_for_once_and_the_rung_is_told(
    target: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    with stage(target, ADD_COLUMN) as on:
        on.app.execute("INSERT INTO papers SELECT n, 'x' FROM generate_series(10, 17) n")
        with starving(target, each_s=0.03) as load:
            outcome = on.run()

        assert outcome.status is OutcomeStatus.APPLIED
        # The app waited, and no longer than it was allowed to.
        assert 0 < outcome.lock_wait_s <= 0.25
        assert load.gave_up == 0
    logged = events(capsys)
    rungs = [event["at_most_ms"] for event in logged if event["event"] == "lock.queued"]
    assert len(rungs) in (1, 2)
    assert set(rungs) <= {50, 100, 250}
    refused = [event for event in logged if event["event"] == "lock.refused"]
    assert len([event for event in refused if event["waited_ms"]]) == len(rungs) - 1
    # For about a second it was tried without any wait, and often.
    assert len([event for event in refused if event["waited_ms"] is None]) > 20


def test_a_starved_step_ends_with_the_wait_that_would_have_sufficed(
    target: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    with stage(target, ADD_COLUMN, closes_in_s=2.5) as on:
        on.app.execute("INSERT INTO papers SELECT n, 'x' FROM generate_series(10, 17) n")
        order = replace(on.order, longest_wait=timedelta(milliseconds=10))
        with starving(target, each_s=0.06) as load:
            outcome = on.run(longest_wait=order.longest_wait)

        assert outcome.status is OutcomeStatus.FAILED
        assert load.gave_up == 0
        assert "note" not in on.columns("papers")
    told = re.search(r"A longest-wait of (\d+) ms would have sufficed\.", outcome.message or "")
    assert told
    assert 100 < int(told[1]) < 2000
    waited = [event["waited_ms"] for event in events(capsys, "lock.refused") if event["waited_ms"]]
    assert set(waited) == {10}


@pytest.mark.parametrize("is_busy_first", [True, False], ids=["busy first", "busy last"])
def test_of_two_tables_one_alone_is_waited_for(target: Database, is_busy_first: bool) -> None:
    """A dropped key's lock is on both: whoever waits with one in hand keeps its readers away."""
    with psycopg.connect(target.owner.dsn(), autocommit=True) as owner:
        owner.execute(ADD_KEY)
    drop, before = "ALTER TABLE plans DROP CONSTRAINT k", f"{TABLES}{ADD_KEY}"
    with stage(target, drop, baseline=before) as on, stop_after(0.5) as stop:
        (step,) = on.order.plan.steps
        locks = sorted(step.locks, key=lambda k: (k.relation.name == "papers") != is_busy_first)
        assert {lock.mode for lock in locks} == {"ACCESS EXCLUSIVE"}
        on.hold("papers")
        promises.prepare(on.session)
        with reading(target, "plans", stop) as reader, pytest.raises(LockRefused):
            Attempt(on.session, on.order, step).run(locks, wait=timedelta(milliseconds=300))

    assert reader.rounds > 5
    assert reader.gave_up == 0


@contextmanager
def stop_after(seconds: float) -> Iterator[threading.Event]:
    stop = threading.Event()
    with later(seconds, stop.set):
        yield stop


@contextmanager
def reading(database: Database, table: str, stop: threading.Event) -> Iterator[App]:
    """Read a table until told to stop, and count the reads that waited for 50 ms."""
    app = App(database)
    thread = threading.Thread(target=_read, args=(app, table, stop))
    thread.start()
    try:
        until(lambda: app.rounds > 2, what="the app reads")
        yield app
    finally:
        thread.join()


def _read(app: App, table: str, stop: threading.Event) -> None:
    with psycopg.connect(app.database.owner.dsn(), autocommit=True) as connection:
        connection.execute(f"SET lock_timeout = {app.patience_ms}".encode())
        while not stop.is_set():
            with suppress(psycopg.errors.LockNotAvailable):
                app.gave_up += 1
                connection.execute(f"SELECT FROM {table}".encode())
                app.gave_up -= 1
            app.rounds += 1
            time.sleep(0.005)
