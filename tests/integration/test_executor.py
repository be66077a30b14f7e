"""Plans on a real server with real sessions in the way: what is applied, retried, or left alone."""

from __future__ import annotations

import hashlib
import os
import signal
import threading
import time
import uuid
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import psycopg
import pytest

from releasegate import facts, ledger, log
from releasegate.executor import Order, execute, step
from releasegate.model import Directives, Migration, Outcome, OutcomeStatus, Release, Window
from releasegate.plan import make_plan
from releasegate.session import Session, open_session
from releasegate.statements.parser import parse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

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

    def run(self, **changes: object) -> Outcome:
        (outcome,) = execute(self.session, replace(self.order, **changes))  # type: ignore[arg-type]
        return outcome

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
def stage(database: Database, *statements: str, closes_in_s: float = 20) -> Iterator[Stage]:
    text = ";\n".join(["BEGIN", *statements, "COMMIT"])
    digest = hashlib.sha256(text.encode()).hexdigest()
    migration = Migration("m/001_a.sql", 1, digest, text.encode(), Directives(), draft=False)
    plan = make_plan(migration, parse(text), major=18)
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
            sleep=time.sleep,
            log=log.set_up(run_id),
        )
        yield Stage(session, order, app, admin)


@pytest.fixture
def target(database: Database) -> Database:
    with psycopg.connect(database.owner.dsn(), autocommit=True) as connection:
        connection.execute(TABLES.encode())
    return database


@contextmanager
def later(seconds: float, work: Callable[[], object]) -> Iterator[None]:
    """Do something in another thread, a moment after the block has begun."""
    timer = threading.Timer(seconds, work)
    timer.start()
    try:
        yield
    finally:
        timer.join()


def test_a_step_is_applied_and_recorded_in_one_transaction(target: Database) -> None:
    with stage(target, ADD_COLUMN) as on:
        outcome = on.run()

        assert (outcome.status, outcome.attempts) == (OutcomeStatus.APPLIED, 1)
        assert "note" in on.columns("papers")
        (row,) = on.admin.execute(
            "SELECT s.xmin = a.xmin FROM releasegate.step s, pg_attribute a "
            "WHERE a.attrelid = 'papers'::regclass AND a.attname = 'note'"
        ).fetchall()
        assert row == (True,)


def test_a_step_that_the_ledger_has_is_left_alone(target: Database) -> None:
    with stage(target, ADD_COLUMN) as on:
        on.run()

        outcome = on.run()

        assert (outcome.status, outcome.attempts) == (OutcomeStatus.ALREADY_APPLIED, 0)


def test_a_busy_table_is_tried_again_until_it_is_free(target: Database) -> None:
    with stage(target, ADD_COLUMN) as on:
        on.hold("papers")

        outcome = on.run(sleep=on.leave)

        assert (outcome.status, outcome.attempts) == (OutcomeStatus.APPLIED, 2)
        assert 0.2 < outcome.lock_wait_s < 1
        assert "note" in on.columns("papers")


