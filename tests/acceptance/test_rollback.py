"""The way back: under load, from half way and to half way, refused where it must be."""

import os
import re
import signal

import pytest

from acceptance.conftest import HEADER
from acceptance.production import Production, Worker, until
from acceptance.project import BASELINE, MIGRATION, Project
from releasegate import migrations
from releasegate.executor.undoing import holding_data, undo_of
from releasegate.gates.rehearsal.trial import Trial, session_on
from releasegate.plan import ONLINE, make_plan
from releasegate.statements.parser import parse
from releasegate.undo import Way

PAPERS = "SELECT count(*) FROM papers"


@pytest.mark.every_major
def test_there_and_back_and_there_again_under_a_live_app(
    online: Project, production: Production
) -> None:
    worker, before = Worker(production), production.schema()

    with worker.at_work():
        until(lambda: worker.rounds > 5, what="the app works")
        assert online.apply(production.url).exit_code == 0
        ((written,),) = production.rows(PAPERS)
        back = online.roll_back(production.url, "--drop-columns")
        gone = production.schema()
        again = online.apply(production.url)

    assert back.exit_code == 0, back.stderr
    assert back.report["verdict"] == "rolled_back"
    assert gone == before
    assert set(back.objects.values()) == {"gone", "as before"}
    assert back.objects["constraint public.runs.runs_plan_id_fk"] == "gone"
    assert back.objects["index public.idx_runs_plan_id"] == "gone"
    assert back.objects["column public.storyboards.run_id"] == "gone"
    assert back.objects["column public.plans.paper_id"] == "as before"
    assert production.rows(PAPERS)[0][0] >= written
    assert again.exit_code == 0, again.stderr
    assert production.is_hardened()
    assert worker.longest_s < 0.5
    assert sum(one["lock_wait_s"] for one in back.report["outcomes"]) == 0


def test_what_was_applied_as_written_is_taken_back_one_by_one(
    released: Project, production: Production
) -> None:
    before = production.schema()
    assert released.apply(production.url).exit_code == 0

    back = released.roll_back(production.url)
    keys, indexes = production.validated_keys(), production.valid_indexes()
    again = released.roll_back(production.url)
    status = released.ask("status", url=production.url)
    on = released.apply(production.url)
    hardened = production.is_hardened()
    whole = released.roll_back(production.url, "--drop-columns")

    assert back.exit_code == 0, back.stderr
    assert keys == indexes == set()
    assert on.exit_code == 0, on.stderr
    assert hardened
    assert back.objects["column public.storyboards.run_id"] == "stays"
    assert again.report["verdict"] == "nothing_to_do"
    assert "column public.storyboards.run_id" in again.report["summary"]
    assert "storyboards.run_id" in status.report["migrations"][0]["detail"]
    assert whole.exit_code == 0, whole.stderr
    assert production.schema() == before
    assert released.apply(production.url).exit_code == 0
    assert production.is_hardened()
    assert released.run("status", "--exit-code", url=production.url).exit_code == 0


def test_a_killed_way_back_goes_on_where_the_ledger_says(
    online: Project, production: Production
) -> None:
    before = production.schema()
    assert online.apply(production.url).exit_code == 0
    arguments = ("rollback", "--window", "now/PT30M", "--drop-columns", "--format", "json", "001")
    with production.held("plans"):
        running = online.start(*arguments, url=production.url)
        running.await_event("lock.awaited")
        os.kill(running.pid, signal.SIGKILL)
        running.finish()
        production.await_silence()
    assert production.schema() != before

    again = online.roll_back(production.url, "--drop-columns")

    assert again.exit_code == 0, again.stderr
    assert production.schema() == before
    assert len(again.report["outcomes"]) < 13


def test_an_apply_that_stopped_half_way_can_be_taken_back(
    online: Project, production: Production
) -> None:
    before = production.schema()
    with production.held("papers"):
        running = online.start_apply(production.url)
        running.await_event("lock.awaited")
        os.kill(running.pid, signal.SIGTERM)
        stopped = running.finish()
    assert stopped.exit_code == 3, stopped.stderr
    assert "forward: releasegate apply --window WINDOW 001" in stopped.report["summary"]
    assert "back: releasegate rollback --window WINDOW 001" in stopped.report["summary"]
    lengths = re.findall(
        r"steps(?: are left)?, about ([\d.]+) to [\d.]+ ms", stopped.report["summary"]
    )
    assert len(lengths) == 2

    assert production.valid_indexes()

    back = online.roll_back(production.url, "--drop-columns")

    assert back.exit_code == 0, back.stderr
    assert back.report["verdict"] == "rolled_back"
    assert production.schema() == before
    assert online.ask("status", url=production.url).report["migrations"][0]["state"] == "pending"


