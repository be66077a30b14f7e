"""The short transactions of the load: a weighted choice over all five tables."""

import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias
from uuid import UUID, uuid4

from . import store
from .service import environment_hash, utc_now

ENV_HASH = environment_hash()


@dataclass(frozen=True, slots=True)
class Story:
    """A run with its parents, all committed."""

    paper_id: UUID
    plan_id: UUID
    run_id: UUID


@dataclass(slots=True)
class Desk:
    """What one connection works on."""

    rng: random.Random
    user_id: UUID = field(default_factory=uuid4)
    #: Committed stories only, so that every new child finds its parent.
    stories: deque[Story] = field(default_factory=lambda: deque(maxlen=50))
    last_number: int = 0

    def pick(self) -> Story:
        """Choose one of the recent stories."""
        return self.rng.choice(self.stories)

    def next_number(self) -> int:
        """Count up; numbers papers, and orders the events of a run."""
        self.last_number += 1
        return self.last_number


#: Does one transaction's work; returns the story to remember once it is committed.
Work: TypeAlias = Callable[[store.Connection, Desk], Story | None]


def choose(desk: Desk, *, scans: bool) -> Work:
    """Pick the next transaction; an empty desk needs a whole story first."""
    if not desk.stories:
        return open_story
    kinds = KINDS + SCANS if scans else KINDS
    weights = [weight for _, weight in kinds]
    return desk.rng.choices(kinds, weights)[0][0]


def open_story(connection: store.Connection, desk: Desk) -> Story:
    """Write a paper, a plan, a run and its first event: parents first, all or nothing."""
    paper_id = _write_paper(connection, desk)
    plan_id = _write_plan(connection, desk, paper_id)
    run_id = store.start_run(
        connection, plan_id=plan_id, paper_id=paper_id, env_hash=ENV_HASH, now=utc_now()
    )
    _write_event(connection, desk, run_id)
    return Story(paper_id=paper_id, plan_id=plan_id, run_id=run_id)


def ingest_paper(connection: store.Connection, desk: Desk) -> None:
    """Write a paper that nobody has planned yet."""
    _write_paper(connection, desk)


def make_plan(connection: store.Connection, desk: Desk) -> None:
    """Write another plan for a known paper."""
    _write_plan(connection, desk, desk.pick().paper_id)


def start_run(connection: store.Connection, desk: Desk) -> Story:
    """Write another run of a known plan."""
    story = desk.pick()
    run_id = store.start_run(
        connection,
        plan_id=story.plan_id,
        paper_id=story.paper_id,
        env_hash=ENV_HASH,
        now=utc_now(),
    )
    return Story(paper_id=story.paper_id, plan_id=story.plan_id, run_id=run_id)


def append_event(connection: store.Connection, desk: Desk) -> None:
    """Write an event of a known run."""
    _write_event(connection, desk, desk.pick().run_id)


def finish_run(connection: store.Connection, desk: Desk) -> None:
    """Write the last event of a known run and its status: the child's table before the parent's."""
    run_id = desk.pick().run_id
    _write_event(connection, desk, run_id)
    store.finish_run(connection, run_id=run_id, status="done", now=utc_now())


def draw_storyboard(connection: store.Connection, desk: Desk) -> None:
    """Write a storyboard of a known paper."""
    storyboard: store.Document = {"scenes": [{"scene": 1, "caption": "Load", "notes": ""}]}
    paper_id = desk.pick().paper_id
    store.draw_storyboard(connection, paper_id=paper_id, storyboard=storyboard, now=utc_now())


def read_by_key(connection: store.Connection, desk: Desk) -> None:
    """Read a known paper's title and its run's status."""
    story = desk.pick()
    store.paper_title(connection, story.paper_id)
    store.run_status(connection, story.run_id)


def read_overview(connection: store.Connection, desk: Desk) -> None:
    """Count what belongs to a known paper."""
    store.paper_overview(connection, desk.pick().paper_id)


def read_progress(connection: store.Connection, desk: Desk) -> None:
    """Count the events of a known run."""
    store.run_progress(connection, desk.pick().run_id)


KINDS: tuple[tuple[Work, int], ...] = (
    (open_story, 10),
    (ingest_paper, 10),
    (make_plan, 10),
    (start_run, 10),
    (append_event, 25),
    (finish_run, 10),
    (draw_storyboard, 10),
    (read_by_key, 15),
)

# Not in the mix unless asked for: without an index their time grows with the tables, and a
# pause of the database would drown in it.
SCANS: tuple[tuple[Work, int], ...] = (
    (read_overview, 3),
    (read_progress, 3),
)


def _write_paper(connection: store.Connection, desk: Desk) -> UUID:
    number = desk.next_number()
    return store.ingest_paper(
        connection,
        title=f"Paper {number}",
        storage_path=f"papers/{desk.user_id}/{number}.txt",
        vector_store_id=f"vs_{desk.user_id.hex[:16]}_{number}",
        created_by=desk.user_id,
        now=utc_now(),
    )


def _write_plan(connection: store.Connection, desk: Desk, paper_id: UUID) -> UUID:
    return store.make_plan(
        connection,
        paper_id=paper_id,
        env_hash=ENV_HASH,
        plan={"steps": ["split", "draw"], "scenes": 1},
        budget_minutes=5,
        created_by=desk.user_id,
        now=utc_now(),
    )


def _write_event(connection: store.Connection, desk: Desk, run_id: UUID) -> None:
    number = desk.next_number()
    store.append_event(
        connection,
        run_id=run_id,
        seq=number,
        kind="tick",
        payload={"number": number},
        now=utc_now(),
    )
