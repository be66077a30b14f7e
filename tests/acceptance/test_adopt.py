"""Migrations from before releasegate came: recorded, if the database holds what they make."""

import json
from importlib import resources

import jsonschema

from acceptance.production import Production
from acceptance.project import Project

FIRST = """
CREATE TABLE authors (id bigint PRIMARY KEY, name text, old text);
CREATE INDEX authors_name ON authors (name);
CREATE FUNCTION shout(text) RETURNS text LANGUAGE sql IMMUTABLE RETURN upper($1);
"""
SECOND = "ALTER TABLE authors DROP COLUMN old;\nALTER TABLE authors ADD COLUMN born date;\n"
RIGHTS = "GRANT SELECT ON authors TO PUBLIC;\n"


def replaced(project: Project, **migrations: str) -> Project:
    """Put these in place of the team's migrations, and cut the release."""
    for path in (project.root / "db/migrations").iterdir():
        path.unlink()
    for name, text in migrations.items():
        project.write(f"db/migrations/{name.removeprefix('m')}.sql", text)
    project.commit()
    project.tag()
    return project


def test_a_migration_that_is_there_is_recorded_once_and_counts_from_then_on(
    released: Project, production: Production
) -> None:
    production.execute(released.read("db/migrations/001_init_v1.sql"))

    adopted = released.ask("adopt", "001", url=production.url)
    applied = released.apply(production.url, "001")
    head = ("--exit-code", "--head", adopted.report["ledger"]["head"])
    status = released.ask("status", *head, url=production.url)

    assert (adopted.exit_code, adopted.report["verdict"]) == (0, "adopted"), adopted.stdout
    schema = resources.files("releasegate.reports").joinpath("report.schema.json").read_text()
    jsonschema.validate(adopted.report, json.loads(schema))
    assert (applied.exit_code, applied.report["verdict"]) == (0, "nothing_to_do")
    assert "001_init_v1.sql is adopted since" in applied.report["summary"]
    assert status.exit_code == 0
    row = status.report["migrations"][0]
    commit = released.git("rev-parse", "HEAD")
    assert (row["state"], row["detail"].startswith("by olga@")) == ("adopted", True)
    assert f"from commit {commit[:12]}" in row["detail"]
    query = "SELECT command, verdict, head_commit, finished_at IS NOT NULL FROM releasegate.run"
    assert production.rows(query) == [("adopt", "adopted", commit, True)]
    assert len(production.steps()) == 1


def test_what_differs_blocks_with_the_difference_and_nothing_is_recorded(
    project: Project, production: Production
) -> None:
    released = replaced(project, m001_first=FIRST)
    production.execute(
        FIRST.replace("CREATE INDEX", "-- CREATE INDEX").replace("name text", "name varchar(9)")
    )

    run = released.ask("adopt", "001", url=production.url)

    told = "\n".join(f["message"] for f in run.findings if f["code"] == "RG542")
    assert (run.exit_code, run.errors) == (1, {"RG542"}), run.stdout
    assert "index public.authors_name is missing" in told
    assert "column public.authors.name was text" in told
    assert not production.has_ledger()


def test_each_is_adopted_in_its_turn_though_the_next_has_changed_what_it_made(
    project: Project, production: Production
) -> None:
    released = replaced(project, m001_first=FIRST, m002_second=SECOND, m003_rights=RIGHTS)
    for text in (FIRST, SECOND, RIGHTS):
        production.execute(text)

    too_early = released.ask("adopt", "002", url=production.url)
    first = released.ask("adopt", "001", url=production.url)
    second = released.ask("adopt", "002", url=production.url)
    strict = released.ask("adopt", "003", "--fail-on", "warning", url=production.url)
    rights = released.ask("adopt", "003", url=production.url)
    back = released.ask("rollback", "--window", "now/PT5M", "002", url=production.url)

    assert too_early.errors == {"RG513"}
    assert too_early.finding("RG513")["help"] == "releasegate adopt 001"
    assert (first.exit_code, second.exit_code) == (0, 0), first.stdout + second.stdout
    assert first.gate("live-database")["evidence"]["as_after"] == "002_second.sql"
    assert (strict.exit_code, rights.exit_code) == (1, 0)
    assert "table privileges public.authors" in rights.finding("RG543")["message"]
    assert "It was adopted" in back.finding("RG515")["message"]
    status = released.ask("status", "--exit-code", url=production.url)
    assert [row["state"] for row in status.report["migrations"]] == ["adopted"] * 3
    assert status.exit_code == 0
    production.execute("DROP INDEX authors_name")
    again = [released.ask("adopt", number, url=production.url) for number in ("001", "002")]
    assert [run.report["verdict"] for run in again] == ["blocked", "nothing_to_do"]
    assert again[0].errors == {"RG542"}


def test_a_draft_is_not_adopted(released: Project, production: Production) -> None:
    run = released.ask("adopt", "002", url=production.url)

    assert (run.exit_code, run.errors) == (1, {"RG108"})


def test_a_file_that_does_not_parse_is_blocked_at_its_place(
    project: Project, production: Production
) -> None:
    released = replaced(project, m001_first="CREATE TABEL authors ();")

    run = released.ask("adopt", "001", url=production.url)

    assert (run.exit_code, run.errors) == (1, {"RG301"})
    assert run.gate("live-database")["status"] == "not_asked"


def test_without_a_database_there_is_nothing_to_compare_with(released: Project) -> None:
    run = released.run("adopt", "001")

    assert run.exit_code == 2
    assert "adopt needs a database" in run.stderr


def test_a_connection_that_is_lost_while_the_row_is_written_leaves_the_answer_open(
    project: Project, production: Production
) -> None:
    released = replaced(project, m001_first=FIRST)
    production.execute(FIRST)
    assert released.ask("init-ledger", url=production.url).exit_code == 0
    production.execute(
        "CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;"
        "CREATE TRIGGER die AFTER INSERT ON releasegate.step EXECUTE FUNCTION public.die()"
    )

    run = released.ask("adopt", "001", url=production.url)

    assert (run.exit_code, run.report["verdict"]) == (4, "unknown"), run.stdout
    assert "FROM releasegate.step WHERE migration_number = 1" in run.report["summary"]
    assert (production.runs(), production.steps()) == ([], [])
