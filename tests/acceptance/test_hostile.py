"""Files, repositories and ledgers that try to be taken for something else."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from acceptance.production import Production
from acceptance.project import BASELINE, MIGRATION, STORE, Project
from releasegate import log, settings
from releasegate.gates import release_tag
from releasegate.release.inputs import Request, prepare


def blob_file(project: Project, path: str) -> Path:
    blob = project.git("rev-parse", f"HEAD:{path}")
    return project.root / ".git" / "objects" / blob[:2] / blob[2:]


def test_a_temporary_table_that_could_hide_another_is_refused(
    project: Project, production: Production
) -> None:
    text = (
        "BEGIN;\n"
        "CREATE TEMP TABLE storyboards (id uuid, json jsonb) ON COMMIT DROP;\n"
        "ALTER TABLE storyboards DROP COLUMN json;\n"
        "COMMIT;\n"
    )
    project.write(MIGRATION, text)
    project.commit()
    project.tag()

    before = production.schema()

    run = project.apply(production.url)

    assert run.exit_code == 1
    assert run.finding("RG308")["line"] == 2
    assert production.schema() == before


def test_a_blob_that_the_clone_lacks_is_no_empty_file(project: Project) -> None:
    project.tag()
    blob_file(project, BASELINE).unlink()

    run = project.ask("preflight")

    assert run.exit_code == 1
    assert "RG109" in run.errors
    assert BASELINE in run.finding("RG109")["message"]


def test_a_partial_clone_runs_no_program_of_its_configuration(
    project: Project, tmp_path: Path
) -> None:
    touched = tmp_path / "touched"
    project.tag()
    for name, value in {
        "core.repositoryformatversion": "1",
        "extensions.partialClone": "evil",
        "remote.evil.promisor": "true",
        "remote.evil.url": str(tmp_path),
        "protocol.file.allow": "always",
        "remote.evil.uploadpack": f"touch {touched}; git-upload-pack",
    }.items():
        project.git("config", name, value)
    blob_file(project, BASELINE).unlink()

    run = project.ask("preflight")

    assert run.exit_code == 1
    assert not touched.exists()


def test_a_ledger_row_without_the_objects_is_not_believed(
    project: Project, production: Production
) -> None:
    project.tag()
    assert project.apply(production.url).exit_code == 0
    production.administer("UPDATE releasegate.step SET objects = '{}'")
    production.administer("ALTER TABLE plans DROP CONSTRAINT plans_paper_id_fk")

    again = project.apply(production.url)

    assert again.exit_code == 1
    assert "RG509" in again.errors


def test_a_ledger_that_was_tampered_with_cannot_be_read(
    project: Project, production: Production
) -> None:
    project.tag()
    assert project.apply(production.url).exit_code == 0
    production.administer("ALTER TABLE releasegate.step DROP CONSTRAINT step_objects_check")
    production.administer("UPDATE releasegate.step SET objects = '[]'")

    run = project.ask("preflight", url=production.url)

    assert run.exit_code == 1
    assert "RG511" in run.errors


def link_to_a_file(project: Project) -> None:
    outside = project.root.parent / "store.py"
    outside.write_text(project.read(STORE))
    (project.root / STORE).unlink()
    (project.root / STORE).symlink_to(outside)


def link_to_a_folder(project: Project) -> None:
    outside = project.root.parent / "lib"
    outside.mkdir()
    (outside / "bad.py").write_text('conn.execute("INSERT INTO runs (id) VALUES (1)")\n')
    (project.root / "examples/papers/lib").symlink_to(outside)


@pytest.mark.parametrize("make", [link_to_a_file, link_to_a_folder])
def test_code_behind_a_symbolic_link_is_no_pass(
    project: Project, make: Callable[[Project], None]
) -> None:
    make(project)
    project.commit()
    project.tag()

    run = project.ask("preflight")

    assert run.exit_code == 1
    assert "symbolic link" in run.finding("RG207")["message"]


def test_without_git_it_says_so(project: Project, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    project.tag()

    run = project.ask("preflight", env={"PATH": str(tmp_path / "bin")})

    assert run.exit_code == 1
    assert "not installed" in run.finding("RG109")["message"]


@pytest.mark.parametrize(
    "configuration",
    ['[app-code]\nexclude = [""]', f'baseline = "{"x" * 300}"', '[locks]\nmutex-wait = "1y"'],
    ids=["empty-pattern", "long-name", "no-duration"],
)
def test_an_odd_configuration_is_a_usage_error(project: Project, configuration: str) -> None:
    project.write("releasegate.toml", configuration)

    run = project.ask("preflight")

    assert run.exit_code == 2
    assert "releasegate.toml" in run.stderr


def test_a_file_name_that_is_no_text_is_reported_all_the_same(
    project: Project, tmp_path: Path
) -> None:
    project.tag()
    odd = os.fsencode(project.root / "examples" / "papers") + b"/\xff.py"
    with open(odd, "w") as file:  # noqa: PTH123  a path of bytes
        file.write("x = 1\n")

    run = project.ask("preflight", "--output", str(tmp_path / "report.json"))

    assert run.exit_code == 1
    assert "RG104" in (tmp_path / "report.json").read_text()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE releasegate.step SET migration_sha256 = 'x'",
        "DROP SCHEMA releasegate CASCADE",
        "DO $$ BEGIN DELETE FROM releasegate.run; END $$",
    ],
    ids=["update", "drop", "block"],
)
def test_a_migration_may_not_touch_the_ledger(project: Project, statement: str) -> None:
    project.write(MIGRATION, f"BEGIN;\n{statement};\nCOMMIT;\n")
    project.commit()
    project.tag()

    run = project.ask("preflight", "--gate", "parse-only")

    assert run.exit_code == 1
    assert run.finding("RG307")["line"] == 2


def test_what_is_executed_is_what_was_compared_with_the_commit(project: Project) -> None:
    project.tag()
    committed = project.read(MIGRATION)
    project.write(MIGRATION, "BEGIN;\nDROP TABLE storyboards;\nCOMMIT;\n")
    request = Request("preflight", settings.load(project.root, {}), "run", log.set_up("run"))

    with prepare(request) as prepared:
        project.write(MIGRATION, committed)
        answer = release_tag.ask(prepared.inputs)

    assert [finding.code for finding in answer.findings] == ["RG104"]


def test_a_tag_that_moves_while_it_is_looked_at_is_told(project: Project) -> None:
    project.tag()
    request = Request("preflight", settings.load(project.root, {}), "run", log.set_up("run"))

    with prepare(request) as prepared:
        project.git("tag", "--force", "--annotate", "v0", "--message", "cut again")
        answer = release_tag.ask(prepared.inputs)

    assert [finding.code for finding in answer.findings] == ["RG129"]


def test_other_line_ends_than_committed_are_another_migration(project: Project) -> None:
    project.tag()
    project.write(MIGRATION, project.read(MIGRATION).replace("\n", "\r\n"))

    run = project.ask("preflight", "--gate", "release-tag")

    assert run.exit_code == 1
    assert "line ends" in run.finding("RG104")["message"]


def test_settings_in_disguise_are_refused(project: Project) -> None:
    statement = "UPDATE pg_settings SET setting = 'SJIS' WHERE name = 'client_encoding'"
    project.write(MIGRATION, f"BEGIN;\n{statement};\nCOMMIT;\n")
    project.commit()

    run = project.ask("preflight", "--gate", "parse-only")

    assert run.exit_code == 1
    assert (run.finding("RG308")["line"], run.finding("RG308")["column"]) == (2, 1)


@pytest.mark.parametrize("setting", ["datestyle = 'German'", "quote_all_identifiers = on"])
def test_the_settings_of_a_database_change_no_answer(
    project: Project, production: Production, setting: str
) -> None:
    name = production.database.name
    production.administer(f"ALTER DATABASE {name} SET {setting}")
    project.tag()

    applied = project.apply(production.url)
    production.administer(f"ALTER DATABASE {name} RESET ALL")
    state = project.ask("status", "--exit-code", url=production.url)

    assert (applied.exit_code, state.exit_code) == (0, 0)


def test_no_child_process_sees_the_connection_string(
    project: Project, production: Production, tmp_path: Path
) -> None:
    seen, spy = tmp_path / "seen", tmp_path / "bin" / "git"
    real = shutil.which("git")
    spy.parent.mkdir()
    spy.write_text(f'#!/bin/sh\nenv >> {seen}\nexec {real} "$@"\n')
    spy.chmod(0o755)
    project.tag()

    path = f"{spy.parent}:{os.environ['PATH']}"
    run = project.ask("preflight", url=production.url, env={"PATH": path})

    assert run.exit_code == 0
    assert "PATH=" in seen.read_text()
    assert production.database.name not in seen.read_text()


@pytest.mark.parametrize("place", ["argument", "option"])
def test_a_connection_string_at_a_wrong_place_is_not_repeated(project: Project, place: str) -> None:
    url = "postgresql://app:hunter2@db/papers"
    arguments = [url] if place == "argument" else ["--gate", url]

    run = project.run("preflight", *arguments)

    assert run.exit_code == 2
    assert "hunter2" not in run.stdout + run.stderr


def test_commands_to_copy_are_quoted(project: Project) -> None:
    project.tag()
    project.write("examples/papers/a; touch pwn #.py", "x = 1\n")

    run = project.ask("preflight", "--gate", "release-tag")

    assert "git add 'examples/papers/a; touch pwn #.py'" in run.finding("RG104")["help"]


def test_a_baseline_that_is_not_in_the_release_is_not_an_empty_one(project: Project) -> None:
    project.git("rm", "--quiet", "--cached", BASELINE)
    project.git("commit", "--quiet", "--message", "Forget the baseline")
    project.tag()

    run = project.ask("preflight", "--gate", "parse-only")

    assert run.exit_code == 1
    assert run.finding("RG315")["path"] == BASELINE


def test_a_later_migration_waits_for_the_earlier_one(
    project: Project, production: Production
) -> None:
    project.write("db/migrations/003_more.sql", "BEGIN;\nCREATE TABLE more (id int);\nCOMMIT;\n")
    project.commit()
    project.tag()

    early = project.apply(production.url, "003")
    production.administer(f"SET ROLE releasegate_owner; {project.read(MIGRATION)}")
    late = project.ask("preflight", "003", url=production.url)

    assert (early.exit_code, early.errors) == (1, {"RG513"})
    assert (late.exit_code, late.finding("RG513")["level"]) == (0, "warning")


ORDINARY = """\
BEGIN;
CREATE VIEW titles AS SELECT id, title FROM papers;
ALTER VIEW titles RENAME COLUMN title TO name;
ALTER TABLE titles RENAME TO names;
CREATE INDEX px ON plans (env_hash);
ALTER INDEX px RENAME TO py;
CREATE INDEX gone ON plans (budget_minutes);
DROP INDEX gone;
DROP TABLE IF EXISTS legacy;
ALTER TABLE IF EXISTS legacy ADD COLUMN a int;
CREATE TYPE pair AS (a int, b int);
ALTER TYPE pair RENAME ATTRIBUTE a TO c;
CREATE TABLE tools (id int CONSTRAINT tools_pk PRIMARY KEY, name text);
ALTER INDEX tools_pk RENAME TO tools_pkey;
INSERT INTO tools VALUES (1, 'releasegate');
CREATE TABLE events (at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE INDEX ev ON ONLY events (at);
CREATE INDEX ev1 ON events_1 (at);
ALTER INDEX ev ATTACH PARTITION ev1;
CREATE UNIQUE INDEX ui ON runs (id);
ALTER TABLE runs ADD CONSTRAINT runs_id_key UNIQUE USING INDEX ui;
COMMENT ON TABLE tools IS 'ours';
COMMIT;
"""


def test_what_people_write_every_day_is_applied_and_stays_applied(
    project: Project, production: Production
) -> None:
    project.write(MIGRATION, ORDINARY)
    project.commit()
    project.tag()

    first = project.apply(production.url)
    again = project.apply(production.url)
    state = project.ask("status", "--exit-code", url=production.url)

    assert (first.exit_code, first.errors) == (0, set())
    assert again.report["verdict"] == "nothing_to_do"
    assert state.exit_code == 0


def test_a_link_that_loops_is_a_finding(project: Project) -> None:
    (project.root / "examples/papers/loop").symlink_to("loop")

    run = project.ask("preflight", "--gate", "app-code")

    assert run.exit_code in (0, 1)
    assert "a bug" not in run.stderr


def test_a_baseline_with_a_reserved_schema_is_loaded(project: Project) -> None:
    old = "CREATE EXTENSION IF NOT EXISTS plpgsql WITH SCHEMA pg_catalog;\n"
    project.write(BASELINE, old + project.read(BASELINE))
    project.commit()

    run = project.ask("preflight", "--gate", "parse-only")

    assert run.exit_code == 0, run.findings
