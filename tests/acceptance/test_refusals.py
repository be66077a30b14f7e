"""What is refused before anything is executed, and the place that it is refused at."""

from pathlib import Path

import pytest

from acceptance.production import Production
from acceptance.project import MIGRATION, STORE, Project, Run

INDEX = "CREATE INDEX IF NOT EXISTS idx_plans_paper_id   ON plans(paper_id);"


def with_lines(project: Project, *lines: str | bytes) -> int:
    """Put lines before the first index of the migration, commit, and return the first's number."""
    number = project.line_of(MIGRATION, INDEX)
    raw = b"".join((n.encode() if isinstance(n, str) else n) + b"\n" for n in lines)
    content = (project.root / MIGRATION).read_bytes()
    project.write(MIGRATION, content.replace(INDEX.encode(), raw + INDEX.encode()))
    project.commit()
    return number


# -- the app


def test_a_write_without_plan_id_blocks_and_is_named_with_its_place(
    released: Project, production: Production
) -> None:
    released.edit(
        STORE,
        "INSERT INTO runs (id, plan_id, paper_id, env_hash, status, created_at, started_at)\n"
        "    VALUES (%(id)s, %(plan_id)s, %(paper_id)s",
        "INSERT INTO runs (id, paper_id, env_hash, status, created_at, started_at)\n"
        "    VALUES (%(id)s, %(paper_id)s",
    )
    released.commit()
    site = released.line_of(STORE, "INSERT INTO runs")

    run = released.apply(production.url)

    assert run.exit_code == 1
    assert run.errors == {"RG201"}
    finding = run.finding("RG201")
    assert (finding["path"], finding["line"]) == (STORE, site)
    assert "plan_id" in finding["message"]
    assert not production.has_ledger()


# -- the file


def places(run: Run) -> list[tuple[str, str, int, int]]:
    found = run.gate("parse-only")["findings"]
    return [(f["code"], f["path"], f["line"], f["column"]) for f in found]


@pytest.mark.parametrize(
    ("line", "code", "column"),
    [
        pytest.param("ALTER TABLE plans ADD COLUM x int;", "RG301", 31, id="syntax error"),
        pytest.param("SELECT 1; -- \0", "RG303", 14, id="nul"),
        pytest.param(b"SELECT '\xff';", "RG303", 9, id="not utf-8"),
        pytest.param("-- releasegate: hurry", "RG313", 1, id="unknown directive"),
        pytest.param("SELECT paper_ids FROM plans;", "RG309", 8, id="unknown column"),
        pytest.param("ALTER TABLE planz ADD COLUMN x int;", "RG309", 1, id="unknown table"),
    ],
)
def test_a_mistake_in_the_file_is_refused_at_its_place(
    released: Project, line: str | bytes, code: str, column: int
) -> None:
    number = with_lines(released, line)

    run = released.ask("preflight", "--gate", "parse-only")

    assert run.exit_code == 1
    assert places(run) == [(code, MIGRATION, number, column)]


def test_every_command_of_psql_is_refused_at_its_place_and_none_is_run(
    released: Project, tmp_path: Path
) -> None:
    file = tmp_path / "escaped"
    lines = [
        rf"\! touch {file}",
        rf"\i {file}",
        r"\set ON_ERROR_STOP off",
        rf"SELECT 1 \g {file}",
        rf"SELECT 1; \copy plans TO {file}",
        rf"SELECT 'touch {file}' \gexec",
    ]
    first = with_lines(released, *lines)

    run = released.ask("preflight", "--gate", "parse-only")

    assert run.exit_code == 1
    assert places(run) == [
        ("RG302", MIGRATION, number, line.index("\\") + 1)
        for number, line in enumerate(lines, first)
    ]
    assert not file.exists()


def test_every_statement_that_may_not_be_applied_is_refused_at_its_place(
    released: Project, tmp_path: Path
) -> None:
    file = tmp_path / "escaped"
    lines = {
        "SAVEPOINT one;": ("RG304", 1),
        "  ROLLBACK TO one;": ("RG304", 3),
        "CREATE INDEX CONCURRENTLY i ON plans (id);": ("RG306", 1),
        "VACUUM plans;": ("RG306", 1),
        "ALTER SYSTEM SET fsync = off;": ("RG307", 1),
        f"COPY plans TO PROGRAM 'cat > {file}';": ("RG307", 1),
        f"COPY plans TO '{file}';": ("RG307", 1),
        "CREATE EXTENSION dblink;": ("RG307", 1),
        "SELECT 1; CREATE ROLE mallory;": ("RG307", 11),
        "SELECT pg_read_file('/etc/passwd');": ("RG307", 1),
        "SET search_path = mallory;": ("RG308", 1),
    }
    first = with_lines(released, *lines)

    run = released.ask("preflight", "--gate", "parse-only")

    assert run.exit_code == 1
    assert sorted(places(run)) == sorted(
        (code, MIGRATION, number, column)
        for number, (code, column) in enumerate(lines.values(), first)
    )
    assert not file.exists()


