"""A draft: checked like any other, never applied, and off on the live database."""

from __future__ import annotations

import json
import re
import stat
from importlib import resources

import jsonschema
import pytest

from acceptance.production import TABLES, Production
from acceptance.project import MIGRATION, Project, Run

DRAFT = "db/migrations/002_rls_draft.sql"
HEADER = "-- releasegate: draft\n"
POLICY = f'\n[policy]\ndrafts = ["{DRAFT}"]\n'


def say_draft_in_policy_alone(project: Project) -> None:
    project.edit(DRAFT, HEADER, "")
    project.write("releasegate.toml", project.read("releasegate.toml") + POLICY)
    project.commit()


@pytest.mark.parametrize("name", ["2", "002", "002_rls_draft.sql", DRAFT, f"./{DRAFT}"])
def test_apply_refuses_a_draft_by_whatever_name(
    released: Project, production: Production, name: str
) -> None:
    run = released.apply(production.url, name)

    assert run.exit_code == 1
    assert "RG108" in run.errors
    assert not production.has_ledger()


def test_apply_refuses_what_the_policy_calls_a_draft(
    released: Project, production: Production
) -> None:
    say_draft_in_policy_alone(released)

    run = released.apply(production.url, "002")

    assert run.exit_code == 1
    assert "RG108" in run.errors
    assert not production.has_ledger()


def test_a_policy_that_was_changed_and_not_committed_blocks(
    released: Project, production: Production
) -> None:
    say_draft_in_policy_alone(released)
    released.edit("releasegate.toml", POLICY, "")

    run = released.apply(production.url, "002")

    assert run.exit_code == 1
    assert run.finding("RG104")["path"] == "releasegate.toml"


@pytest.mark.parametrize("header", ["-- releasegate draft\n", "-- releasegate: Draft\n"])
def test_a_draft_mark_that_is_not_quite_one_blocks(
    released: Project, production: Production, header: str
) -> None:
    released.edit(DRAFT, HEADER, header)
    released.commit()

    run = released.apply(production.url, "002")

    assert run.exit_code == 1
    assert "RG313" in run.errors
    assert not production.has_ledger()


def test_nobody_who_names_no_migration_gets_a_draft(
    released: Project, production: Production
) -> None:
    applied = released.apply(production.url)
    again = released.apply(production.url)

    assert (applied.exit_code, again.exit_code) == (0, 0)
    assert {run.report["migration"]["path"] for run in (applied, again)} == {MIGRATION}
    assert production.rows("SELECT count(*) FROM pg_policy") == [(0,)]


def test_a_draft_is_looked_at_before_and_after_what_it_builds_on(
    released: Project, production: Production
) -> None:
    before = released.ask("preflight", "002", url=production.url)
    released.apply(production.url, "001")
    after = released.ask("preflight", "002", url=production.url)

    for run in (before, after):
        assert (run.exit_code, run.errors) == (0, set())
        status = {gate["gate"]: gate["status"] for gate in run.report["gates"]}
        assert status == {
            "release-tag": "not_asked",
            "app-code": "not_asked",
            "parse-only": "passed",
            "rehearsal": "passed",
            "live-database": "passed",
            "window": "not_asked",
        }
    assert before.finding("RG513")["level"] == "note"


@pytest.mark.parametrize("table", TABLES)
def test_row_security_that_is_on_while_it_is_a_draft_blocks(
    released: Project, production: Production, table: str
) -> None:
    production.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")

    run = released.ask("preflight", "002", "--gate", "live-database", url=production.url)

    assert run.exit_code == 1
    assert run.errors == {"RG570"}
    assert f"public.{table}" in run.finding("RG570")["message"]


def test_rows_that_nobody_would_see_are_told_and_not_shown(
    released: Project, production: Production
) -> None:
    production.execute(
        "UPDATE papers SET created_by = NULL WHERE id IN (SELECT id FROM papers LIMIT 2)"
    )
    production.execute("UPDATE runs SET plan_id = NULL WHERE id = (SELECT id FROM runs LIMIT 1)")
    gate, kept = ("--gate", "live-database"), released.root / "keys"

    run = released.ask("preflight", "002", *gate, "--keys-file", "keys", url=production.url)

    messages = [one["message"] for one in run.findings if one["code"] == "RG571"]
    assert messages == [
        "2 rows have no public.papers.created_by: with row security on nobody sees them.",
        "1 row has no public.runs.plan_id: with row security on nobody sees it.",
    ]
    assert run.exit_code == 0
    ownerless = production.names("SELECT id::text FROM papers WHERE created_by IS NULL")
    lines = [line.split("\t") for line in kept.read_text().splitlines()]
    assert {key for _, what, key in lines if what == "no created_by"} == ownerless
    assert [what for _, what, _ in lines if what.startswith("no ")] == [
        "no created_by",
        "no created_by",
        "no plan_id",
    ]
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert not any(key in run.stdout + run.stderr for key in ownerless)
    listing = next(one["help"] for one in run.findings if one["code"] == "RG571")
    assert production.names(listing.partition(": ")[2].replace("a.id", "a.id::text")) == ownerless


