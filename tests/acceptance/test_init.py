"""A repository that knows nothing of releasegate, and what `releasegate init` makes of it."""

import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from acceptance.production import Production
from acceptance.project import Project

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
WORKFLOW = ".github/workflows/releasegate.yml"


@pytest.fixture
def foreign(tmp_path: Path, home: Path) -> Iterator[Project]:
    """Somebody's repository: migrations and app at places of their own."""
    root = tmp_path / "foreign"
    (root / "database").mkdir(parents=True)
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "db/migrations", root / "database/changes")
    shutil.copytree(ROOT / "examples/papers", root / "service", ignore=ignored)
    made = Project(root, home)
    made.git("init", "--quiet", "--initial-branch", "main")
    made.commit("Before")
    yield made
    made.stop_all()


def contents(project: Project) -> dict[str, bytes]:
    files = project.git("ls-files", "--others", "--cached", "--exclude-standard").splitlines()
    return {name: (project.root / name).read_bytes() for name in files}


def test_init_finds_out_where_things_are_and_the_gates_answer(
    foreign: Project, production: Production
) -> None:
    made = foreign.run("init", url=production.url)
    foreign.commit("Add releasegate")
    asked = foreign.ask("preflight", "--gate", "parse-only", "--gate", "app-code")

    assert made.exit_code == 0, made.stderr
    assert 'migrations = "database/changes"' in foreign.read("releasegate.toml")
    assert 'roots = ["service"]' in foreign.read("releasegate.toml")
    assert "CREATE TABLE public.plans" in foreign.read("database/schema/v0.sql")
    assert asked.gate("app-code")["evidence"]["write_sites"]
    assert asked.gate("parse-only")["status"] == "passed"
    assert asked.exit_code == 0


def test_init_overwrites_nothing_and_can_be_repeated(
    foreign: Project, production: Production
) -> None:
    foreign.write("releasegate.toml", 'migrations = "database/changes"\n')
    before = contents(foreign)
    first = foreign.run("init")
    between = contents(foreign)
    second = foreign.run("init", url=production.url)

    assert {name: between[name] for name in before} == before
    assert "kept     releasegate.toml" in first.stdout
    assert f"written  {WORKFLOW}" in first.stdout
    assert {name: contents(foreign)[name] for name in between} == between
    assert f"kept     {WORKFLOW}" in second.stdout
    assert "written  db/schema/v0.sql" in second.stdout


def test_the_workflow_that_init_writes_is_clean(foreign: Project) -> None:
    foreign.run("init")
    # As whoever reads what init says does.
    foreign.edit(WORKFLOW, "OWNER/releasegate@COMMIT", f"org/releasegate@{'ab' * 20}")

    for command in (
        [BIN / "actionlint", WORKFLOW],
        [BIN / "check-jsonschema", "--builtin-schema", "vendor.github-workflows", WORKFLOW],
        [BIN / "zizmor", "--offline", "--quiet", WORKFLOW],
    ):
        done = subprocess.run(command, cwd=foreign.root, capture_output=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_the_runbook_that_init_writes_names_every_exit_code_and_the_gates(
    foreign: Project,
) -> None:
    foreign.run("init")
    text = foreign.read("runbooks/releasegate.md")

    assert [line.split(" | ")[0] for line in text.splitlines() if line[:3] in ("| 1", "| 4")] == [
        *("| 1", "| 4", "| 130"),
    ]
    assert "### live-database" in text
    assert "@" not in text.replace("ROLE@HOST", "")


def test_a_database_that_cannot_be_reached_leaves_nothing_written(foreign: Project) -> None:
    before = contents(foreign)

    run = foreign.run("init", url="postgresql://app:canary@127.0.0.1:1/none")

    assert run.exit_code == 1
    assert "canary" not in run.stdout + run.stderr
    assert contents(foreign) == before


def test_what_lies_in_the_way_of_a_file_is_said_and_so_is_what_was_written(
    foreign: Project,
) -> None:
    foreign.write("runbooks", "a file, where a folder would have to be")

    run = foreign.run("init")

    assert run.exit_code == 2
    assert "runbooks/releasegate.md cannot be written" in run.stderr
    assert [line for line in run.stdout.splitlines() if line.startswith("written")] == [
        "written  releasegate.toml",
        f"written  {WORKFLOW}",
    ]
    assert foreign.read("runbooks") == "a file, where a folder would have to be"


def test_below_the_top_of_a_repository_it_is_said_where_the_files_go(foreign: Project) -> None:
    run = Project(foreign.root / "service", foreign.home).run("init")

    assert run.stdout.startswith(f"in {foreign.root}:\nwritten  releasegate.toml\n")
    assert 'roots = ["service"]' in foreign.read("releasegate.toml")
    assert "in /" not in foreign.run("init").stdout


#: files of a repository -> what init makes of them: migrations, baseline, the app's folders
LAYOUTS = {
    "supabase": (
        ["supabase/migrations/20240101120000_a.sql", "supabase/seed.sql", "src/index.ts"],
        ("supabase/migrations", None, ["src"]),
    ),
    "drizzle": (["drizzle/0000_a.sql", "src/a.ts", "web/a.tsx"], ("drizzle", None, ["src", "web"])),
    "django": (["manage.py", "shop/models.py", "shop/migrations/0001_a.py"], (None, None, ["."])),
    "alembic": (["alembic/versions/a.py", "app/models.py"], (None, None, ["app"])),
    "prisma": (["prisma/migrations/2024_a/migration.sql", "src/a.ts"], (None, None, ["src"])),
    "a test's files": (
        [
            *("db/migrations/001_a.sql", "db/structure.sql", "app/a.py"),
            *("tests/001_a.sql", "tests/002_b.sql", "vendor/schema.sql", "e2e/a.ts"),
        ],
        ("db/migrations", "db/structure.sql", ["app"]),
    ),
    "nothing": ([], (None, None, ["."])),
}


@pytest.mark.parametrize(("files", "found"), LAYOUTS.values(), ids=LAYOUTS)
def test_init_finds_its_way_in_each_kind_of_repository(
    tmp_path: Path, home: Path, files: list[str], found: tuple[str | None, str | None, list[str]]
) -> None:
    somebodys = Project(tmp_path, home)
    for name in files:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        somebodys.write(name, "")
    migrations, baseline, roots = found

    run = somebodys.run("init")

    written = tomllib.loads(somebodys.read("releasegate.toml"))
    assert run.exit_code == 0, run.stderr
    assert written["migrations"] == (migrations or "db/migrations")
    assert written.get("baseline") == baseline
    assert written["app-code"] == {"roots": roots}
    assert ("manage.py sqlmigrate" in run.stdout) is (migrations is None)
