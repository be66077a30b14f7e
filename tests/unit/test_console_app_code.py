"""The app-code gate's answer -> coverage, source lines, carets and what to write instead."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from releasegate.appcode import examine
from releasegate.appcode.source.sources import Sources
from releasegate.model import GateResult, GateStatus, Report, Verdict
from releasegate.reports import console

NOW = datetime(2027, 1, 17, 1, 0, tzinfo=UTC)
BARE = Report("preflight", "0.1.0", "run", NOW, NOW, 0, Verdict.PASSED, "All.")

BASELINE = """
CREATE TABLE papers (id uuid PRIMARY KEY DEFAULT gen_random_uuid());
CREATE TABLE runs (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), paper_id uuid, status text);
"""
MIGRATION = "ALTER TABLE runs ADD FOREIGN KEY (paper_id) REFERENCES papers (id);"


def shown(source: str, *, width: int = 100) -> str:
    contents: dict[str, bytes | None] = {"app/store.py": source.encode()}
    examined = examine(
        migration_sql=MIGRATION,
        migration_path="001.sql",
        baseline_sql=BASELINE,
        sources=Sources(tuple(contents), (), ()),
        contents=contents,
    )
    result = GateResult(
        "app-code",
        "?",
        GateStatus.BLOCKED,
        findings=examined.findings,
        evidence=examined.evidence,
    )
    lines = console.render(replace(BARE, gates=(result,)), width=width).splitlines()
    # Without the head, the gate's own line and the foot.
    return "\n".join(lines[3 : lines.index("PASSED. All.") - 1])


GOOD = (
    "def a(c, paper_id):\n    c.execute('INSERT INTO runs (paper_id) VALUES (%s)', (paper_id,))\n"
)
BAD = "def b(c):\n    c.execute('INSERT INTO runs (status) VALUES (%s)', ('new',))\n"


def test_a_column_that_is_always_sent_is_one_line() -> None:
    assert shown(GOOD).split("\n") == ["           runs.paper_id: 1 write site, 1 sends it"]


def test_what_needs_a_look_comes_with_its_line_a_caret_and_the_cure() -> None:
    text = shown(GOOD + BAD)

    assert text.split("\n") == [
        "           runs.paper_id: 2 write sites, 1 sends it, 1 leaves it out",
        "           app/store.py:4",
        (
            "           RG201 This insert of runs leaves out runs.paper_id: "
            "the columns of runs are listed here."
        ),
        "             4 |     c.execute('INSERT INTO runs (status) VALUES (%s)', ('new',))",
        "               |                            ^^^^",
        "             -> Add paper_id with the value of papers.id.",
    ]


def test_the_places_that_decided_are_named() -> None:
    source = """
class NewRun(BaseModel):
    paper_id: UUID | None = None

def f(client, run: NewRun):
    client.table("runs").insert(run.model_dump()).execute()
def g(client, paper_id=None):
    client.table("runs").insert({"paper_id": paper_id}).execute()
"""

    text = shown(source)

    assert "app/store.py:3" in text
    assert "NewRun.paper_id may be None" in text
    assert "see app/store.py:7: the parameter paper_id is None unless it is given" in text


@pytest.mark.parametrize("width", [60, 80, 100])
def test_no_line_is_longer_than_the_terminal(width: int) -> None:
    long = "    " * 12 + "c.execute('INSERT INTO runs (status) VALUES (%s)', " + "('new',) or " * 20
    source = f"def b(c):\n  if c:\n{long}1)\n"

    lines = shown(source, width=width).split("\n")

    assert max(map(len, lines)) <= width
    caret = next(index for index, line in enumerate(lines) if "^" in line)
    start, end = lines[caret].index("^"), lines[caret].rindex("^") + 1
    assert lines[caret - 1][start:end] == "runs"


def test_a_settled_write_is_counted_as_such() -> None:
    source = (
        "def f(c, r):\n    c.table('runs').insert(r)  # releasegate: sends runs.paper_id -- x\n"
    )

    assert "1 write site, 1 is settled by a pragma" in shown(source)
