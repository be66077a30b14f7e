"""The generated pages are as the program's tables are, and no link of any page leads nowhere."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from releasegate import exit_codes, findings
from releasegate.settings import Configuration

ROOT = Path(__file__).parents[2]
GENERATOR = runpy.run_path(str(ROOT / "docs" / "generate.py"))
PAGES = sorted(
    path.relative_to(ROOT).as_posix()
    for pattern in ("*.md", "docs/**/*.md", "runbooks/*.md")
    for path in ROOT.glob(pattern)
)


def anchors(page: Path) -> set[str]:
    """Name a page's headings as GitHub does."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def leads_somewhere(link: str, page: Path) -> bool:
    name, _, anchor = link.partition("#")
    target = (page.parent / name).resolve() if name else page
    return target.exists() and (not anchor or anchor in anchors(target))


@pytest.mark.parametrize("name", GENERATOR["PAGES"])
def test_a_generated_page_is_as_the_tables_are(name: str) -> None:
    page = ROOT / "docs" / name

    assert page.read_text(encoding="utf-8") == GENERATOR["PAGES"][name](), "python docs/generate.py"


def test_the_configuration_page_has_every_key_and_no_other() -> None:
    page = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    keys = re.findall(r"^\| `([a-z.-]+)` \| `.+?` \| .{10,} \|$", page, re.MULTILINE)

    assert keys == [key for key, _ in GENERATOR["_keys"](Configuration())]


@pytest.mark.parametrize("kind", ["inputs", "outputs"])
def test_the_page_on_github_tells_everything_that_the_action_takes_and_gives(kind: str) -> None:
    action = YAML(typ="safe").load(ROOT / "action.yml")
    page = (ROOT / "docs" / "github-actions.md").read_text(encoding="utf-8")
    table = page.partition(f"| {kind[:-1]} | meaning |")[2].partition("\n\n")[0]
    cells = re.findall(r"^\| (`.+?`) \|", table, re.MULTILINE)

    assert re.findall(r"`(.+?)`", " ".join(cells)) == list(action[kind])


def test_every_code_has_its_own_anchor() -> None:
    found = anchors(ROOT / "docs" / "findings.md")

    assert {row.code.lower() for row in findings.CODES} <= found
    assert {f"exit-code-{row.code}" for row in exit_codes.EXIT_CODES} <= found


def test_the_readme_tells_the_exit_codes_as_the_program_does() -> None:
    page = (ROOT / "README.md").read_text(encoding="utf-8")

    rows = [f"| {row.code} | {row.meaning} |" for row in exit_codes.EXIT_CODES]
    assert "\n".join(rows) in page


@pytest.mark.parametrize(
    "row", [*findings.CODES, *exit_codes.EXIT_CODES], ids=lambda row: str(row.code)
)
def test_every_code_has_its_place_in_a_runbook(row: findings.Code | exit_codes.ExitCode) -> None:
    assert row.runbook.startswith("runbooks/")
    assert leads_somewhere(row.runbook, ROOT / "README.md")


@pytest.mark.parametrize("name", PAGES)
def test_no_link_of_a_page_leads_nowhere(name: str) -> None:
    page = ROOT / name
    text = re.sub(
        r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL
    )
    links = re.findall(r"\]\(([^)\s]+)\)", text)

    dangling = [
        link
        for link in links
        if not link.startswith(("http://", "https://")) and not leads_somewhere(link, page)
    ]

    assert dangling == []


def test_a_link_into_nothing_would_be_seen() -> None:
    page = ROOT / "README.md"

    assert leads_somewhere("docs/findings.md#rg101", page)
    assert not leads_somewhere("docs/findings.md#rg999", page)
    assert not leads_somewhere("docs/nothing.md", page)
