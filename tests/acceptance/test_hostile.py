"""Files, repositories and ledgers that try to be taken for something else."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from acceptance.production import Production
from acceptance.project import BASELINE, MIGRATION, STORE, Project


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
