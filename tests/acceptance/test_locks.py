"""Locks are asked for, refused, asked for again; the app does not feel it."""

import threading
import time

from acceptance.production import Production, Worker, until
from acceptance.project import Project, Run
from releasegate.gates.live_database.in_the_way import A_MOMENT_S


def test_a_holder_who_leaves_in_time_only_delays_the_run(
    released: Project, production: Production
) -> None:
    with production.held("plans") as holder:
        running = released.start_apply(production.url)
        running.await_event("lock.awaited")
        pid = holder.info.backend_pid
        is_waiting = not running.is_over
        holder.rollback()
        run = running.finish()

    assert is_waiting
    assert run.exit_code == 0
    assert production.is_hardened()
    # It was waited for outside the queue: nobody stood behind us.
    assert run.report["outcomes"][0]["lock_wait_s"] == 0
    (held_by,) = run.events_named("lock.awaited")[0]["held_by"]
    assert held_by["pid"] == pid
    assert held_by["application"] == "papers-worker"
    assert held_by["relation"] == "public.plans"
    assert held_by["mode"] == "ROW EXCLUSIVE"
    assert held_by["age_s"] >= 0


def test_a_holder_who_stays_makes_the_run_stop_at_the_close_and_run_again_later(
    released: Project, production: Production
) -> None:
    before = production.schema()

    with production.held("plans", since_s=A_MOMENT_S) as holder:
        pid = holder.info.backend_pid
        stopped = released.apply(production.url, window="now/PT8S")

    assert stopped.exit_code == 3
    assert stopped.report["verdict"] == "stopped"
    assert f"pid {pid} (papers-worker)" in stopped.report["summary"]
    told = stopped.finding("RG561")
    assert told["level"] == "warning"
    assert told["message"].startswith(f"papers-worker (pid {pid}, role ")
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
        running.await_event("lock.awaited")
        letting_go = threading.Timer(1.0, holder.rollback)
        letting_go.start()
        run: Run = running.finish()
        letting_go.join()

    assert run.exit_code == 0
    assert run.events_named("lock.awaited")
    assert worker.rounds > 20
    assert worker.longest_s < 0.5


def test_a_shared_load_that_leaves_no_gap_costs_at_most_the_longest_wait(
    released: Project, production: Production
) -> None:
    released.edit("releasegate.toml", 'longest-wait = "50ms"', 'longest-wait = "120ms"')
    released.commit()
    is_over = threading.Event()

    def overlap(delay_s: float) -> None:
        time.sleep(delay_s)
        with production.connect() as connection:
            while not is_over.is_set():
                connection.execute("LOCK TABLE plans IN ROW EXCLUSIVE MODE")
                time.sleep(0.03)
                connection.rollback()

    threads = [threading.Thread(target=overlap, args=(n * 0.01,)) for n in range(4)]
    for thread in threads:
        thread.start()
    try:
        run = released.apply(production.url)
    finally:
        is_over.set()
        for thread in threads:
            thread.join()

    assert run.exit_code == 0
    waits = [event["waited_ms"] for event in run.events_named("lock.refused")]
    assert {wait for wait in waits if wait} <= {20, 50, 100, 120}
    assert production.is_hardened()
