"""Two applies at once: one works, the other learns who does."""

import os
import signal
from datetime import UTC

from acceptance.production import Production, until
from acceptance.project import Project


def test_the_second_of_two_applies_is_told_who_is_at_work_since_when(
    released: Project, production: Production
) -> None:
    with production.held("plans") as holder:
        first = released.start_apply(production.url)
        until(lambda: production.has_ledger() and bool(production.runs()), what="a run has begun")
        ((pid, started_at),) = production.rows(
            "SELECT backend_pid, started_at FROM releasegate.run"
        )
        second = released.apply(production.url)
        status = released.ask("status", url=production.url)
        is_first_waiting = not first.is_over
        holder.rollback()
        finished = first.finish()

    assert is_first_waiting
    assert second.exit_code == 1
    assert second.report["verdict"] == "blocked"
    assert second.errors == {"RG510"}
    message = second.finding("RG510")["message"]
    assert "olga@" in message
    assert f"since {started_at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" in message
    assert f"(pid {pid}, releasegate/{finished.report['run_id']}, from a local socket)" in message
    migration = status.report["migrations"][0]
    assert migration["state"] == "running"
    assert "olga@" in migration["detail"]
    assert finished.exit_code == 0
    assert production.is_hardened()
    assert production.runs() == [(finished.report["run_id"], "applied", True)]


def test_an_apply_that_was_overtaken_does_not_take_the_others_work_for_a_strangers(
    released: Project, production: Production
) -> None:
    overtaken = released.start_apply(production.url)
    overtaken.await_event("gate.answered")
    os.kill(overtaken.pid, signal.SIGSTOP)
    first = released.apply(production.url)
    os.kill(overtaken.pid, signal.SIGCONT)
    run = overtaken.finish()

    assert first.exit_code == 0
    assert (run.exit_code, run.report["verdict"]) in ((0, "nothing_to_do"), (1, "blocked"))
    assert run.errors <= {"RG510"}
    assert len(production.steps()) == 1