def test_a_missing_commit_is_refused_at_the_last_statement(released: Project) -> None:
    released.edit(MIGRATION, "COMMIT;\n", "")
    released.commit()

    run = released.ask("preflight", "--gate", "parse-only")

    assert run.exit_code == 1
    finding = run.finding("RG305")
    assert finding["path"] == MIGRATION
    assert finding["line"] == released.line_of(MIGRATION, "idx_run_events_byseq")


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(r"\! touch {escaped}", id="meta-command"),
        pytest.param("COMMIT;", id="commit in the middle"),
        pytest.param("CREATE INDEX i ON plans (paper_ids);", id="unknown column"),
    ],
)
def test_nothing_of_a_refused_file_reaches_production(
    released: Project, production: Production, tmp_path: Path, line: str
) -> None:
    escaped = tmp_path / "escaped"
    with_lines(released, line.replace("{escaped}", str(escaped)))
    before = production.schema()

    run = released.apply(production.url)

    assert run.exit_code == 1
    assert run.gate("parse-only")["status"] == "blocked"
    assert not production.has_ledger()
    assert production.schema() == before
    assert not escaped.exists()


def test_a_file_that_cannot_be_planned_has_no_plan(released: Project) -> None:
    with_lines(released, "COMMIT;")

    run = released.ask("plan")

    assert run.exit_code == 1
    assert run.errors == {"RG304"}
    assert run.report["plan"] is None


# -- the configuration


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        pytest.param(
            'release-tag = "v0"',
            'release-tga = "v0"',
            ["releasegate.toml", "release-tga", "release-tag", "baseline"],
            id="unknown key",
        ),
        pytest.param(
            'roots = ["examples/papers"]',
            'root = ["examples/papers"]',
            ["releasegate.toml", "app-code.root", "roots", "exclude"],
            id="unknown key below",
        ),
        pytest.param(
            'release-tag = "v0"',
            "release-tag = 0",
            ["releasegate.toml", "release-tag", "str", "int"],
            id="wrong type",
        ),
        pytest.param(
            'baseline = "db/schema/v0.sql"',
            'baseline = "db/schema/v00.sql"',
            ["releasegate.toml", "baseline", "db/schema/v00.sql"],
            id="missing file",
        ),
        pytest.param(
            'migrations = "db/migrations"',
            'migrations = "../elsewhere"',
            ["releasegate.toml", "migrations", "../elsewhere"],
            id="outside",
        ),
        pytest.param(
            'longest-wait = "50ms"',
            'longest-wait = "soon"',
            ["releasegate.toml", "locks.longest-wait", "soon", "250ms"],
            id="no duration",
        ),
        pytest.param("[app-code]", "[app-code", ["releasegate.toml", "TOML"], id="no toml"),
    ],
)
def test_a_mistake_in_the_configuration_is_named_and_nothing_is_looked_at(
    released: Project, old: str, new: str, named: list[str]
) -> None:
    released.edit("releasegate.toml", old, new)

    run = released.ask("preflight", url="host=127.0.0.1 port=1")

    assert run.exit_code == 2
    assert run.stdout == ""
    for word in named:
        assert word in run.stderr


# -- the command line


@pytest.mark.parametrize(
    ("window", "named"),
    [
        pytest.param("tonight", "no window", id="no interval"),
        pytest.param("2027-01-17T02:00/PT2H", "zone", id="no zone"),
        pytest.param("2027-01-17T02:00+01:00/2027-01-17T01:00+01:00", "end", id="backwards"),
        pytest.param("2027-03-28T02:30[Europe/Berlin]/PT1H", "does not exist", id="skipped time"),
        pytest.param("2027-10-31T02:30[Europe/Berlin]/PT1H", "twice", id="repeated time"),
    ],
)
def test_a_window_that_is_none_is_a_usage_error(released: Project, window: str, named: str) -> None:
    run = released.apply("host=127.0.0.1 port=1", window=window)

    assert run.exit_code == 2
    assert run.stdout == ""
    assert named in run.stderr


@pytest.mark.parametrize("name", ["001", "001_init_v1.sql"])
def test_a_migration_in_the_windows_place_shows_the_right_spelling(
    released: Project, name: str
) -> None:
    run = released.run("apply", "--window", name)

    assert run.exit_code == 2
    assert f"releasegate apply --window now/PT30M {name}" in run.stderr


def test_an_apply_without_a_window_is_a_usage_error(
    released: Project, production: Production
) -> None:
    run = released.run("apply", url=production.url)

    assert run.exit_code == 2
    assert "--window" in run.stderr
    assert not production.has_ledger()


@pytest.mark.parametrize("name", ["009", "init"])
def test_an_unknown_migration_is_a_usage_error_that_lists_those_there_are(
    released: Project, name: str
) -> None:
    run = released.run("preflight", name)

    assert run.exit_code == 2
    assert name in run.stderr
    assert "001_init_v1.sql" in run.stderr


@pytest.mark.parametrize("name", ["1", "001_init_v1.sql", MIGRATION])
def test_a_migration_goes_by_number_file_name_and_path(released: Project, name: str) -> None:
    run = released.ask("plan", name)

    assert run.exit_code == 0
    assert run.report["migration"]["path"] == MIGRATION


def test_a_draft_is_checked_and_never_applied(released: Project, production: Production) -> None:
    released.edit(MIGRATION, "BEGIN;", "-- releasegate: draft\n\nBEGIN;")
    released.commit()

    checked = released.ask("preflight", "001", url=production.url)
    applied = released.apply(production.url, "001")

    assert checked.exit_code == 0
    assert applied.exit_code == 1
    assert applied.errors == {"RG108"}
    assert not production.has_ledger()
