"""An earlier count stands in place of a new one only while it is young and nothing was written."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from releasegate.gates.live_database.again import counts_of, holds
from releasegate.gates.looking import KnownCount
from releasegate.model import GateResult, GateStatus

NOW = datetime(2027, 1, 17, 2, tzinfo=UTC)
BEFORE = KnownCount(NOW - timedelta(hours=3), "ab12", "run 1")
ENTRY = {
    "demand": "key runs_fk",
    "table": "public.runs",
    "broken": 0,
    "counted_at": "2027-01-16T23:00:00+00:00",
    "mark": "ab12",
}


def counted(*entries: Any) -> dict[str, KnownCount]:
    result = GateResult(
        "live-database", "?", GateStatus.PASSED, evidence={"counted": list(entries)}
    )
    return counts_of([GateResult("window", "?", GateStatus.PASSED), result], "run 1")


def test_a_young_count_of_tables_as_they_were_holds() -> None:
    assert holds(BEFORE, "key", now=NOW, mark="ab12")


@pytest.mark.parametrize(
    ("kind", "later", "mark"),
    [
        ("key", timedelta(0), "cd34"),
        ("key", timedelta(0), None),
        ("key", timedelta(days=1), "ab12"),
        ("key", timedelta(hours=-4), "ab12"),
        ("check", timedelta(0), "ab12"),
    ],
    ids=["written-to", "no-counters", "too-old", "of-the-future", "may-ask-other-tables"],
)
def test_any_other_is_made_again(kind: str, later: timedelta, mark: str | None) -> None:
    assert not holds(BEFORE, kind, now=NOW + later, mark=mark)


def test_a_count_is_read_off_a_report_with_who_made_it_first() -> None:
    (first,) = counted(ENTRY).values()
    (handed_on,) = counted({**ENTRY, "counted_by": "run 0"}).values()

    assert first == BEFORE
    assert handed_on.run_id == "run 0"


@pytest.mark.parametrize(
    "change",
    [
        {"broken": 1},
        {"broken": None},
        {"mark": None},
        {"counted_at": None},
        {"counted_at": "2027-01-16T23:00:00"},
        {"counted_at": "yesterday"},
    ],
    ids=lambda change: "-".join(map(str, *change.items())),
)
def test_a_count_with_rows_in_the_way_or_without_a_mark_is_not_taken(
    change: dict[str, Any],
) -> None:
    assert counted({**ENTRY, **change}) == {}


def test_what_is_no_count_is_passed_over() -> None:
    assert counted("x", None, 7, {}, []) == {}
    assert len(counted("x", ENTRY)) == 1
