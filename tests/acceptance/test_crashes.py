"""Killed, interrupted, cut off: what is true afterwards, and that a next run goes on from there."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from acceptance.conftest import made_production
from acceptance.production import Production, until
from acceptance.project import MIGRATION, Project
from releasegate import throwaway


@pytest.fixture
def slow(project: Project) -> Project:
    """A release whose migration sleeps, all its locks held, where there are rows to migrate."""
    nap = "SELECT pg_sleep(least(count(*), 1) * 3) FROM papers;"
    project.edit(MIGRATION, "COMMIT;", f"{nap}\n\nCOMMIT;")
    project.commit()
    project.tag()
    return project


def verdicts(production: Production) -> list[str | None]:
    return [verdict for _, verdict, _ in production.runs()]


def quicken(production: Production) -> None:
    """Let the next run of the slow migration find nothing to sleep for."""
    production.execute("TRUNCATE papers, plans, runs, run_events, storyboards")


# -- killed


def test_a_run_killed_while_it_waits_for_locks_leaves_only_its_open_row(
    released: Project, production: Production
) -> None:
    before = production.schema()

    with production.held("plans"):
        running = released.start_apply(production.url)
        running.await_event("lock.awaited")
        os.kill(running.pid, signal.SIGKILL)
        killed = running.finish()
        production.await_silence()

    assert killed.exit_code == -signal.SIGKILL
    assert production.schema() == before
    assert production.steps() == []
    assert verdicts(production) == [None]
    status = released.ask("status", url=production.url)
    assert status.report["migrations"][0]["state"] == "unfinished"

    again = released.apply(production.url)

    assert again.exit_code == 0
    assert production.is_hardened()
    assert verdicts(production) == ["killed", "applied"]
    assert all(is_closed for _, _, is_closed in production.runs())


def test_a_run_killed_inside_its_transaction_leaves_nothing_of_it(
    slow: Project, production: Production
) -> None:
    before = production.schema()

    running = slow.start_apply(production.url)
    production.await_sleep()
    os.kill(running.pid, signal.SIGKILL)
    running.finish()
    began = time.monotonic()
    production.await_silence()
    silent_after_s = time.monotonic() - began

    # The server notices a client that is gone; it does not sleep its three seconds out.
    assert silent_after_s < 2.5
    assert production.schema() == before
    assert production.steps() == []
    assert verdicts(production) == [None]

    quicken(production)
    again = slow.apply(production.url)

    assert again.exit_code == 0
    assert production.is_hardened()
    assert verdicts(production) == ["killed", "applied"]


# -- interrupted


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_an_interrupted_transaction_is_rolled_back_and_reported_soon(
    slow: Project, production: Production, name: str
) -> None:
    before = production.schema()

    running = slow.start_apply(production.url)
    production.await_sleep()
    os.kill(running.pid, signal.Signals[name])
    began = time.monotonic()
    run = running.finish()

    assert time.monotonic() - began < 5
    assert run.exit_code == 3
    assert run.report["verdict"] == "stopped"
    assert run.report["outcomes"][0]["status"] == "failed"
    assert "nterrupted" in run.report["summary"]
    assert production.schema() == before
    assert production.steps() == []
    assert verdicts(production) == ["stopped"]


def test_a_run_interrupted_between_two_tries_stops_and_says_so(
    released: Project, production: Production
) -> None:
    before = production.schema()

    with production.held("plans"):
        running = released.start_apply(production.url)
        running.await_event("lock.awaited")
        os.kill(running.pid, signal.SIGTERM)
        run = running.finish()

    assert run.exit_code == 3
    assert "nterrupted" in run.report["summary"]
    assert production.schema() == before
    assert verdicts(production) == ["stopped"]


def test_a_preflight_that_is_interrupted_exits_130(
    released: Project, production: Production
) -> None:
    released.write("db/schema/v0.sql", released.read("db/schema/v0.sql") + "SELECT pg_sleep(5);\n")
    released.commit()
    released.git("tag", "--force", "v0")

    running = released.start("preflight", "--format", "json", url=production.url)
    running.await_event("target.identified")
    time.sleep(0.5)
    os.kill(running.pid, signal.SIGTERM)
    run = running.finish()

    assert run.exit_code == 130
    assert run.stdout == ""
    assert not production.has_ledger()


# -- a bug of ours

BUG = """
from dataclasses import replace
from releasegate.release import locked

