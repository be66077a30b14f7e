"""Statements that run in no transaction: what they leave half done, and whose it is."""

from __future__ import annotations

import os
import signal
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import psycopg
import pytest

from integration.stage import TABLES, App, Stage, events, later, stage, until
from releasegate import ledger
from releasegate.ledger import StepRow
from releasegate.model import OutcomeStatus
from releasegate.plan import ONLINE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from releasegate.throwaway import Database

INDEX = "CREATE INDEX i ON plans (paper_id)"
UNIQUE = "CREATE UNIQUE INDEX i ON plans (id)"
THING = "index public.i"
#: what a rehearsal would have seen after the step
EXPECTED = {1: {THING: "CREATE INDEX i ON public.plans USING btree (paper_id)"}}


@contextmanager
def built(
    target: Database, *statements: str, closes_in_s: float = 20, more: str = ""
) -> Iterator[Stage]:
    with stage(
        target, *statements, strategy=ONLINE, baseline=TABLES + more, closes_in_s=closes_in_s
    ) as on:
        yield on


def indexes(on: Stage, table: str = "plans") -> dict[str, bool]:
    """Map the table's indexes, but for its key's, to whether they are valid."""
    query = (
        "SELECT relname::text, indisvalid FROM pg_index JOIN pg_class c ON c.oid = indexrelid "
        "WHERE indrelid = %s::regclass AND NOT indisprimary"
    )
    return dict(on.admin.execute(query.encode(), (table,)).fetchall())


def is_building(on: Stage, pid: int) -> bool:
    query = "SELECT FROM pg_stat_progress_create_index WHERE pid = %s"
    return bool(on.admin.execute(query.encode(), (pid,)).fetchall())


def is_waiting(on: Stage, pid: int) -> bool:
    query = "SELECT FROM pg_locks WHERE pid = %s AND NOT granted"
    return bool(on.admin.execute(query.encode(), (pid,)).fetchall())


def leave_half_built(on: Stage, statement: str = INDEX) -> None:
    """Cancel a build half-way, as another client or an old run of ours leaves it."""
    on.hold("plans", "ROW EXCLUSIVE")
    text = statement.replace("INDEX", "INDEX CONCURRENTLY")
    with psycopg.connect(on.session.parameters.dsn(), autocommit=True) as other:
        pid = other.info.backend_pid
        with later(0.0, lambda: cancel(on, pid)), suppress(psycopg.errors.QueryCanceled):
            other.execute(text.encode())
    on.leave()
    assert indexes(on) == {"i": False}


def cancel(on: Stage, pid: int) -> None:
    until(lambda: is_waiting(on, pid), what="it is half done")
    on.admin.execute("SELECT pg_cancel_backend(%s)", (pid,))


def record_as_begun(on: Stage) -> None:
    """Write what a run of ours writes before it builds."""
    order = on.order
    attempt = "00000000-0000-4000-8000-000000000001"
    row = StepRow(order.run_id, attempt, order.migration, order.plan, 1, (THING,))
    ledger.start_step(on.session.connection, row)


# -- indexes that somebody left --------------------------------------------------------------------


