"""The main story: blocked without the tag, cut, checked, applied in the window, never twice."""

import os
import signal
import time
from datetime import datetime

import pytest

from acceptance.production import COLUMNS, INDEXES, KEYS, TABLES, Production
from acceptance.project import BASELINE, MIGRATION, STORE, Project

GATES = ["release-tag", "app-code", "parse-only", "rehearsal", "live-database", "window"]
LONG_AGO = "2001-02-03T02:00+01:00/PT2H"
FAR_OFF = "2999-01-17T02:00[Europe/Berlin]/2999-01-17T04:00[Europe/Berlin]"


@pytest.mark.every_major
def test_without_the_tag_the_apply_is_blocked_and_leaves_no_trace(
    project: Project, production: Production
) -> None:
    before = production.schema()

    run = project.apply(production.url)

    assert run.exit_code == 1
    assert run.errors == {"RG101"}
    assert "git tag" in run.finding("RG101")["help"]
    assert not production.has_ledger()
    assert production.schema() == before


@pytest.mark.every_major
def test_once_the_tag_is_cut_every_gate_but_the_window_passes(
    project: Project, production: Production
) -> None:
    before = production.schema()
    project.tag()

    run = project.ask("preflight", url=production.url)

    assert run.exit_code == 0
    assert run.report["verdict"] == "passed"
    assert [gate["gate"] for gate in run.report["gates"]] == GATES
    assert [gate["status"] for gate in run.report["gates"]] == ["passed"] * 5 + ["not_asked"]
    assert run.report["target"]["database"] == production.database.name
    assert run.report["target"]["system_identifier"] == production.server.system_identifier
    assert f"{production.server.major}" in run.gate("parse-only")["evidence"]["server"]
    assert not production.has_ledger()
    assert production.schema() == before


def test_a_tag_on_another_branch_does_not_release_this_one(
    project: Project, production: Production
) -> None:
    project.git("checkout", "--quiet", "-b", "aside")
    project.write("aside.txt", "another line of work\n")
    project.commit()
    project.tag()
    project.git("checkout", "--quiet", "main")

    run = project.apply(production.url)

    assert run.exit_code == 1
    assert run.errors == {"RG103"}
    assert not production.has_ledger()


def test_files_that_are_not_committed_as_they_stand_block(
    released: Project, production: Production
) -> None:
    for path in (MIGRATION, BASELINE):
        released.write(path, f"{released.read(path)}-- one more line\n")
    released.write(STORE, f"{released.read(STORE)}# one more line\n")
    released.write("examples/papers/extra.py", "ANSWER = 42\n")

    run = released.apply(production.url)

    assert run.exit_code == 1
    assert run.errors == {"RG104"}
    assert {finding["path"] for finding in run.gate("release-tag")["findings"]} == {
        MIGRATION,
        BASELINE,
        STORE,
        "examples/papers/extra.py",
    }
    assert not production.has_ledger()


@pytest.mark.parametrize(
    ("window", "code"),
    [pytest.param(FAR_OFF, "RG601", id="before"), pytest.param(LONG_AGO, "RG602", id="after")],
)
def test_outside_the_window_nothing_is_touched(
    released: Project, production: Production, window: str, code: str
) -> None:
    before = production.schema()

    run = released.apply(production.url, window=window)

    assert run.exit_code == 1
    assert run.errors == {code}
    assert not production.has_ledger()
    assert production.schema() == before


@pytest.mark.every_major
def test_inside_the_window_the_migration_is_applied_and_recorded(
    released: Project, production: Production
) -> None:
    rows = {table: production.rows(f"SELECT id FROM {table} ORDER BY id") for table in TABLES}

    run = released.apply(production.url)

    assert run.exit_code == 0
    assert run.report["verdict"] == "applied"
    assert [outcome["status"] for outcome in run.report["outcomes"]] == ["applied"]
    assert production.columns() >= COLUMNS
    assert production.validated_keys() == KEYS
    assert production.valid_indexes() == INDEXES
    run_id, sha256 = run.report["run_id"], run.report["migration"]["sha256"]
    assert production.runs() == [(run_id, "applied", True)]
    assert production.steps() == [(run_id, 1, sha256)]
    assert run.report["ledger"]["head"]
    for table, ids in rows.items():
        assert production.rows(f"SELECT id FROM {table} ORDER BY id") == ids


