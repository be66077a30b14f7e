"""Plans on a real server with real sessions in the way: what is applied, retried, or left alone."""

from __future__ import annotations

import os
import re
import signal
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from integration.stage import ADD_COLUMN, ADD_KEY, Stage, later, stage
from releasegate import facts
from releasegate.executor import execute, holders, how_to_look, step
from releasegate.executor.attempt import Attempt
from releasegate.executor.order import LockRefused
from releasegate.model import OutcomeStatus

if TYPE_CHECKING:
    from releasegate.throwaway import Database


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


@pytest.mark.usefixtures("patient")
def test_a_busy_table_is_tried_again_until_it_is_free(target: Database) -> None:
    with stage(target, ADD_COLUMN) as on:
        on.hold("papers")

        outcome = on.run(sleep=on.leave)

        assert (outcome.status, outcome.attempts) == (OutcomeStatus.APPLIED, 2)
        # Nobody stood behind us: the lock was taken at once or not at all.
        assert outcome.lock_wait_s == 0
        assert "note" in on.columns("papers")


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take no transaction for an old one, however slow the machine is."""
    monkeypatch.setattr(holders, "A_MOMENT_S", 60.0)


@pytest.mark.usefixtures("patient")
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


@pytest.mark.parametrize("longest_ms", [60, 200])
def test_the_waits_for_several_tables_are_bounded_together(
    target: Database, longest_ms: int
) -> None:
    with (
        stage(target, ADD_KEY) as on,
        psycopg.connect(target.owner.dsn(), autocommit=True) as other,
    ):
        (one,) = on.order.plan.steps
        on.hold("papers", "ROW EXCLUSIVE")
        other.execute("BEGIN")
        other.execute("LOCK TABLE plans IN ROW EXCLUSIVE MODE")
        attempt = Attempt(on.session, on.order, one)

        with pytest.raises(LockRefused):
            attempt.run(one.locks, wait=timedelta(milliseconds=longest_ms))

        assert longest_ms / 1000 <= attempt.waited_s < longest_ms / 1000 + 0.1


def test_no_wait_is_longer_than_half_of_the_deadlock_timeout(target: Database) -> None:
    with stage(target, ADD_COLUMN) as on:
        order = replace(on.order, longest_wait=timedelta(seconds=30))

        run = step.StepRun(on.session, order, order.plan.steps[0])

        assert run._ladder.longest == timedelta(milliseconds=500)


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
        assert "index public.i is missing, not valid" in (outcome.message or "")
        assert "note" not in on.columns("papers")


def test_the_right_name_with_another_definition_is_no_success(target: Database) -> None:
    label = "constraint public.plans.k"
    with stage(target, ADD_KEY) as on:
        other = "FOREIGN KEY (paper_id) REFERENCES public.papers(id) ON DELETE CASCADE"

        outcome = on.run(expected={1: {label: other}})

        assert (outcome.status, outcome.attempts) == (OutcomeStatus.FAILED, 1)
        assert f"{label} is missing, not valid or not as rehearsed" in (outcome.message or "")
        assert "k" not in on.constraints()


def test_if_not_exists_does_not_take_a_column_of_another_type(target: Database) -> None:
    label = "column public.papers.note"
    with stage(target, "ALTER TABLE papers ADD COLUMN IF NOT EXISTS note text") as on:
        first = on.run()
        (expected,) = on.admin.execute("SELECT objects FROM releasegate.step").fetchone() or ()
    assert first.status is OutcomeStatus.APPLIED
    with stage(target, "ALTER TABLE papers ADD COLUMN IF NOT EXISTS note text") as on:
        on.admin.execute("DELETE FROM releasegate.step")
        on.admin.execute("ALTER TABLE papers ALTER note TYPE varchar(9)")

        outcome = on.run(expected={1: expected})

        assert (outcome.status, outcome.attempts) == (OutcomeStatus.FAILED, 1)
        assert f"{label} is missing, not valid or not as rehearsed" in (outcome.message or "")


def test_a_lost_connection_is_opened_anew_and_the_step_tried_again(target: Database) -> None:
    with stage(target, ADD_COLUMN) as on:
        on.hold("papers")
        first = on.session.pid

        def kill() -> None:
            on.admin.execute("SELECT pg_terminate_backend(%s)", (first,))
            on.leave()

        with later(0.1, kill):
            outcome = on.run()

        assert outcome.status is OutcomeStatus.APPLIED
        assert on.session.pid != first
        assert on.columns("papers").count("note") == 1
        assert facts.own_state(on.session.connection)[1]


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
        assert outcome.message == "Interrupted; the step was not applied."


def test_ctrl_c_while_waiting_for_a_lock_cancels_the_wait(target: Database) -> None:
    with stage(target, "ALTER TABLE plans ADD note text", ADD_COLUMN) as on:
        on.hold("papers")

        with later(0.1, lambda: os.kill(os.getpid(), signal.SIGINT)):
            outcome = on.run()

        on.leave()
        assert outcome.status is OutcomeStatus.FAILED
        assert outcome.message == "Interrupted; the step was not applied."
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
        assert "on public.papers" in (outcome.message or "")
        assert "k" in on.constraints()


def test_a_statement_that_changes_how_text_is_read_ends_the_step(target: Database) -> None:
    block = "DO $$ BEGIN EXECUTE 'SET client_encoding = ' || quote_literal('SJIS'); END $$"

    with stage(target, block, ADD_COLUMN) as on:
        outcome = on.run()

        assert outcome.status is OutcomeStatus.FAILED
        assert "changed how the server reads texts" in (outcome.message or "")
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
        on.session.lost.append(facts.own_backend(on.app))
        run = step.StepRun(on.session, on.order, on.order.plan.steps[0])
        run._attempt = Attempt(on.session, on.order, on.order.plan.steps[0])

        assert run._truth_after(KeyboardInterrupt()) is None

        on.session.lost.clear()
        assert run._truth_after(KeyboardInterrupt()) is False


def test_an_unknown_outcome_says_with_which_questions_to_look_and_they_answer(
    target: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(step, "_SOON", timedelta(0))
    with stage(target, ADD_COLUMN) as on:
        pid = on.session.pid
        run = step.StepRun(on.session, on.order, on.order.plan.steps[0])
        run._try()
        alive, rows = answers(on, how_to_look(on.order.run_id, 1))

        told = run._explain(KeyboardInterrupt())

        _, row = answers(on, str(told.message))
        assert told.status is OutcomeStatus.UNKNOWN
        assert [one for one, _ in alive] == [pid]
        assert [(ordinal, status) for ordinal, status, at in rows if at] == [(1, "applied")]
        assert [status for status, at in row if at] == ["applied"]


def answers(on: Stage, text: str) -> list[list[tuple[Any, ...]]]:
    """Ask what a text says to ask."""
    queries = re.findall(r"SELECT .*?;", text)
    return [on.admin.execute(query.encode()).fetchall() for query in queries]


def test_a_connection_lost_before_a_steps_first_message_is_opened_anew(target: Database) -> None:
    with stage(target, ADD_COLUMN) as on:
        first = on.session.pid
        on.admin.execute("SELECT pg_terminate_backend(%s)", (first,))

        outcome = step.StepRun(on.session, on.order, on.order.plan.steps[0]).run()

        assert outcome.status is OutcomeStatus.APPLIED
        assert on.session.pid != first
        assert on.columns("papers").count("note") == 1


def test_an_operator_of_the_public_schema_never_stands_in_for_the_systems(
    target: Database,
) -> None:
    with psycopg.connect(target.owner.dsn(), autocommit=True) as owner:
        owner.execute("CREATE TABLE seen (who text)")
        owner.execute(
            "CREATE FUNCTION spy(numeric, int) RETURNS numeric LANGUAGE plpgsql AS "
            "$$ BEGIN INSERT INTO public.seen VALUES (current_user); RETURN $1; END $$"
        )
        owner.execute("CREATE OPERATOR * (LEFTARG = numeric, RIGHTARG = int, FUNCTION = spy)")
    with stage(target, ADD_COLUMN) as on:
        outcome = on.run()

        assert outcome.status is OutcomeStatus.APPLIED
        assert on.admin.execute("SELECT count(*) FROM public.seen").fetchone() == (0,)
