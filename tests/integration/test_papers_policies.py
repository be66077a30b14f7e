"""The papers app with its policies enabled: what each user had before, and nothing of others."""

from __future__ import annotations

import random
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import psycopg
import pytest

from examples.papers import mix, seed, service, signed_urls, store

if TYPE_CHECKING:
    from collections.abc import Iterator

    from releasegate.throwaway import Database, Server

ROOT = Path(__file__).parents[2]
TABLES = ("papers", "plans", "runs", "run_events", "storyboards")
A, B = UUID(int=0xA), UUID(int=0xB)
NOW = datetime(2027, 1, 17, 2, 0, tzinfo=UTC)
TEXT = "One thing. And more of it.\n\nAnother thing. And the rest."
KEY = bytes(range(32))


@pytest.fixture(scope="module")
def drafted(server: Server) -> Iterator[Database]:
    """The schema after both files, somebody else's rows in it, row security still off."""
    with server.database() as made:
        with psycopg.connect(made.owner.dsn(), autocommit=True) as owner:
            for path in ("schema/v0", "migrations/001_init_v1", "migrations/002_rls_draft"):
                owner.execute((ROOT / f"db/{path}.sql").read_bytes())
            seed.seed(owner, seed.Size(papers=2, runs_per_paper=1, events_per_run=2), now=NOW)
        yield made


@contextmanager
def app(server: Server, drafted: Database, *, is_enabled: bool) -> Iterator[store.Connection]:
    """Log in as the app, which owns nothing, to a copy of its own."""
    with server.database(copy_of=drafted) as made:
        role = f"{made.name}_papers"
        with psycopg.connect(made.admin.dsn(), autocommit=True) as admin:
            admin.execute(f"CREATE ROLE {role} LOGIN")
            for table in TABLES:
                admin.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {role}")
                if is_enabled:
                    admin.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        with psycopg.connect(made.owner.dsn(user=role), autocommit=True) as connection:
            yield connection
        with psycopg.connect(made.admin.dsn(), autocommit=True) as admin:
            admin.execute(f"DROP OWNED BY {role}; DROP ROLE {role}")


@pytest.fixture
def guarded(server: Server, drafted: Database) -> Iterator[store.Connection]:
    with app(server, drafted, is_enabled=True) as connection:
        yield connection


def submission(user: UUID) -> service.Submission:
    return service.Submission(title="On things", text=TEXT, created_by=user)


def a_users_day(connection: store.Connection, user: UUID) -> list[Any]:
    """Do everything that the app does for one user; ids, which are drawn, stay out of it."""
    done = service.storyboard_paper(connection, submission(user))
    desk = mix.Desk(random.Random(7), user_id=user)
    counts = []
    for work, _ in (*mix.KINDS, *mix.SCANS):
        with store.acting_as(connection, user):
            story = work(connection, desk)
        desk.stories.extend([story] if story else [])
    for story in [service.Job(s.paper_id, s.plan_id, s.run_id) for s in desk.stories] + [done.job]:
        with store.acting_as(connection, user):
            overview = store.paper_overview(connection, story.paper_id)
            progress = store.run_progress(connection, story.run_id)
            assert overview is not None
            assert progress is not None
            none = {"paper_id": UUID(int=0)}, {"run_id": UUID(int=0), "last_seq": 0}
            counts += [replace(overview, **none[0]), replace(progress, **none[1])]
            counts.append(store.run_status(connection, story.run_id))
            counts.append(len(store.run_ids(connection, story.paper_id)))
    return [done.scenes, *counts]


@pytest.mark.parametrize("user", [A, B], ids=["A", "B"])
def test_a_user_gets_what_they_got_without_policies(
    server: Server, drafted: Database, user: UUID
) -> None:
    days = []
    for is_enabled in (False, True):
        with app(server, drafted, is_enabled=is_enabled) as connection:
            # Of the other user there are rows as well.
            service.storyboard_paper(connection, submission(B if user == A else A))
            days.append(a_users_day(connection, user))

    assert days[0] == days[1]


def test_a_user_finds_nothing_of_anothers_and_changes_none(guarded: store.Connection) -> None:
    job = service.storyboard_paper(guarded, submission(A)).job

    with store.acting_as(guarded, B):
        assert store.paper_title(guarded, job.paper_id) is None
        assert store.paper_overview(guarded, job.paper_id) is None
        assert store.run_ids(guarded, job.paper_id) == []
        assert store.run_progress(guarded, job.run_id) is None
        assert not store.finish_run(guarded, run_id=job.run_id, status="stolen", now=NOW)
    with store.acting_as(guarded, A):
        assert store.run_status(guarded, job.run_id) == "done"


def test_a_user_hangs_nothing_under_anothers_rows(guarded: store.Connection) -> None:
    foreign = service.storyboard_paper(guarded, submission(A)).job
    own = service.storyboard_paper(guarded, submission(B)).job
    event = {"seq": 9, "kind": "tick", "payload": {}, "now": NOW}
    run = {"env_hash": "e", "now": NOW}
    tries = (
        lambda: store.append_event(guarded, run_id=foreign.run_id, **event),
        lambda: store.start_run(guarded, plan_id=foreign.plan_id, paper_id=own.paper_id, **run),
        lambda: store.start_run(guarded, plan_id=own.plan_id, paper_id=foreign.paper_id, **run),
        lambda: store.draw_storyboard(
            guarded, paper_id=foreign.paper_id, storyboard={"scenes": []}, now=NOW
        ),
    )

    for attempt in tries:
        with pytest.raises(psycopg.errors.InsufficientPrivilege), store.acting_as(guarded, B):
            attempt()


@pytest.mark.parametrize("said", [None, "", "garbage", "' OR true --"])
def test_nobody_finds_nothing_and_nothing_fails(
    guarded: store.Connection, said: str | None
) -> None:
    service.storyboard_paper(guarded, submission(A))

    with guarded.transaction():
        if said is not None:
            guarded.execute(store.SAY_WHO, {"user_id": said})
        counts = [guarded.execute(f"SELECT count(*) FROM {table}").fetchone() for table in TABLES]

    assert counts == [(0,)] * len(TABLES)


def test_who_is_at_work_ends_with_the_transaction(guarded: store.Connection) -> None:
    job = service.storyboard_paper(guarded, submission(A)).job

    with store.acting_as(guarded, A):
        assert store.paper_title(guarded, job.paper_id) == "On things"

    assert store.paper_title(guarded, job.paper_id) is None


def test_an_owner_shares_a_file_and_nobody_else_can(guarded: store.Connection) -> None:
    job = service.storyboard_paper(guarded, submission(A)).job

    url = service.share_paper(guarded, job.paper_id, A, key=KEY, now=NOW)

    assert url is not None
    assert signed_urls.opened(url, key=KEY, now=NOW).startswith("papers/")
    assert service.share_paper(guarded, job.paper_id, B, key=KEY, now=NOW) is None


def test_readers_get_nothing_from_tables(drafted: Database) -> None:
    with psycopg.connect(drafted.owner.dsn(), autocommit=True) as owner:
        policies = owner.execute("SELECT polroles::text FROM pg_policy").fetchall()
        granted = owner.execute(
            "SELECT c.relname FROM pg_class c, aclexplode(c.relacl) g "
            "WHERE c.relnamespace = 'public'::regnamespace AND g.grantee <> c.relowner"
        ).fetchall()

    assert policies == [("{0}",)] * 5
    assert granted == []
