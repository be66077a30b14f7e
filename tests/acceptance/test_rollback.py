"""The way back: under load, from half way, with columns or without, refused where it must be."""

import os
import re
import signal
import stat
from pathlib import Path

import pytest

from acceptance.production import Production, Worker, until
from acceptance.project import BASELINE, MIGRATION, Project, Run
from releasegate import migrations
from releasegate.executor.undoing import holding_data, undo_of
from releasegate.gates.rehearsal.trial import Trial, session_on
from releasegate.plan import ONLINE, make_plan
from releasegate.statements.parser import parse
from releasegate.undo import Way

HEADER = "-- releasegate: requires-tag v0\n"
SMALL = f"""{HEADER}
BEGIN;
ALTER TABLE papers ADD COLUMN shine int;
ALTER TABLE storyboards ADD COLUMN jotting text;
CREATE INDEX papers_shine ON papers (shine);
COMMIT;
"""
PAPERS = "SELECT count(*) FROM papers"


def roll_back(project: Project, url: str, *arguments: str, window: str = "now/PT30M") -> Run:
    return project.ask("rollback", "--window", window, *arguments, "001", url=url)


def states(run: Run) -> dict[str, str]:
    return {one["object"]: one["state"] for one in run.report["objects"]}


def losses(run: Run) -> list[str]:
    return [one["detail"] for step in run.report["plan"]["steps"] for one in step["losses"]]


@pytest.fixture
def small(project: Project) -> Project:
    """A release that adds two columns and an index."""
    project.edit("releasegate.toml", 'strategy = "as-written"\n', "")
    project.write(MIGRATION, SMALL)
    project.commit()
    project.tag()
    return project


@pytest.mark.every_major
def test_there_and_back_and_there_again_under_a_live_app(
    online: Project, production: Production
) -> None:
    worker, before = Worker(production), production.schema()

    with worker.at_work():
        until(lambda: worker.rounds > 5, what="the app works")
        assert online.apply(production.url).exit_code == 0
        ((written,),) = production.rows(PAPERS)
        back = roll_back(online, production.url, "--drop-columns")
        gone = production.schema()
        again = online.apply(production.url)

    assert back.exit_code == 0, back.stderr
    assert back.report["verdict"] == "rolled_back"
    assert gone == before
    assert set(states(back).values()) == {"gone", "as before"}
    assert states(back)["constraint public.runs.runs_plan_id_fk"] == "gone"
    assert states(back)["index public.idx_runs_plan_id"] == "gone"
    assert states(back)["column public.storyboards.run_id"] == "gone"
    assert states(back)["column public.plans.paper_id"] == "as before"
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

    back = roll_back(released, production.url)
    keys, indexes = production.validated_keys(), production.valid_indexes()
    again = roll_back(released, production.url)
    status = released.ask("status", url=production.url)
    on = released.apply(production.url)
    hardened = production.is_hardened()
    whole = roll_back(released, production.url, "--drop-columns")

    assert back.exit_code == 0, back.stderr
    assert keys == indexes == set()
    assert on.exit_code == 0, on.stderr
    assert hardened
    assert states(back)["column public.storyboards.run_id"] == "stays"
    assert again.report["verdict"] == "nothing_to_do"
    assert "column public.storyboards.run_id" in again.report["summary"]
    assert "storyboards.run_id" in status.report["migrations"][0]["detail"]
    assert whole.exit_code == 0, whole.stderr
    assert production.schema() == before
    assert released.apply(production.url).exit_code == 0
    assert production.is_hardened()
    assert released.run("status", "--exit-code", url=production.url).exit_code == 0


