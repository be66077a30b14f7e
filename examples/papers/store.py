"""Values -> rows of the five tables and back, one statement a function.

The caller decides what commits together, in a transaction that says who is at work: `acting_as`.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID, uuid4

import psycopg
from psycopg.rows import TupleRow, class_row
from psycopg.types.json import Jsonb

Connection: TypeAlias = psycopg.Connection[TupleRow]
Cursor: TypeAlias = psycopg.Cursor[TupleRow]
Document: TypeAlias = dict[str, Any]

#: Policies read it once they are enabled; until the transaction ends, and no longer.
SAY_WHO = "SELECT set_config('app.user_id', %(user_id)s, true)"

INSERT_PAPER = """
    INSERT INTO papers (id, title, storage_path, vector_store_id, created_by, created_at)
    VALUES (%(id)s, %(title)s, %(storage_path)s, %(vector_store_id)s, %(created_by)s,
            %(created_at)s)
"""

INSERT_PLAN = """
    INSERT INTO plans
        (id, paper_id, env_hash, plan_json, budget_minutes, created_by, created_at)
    VALUES (%(id)s, %(paper_id)s, %(env_hash)s, %(plan_json)s, %(budget_minutes)s,
            %(created_by)s, %(created_at)s)
"""

INSERT_RUN = """
    INSERT INTO runs (id, plan_id, paper_id, env_hash, status, created_at, started_at)
    VALUES (%(id)s, %(plan_id)s, %(paper_id)s, %(env_hash)s, %(status)s, %(created_at)s,
            %(started_at)s)
"""

INSERT_EVENT = """
    INSERT INTO run_events (id, run_id, seq, type, payload, created_at)
    VALUES (%(id)s, %(run_id)s, %(seq)s, %(type)s, %(payload)s, %(created_at)s)
"""

INSERT_STORYBOARD = """
    INSERT INTO storyboards (id, paper_id, json, created_at)
    VALUES (%(id)s, %(paper_id)s, %(json)s, %(created_at)s)
"""

FINISH_RUN = """
    UPDATE runs SET status = %(status)s, completed_at = %(completed_at)s WHERE id = %(id)s
"""

SELECT_PAPER_TITLE = "SELECT title FROM papers WHERE id = %(id)s"

SELECT_STORAGE_PATH = "SELECT storage_path FROM papers WHERE id = %(id)s"

SELECT_RUN_STATUS = "SELECT status FROM runs WHERE id = %(id)s"

SELECT_OVERVIEW = """
    SELECT papers.id AS paper_id,
           papers.title,
           (SELECT count(*) FROM plans WHERE plans.paper_id = papers.id) AS plans,
           (SELECT count(*) FROM runs WHERE runs.paper_id = papers.id) AS runs,
           (SELECT count(*) FROM storyboards WHERE storyboards.paper_id = papers.id)
               AS storyboards
      FROM papers
     WHERE papers.id = %(paper_id)s
"""

SELECT_PROGRESS = """
    SELECT runs.id AS run_id,
           runs.status,
           (SELECT count(*) FROM run_events WHERE run_events.run_id = runs.id) AS events,
           (SELECT max(seq) FROM run_events WHERE run_events.run_id = runs.id) AS last_seq
      FROM runs
     WHERE runs.id = %(run_id)s
