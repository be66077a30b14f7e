"""The example app keeps the contract of the project's own migration, and each key is watched."""

from __future__ import annotations

import ast
import re
import shutil
from pathlib import Path

import pytest

from releasegate.appcode import Examination, examine
from releasegate.appcode.source.sources import source_files
from releasegate.repository import content

ROOT = Path(__file__).parents[2]
APP = "examples/papers"
EXISTING = [
    ("plans", "paper_id"),
    ("runs", "plan_id"),
    ("runs", "paper_id"),
    ("run_events", "run_id"),
    ("storyboards", "paper_id"),
]


def look(root: Path) -> Examination:
    sources = source_files(root, roots=[APP], exclude=[])
    return examine(
        migration_sql=(ROOT / "db/migrations/001_init_v1.sql").read_text(),
        migration_path="db/migrations/001_init_v1.sql",
        baseline_sql=(ROOT / "db/schema/v0.sql").read_text(),
        sources=sources,
        contents={path: content(root / path) for path in sources.files},
    )


@pytest.fixture
def app(tmp_path: Path) -> Path:
    """A copy of the example that a test may break."""
    shutil.copytree(ROOT / APP, tmp_path / APP, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def inserts(root: Path) -> list[tuple[Path, ast.Constant, str]]:
    """Find every INSERT and COPY literal of the example: file, literal, table."""
    found = []
    for path in sorted((root / APP).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                match = re.search(r"(?:INSERT\s+INTO|COPY)\s+(\w+)\s*\(", node.value)
                if match:
                    found.append((path, node, match.group(1)))
    return found


def without_column(literal: str, column: str) -> str:
    """Take a column and its named placeholder out of an INSERT's or a COPY's text."""
    lines = re.sub(rf"\b{column}\b\s*,\s*|,\s*\b{column}\b(?=\s*\))", "", literal, count=1)
    return re.sub(rf"%\({column}\)s\s*,\s*", "", lines, count=1)


def test_every_insert_of_the_example_sends_every_key_that_exists() -> None:
    examination = look(ROOT)

    sent = {
        (site["table"], name)
        for site in examination.evidence["write_sites"]
        for name, column in site["columns"].items()
        if column["verdict"] == "sent"
    }
    assert {finding.code for finding in examination.findings} <= {"RG211", "RG214"}
    assert set(EXISTING) <= sent
    assert len(examination.evidence["write_sites"]) >= len(inserts(ROOT)) > 0


@pytest.mark.parametrize(("table", "column"), EXISTING, ids=[".".join(item) for item in EXISTING])
def test_a_key_that_an_insert_leaves_out_is_caught_at_its_line(
    app: Path, table: str, column: str
) -> None:
    literals = [item for item in inserts(app) if item[2] == table]
    assert literals
    for path, node, _ in literals:
        whole = path.read_text()
        broken = whole.replace(node.value, without_column(node.value, column))
        assert broken != whole
        path.write_text(broken)

        examination = look(app)

        path.write_text(whole)
        first = (
            node.lineno
            + len(node.value[: re.search(r"INSERT|COPY", node.value).start()].split("\n"))
            - 1
        )
        assert [
            (finding.code, finding.path, finding.line)
            for finding in examination.findings
            if finding.level == "error"
        ] == [("RG201", path.relative_to(app).as_posix(), first)]


@pytest.mark.parametrize(("table", "column"), EXISTING, ids=[".".join(item) for item in EXISTING])
def test_a_key_that_is_none_is_caught_at_its_line(app: Path, table: str, column: str) -> None:
    path, line = parameter(app, table, column)
    lines = path.read_text().splitlines(keepends=True)
    lines[line - 1] = re.sub(rf'("{column}": )\w+', r"\1None", lines[line - 1])
    path.write_text("".join(lines))

    examination = look(app)

    assert [
        (finding.code, finding.path, finding.line)
        for finding in examination.findings
        if finding.level == "error"
    ] == [("RG202", path.relative_to(app).as_posix(), line)]


def parameter(root: Path, table: str, column: str) -> tuple[Path, int]:
    """Find where the value of a named placeholder is written, as the evidence tells."""
    for site in look(root).evidence["write_sites"]:
        if site["table"] == table and site["operation"] == "insert":
            place = site["columns"][column]["proof"][0]
            return root / place["path"], place["line"]
    raise LookupError(f"nothing inserts into {table}")
