"""Sizes -> rows of all five tables that belong together, sent by COPY."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from psycopg.types.json import Jsonb

from . import store
from .service import environment_hash

COPY_PAPERS = """
    COPY papers (id, title, storage_path, vector_store_id, created_by, created_at) FROM STDIN
"""

COPY_PLANS = """
    COPY plans (id, paper_id, env_hash, plan_json, budget_minutes, created_by, created_at)
    FROM STDIN
"""

COPY_RUNS = """
    COPY runs (id, plan_id, paper_id, env_hash, status, created_at, started_at, completed_at)
    FROM STDIN
"""

COPY_EVENTS = """
    COPY run_events (id, run_id, seq, type, payload, created_at) FROM STDIN
"""

COPY_STORYBOARDS = """
    COPY storyboards (id, paper_id, json, created_at) FROM STDIN
"""


@dataclass(frozen=True, slots=True)
class Size:
    """How many rows to make; a paper has one plan and one storyboard."""

    papers: int
    runs_per_paper: int
    events_per_run: int


@dataclass(frozen=True, slots=True)
class Stamp:
    """What all seeded rows have in common."""

    created_by: UUID
    env_hash: str
    now: datetime


@dataclass(frozen=True, slots=True)
class Plan:
    """The keys of a plan."""

    plan_id: UUID
    paper_id: UUID


@dataclass(frozen=True, slots=True)
class Run:
    """The keys of a run."""

    run_id: UUID
    plan_id: UUID
    paper_id: UUID


def seed(connection: store.Connection, size: Size, *, now: datetime) -> dict[str, int]:
    """Write all rows in one transaction, parents first; return the rows of each table."""
    stamp = Stamp(created_by=uuid4(), env_hash=environment_hash(), now=now)
    plans = [Plan(plan_id=uuid4(), paper_id=uuid4()) for _ in range(size.papers)]
    runs = [
        Run(run_id=uuid4(), plan_id=plan.plan_id, paper_id=plan.paper_id)
        for plan in plans
        for _ in range(size.runs_per_paper)
    ]
    with connection.transaction(), connection.cursor() as cursor:
        return {
            "papers": _copy_papers(cursor, plans, stamp),
            "plans": _copy_plans(cursor, plans, stamp),
            "runs": _copy_runs(cursor, runs, stamp),
            "run_events": _copy_events(cursor, runs, stamp, size.events_per_run),
            "storyboards": _copy_storyboards(cursor, plans, stamp),
        }


def _copy_papers(cursor: store.Cursor, plans: list[Plan], stamp: Stamp) -> int:
    with cursor.copy(COPY_PAPERS) as copy:
        for number, plan in enumerate(plans, start=1):
            paper_id = plan.paper_id
            path, vectors = f"papers/{paper_id}.txt", f"vs_{paper_id.hex[:24]}"
            copy.write_row(
                (paper_id, f"Paper {number}", path, vectors, stamp.created_by, stamp.now)
            )
    return cursor.rowcount


def _copy_plans(cursor: store.Cursor, plans: list[Plan], stamp: Stamp) -> int:
    steps = Jsonb({"steps": ["split", "draw"], "scenes": 3})
    by, env_hash, now = stamp.created_by, stamp.env_hash, stamp.now
    with cursor.copy(COPY_PLANS) as copy:
        for plan in plans:
            copy.write_row((plan.plan_id, plan.paper_id, env_hash, steps, 15, by, now))
    return cursor.rowcount


def _copy_runs(cursor: store.Cursor, runs: list[Run], stamp: Stamp) -> int:
    env_hash, now = stamp.env_hash, stamp.now
    ended = now + timedelta(minutes=1)
    with cursor.copy(COPY_RUNS) as copy:
        for run in runs:
            copy.write_row(
                (run.run_id, run.plan_id, run.paper_id, env_hash, "done", now, now, ended)
            )
    return cursor.rowcount


def _copy_events(cursor: store.Cursor, runs: list[Run], stamp: Stamp, events_per_run: int) -> int:
    payloads = [Jsonb({"scene": number}) for number in range(1, events_per_run + 1)]
    with cursor.copy(COPY_EVENTS) as copy:
        for run in runs:
            for seq, payload in enumerate(payloads, start=1):
                event_id = store.new_event_id()
                copy.write_row((event_id, run.run_id, seq, "scene_drawn", payload, stamp.now))
    return cursor.rowcount


def _copy_storyboards(cursor: store.Cursor, plans: list[Plan], stamp: Stamp) -> int:
    scenes = Jsonb({"scenes": [{"scene": 1, "caption": "Seeded", "notes": ""}]})
    with cursor.copy(COPY_STORYBOARDS) as copy:
        for plan in plans:
            copy.write_row((uuid4(), plan.paper_id, scenes, stamp.now))
    return cursor.rowcount
