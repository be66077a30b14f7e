"""A header's waivers -> which findings they let pass, until when, and what is no waiver."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest

from releasegate import findings, migrations
from releasegate.gates import waivers
from releasegate.model import Level, Migration, Waiver
from releasegate.reports import console, github, junit, markdown
from releasegate.statements.parser import parse
from releasegate.statements.refusals import refusals
from samples import WAIVED

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = "db/migrations"
NOW = datetime(2027, 1, 31, 12, tzinfo=UTC)
UNCOUNTED = findings.make("RG522", "public.runs was not counted.")


def migration(root: Path, *lines: str) -> Migration:
    (root / FOLDER).mkdir(parents=True)
    text = "".join(f"-- releasegate: {line}\n" for line in lines)
    (root / FOLDER / "001_a.sql").write_text(f"{text}SELECT 1;\n")
    return migrations.load(root, FOLDER)[0]


def test_a_header_may_hold_several_waivers(tmp_path: Path) -> None:
    found = migration(
        tmp_path,
        "waive RG522 until 2027-01-31 -- counted on the replica -- twice",
        "waive rg205 until 2027-02-01 -- read by hand",
    )

    assert found.directives.waivers == (
        Waiver("RG522", "counted on the replica -- twice", date(2027, 1, 31), 1),
        Waiver("RG205", "read by hand", date(2027, 2, 1), 2),
    )
    assert found.directives.unknown == ()


@pytest.mark.parametrize(
    "line",
    [
        "waive RG522 until 2027-01-31",
        "waive RG522 until 2027-01-31 --",
        "waive RG522 until 2027-02-30 -- no such day",
        "waive RG522 -- for ever",
        "waive until 2027-01-31 -- all of it",
        "waive RG522 RG205 until 2027-01-31 -- two at once",
        "waive RG5 until 2027-01-31 -- a family",
    ],
)
def test_what_is_no_waiver_waives_nothing(tmp_path: Path, line: str) -> None:
    found = migration(tmp_path, line)

    assert found.directives.unknown == ((1, line),)
    assert waivers.waived([UNCOUNTED], found, NOW) == (UNCOUNTED,)


def test_a_waived_finding_is_a_note_that_carries_its_waiver(tmp_path: Path) -> None:
    other = findings.make("RG521", "2 rows break it.")
    found = migration(tmp_path, "waive RG522 until 2027-01-31 -- counted elsewhere")

    waived, kept = waivers.waived([UNCOUNTED, other], found, NOW)

    assert (waived.level, waived.waiver) == (Level.NOTE, found.directives.waivers[0])
    assert waived.message == UNCOUNTED.message
    assert kept == other


@pytest.mark.parametrize(
    ("now", "holds"),
    [
        (datetime(2027, 1, 31, 23, 59, 59, tzinfo=UTC), True),
        (datetime(2027, 2, 1, tzinfo=UTC), False),
        (datetime(2027, 2, 1, 0, 30, tzinfo=timezone(timedelta(hours=1))), True),
        (datetime(2027, 1, 31, 23, 30, tzinfo=timezone(timedelta(hours=-1))), False),
    ],
    ids=["its-last-second", "the-next-day", "still-the-day-in-utc", "no-more-the-day-in-utc"],
)
def test_a_waiver_holds_through_its_last_day_in_utc(
    tmp_path: Path, now: datetime, *, holds: bool
) -> None:
    found = migration(tmp_path, "waive RG522 until 2027-01-31 -- counted elsewhere")

    (finding,) = waivers.waived([UNCOUNTED], found, now)

    assert (finding.waiver is not None) is holds
    assert [fault.code for fault in waivers.faults(found, now)] == ([] if holds else ["RG322"])


@pytest.mark.parametrize("code", ["RG101", "RG104", "RG602", "RG521", "RG402", "RG301", "RG322"])
def test_tag_window_and_what_is_certain_cannot_be_waived(tmp_path: Path, code: str) -> None:
    blocking = findings.make(code, "It is so.")
    found = migration(tmp_path, f"waive {code} until 2027-01-31 -- please")

    assert waivers.waived([blocking], found, NOW) == (blocking,)
    (fault,) = waivers.faults(found, NOW)
    assert (fault.code, fault.line) == ("RG321", 1)


@pytest.mark.parametrize(
    "statement",
    ["COPY a FROM STDIN", "DO $$ BEGIN PERFORM set_config('a', 'b', false); END $$"],
)
def test_what_the_run_itself_stands_on_is_refused_whatever_is_waived(
    tmp_path: Path, statement: str
) -> None:
    found = migration(tmp_path, "waive RG307 until 2027-01-31 -- it is meant")
    (named,) = refusals(parse("NOTIFY a"))
    (refused,) = refusals(parse(statement))

    assert [one.level for one in waivers.waived([named, refused], found, NOW)] == [
        Level.NOTE,
        Level.ERROR,
    ]


def test_no_code_of_tag_or_window_may_be_waived() -> None:
    may = {row.gate for row in findings.CODES if row.may_be_waived}

    assert may == {"app-code", "parse-only", "rehearsal", "live-database"}


def test_an_unknown_code_and_a_second_waiver_are_named(tmp_path: Path) -> None:
    found = migration(
        tmp_path,
        "waive RG999 until 2027-01-31 -- who knows",
        "waive RG522 until 2027-01-31 -- one",
        "waive RG522 until 2029-01-31 -- another",
    )

    faults = list(waivers.faults(found, NOW))

    assert [(fault.code, fault.line) for fault in faults] == [
        ("RG321", 1),
        ("RG321", 2),
        ("RG321", 3),
    ]
    assert waivers.in_force(found, NOW) == ()


@pytest.mark.parametrize("render", [console.render, github.render, junit.render, markdown.render])
def test_a_report_says_until_when_and_why(render: object) -> None:
    text = " ".join(render(WAIVED).split())  # type: ignore[operator]

    assert "waived until 2027-01-31: the replica counted them" in text
    assert "::error" not in text
