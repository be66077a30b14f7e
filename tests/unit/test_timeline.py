"""The log's events -> the timeline of a run, short however long the run was."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from releasegate.release.timeline import KEPT, Timeline

START = datetime(2027, 1, 17, 1, 0, tzinfo=UTC)


def event(name: str, second: float, **rest: Any) -> dict[str, Any]:
    at = START + timedelta(seconds=second)
    return {"event": name, "timestamp": at.isoformat(), "level": "info", "run_id": "r", **rest}


def holder(pid: int) -> dict[str, Any]:
    return {
        "pid": pid,
        "role": "app",
        "application": "papers",
        "state": "active",
        "age_s": 1.0,
        "relation": "public.runs",
        "mode": "ROW EXCLUSIVE",
        "transaction": f"1/{pid}",
        "is_autovacuum": False,
    }


def test_events_of_steps_are_kept_and_others_are_not() -> None:
    timeline = Timeline()

    timeline.take(event("run.started", 0))
    timeline.take(event("step.started", 1, step=1, title="x"))
    timeline.take(event("step.progress", 2, step=1, phase="building index"))
    timeline.take(event("step.finished", 3, step=1, status="applied", sqlstate=None))

    kept = [(m.event, m.step, m.status, m.at) for m in timeline.moments]
    assert kept == [
        ("step.started", 1, None, START + timedelta(seconds=1)),
        ("step.finished", 1, "applied", START + timedelta(seconds=3)),
    ]
    assert "step.progress" not in KEPT


def test_a_wait_of_the_servers_own_is_kept_with_whom_it_waits_for() -> None:
    timeline = Timeline()

    timeline.take(event("step.progress", 1, step=1, waits_for=[7]))
    timeline.take(event("step.progress", 2, step=1, waits_for=[7, 8]))

    (moment,) = timeline.moments
    assert (moment.count, moment.waits_for) == (2, (7, 8))


def test_tries_of_a_kind_in_a_row_are_one_moment_with_who_was_in_the_way() -> None:
    timeline = Timeline()

    for n in range(200):
        given = [holder(n % 3)]
        timeline.take(event("lock.refused", n / 100, step=1, waited_ms=None, held_by=given))
    timeline.take(event("lock.refused", 3, step=1, waited_ms=20, held_by=[]))

    first, second = timeline.moments
    assert (first.count, first.until) == (200, START + timedelta(seconds=1.99))
    assert sorted(blocker.pid for blocker in first.held_by) == [0, 1, 2]
    assert (second.count, second.until, second.waited_ms) == (1, None, 20)


def test_the_same_of_another_step_is_another_moment() -> None:
    timeline = Timeline()

    timeline.take(event("lock.awaited", 0, step=1, held_by=[holder(1)]))
    timeline.take(event("lock.awaited", 1, step=2, held_by=[holder(1)]))

    assert [moment.step for moment in timeline.moments] == [1, 2]


def test_a_run_without_end_leaves_a_report_with_one() -> None:
    timeline = Timeline()

    for n in range(10_000):
        timeline.take(event("connection.lost" if n % 2 else "connection.restored", n))
    timeline.take(event("step.finished", 10_000, step=1, status="failed"))

    assert len(timeline.moments) == 2001
    assert timeline.moments[-1].event == "step.finished"