def test_what_somebody_changed_or_built_upon_is_not_taken_back(
    small: Project, production: Production
) -> None:
    assert small.apply(production.url).exit_code == 0
    later = "db/migrations/003_later.sql"
    small.write(later, f"{HEADER}CREATE INDEX plans_paper ON plans (paper_id);\n")
    small.commit()
    assert small.apply(production.url, "003").exit_code == 0
    production.execute("DROP INDEX papers_shine")
    production.execute("CREATE INDEX papers_shine ON papers (shine DESC)")
    before = production.schema()

    back = small.roll_back(production.url)

    assert (back.exit_code, back.errors) == (1, {"RG509", "RG540"})
    assert "papers_shine" in back.finding("RG509")["message"]
    assert "003" in back.finding("RG540")["message"]
    assert production.schema() == before


def test_what_an_apply_only_found_is_neither_dropped_nor_called_unfinished(
    small: Project, production: Production
) -> None:
    small.write(MIGRATION, f"{HEADER}ALTER TABLE papers ADD COLUMN IF NOT EXISTS title text;\n")
    small.commit()
    small.git("tag", "--force", "v0")
    before = production.schema()

    applied = small.apply(production.url)
    stands = small.ask("status", url=production.url).report["migrations"][0]
    back = small.roll_back(production.url, "--drop-columns")
    pending = small.ask("status", url=production.url).report["migrations"][0]

    assert [one["status"] for one in applied.report["outcomes"]] == ["already_applied"]
    assert stands["state"] == "applied"
    assert stands["detail"] == "it made nothing that a rollback would drop"
    assert (back.exit_code, back.report["verdict"]) == (0, "rolled_back")
    assert production.schema() == before
    assert (pending["state"], pending["detail"]) == ("pending", "rolled back")


def test_changes_of_rows_are_neither_taken_back_nor_made_twice(
    small: Project, production: Production
) -> None:
    small.write(
        MIGRATION,
        f"{HEADER}BEGIN;\nALTER TABLE papers ADD COLUMN shine int;\n"
        "UPDATE papers SET title = title || '!';\nCOMMIT;\n",
    )
    small.commit()
    small.git("tag", "--force", "v0")
    assert small.apply(production.url, "--strategy", "as-written").exit_code == 0
    titles = production.names("SELECT title FROM papers")

    back = small.roll_back(production.url, "--drop-columns")
    again = small.apply(production.url, "--strategy", "as-written")

    assert back.exit_code == 0, back.stderr
    assert "RG544" in {one["code"] for one in back.findings}
    assert back.objects["column public.papers.shine"] == "gone"
    assert (again.exit_code, again.errors) == (1, {"RG545"})
    assert production.names("SELECT title FROM papers") == titles


def test_a_way_back_that_ended_with_its_check_in_place_can_be_turned_round(
    small: Project, production: Production
) -> None:
    assert small.apply(production.url).exit_code == 0
    applied = production.schema()
    taken_back_until_a_check(small, production)
    assert production.schema() != applied

    half = small.ask("status", url=production.url).report["migrations"][0]
    on = small.apply(production.url)

    assert half["state"] == "unfinished"
    assert "roll back again, or apply again" in half["detail"]
    assert on.exit_code == 0, on.stdout
    assert production.schema() == applied
    production.execute("UPDATE storyboards SET jotting = 'written'")


def taken_back_until_a_check(small: Project, production: Production) -> None:
    """Execute the first two steps of the way back, as a run does that is cut off then."""
    (migration, *_) = migrations.load(small.root, "db/migrations")
    baseline = parse(small.read(BASELINE))
    plan = make_plan(
        migration,
        parse(migrations.text(migration)),
        major=production.server.major,
        strategy=ONLINE,
        baseline=baseline,
    )
    with session_on(production.database) as session:
        things = frozenset(holding_data(session.connection, plan, 1))
        way = Way(empty=things)
        back = undo_of(session.connection, plan, 1, way=way, baseline=baseline)
        Trial(migration, back).run_in(session, last=2, command="rollback")