def test_an_invalid_index_of_ours_is_dropped_and_built_anew(
    target: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    with built(target, INDEX) as on, App(target).at_work() as app:
        record_as_begun(on)
        leave_half_built(on)

        outcome = on.run(expected=EXPECTED)

        assert outcome.status is OutcomeStatus.APPLIED
        assert indexes(on) == {"i": True}
        assert app.gave_up == 0
    (dropped,) = events(capsys, "leftover.dropped")
    assert dropped["object"] == THING


@pytest.mark.parametrize("expected", [{}, EXPECTED], ids=["unrehearsed", "rehearsed"])
def test_an_invalid_index_that_we_did_not_make_is_left_alone(
    target: Database, expected: dict[int, dict[str, str]]
) -> None:
    with built(target, INDEX) as on:
        leave_half_built(on)

        outcome = on.run(expected=expected)

        assert (outcome.status, outcome.attempts) == (OutcomeStatus.FAILED, 1)
        assert "index public.i exists already, and no run of ours made it" in str(outcome.message)
        assert indexes(on) == {"i": False}


def test_what_was_somebody_elses_does_not_make_our_next_build_theirs(target: Database) -> None:
    with built(target, INDEX) as on:
        leave_half_built(on)
        assert on.run().status is OutcomeStatus.FAILED
        on.admin.execute("DROP INDEX i")
        on.hold("plans", "ROW EXCLUSIVE")

        with later(0.0, lambda: cancel(on, on.session.pid)), later(0.3, on.leave):
            cancelled = on.run()

        assert (cancelled.status, cancelled.sqlstate) == (OutcomeStatus.FAILED, "57014")
        assert indexes(on) == {}


@pytest.mark.parametrize(
    "theirs",
    ["CREATE INDEX i ON plans (id)", INDEX, "CREATE INDEX i ON papers (id)"],
    ids=["another", "the same", "on another table"],
)
def test_a_valid_index_that_we_did_not_make_is_never_taken_for_ours(
    target: Database, theirs: str
) -> None:
    with built(target, INDEX) as on:
        on.app.execute(theirs.encode())
        before = indexes(on), indexes(on, "papers")

        outcome = on.run(expected=EXPECTED)

        assert (outcome.status, outcome.attempts) == (OutcomeStatus.FAILED, 1)
        assert (indexes(on), indexes(on, "papers")) == before
        assert not ledger.steps_done(on.session.connection, 1)


def test_if_not_exists_takes_the_index_that_was_meant(target: Database) -> None:
    with built(target, "CREATE INDEX IF NOT EXISTS i ON plans (paper_id)") as on:
        on.app.execute(INDEX.encode())

        outcome = on.run(expected=EXPECTED)

        assert outcome.status is OutcomeStatus.APPLIED
        assert indexes(on) == {"i": True}


def test_if_not_exists_takes_no_other_index(target: Database) -> None:
    with built(target, "CREATE INDEX IF NOT EXISTS i ON plans (paper_id)") as on:
        on.app.execute("CREATE INDEX i ON plans (id)")

        outcome = on.run(expected=EXPECTED)

        assert (outcome.status, outcome.attempts) == (OutcomeStatus.FAILED, 1)
        assert "exists already" in (outcome.message or "")


def test_an_index_that_somebody_builds_right_now_is_left_to_them(target: Database) -> None:
    with (
        built(target, INDEX) as on,
        psycopg.connect(target.owner.dsn(), autocommit=True) as other,
    ):
        on.hold("plans", "ROW EXCLUSIVE")
        build = "CREATE INDEX CONCURRENTLY i ON plans (paper_id)"
        thread = threading.Thread(target=other.execute, args=(build.encode(),))
        thread.start()
        until(lambda: indexes(on), what="their build has begun")

        outcome = on.run(expected=EXPECTED)

        on.leave()
        thread.join()
        assert (outcome.status, outcome.attempts) == (OutcomeStatus.FAILED, 1)
        assert "exists already, and no run of ours made it" in (outcome.message or "")
        assert indexes(on) == {"i": True}


def test_an_old_backend_of_ours_that_still_builds_is_awaited(
    target: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    with (
        built(target, INDEX) as on,
        psycopg.connect(target.owner.dsn(), autocommit=True) as old,
    ):
        record_as_begun(on)
        on.hold("plans", "ROW EXCLUSIVE")
        build = "CREATE INDEX CONCURRENTLY i ON plans (paper_id)"
        thread = threading.Thread(target=old.execute, args=(build.encode(),))
        thread.start()
        until(lambda: indexes(on), what="the old build has begun")

        with later(0.3, on.leave):
            outcome = on.run(expected=EXPECTED)

        thread.join()
        assert outcome.status is OutcomeStatus.APPLIED
        assert indexes(on) == {"i": True}
    logged = events(capsys)
    awaited = [event for event in logged if event["event"] == "build.awaited"]
    assert awaited
    # What it has finished in the meantime is as good as ours.
    assert not [event for event in logged if event["event"] == "leftover.dropped"]


# -- builds that fail or are cut off ---------------------------------------------------------------


def test_a_unique_index_over_duplicates_fails_and_leaves_nothing(target: Database) -> None:
    with built(target, "CREATE UNIQUE INDEX i ON plans (paper_id)") as on:
        outcome = on.run()

        assert (outcome.status, outcome.attempts) == (OutcomeStatus.FAILED, 1)
        assert outcome.sqlstate == "23505"
        assert indexes(on) == {}
        # An invalid unique index would refuse this.
        on.app.execute("INSERT INTO plans VALUES (3, 1)")


def test_a_build_whose_backend_is_killed_goes_on_behind_a_new_one(
    target: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    with built(target, INDEX) as on, App(target).at_work() as app:
        first = on.session.pid
        on.hold("plans", "ROW EXCLUSIVE")

        def kill() -> None:
            until(lambda: is_waiting(on, first), what="the build has begun")
            on.admin.execute("SELECT pg_terminate_backend(%s)", (first,))
            on.leave()

        with later(0.0, kill):
            outcome = on.run(expected=EXPECTED)

        assert (outcome.status, outcome.attempts) == (OutcomeStatus.APPLIED, 2)
        assert on.session.pid != first
        assert indexes(on) == {"i": True}
        assert app.gave_up == 0
    assert len(events(capsys, "leftover.dropped")) == 1


def test_a_build_that_outlives_the_window_is_cancelled_and_taken_away(target: Database) -> None:
    with built(target, UNIQUE, closes_in_s=0.5) as on, App(target).at_work() as app:
        on.hold("plans", "ROW EXCLUSIVE")

        with later(1.5, on.leave):
            outcome = on.run()

        assert (outcome.status, outcome.attempts) == (OutcomeStatus.FAILED, 1)
        assert (outcome.message or "").startswith("The window closed.")
        assert indexes(on) == {}
        assert app.gave_up == 0


def test_ctrl_c_during_a_build_takes_it_away(target: Database) -> None:
    with built(target, INDEX) as on:
        on.hold("plans", "ROW EXCLUSIVE")

        def interrupt() -> None:
            until(lambda: is_waiting(on, on.session.pid), what="the build has begun")
            os.kill(os.getpid(), signal.SIGINT)
            # The build must not end by itself before it hears of it.
            time.sleep(0.3)
            on.leave()

        with later(0.0, interrupt):
            outcome = on.run()

        assert outcome.status is OutcomeStatus.FAILED
        assert outcome.message == "Interrupted; the step was not applied."
        assert indexes(on) == {}


def test_a_snapshot_that_a_build_waits_for_holds_up_nobody_else(
    target: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    with built(target, INDEX) as on, App(target).at_work() as app:
        # As pg_dump does; no table of the build is among what it reads.
        on.app.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        on.app.execute("SELECT count(*) FROM papers")
        pid = on.app.info.backend_pid

        with later(1.4, on.leave):
            outcome = on.run(expected=EXPECTED)

        assert outcome.status is OutcomeStatus.APPLIED
        assert app.gave_up == 0
    told = events(capsys, "step.progress")
    assert told[0]["phase"] == "waiting for old snapshots"
    assert told[0]["waits_for"] == [pid]


# -- DROP INDEX CONCURRENTLY -----------------------------------------------------------------------


def drop_waits(on: Stage) -> bool:
    return indexes(on) == {"i": False} and is_waiting(on, on.session.pid)


def test_an_interrupted_drop_is_finished_by_the_next_try(target: Database) -> None:
    with built(target, "DROP INDEX i", more=f";{INDEX};") as on, App(target).at_work() as app:
        on.app.execute(INDEX.encode())
        on.hold("plans")
        first = on.session.pid

        def kill() -> None:
            until(lambda: drop_waits(on), what="the drop is half done")
            on.admin.execute("SELECT pg_terminate_backend(%s)", (first,))
            on.leave()

        with later(0.0, kill):
            outcome = on.run()

        assert (outcome.status, outcome.attempts) == (OutcomeStatus.APPLIED, 2)
        assert indexes(on) == {}
        assert app.gave_up == 0


def test_a_drop_that_the_window_cut_off_is_finished_by_the_next_run(target: Database) -> None:
    with built(target, "DROP INDEX i", more=f";{INDEX};", closes_in_s=0.5) as on:
        on.app.execute(INDEX.encode())
        on.hold("plans")

        stopped = on.run()

        on.leave()
        assert stopped.status is OutcomeStatus.FAILED
        assert (stopped.message or "").startswith("The window closed.")
        assert indexes(on) == {"i": False}

    with built(target, "DROP INDEX i", more=f";{INDEX};") as on:
        assert on.run().status is OutcomeStatus.APPLIED
        assert indexes(on) == {}


# -- REINDEX CONCURRENTLY --------------------------------------------------------------------------


@pytest.mark.parametrize("statement", ["REINDEX INDEX i", "REINDEX TABLE plans"])
def test_a_rebuild_that_was_cut_off_leaves_no_second_index(
    target: Database, statement: str
) -> None:
    with built(target, statement, more=f";{INDEX};") as on, App(target).at_work() as app:
        on.app.execute(INDEX.encode())
        on.hold("plans", "ROW EXCLUSIVE")
        first = on.session.pid

        def kill() -> None:
            until(lambda: copies(on) and is_waiting(on, first), what="it has begun")
            on.admin.execute("SELECT pg_terminate_backend(%s)", (first,))
            on.leave()

        with later(0.0, kill):
            outcome = on.run()

        assert (outcome.status, outcome.attempts) == (OutcomeStatus.APPLIED, 2)
        assert indexes(on) == {"i": True}
        assert copies(on) == []
        assert app.gave_up == 0


def test_a_rebuild_leaves_a_strangers_broken_copy_alone(target: Database) -> None:
    with built(target, "REINDEX INDEX i", more=f";{INDEX};") as on:
        on.app.execute(INDEX.encode())
        on.hold("plans", "ROW EXCLUSIVE")
        with psycopg.connect(target.owner.dsn(), autocommit=True) as other:
            pid = other.info.backend_pid
            with later(0.0, lambda: cancel(on, pid)), suppress(psycopg.errors.QueryCanceled):
                other.execute("REINDEX INDEX CONCURRENTLY i")
        assert indexes(on) == {"i": True, "i_ccnew": False}

        with later(0.0, lambda: cancel(on, on.session.pid)), later(0.5, on.leave):
            cancelled = on.run()

        # Ours was i_ccnew1.
        assert (cancelled.status, cancelled.sqlstate) == (OutcomeStatus.FAILED, "57014")
        assert indexes(on) == {"i": True, "i_ccnew": False}

        assert on.run().status is OutcomeStatus.APPLIED
        assert indexes(on) == {"i": True, "i_ccnew": False}


def copies(on: Stage) -> list[str]:
    query = "SELECT relname::text FROM pg_class WHERE relname ~ '_cc(new|old)'"
    return [name for (name,) in on.admin.execute(query.encode())]
