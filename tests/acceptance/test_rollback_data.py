"""Columns on the way back: they go empty, or saved, or stay."""

import os
import signal
import stat
from pathlib import Path

from acceptance.production import Production, until
from acceptance.project import Project, Run
from releasegate.gates.live_database.in_the_way import A_MOMENT_S


def losses(run: Run) -> list[str]:
    return [one["detail"] for step in run.report["plan"]["steps"] for one in step["losses"]]


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
    kept = small.roll_back(production.url, "--drop-columns")
    saved = small.roll_back(production.url, "--discard-data", "papers.shine")

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
    assert kept.objects["column public.papers.shine"] == "stays"
    assert kept.objects["column public.storyboards.jotting"] == "gone"
    assert saved.exit_code == 0, saved.stderr
    assert production.schema() == before
    (detail,) = [one["detail"] for one in saved.report["objects"] if one["state"] == "saved"]
    file = Path(detail.partition(" in ")[2])
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.read_text().splitlines()[0] == "id,shine"
    assert [line.rpartition(",")[2] for line in file.read_text().splitlines()[1:]] == ["7"]


def test_an_app_that_names_a_column_keeps_it(small: Project, production: Production) -> None:
    assert small.apply(production.url).exit_code == 0
    small.write("examples/papers/scores.py", "SHINE = 'shine'\n")
    small.commit()

    with production.held("papers", since_s=A_MOMENT_S):
        back = small.roll_back(production.url, "--drop-columns")

    assert back.exit_code == 1
    assert back.errors == {"RG224"}
    # Who would hold up the way back is told as on the way forward.
    assert "holds ROW EXCLUSIVE on public.papers" in back.finding("RG561")["message"]
    assert back.finding("RG224")["path"] == "examples/papers/scores.py"
    assert "papers.shine" in production.names(
        "SELECT table_name || '.' || column_name FROM information_schema.columns"
    )


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
    assert back.objects["column public.storyboards.jotting"] == "stays"
    assert back.objects["column public.papers.shine"] == "gone"
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
    other = small.roll_back(production.url, "--discard-data", "papers.title")

    assert other.exit_code == 2
    assert "papers.title: it is nothing that this migration makes" in other.stderr
    assert interrupted.exit_code == 130
    assert [*small.root.glob("storyboards*")] == []
    assert production.schema() == applied
    assert production.runs() == runs
