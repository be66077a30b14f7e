"""The runbook, the code and the published schema name the same gates in the same order."""

from __future__ import annotations

import json
import re
from importlib import resources
from pathlib import Path

import pytest

from releasegate import cli, findings
from releasegate.release.sequence import GATES

ROOT = Path(__file__).parents[2]
RUNBOOK = (ROOT / "runbooks" / "apply-v1-hardening.md").read_text()
PAGES = sorted((ROOT / "runbooks").glob("*.md"))
GATE_IDS = tuple(gate.id for gate in GATES)


def test_runbook_has_one_heading_per_gate_in_the_gates_order() -> None:
    headings = re.findall(r"^## (.+)$", RUNBOOK, re.MULTILINE)

    assert tuple(h for h in headings if h in GATE_IDS) == GATE_IDS


def test_command_line_offers_exactly_the_gates() -> None:
    assert cli.GATE_IDS == GATE_IDS


def test_schema_knows_exactly_the_gates() -> None:
    text = resources.files("releasegate.reports").joinpath("report.schema.json").read_text()
    gate = json.loads(text)["properties"]["gates"]["items"]["properties"]["gate"]

    assert tuple(gate["enum"]) == GATE_IDS


def test_runbook_says_what_to_do_for_every_exit_code() -> None:
    rows = re.findall(r"^\| (\d+) \|", RUNBOOK, re.MULTILINE)

    assert rows == ["0", "1", "2", "3", "4", "70", "130"]


@pytest.mark.parametrize("document", [*(f"runbooks/{p.name}" for p in PAGES), "README.md"])
def test_documents_name_only_codes_that_exist(document: str) -> None:
    named = set(re.findall(r"RG\d{3}", (ROOT / document).read_text()))

    assert all(findings.lookup(code) for code in named)


def test_the_runbook_says_what_to_do_about_every_code() -> None:
    named = set(re.findall(r"RG\d{3}", RUNBOOK))
    for first, last in re.findall(r"RG(\d{3}) to RG(\d{3})", RUNBOOK):
        named |= {f"RG{number}" for number in range(int(first), int(last) + 1)}

    assert {row.code for row in findings.CODES} <= named


@pytest.mark.parametrize("page", [p for p in PAGES if p.stem != "README"], ids=lambda p: p.stem)
def test_a_page_says_when_to_use_it_what_is_needed_and_how_to_know_that_it_is_over(
    page: Path,
) -> None:
    text = page.read_text(encoding="utf-8")
    before, _, steps = text.partition("\n## ")
    over = text.partition("\n## When it is over\n")[2].partition("\n## ")[0]

    assert re.search(r"^(When|Where|The first|A draft)\b", before, re.MULTILINE)
    assert re.search(r"^You need: .*(?s:.*)\(README\.md#in-the-environment\)", before, re.MULTILINE)
    assert re.search(r"^(\d\. .+|```sh)$", steps, re.MULTILINE)
    assert re.search(r"^releasegate status.*  # exit 0$", over, re.MULTILINE)
