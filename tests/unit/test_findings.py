"""The table of finding codes: complete, unique and used."""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path

import pytest

import releasegate
from releasegate import findings
from releasegate.cli import GATE_IDS
from releasegate.model import Level

SOURCE = Path(releasegate.__file__).parent
HUNDREDS = {
    "1": "release-tag",
    "2": "app-code",
    "3": "parse-only",
    "4": "rehearsal",
    "5": "live-database",
    "6": "window",
}


def codes_in_source() -> set[str]:
    """Find every string that is a code, outside the table itself."""
    found: set[str] = set()
    for path in SOURCE.rglob("*.py"):
        if path.name == "findings.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.update(re.findall(r"\ARG\d{3}\Z", node.value))
    return found


def test_codes_are_given_once() -> None:
    counts = Counter(row.code for row in findings.CODES)

    assert [code for code, count in counts.items() if count > 1] == []


@pytest.mark.parametrize("row", findings.CODES, ids=lambda row: row.code)
def test_a_code_is_rg_and_three_digits_of_its_gate(row: findings.Code) -> None:
    assert re.fullmatch(r"RG\d{3}", row.code)
    assert HUNDREDS[row.code[2]] == row.gate


@pytest.mark.parametrize("row", findings.CODES, ids=lambda row: row.code)
def test_a_row_says_what_it_means_and_what_to_do(row: findings.Code) -> None:
    assert row.title
    assert not row.title.endswith(".")
    assert row.help
    assert isinstance(row.level, Level)


def test_every_codes_gate_is_one() -> None:
    assert {row.gate for row in findings.CODES} <= set(GATE_IDS)


def test_every_code_in_the_source_is_in_the_table() -> None:
    assert codes_in_source() - {row.code for row in findings.CODES} == set()


def test_a_finding_takes_level_and_help_from_the_table() -> None:
    made = findings.make("RG311", "A mark.", line=1, column=1)

    assert (made.level, made.help) == (Level.NOTE, "Save it as UTF-8 without BOM.")
    assert (made.message, made.path, made.line, made.column) == ("A mark.", None, 1, 1)


def test_a_finding_may_know_better_than_the_table() -> None:
    made = findings.make("RG101", "None.", level=Level.WARNING, help="git tag v7")

    assert (made.level, made.help) == (Level.WARNING, "git tag v7")


def test_an_unknown_code_cannot_be_made() -> None:
    with pytest.raises(KeyError):
        findings.make("RG999", "Nobody knows.")


@pytest.mark.parametrize("text", ["RG101", "rg101", "Rg101"])
def test_a_code_is_looked_up_whatever_its_case(text: str) -> None:
    found = findings.lookup(text)

    assert found is not None
    assert found.code == "RG101"


def test_an_unknown_code_is_not_found() -> None:
    assert findings.lookup("RG000") is None


def test_every_code_of_the_table_is_used_in_the_source() -> None:
    assert {row.code for row in findings.CODES} - codes_in_source() == set()