"""

SELECT_RUN_IDS = "SELECT id FROM runs WHERE paper_id = %(paper_id)s ORDER BY created_at, id"


@dataclass(frozen=True, slots=True)
class PaperOverview:
    """A paper and how much work was done on it."""

    paper_id: UUID
    title: str
    plans: int
    runs: int
    storyboards: int


@dataclass(frozen=True, slots=True)
class RunProgress:
    """How far a run has come."""

    run_id: UUID
    status: str
    events: int
    #: None until the first event is written.
    last_seq: int | None


def new_event_id() -> int:
    """Draw a positive bigint; 63 random bits need no agreement among writers."""
    return secrets.randbits(63)


@contextmanager
def acting_as(connection: Connection, user_id: UUID) -> Iterator[None]:
    """Open a transaction in which everything is done for one user."""
    with connection.transaction():
        connection.execute(SAY_WHO, {"user_id": str(user_id)})
        yield


def ingest_paper(
    connection: Connection,
    *,
    title: str,
    storage_path: str,
    vector_store_id: str,
    created_by: UUID,
    now: datetime,
) -> UUID:
    """Write a paper and return its id."""
    paper_id = uuid4()
    values = {
        "id": paper_id,
        "title": title,
        "storage_path": storage_path,
        "vector_store_id": vector_store_id,
        "created_by": created_by,
        "created_at": now,
    }
    connection.execute(INSERT_PAPER, values)
    return paper_id


def make_plan(
    connection: Connection,
    *,
    paper_id: UUID,
    env_hash: str,
    plan: Document,
    budget_minutes: int,
    created_by: UUID,
    now: datetime,
) -> UUID:
    """Write a plan for a paper and return its id."""
    plan_id = uuid4()
    values = {
        "id": plan_id,
        "paper_id": paper_id,
        "env_hash": env_hash,
        "plan_json": Jsonb(plan),
        "budget_minutes": budget_minutes,
        "created_by": created_by,
        "created_at": now,
    }
    connection.execute(INSERT_PLAN, values)
    return plan_id


def start_run(
    connection: Connection, *, plan_id: UUID, paper_id: UUID, env_hash: str, now: datetime
) -> UUID:
    """Write a run of a plan, already under way, and return its id."""
    run_id = uuid4()
    values = {
        "id": run_id,
        "plan_id": plan_id,
        "paper_id": paper_id,
        "env_hash": env_hash,
        "status": "running",
        "created_at": now,
        "started_at": now,
    }
    connection.execute(INSERT_RUN, values)
    return run_id


def append_event(
    connection: Connection, *, run_id: UUID, seq: int, kind: str, payload: Document, now: datetime
) -> int:
    """Write one event of a run and return its id; `seq` orders the events of a run."""
    event_id = new_event_id()
    values = {
        "id": event_id,
        "run_id": run_id,
        "seq": seq,
        "type": kind,
        "payload": Jsonb(payload),
        "created_at": now,
    }
    connection.execute(INSERT_EVENT, values)
    return event_id


def finish_run(connection: Connection, *, run_id: UUID, status: str, now: datetime) -> bool:
    """Close a run with its last status; return whether there was such a run."""
    cursor = connection.execute(FINISH_RUN, {"id": run_id, "status": status, "completed_at": now})
    return cursor.rowcount == 1


def draw_storyboard(
    connection: Connection, *, paper_id: UUID, storyboard: Document, now: datetime
) -> UUID:
    """Write a storyboard of a paper and return its id."""
    storyboard_id = uuid4()
    values = {
        "id": storyboard_id,
        "paper_id": paper_id,
        "json": Jsonb(storyboard),
        "created_at": now,
    }
    connection.execute(INSERT_STORYBOARD, values)
    return storyboard_id


def paper_title(connection: Connection, paper_id: UUID) -> str | None:
    """Read a paper's title by key."""
    row = connection.execute(SELECT_PAPER_TITLE, {"id": paper_id}).fetchone()
    return row[0] if row else None


def storage_path(connection: Connection, paper_id: UUID) -> str | None:
    """Read where a paper's file lies."""
    row = connection.execute(SELECT_STORAGE_PATH, {"id": paper_id}).fetchone()
    return row[0] if row else None


def run_status(connection: Connection, run_id: UUID) -> str | None:
    """Read a run's status by key."""
    row = connection.execute(SELECT_RUN_STATUS, {"id": run_id}).fetchone()
    return row[0] if row else None


def run_ids(connection: Connection, paper_id: UUID) -> list[UUID]:
    """Read the ids of a paper's runs, oldest first."""
    return [row[0] for row in connection.execute(SELECT_RUN_IDS, {"paper_id": paper_id})]


def paper_overview(connection: Connection, paper_id: UUID) -> PaperOverview | None:
    """Read a paper with its counts; scans the children where they have no index."""
    with connection.cursor(row_factory=class_row(PaperOverview)) as cursor:
        return cursor.execute(SELECT_OVERVIEW, {"paper_id": paper_id}).fetchone()


def run_progress(connection: Connection, run_id: UUID) -> RunProgress | None:
    """Read a run with its events counted; scans run_events where it has no index."""
    with connection.cursor(row_factory=class_row(RunProgress)) as cursor:
        return cursor.execute(SELECT_PROGRESS, {"run_id": run_id}).fetchone()