def test_a_column_with_values_goes_only_once_they_are_saved(
    small: Project, production: Production
) -> None:
    before = production.schema()
    foreseen = small.ask("plan", "001")
    assert small.apply(production.url).exit_code == 0
    production.execute(
        "UPDATE papers SET shine = 7 WHERE id = (SELECT min(id::text) FROM papers)::uuid"
    )

    known = small.ask("plan", "001", url=production.url)
    status = small.ask("status", url=production.url)
    kept = roll_back(small, production.url, "--drop-columns")
    saved = roll_back(small, production.url, "--discard-data", "papers.shine")

    saving = "rollback --discard-data papers.shine saves them first"
    assert losses(foreseen)[0] == f"papers.shine: its values would be lost; {saving}"
    assert losses(known) == [
        f"papers.shine: 1 value would be lost; {saving}",
        "storyboards.jotting: it holds no values, so nothing would be lost",
    ]
    assert (
        f"papers.shine (1 value would be lost; {saving})"
        in (status.report["migrations"][0]["detail"])
    )
    assert kept.exit_code == 0, kept.stderr
    assert states(kept)["column public.papers.shine"] == "stays"
    assert states(kept)["column public.storyboards.jotting"] == "gone"
    assert saved.exit_code == 0, saved.stderr
    assert production.schema() == before
    (detail,) = [one["detail"] for one in saved.report["objects"] if one["state"] == "saved"]
    file = Path(detail.partition(" rows in ")[2])
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.read_text().splitlines()[0] == "id,shine"
    assert [line.rpartition(",")[2] for line in file.read_text().splitlines()[1:]] == ["7"]


def test_an_app_that_names_a_column_keeps_it(small: Project, production: Production) -> None:
    assert small.apply(production.url).exit_code == 0
    small.write("examples/papers/scores.py", "SHINE = 'shine'\n")
    small.commit()

    with production.held("papers"):
        back = roll_back(small, production.url, "--drop-columns")

    assert back.exit_code == 1
    assert back.errors == {"RG224"}
    # Who would hold up the way back is told as on the way forward.
    assert "holds ROW EXCLUSIVE on public.papers" in back.finding("RG561")["message"]
    assert back.finding("RG224")["path"] == "examples/papers/scores.py"
    assert "papers.shine" in production.names(
        "SELECT table_name || '.' || column_name FROM information_schema.columns"
    )


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

    again = roll_back(online, production.url, "--drop-columns")

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

    back = roll_back(online, production.url, "--drop-columns")

    assert back.exit_code == 0, back.stderr
    assert back.report["verdict"] == "rolled_back"
    assert production.schema() == before
    assert online.ask("status", url=production.url).report["migrations"][0]["state"] == "pending"


def test_a_value_that_comes_while_the_column_is_about_to_go_stays(
    small: Project, production: Production
) -> None:
    assert small.apply(production.url).exit_code == 0
    with production.held("storyboards") as app:
        running = small.start(
            *("rollback", "--window", "now/PT30M", "--drop-columns", "--format", "json", "001"),
            url=production.url,
        )
        running.await_event("lock.awaited")
        app.execute("UPDATE storyboards SET jotting = 'kept'")
    back = running.finish()

    assert back.exit_code == 0, back.stderr
    assert [one["sqlstate"] for one in back.report["outcomes"]].count("23514") == 1
    assert states(back)["column public.storyboards.jotting"] == "stays"
    assert states(back)["column public.papers.shine"] == "gone"
    assert production.names("SELECT DISTINCT jotting FROM storyboards") == {"kept"}
    production.execute("UPDATE storyboards SET jotting = 'written again'")


def test_a_saving_that_is_interrupted_leaves_no_file_and_drops_nothing(
    small: Project, production: Production
) -> None:
    assert small.apply(production.url).exit_code == 0
    # So much that it is under way for a while.
    production.execute("UPDATE storyboards SET jotting = repeat('j', 50000000)")
    applied, runs = production.schema(), production.runs()

    running = small.start(
        *("rollback", "--window", "now/PT30M", "--discard-data", "storyboards.jotting", "001"),
        url=production.url,
    )
    until(lambda: any(small.root.glob("*.csv.part")), what="the values are copied")
    os.kill(running.pid, signal.SIGINT)
    interrupted = running.finish()
    other = roll_back(small, production.url, "--discard-data", "papers.title")

    assert other.exit_code == 2
    assert "papers.title: it is nothing that this migration makes" in other.stderr
    assert interrupted.exit_code == 130
    assert [*small.root.glob("storyboards*")] == []
    assert production.schema() == applied
    assert production.runs() == runs


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

    back = roll_back(small, production.url)

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
    back = roll_back(small, production.url, "--drop-columns")
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

    back = roll_back(small, production.url, "--drop-columns")
    again = small.apply(production.url, "--strategy", "as-written")

    assert back.exit_code == 0, back.stderr
    assert "RG544" in {one["code"] for one in back.findings}
    assert states(back)["column public.papers.shine"] == "gone"
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
