"""Locks are asked for, refused, asked for again; the app does not feel it."""

import threading
import time

from acceptance.production import Production, Worker, until
from acceptance.project import Project, Run


def test_a_holder_who_leaves_in_time_only_delays_the_run(
    released: Project, production: Production
) -> None:
    with production.held("plans") as holder:
        running = released.start_apply(production.url)
        time.sleep(1.5)
        pid = holder.info.backend_pid
        is_waiting = not running.is_over
        holder.rollback()
        run = running.finish()

    assert is_waiting
    assert run.exit_code == 0
    assert production.is_hardened()
    refused = run.events_named("lock.refused")
    assert [event["attempt"] for event in refused] == list(range(1, len(refused) + 1))
    assert run.report["outcomes"][0]["attempts"] == len(refused) + 1
    assert run.report["outcomes"][0]["lock_wait_s"] > 0
    (held_by,) = refused[0]["held_by"]
    assert held_by["pid"] == pid
    assert held_by["application"] == "papers-worker"
    assert held_by["relation"] == "public.plans"
    assert held_by["mode"] == "ROW EXCLUSIVE"
    assert held_by["age_s"] >= 0


def test_a_holder_who_stays_makes_the_run_stop_at_the_close_and_run_again_later(
    released: Project, production: Production
) -> None:
    before = production.schema()

    with production.held("plans") as holder:
        pid = holder.info.backend_pid
        stopped = released.apply(production.url, window="now/PT3S")

    assert stopped.exit_code == 3
    assert stopped.report["verdict"] == "stopped"
    assert f"pid {pid} (papers-worker)" in stopped.report["summary"]
    assert production.schema() == before
    assert production.runs() == [(stopped.report["run_id"], "stopped", True)]
    assert production.steps() == []

    again = released.apply(production.url)

    assert again.exit_code == 0
    assert production.is_hardened()
    assert [verdict for _, verdict, _ in production.runs()] == ["stopped", "applied"]


def test_the_app_is_never_kept_waiting_long(released: Project, production: Production) -> None:
    worker = Worker(production)

    with production.held("plans") as holder, worker.at_work():
        until(lambda: worker.rounds > 5, what="the app works")
        running = released.start_apply(production.url)
        letting_go = threading.Timer(2.5, holder.rollback)
        letting_go.start()
        run: Run = running.finish()
        letting_go.join()

    assert run.exit_code == 0
    assert run.events_named("lock.refused")
    assert worker.rounds > 20
    assert worker.longest_s < 1.0


def test_the_longest_wait_of_the_configuration_bounds_each_try(
    released: Project, production: Production
) -> None:
    released.edit("releasegate.toml", 'longest-wait = "50ms"', 'longest-wait = "10ms"')
    released.commit()

    with production.held("plans"):
        run = released.apply(production.url, window="now/PT2S")

    assert run.exit_code == 3
    (outcome,) = run.report["outcomes"]
    assert outcome["attempts"] >= 3
    # Of 250 ms, the default, one try alone would take more than two of these.
    assert outcome["lock_wait_s"] / outcome["attempts"] < 0.1