def test_a_retry_is_logged_with_who_is_in_the_way(
    target: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    with stage(target, ADD_COLUMN) as on:
        on.hold("papers")

        on.run(sleep=on.leave)

        logged = [line for line in capsys.readouterr().err.splitlines() if "lock.refused" in line]
        assert len(logged) == 1
        assert f'"pid": {on.app.info.backend_pid}' in logged[0]


def test_when_the_window_closes_nothing_has_changed(target: Database) -> None:
    with stage(target, "ALTER TABLE plans ADD note text", ADD_COLUMN, closes_in_s=0.9) as on:
        on.hold("papers")

        outcome = on.run()

        assert outcome.status is OutcomeStatus.FAILED
        assert (outcome.message or "").startswith("The window closed.")
        assert outcome.duration_s < 2
        assert "note" not in on.columns("plans") + on.columns("papers")


def test_no_attempt_begins_after_the_close(target: Database) -> None:
    with stage(target, ADD_COLUMN, closes_in_s=-1) as on:
        outcome = on.run()

        assert outcome.status is OutcomeStatus.FAILED
        assert (outcome.message or "").startswith("The window closed.")
        assert "note" not in on.columns("papers")


def test_no_statement_outlives_the_window(target: Database) -> None:
    with stage(target, ADD_COLUMN, "SELECT pg_sleep(20)", closes_in_s=0.7) as on:
        outcome = on.run()

        assert (outcome.status, outcome.sqlstate) == (OutcomeStatus.FAILED, "57014")
        assert (outcome.message or "").startswith("The window closed.")
        assert outcome.duration_s < 2
        assert "note" not in on.columns("papers")


def test_the_waits_for_several_tables_are_bounded_together(target: Database) -> None:
    with (
        stage(target, ADD_KEY) as on,
        psycopg.connect(target.owner.dsn(), autocommit=True) as other,
    ):
        on.hold("papers", "ROW EXCLUSIVE")
        other.execute("BEGIN")
        other.execute("LOCK TABLE plans IN ROW EXCLUSIVE MODE")

        with later(0.18, on.leave):
            outcome = on.run(sleep=lambda _: other.execute("ROLLBACK"))

        assert (outcome.status, outcome.attempts) == (OutcomeStatus.APPLIED, 2)
        assert 0.2 < outcome.lock_wait_s < 0.4


def test_no_wait_is_longer_than_half_of_the_deadlock_timeout(target: Database) -> None:
    with stage(target, ADD_COLUMN) as on:
        on.hold("papers")

        outcome = on.run(longest_wait=timedelta(seconds=30), sleep=on.leave)

        assert (outcome.status, outcome.attempts) == (OutcomeStatus.APPLIED, 2)
        assert 0.4 < outcome.lock_wait_s < 0.9


@pytest.mark.parametrize(
    ("statement", "sqlstate"),
    [
        ("ALTER TABLE papers ADD CONSTRAINT c CHECK (title <> 'confidential')", "23514"),
        ("ALTER TABLE papers ALTER title TYPE int USING title::int", "22P02"),
        ("ALTER TABLE plans ADD CONSTRAINT c UNIQUE (paper_id)", "23505"),
        ("ALTER TABLE absent ADD a int", "42P01"),
        ("DO $$ BEGIN RAISE EXCEPTION 'confidential'; END $$", "P0001"),
    ],
    ids=["check", "type", "unique", "table", "raised"],
)
def test_a_refused_statement_rolls_the_step_back_and_shows_no_value(
    target: Database, capsys: pytest.CaptureFixture[str], statement: str, sqlstate: str
) -> None:
    with stage(target, ADD_COLUMN, statement) as on:
        outcome = on.run()

        assert (outcome.status, outcome.attempts) == (OutcomeStatus.FAILED, 1)
        assert outcome.sqlstate == sqlstate
        assert f"SQLSTATE {sqlstate}" in (outcome.message or "")
        assert "confidential" not in (outcome.message or "") + capsys.readouterr().err
        assert "note" not in on.columns("papers")


def test_an_index_that_is_there_but_broken_is_no_success(target: Database) -> None:
    with stage(target, ADD_COLUMN, "CREATE INDEX IF NOT EXISTS i ON plans (paper_id)") as on:
        with suppress(psycopg.errors.UniqueViolation):
            on.app.execute("CREATE UNIQUE INDEX CONCURRENTLY i ON plans (paper_id)")

        outcome = on.run()

        assert (outcome.status, outcome.attempts) == (OutcomeStatus.FAILED, 1)
        assert "index public.i is missing or not valid" in (outcome.message or "")
        assert "note" not in on.columns("papers")


def test_a_lost_connection_is_opened_anew_and_the_step_tried_again(target: Database) -> None:
    with stage(target, ADD_COLUMN) as on:
        on.hold("papers")
        first = on.session.pid

        def kill() -> None:
            on.admin.execute("SELECT pg_terminate_backend(%s)", (first,))
            on.leave()

        with later(0.1, kill):
            outcome = on.run()

        assert (outcome.status, outcome.attempts) == (OutcomeStatus.APPLIED, 2)
        assert on.session.pid != first
        assert on.columns("papers").count("note") == 1
        assert facts.holds_advisory_lock(on.session.connection)


def test_who_finds_another_run_after_a_lost_connection_leaves_it_to_that(target: Database) -> None:
    with (
        stage(target, "SELECT pg_sleep(30)", ADD_COLUMN) as on,
        psycopg.connect(target.owner.dsn(), autocommit=True) as other,
    ):
        first = on.session.pid

        def take_over() -> None:
            on.admin.execute("SELECT pg_terminate_backend(%s)", (first,))
            other.execute("SELECT pg_advisory_lock(%s)", (facts.ADVISORY_KEY,))

        with later(0.5, take_over):
            outcome = on.run()

        assert outcome.status is OutcomeStatus.FAILED
        assert "another run" in (outcome.message or "")
        assert "note" not in on.columns("papers")


def test_a_connection_lost_before_the_first_step_is_no_outcome(target: Database) -> None:
    with stage(target, ADD_COLUMN) as on:
        on.admin.execute("SELECT pg_terminate_backend(%s)", (on.session.pid,))

        with pytest.raises(psycopg.OperationalError):
            on.run()

        assert "note" not in on.columns("papers")


def test_an_interruption_between_tries_leaves_nothing(target: Database) -> None:
    def interrupt(_: float) -> None:
        raise KeyboardInterrupt

    with stage(target, ADD_COLUMN) as on:
        on.hold("papers")

        outcome = on.run(sleep=interrupt)

        assert outcome.status is OutcomeStatus.FAILED
        assert outcome.message == "Interrupted; the transaction was rolled back."


def test_ctrl_c_while_waiting_for_a_lock_cancels_the_wait(target: Database) -> None:
    with stage(target, "ALTER TABLE plans ADD note text", ADD_COLUMN) as on:
        on.hold("papers")

        with later(0.1, lambda: os.kill(os.getpid(), signal.SIGINT)):
            outcome = on.run()

        on.leave()
        assert outcome.status is OutcomeStatus.FAILED
        assert outcome.message == "Interrupted; the transaction was rolled back."
        assert "note" not in on.columns("plans") + on.columns("papers")


def test_without_our_advisory_lock_nothing_is_done(target: Database) -> None:
    with stage(target, ADD_COLUMN) as on:
        on.session.connection.execute("SELECT pg_advisory_unlock_all()")

        outcome = on.run()

        assert outcome.status is OutcomeStatus.FAILED
        assert "advisory lock is gone" in (outcome.message or "")
        assert "note" not in on.columns("papers")


def test_names_without_a_schema_are_never_looked_up_by_the_databases_path(
    target: Database,
) -> None:
    with psycopg.connect(target.owner.dsn(), autocommit=True) as owner:
        owner.execute("CREATE SCHEMA evil")
        owner.execute("CREATE TABLE evil.papers (id int)")
        owner.execute(f"ALTER DATABASE {target.name} SET search_path = evil, public".encode())
    with stage(target, ADD_COLUMN) as on:
        outcome = on.run()

        assert outcome.status is OutcomeStatus.APPLIED
        assert "note" in on.columns("public.papers")
        assert "note" not in on.columns("evil.papers")


def test_a_step_cannot_smuggle_a_second_statement(target: Database) -> None:
    with stage(target, ADD_COLUMN) as on:
        (step,) = on.order.plan.steps
        two = replace(step, sql=(f"{ADD_COLUMN}; COMMIT",))

        outcome = on.run(plan=replace(on.order.plan, steps=(two,)))

        assert (outcome.status, outcome.sqlstate) == (OutcomeStatus.FAILED, "42601")
        assert "note" not in on.columns("papers")


def test_a_percent_sign_is_no_placeholder(target: Database) -> None:
    with stage(target, "UPDATE papers SET title = '100 %s %' WHERE title LIKE 'conf%'") as on:
        outcome = on.run()

        assert outcome.status is OutcomeStatus.APPLIED
        titles = on.admin.execute("SELECT title FROM papers").fetchall()
        assert titles == [("100 %s %",)]


def test_steps_after_a_failed_one_are_not_run(target: Database) -> None:
    with stage(target, ADD_COLUMN) as on:
        (step,) = on.order.plan.steps
        bad = replace(step, sql=("ALTER TABLE absent ADD a int",), effects=(), locks=())
        plan = replace(on.order.plan, steps=(bad, replace(step, ordinal=2)))

        outcomes = execute(on.session, replace(on.order, plan=plan))

        assert [o.status for o in outcomes] == [OutcomeStatus.FAILED, OutcomeStatus.NOT_RUN]
        assert "note" not in on.columns("papers")


def test_a_closed_window_names_who_was_in_the_way_of_the_last_try(target: Database) -> None:
    with stage(target, ADD_COLUMN, closes_in_s=0.9) as on:
        on.hold("papers")

        outcome = on.run()

        assert outcome.status is OutcomeStatus.FAILED
        assert f"pid {on.app.info.backend_pid} " in (outcome.message or "")


def test_the_other_end_of_a_dropped_key_is_locked_beforehand(target: Database) -> None:
    with psycopg.connect(target.owner.dsn(), autocommit=True) as owner:
        owner.execute(ADD_KEY.encode())

    with stage(target, "ALTER TABLE plans DROP CONSTRAINT k", closes_in_s=0.5) as on:
        on.hold("papers")
        outcome = on.run()
        on.leave()

        assert outcome.status is OutcomeStatus.FAILED
        assert outcome.lock_wait_s >= 0.2
        assert "k" in on.constraints()


def test_a_statement_that_changes_how_text_is_read_ends_the_step(target: Database) -> None:
    block = "DO $$ BEGIN EXECUTE 'SET client_encoding = ' || quote_literal('SJIS'); END $$"

    with stage(target, block, ADD_COLUMN) as on:
        outcome = on.run()

        assert outcome.status is OutcomeStatus.FAILED
        assert "client_encoding" in (outcome.message or "")
        assert "note" not in on.columns("papers")


def test_what_is_deferred_runs_before_the_step_is_judged(target: Database) -> None:
    with stage(
        target,
        "CREATE TABLE queue (i int)",
        "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN INSERT INTO queue VALUES (1); RETURN NULL; END $$",
        "CREATE CONSTRAINT TRIGGER later AFTER UPDATE ON papers DEFERRABLE INITIALLY DEFERRED "
        "FOR EACH ROW EXECUTE FUNCTION note()",
        "UPDATE papers SET title = 'x'",
    ) as on:
        outcome = on.run()

        assert outcome.status is OutcomeStatus.APPLIED
        assert on.admin.execute("SELECT count(*) FROM public.queue").fetchone() == (1,)


def test_no_row_yet_is_not_taken_for_rolled_back(target: Database) -> None:
    with stage(target, ADD_COLUMN) as on:
        # A backend of ours that is still at work on a commit whose answer was lost.
        on.session.lost_pids.append(on.app.info.backend_pid)
        run = step.StepRun(on.session, on.order, on.order.plan.steps[0])

        assert run._truth_after(KeyboardInterrupt()) is None

        on.session.lost_pids.clear()
        assert run._truth_after(KeyboardInterrupt()) is False