def test_rows_under_anothers_parent_are_told(released: Project, production: Production) -> None:
    production.execute(
        "UPDATE plans SET created_by = gen_random_uuid() WHERE id = (SELECT id FROM plans LIMIT 1)"
    )

    run = released.ask("preflight", "002", "--gate", "live-database", url=production.url)

    assert sorted(one["message"] for one in run.findings if one["code"] == "RG573") == [
        "1 row has a public.plans.paper_id of another owner's: its owner could not change it.",
        "1 row has a public.runs.paper_id of another owner's: its owner could not change it.",
    ]


def test_rows_that_the_role_may_not_read_are_not_counted_as_none(
    released: Project, production: Production
) -> None:
    role = f"{production.database.name}_reader"
    production.administer(f"CREATE ROLE {role} LOGIN")
    url = production.database.owner.dsn(user=role)

    run = released.ask("preflight", "002", "--gate", "live-database", url=url)

    messages = [one["message"] for one in run.findings if one["code"] == "RG571"]
    assert len(messages) == len(TABLES)
    assert messages[0].startswith("Rows without public.papers.created_by could not be counted")
    assert "SQLSTATE 42501" in messages[0]


def test_what_reads_past_row_security_on_the_target_blocks(
    released: Project, production: Production
) -> None:
    production.execute("CREATE VIEW titles AS SELECT title FROM papers")
    production.execute(
        "CREATE FUNCTION every_run() RETURNS SETOF runs LANGUAGE sql SECURITY DEFINER "
        "AS 'SELECT * FROM runs'"
    )

    run = released.ask("preflight", "002", "--gate", "live-database", url=production.url)

    assert run.exit_code == 1
    assert run.errors == {"RG572"}
    found = " ".join(one["message"] for one in run.findings if one["code"] == "RG572")
    assert "public.titles" in found
    assert "every_run()" in found


@pytest.mark.every_major
def test_a_report_has_every_cell_and_the_terminal_a_table(
    released: Project, production: Production
) -> None:
    released.run(
        "preflight", "002", "--output", "report.json", "--format", "json", url=production.url
    )
    seen = released.run("report", "report.json")
    told = Run(0, released.read("report.json"), "")

    schema = resources.files("releasegate.reports").joinpath("report.schema.json").read_text()
    jsonschema.validate(told.report, json.loads(schema))
    major = production.server.major
    assert told.gate("rehearsal")["evidence"]["server"].startswith(f"PostgreSQL {major} ")
    found = told.gate("rehearsal")["evidence"]["baseline"]["policies"]
    assert found["tables"] == [f"public.{name}" for name in TABLES]
    assert len(found["cells"]) == len(found["identities"]) * 101 == 707
    assert not any(cell["is_red"] for cell in found["cells"])
    assert len(found["weakened"]) == 18
    assert all(one["noticed"] for one in found["weakened"])
    assert {one["index"] for one in found["plans"]} == {
        "idx_papers_created_by",
        "idx_plans_created_by",
        "idx_runs_plan_id",
        "idx_run_events_byseq",
        "idx_storyboards_paper_id",
    }
    assert all(look["has_initplan"] for look in found["plans"])
    assert len(found["app"]) >= 20
    assert all(one["is_same"] for one in found["app"])
    assert f"- policies: {len(found['cells'])} attempts at papers, plans, runs" in seen.stdout
    assert re.search(r"give away +- +- +- +no +no +yes +yes", seen.stdout)


def test_a_draft_that_forgets_a_key_is_red_and_blocks(released: Project) -> None:
    released.edit(
        DRAFT, "papers.id = plans.paper_id AND papers.created_by = (SELECT app_user_id())", "true"
    )

    run = released.run("preflight", "002", "--gate", "rehearsal")

    assert run.exit_code == 1
    assert re.search(r"- policies: \d+ attempts at .*: 4 NOT as declared", run.stdout)
    assert re.search(r"insert under a foreign parent +no +no +no +RED +RED +yes", run.stdout)
    assert "user A, insert under a foreign parent (paper_id): 1 row, not refused" in " ".join(
        run.stdout.split()
    )
