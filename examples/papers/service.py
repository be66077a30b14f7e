"""The text of a paper -> a storyboard, with every step of the work on record."""

import hashlib
import platform
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from . import signed_urls, store

SCENE_MINUTES = 5


@dataclass(frozen=True, slots=True)
class Submission:
    """A paper as somebody hands it in."""

    title: str
    text: str
    created_by: UUID


@dataclass(frozen=True, slots=True)
class Job:
    """The rows that one piece of work belongs to."""

    paper_id: UUID
    plan_id: UUID
    run_id: UUID


@dataclass(frozen=True, slots=True)
class Storyboarded:
    """What became of a submission."""

    job: Job
    storyboard_id: UUID
    scenes: int


class EmptyPaper(ValueError):
    """The paper has no text to draw."""


def utc_now() -> datetime:
    """Read the clock, with its zone."""
    return datetime.now(UTC)


def storyboard_paper(
    connection: store.Connection,
    submission: Submission,
    *,
    now: Callable[[], datetime] = utc_now,
) -> Storyboarded:
    """Take a paper in, plan it, run the plan and keep the storyboard.

    Expects an autocommit connection: each step commits on its own, parents first, so
    that a reader sees how far the run has come.

    Raises:
        EmptyPaper: the text holds nothing but white space; nothing is written.
    """
    paragraphs = split_paragraphs(submission.text)
    if not paragraphs:
        raise EmptyPaper("The paper has no text; hand in a file with at least one paragraph.")
    user_id = submission.created_by
    job = _open_job(connection, submission, scenes=len(paragraphs), now=now())
    try:
        scenes = _draw_scenes(connection, user_id, job, paragraphs, now=now)
        storyboard_id = _close_job(connection, user_id, job, scenes, now=now())
    except Exception:
        _give_up(connection, user_id, job, now=now())
        raise
    return Storyboarded(job=job, storyboard_id=storyboard_id, scenes=len(scenes))


def share_paper(
    connection: store.Connection, paper_id: UUID, user_id: UUID, *, key: bytes, now: datetime
) -> str | None:
    """Make a short-lived address of a paper's file; None where the user has no such paper."""
    with store.acting_as(connection, user_id):
        path = store.storage_path(connection, paper_id)
    return signed_urls.sign(path, key=key, now=now) if path else None


def split_paragraphs(text: str) -> list[str]:
    """Split text at blank lines into paragraphs with single spaces."""
    blocks = text.replace("\r\n", "\n").split("\n\n")
    return [" ".join(block.split()) for block in blocks if block.strip()]


def draw_scene(number: int, paragraph: str) -> store.Document:
    """Turn a paragraph into a scene: its first sentence is the caption."""
    caption, _, rest = paragraph.partition(". ")
    return {"scene": number, "caption": caption.rstrip("."), "notes": rest}


def environment_hash() -> str:
    """Name the environment that a plan was made in and a run was made with."""
    environment = f"{platform.python_version()} scene_minutes={SCENE_MINUTES}"
    return hashlib.sha256(environment.encode()).hexdigest()


def _open_job(
    connection: store.Connection, submission: Submission, *, scenes: int, now: datetime
) -> Job:
    """Commit the paper with its plan, then the run: a failed run leaves them in place."""
    with store.acting_as(connection, submission.created_by):
        paper_id = _ingest(connection, submission, now=now)
        plan_id = store.make_plan(
            connection,
            paper_id=paper_id,
            env_hash=environment_hash(),
            plan={"steps": ["split", "draw"], "scenes": scenes},
            budget_minutes=scenes * SCENE_MINUTES,
            created_by=submission.created_by,
            now=now,
        )
    with store.acting_as(connection, submission.created_by):
        run_id = store.start_run(
            connection, plan_id=plan_id, paper_id=paper_id, env_hash=environment_hash(), now=now
        )
    return Job(paper_id=paper_id, plan_id=plan_id, run_id=run_id)


def _ingest(connection: store.Connection, submission: Submission, *, now: datetime) -> UUID:
    digest = hashlib.sha256(submission.text.encode()).hexdigest()
    return store.ingest_paper(
        connection,
        title=submission.title,
        storage_path=f"papers/{digest}.txt",
        vector_store_id=f"vs_{digest[:24]}",
        created_by=submission.created_by,
        now=now,
    )


def _draw_scenes(
    connection: store.Connection,
    user_id: UUID,
    job: Job,
    paragraphs: list[str],
    *,
    now: Callable[[], datetime],
) -> list[store.Document]:
    scenes = []
    for number, paragraph in enumerate(paragraphs, start=1):
        scenes.append(draw_scene(number, paragraph))
        with store.acting_as(connection, user_id):
            store.append_event(
                connection,
                run_id=job.run_id,
                seq=number,
                kind="scene_drawn",
                payload={"scene": number},
                now=now(),
            )
    return scenes


def _close_job(
    connection: store.Connection,
    user_id: UUID,
    job: Job,
    scenes: list[store.Document],
    *,
    now: datetime,
) -> UUID:
    """Commit storyboard and status together: a run that is done has its storyboard."""
    with store.acting_as(connection, user_id):
        storyboard_id = store.draw_storyboard(
            connection, paper_id=job.paper_id, storyboard={"scenes": scenes}, now=now
        )
        store.finish_run(connection, run_id=job.run_id, status="done", now=now)
    return storyboard_id


def _give_up(connection: store.Connection, user_id: UUID, job: Job, *, now: datetime) -> None:
    # NOTE: on a lost connection the run stays "running"; the first error is the one to report.
    if not connection.closed:
        with store.acting_as(connection, user_id):
            store.finish_run(connection, run_id=job.run_id, status="failed", now=now)