execute = locked.execute

def fail(session, order):
    execute(session, replace(order, last=1))
    raise ZeroDivisionError("canary-in-a-bug")

locked.execute = fail
"""


def test_a_bug_between_two_steps_ends_with_70_and_the_next_run_goes_on(
    small: Project, production: Production, tmp_path: Path
) -> None:
    # Python runs a module of this name first; the program is as it is installed.
    (tmp_path / "sitecustomize.py").write_text(BUG)
    env = {"PYTHONPATH": str(tmp_path)}

    run = small.run("apply", "--window", "now/PT30M", url=production.url, env=env)
    production.await_silence()
    done = production.steps()
    again = small.apply(production.url)

    assert (run.exit_code, run.stdout) == (70, "")
    assert "a bug: ZeroDivisionError, at" in run.stderr
    assert "canary" not in run.stderr
    assert len(done) == 1
    assert again.exit_code == 0
    assert again.report["outcomes"][0]["status"] == "already_applied"
    assert verdicts(production) == ["killed", "applied"]


# -- cut off


def test_a_run_whose_backend_was_ended_finds_out_the_truth_and_goes_on(
    slow: Project, production: Production
) -> None:
    running = slow.start_apply(production.url)
    pid = production.await_sleep()
    production.rows(f"SELECT pg_terminate_backend({pid})", is_admin=True)
    quicken(production)
    run = running.finish()

    assert run.exit_code == 0
    assert run.events_named("connection.lost")
    assert [event["committed"] for event in run.events_named("truth.read")] == [False]
    assert run.report["outcomes"][0]["attempts"] == 2
    assert production.is_hardened()
    assert production.runs() == [(run.report["run_id"], "applied", True)]
    assert len(production.steps()) == 1


def test_a_statement_that_somebody_cancels_fails_the_step_and_nothing_else(
    slow: Project, production: Production
) -> None:
    before = production.schema()

    running = slow.start_apply(production.url)
    pid = production.await_sleep()
    production.rows(f"SELECT pg_cancel_backend({pid})", is_admin=True)
    run = running.finish()

    assert run.exit_code == 3
    assert run.report["outcomes"][0]["sqlstate"] == "57014"
    assert production.schema() == before
    assert verdicts(production) == ["stopped"]


@pytest.fixture
def doomed(cluster_cache: Path) -> Iterator[Production]:
    """A production on a server of its own."""
    with throwaway.start(cache=cluster_cache) as server, made_production(server) as made:
        yield made


@pytest.mark.parametrize(
    ("times", "said"), [(1, "We were interrupted, and"), (2, "Interrupted, and the truth")]
)
def test_a_server_that_went_away_leaves_the_outcome_unknown_to_whoever_stops_waiting(
    slow: Project, doomed: Production, times: int, said: str
) -> None:
    postmaster = doomed.server.run_dir / "data/postmaster.pid"

    running = slow.start_apply(doomed.url)
    doomed.await_sleep()
    os.kill(int(postmaster.read_text().split()[0]), signal.SIGINT)
    until(lambda: not postmaster.exists(), what="the server is gone")
    running.await_event("connection.lost")
    began = time.monotonic()
    for _ in range(times):
        os.kill(running.pid, signal.SIGTERM)
        time.sleep(0.3)
    run = running.finish()

    assert time.monotonic() - began < 5
    assert run.exit_code == 4
    assert run.report["verdict"] == "unknown"
    assert run.report["outcomes"][0]["status"] == "unknown"
    assert run.report["summary"].startswith(said)
    assert "SELECT pid, state FROM pg_stat_activity WHERE" in run.report["summary"]
    assert "Run releasegate status" in run.report["summary"]