def test_the_ledger_says_from_which_commit_and_tag_it_was_and_by_whom(
    released: Project, production: Production
) -> None:
    tagged = released.git("rev-parse", "HEAD")
    released.write("notes.txt", "after the tag\n")
    head = released.commit()

    run = released.apply(production.url)

    assert run.exit_code == 0
    ((tag, tag_commit, commit, operator, role, closes_at),) = production.rows(
        "SELECT release_tag, release_commit, head_commit, operator, role, window_closes_at "
        "FROM releasegate.run"
    )
    assert (tag, tag_commit, commit) == ("v0", tagged, head)
    assert operator.startswith("olga@")
    assert role == production.database.owner.values["user"]
    assert closes_at == datetime.fromisoformat(run.report["window"]["closes_at"])


@pytest.mark.every_major
def test_a_second_apply_finds_nothing_to_do_and_executes_nothing(
    released: Project, production: Production
) -> None:
    released.apply(production.url)
    schema, ledger = production.schema(), production.ledger()

    run = released.apply(production.url)

    assert run.exit_code == 0
    assert run.report["verdict"] == "nothing_to_do"
    assert run.report["outcomes"] == []
    assert production.schema() == schema
    assert production.ledger() == ledger


def test_an_applied_migration_asks_for_neither_window_nor_a_clean_tree(
    released: Project, production: Production
) -> None:
    released.apply(production.url)
    schema, ledger = production.schema(), production.ledger()
    released.git("tag", "--delete", "v0")
    released.edit(STORE, "(id, plan_id, paper_id, env_hash", "(id, paper_id, env_hash")

    run = released.apply(production.url, window=LONG_AGO)

    assert run.exit_code == 0
    assert run.report["verdict"] == "nothing_to_do"
    assert production.schema() == schema
    assert production.ledger() == ledger


def test_a_file_that_changed_after_it_was_applied_blocks(
    released: Project, production: Production
) -> None:
    released.apply(production.url)
    ledger = production.ledger()
    released.write(MIGRATION, f"{released.read(MIGRATION)}-- a word more\n")
    released.commit()

    run = released.apply(production.url, "001")

    assert run.exit_code == 1
    assert run.errors == {"RG507"}
    assert run.finding("RG507")["path"] == MIGRATION
    assert production.ledger() == ledger


@pytest.mark.every_major
def test_what_was_dropped_after_the_apply_is_named_and_not_made_again(
    released: Project, production: Production
) -> None:
    released.apply(production.url)
    production.execute("ALTER TABLE runs DROP CONSTRAINT runs_plan_id_fk")
    production.execute("DROP INDEX idx_plans_paper_id")
    production.execute("ALTER TABLE storyboards DROP COLUMN run_id")
    schema, ledger = production.schema(), production.ledger()

    run = released.apply(production.url, "001")

    assert run.exit_code == 1
    assert run.errors == {"RG509"}
    messages = " ".join(finding["message"] for finding in run.findings)
    for name in ("runs.runs_plan_id_fk", "idx_plans_paper_id", "storyboards.run_id"):
        assert f"public.{name} is missing" in messages
    assert "idx_runs_plan_id" not in messages
    assert production.schema() == schema
    assert production.ledger() == ledger


@pytest.mark.every_major
def test_what_somebody_made_by_hand_before_blocks(
    released: Project, production: Production
) -> None:
    production.execute("CREATE INDEX idx_runs_plan_id ON runs (plan_id)")
    production.execute(
        "ALTER TABLE plans ADD CONSTRAINT plans_paper_id_fk "
        "FOREIGN KEY (paper_id) REFERENCES papers (id)"
    )
    production.execute("ALTER TABLE storyboards ADD COLUMN run_id uuid")
    before = production.schema()

    run = released.apply(production.url)

    assert run.exit_code == 1
    assert {"RG508"} <= run.errors <= {"RG508", "RG409"}
    found = [f["message"].split()[1] for f in run.findings if f["code"] == "RG508"]
    assert sorted(found) == [
        "public.idx_runs_plan_id",
        "public.plans.plans_paper_id_fk",
        "public.storyboards.run_id",
    ]
    assert not production.has_ledger()
    assert production.schema() == before


def test_a_database_without_one_of_the_tables_is_the_wrong_one(
    released: Project, production: Production
) -> None:
    production.execute("DROP TABLE storyboards")

    run = released.apply(production.url)

    assert run.exit_code == 1
    assert {"RG506"} <= run.errors <= {"RG506", "RG409"}
    assert "public.storyboards" in run.finding("RG506")["message"]
    assert not production.has_ledger()


@pytest.mark.parametrize("delay_s", [0.3, 0.6])
def test_a_preflight_that_is_interrupted_while_it_rehearses_ends_soon(
    project: Project, delay_s: float
) -> None:
    running = project.start("preflight", "001")
    running.await_event("gate.answered")
    time.sleep(delay_s)

    os.kill(running.pid, signal.SIGINT)
    asked = time.monotonic()
    ended = running.finish()

    assert ended.exit_code == 130
    assert time.monotonic() - asked < 5
