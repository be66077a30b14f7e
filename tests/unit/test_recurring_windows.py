"""Configured windows and freezes, around every clock change of 2026 and 2027 in two zones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from releasegate import window
from releasegate.errors import UsageError
from releasegate.window import Freeze, Recurring, describe

BERLIN, NEW_YORK = "Europe/Berlin", "America/New_York"
TWO_HOURS = timedelta(hours=2)


@dataclass(frozen=True)
class Change:
    """One clock change, and what becomes of the daily window 01:00, 01:30, 02:00 or 02:30 there."""

    zone: str
    day: str
    #: when the clock is put, in UTC
    at: str
    #: wall clock of a window's configured opening -> opening in UTC
    opens: dict[str, str]


FORWARD_BERLIN = {"01:30": "00:30", "02:00": "01:00", "02:30": "01:30", "03:00": "01:00"}
BACK_BERLIN = {"01:30": "23:30", "02:00": "00:00", "02:30": "00:30", "03:00": "02:00"}
FORWARD_NEW_YORK = {"01:30": "06:30", "02:00": "07:00", "02:30": "07:30", "03:00": "07:00"}
BACK_NEW_YORK = {"00:30": "04:30", "01:00": "05:00", "01:30": "05:30", "02:00": "07:00"}
CHANGES = (
    Change(BERLIN, "2026-03-29", "01:00", FORWARD_BERLIN),
    Change(BERLIN, "2026-10-25", "01:00", BACK_BERLIN),
    Change(BERLIN, "2027-03-28", "01:00", FORWARD_BERLIN),
    Change(BERLIN, "2027-10-31", "01:00", BACK_BERLIN),
    Change(NEW_YORK, "2026-03-08", "07:00", FORWARD_NEW_YORK),
    Change(NEW_YORK, "2026-11-01", "06:00", BACK_NEW_YORK),
    Change(NEW_YORK, "2027-03-14", "07:00", FORWARD_NEW_YORK),
    Change(NEW_YORK, "2027-11-07", "06:00", BACK_NEW_YORK),
)
OPENINGS = [(change, wall, utc) for change in CHANGES for wall, utc in change.opens.items()]


def rule(
    cron: str = "0 2 * * SUN", duration: str = "PT2H", zone: str = BERLIN, name: str = "sunday"
) -> Recurring:
    return window.recurring(name, cron=cron, duration=duration, zone=zone)


def instant(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+00:00")


def frozen(when: str, zone: str | None = None, reason: str = "") -> Freeze:
    return window.freeze("year-end", when=when, zone=zone, reason=reason)


@pytest.mark.parametrize(
    ("change", "wall", "utc"), OPENINGS, ids=[f"{c.zone}-{c.day}-{w}" for c, w, _ in OPENINGS]
)
def test_a_daily_window_opens_once_on_the_day_of_a_clock_change(
    change: Change, wall: str, utc: str
) -> None:
    hour, minute = wall.split(":")
    daily = rule(f"{int(minute)} {int(hour)} * * *", "PT1H", change.zone)
    at = instant(f"{change.day}T{change.at}")
    expected = min(
        (instant(f"{change.day}T{utc}") - timedelta(days=d) for d in (0, 1)),
        key=lambda opening: abs(opening - at),
    )

    found = daily.at(expected - timedelta(minutes=10))

    assert found.opens_at == expected
    assert found.closes_at - found.opens_at == timedelta(hours=1)
    following = daily.at(found.closes_at)
    assert timedelta(hours=22) <= following.opens_at - found.opens_at <= timedelta(hours=26)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: f"{change.zone}-{change.day}")
def test_a_window_over_a_clock_change_says_so_and_keeps_its_real_length(change: Change) -> None:
    at = instant(f"{change.day}T{change.at}")
    start = (at - timedelta(hours=1)).isoformat()

    spanning = window.parse(f"{start}/PT2H", now=at)
    named = window.parse("now/PT2H", now=at - timedelta(hours=1))
    inside = rule("30 0 * * *", "PT4H", change.zone).at(at - timedelta(minutes=5))

    assert spanning.remarks == named.remarks == ()
    assert inside.closes_at - inside.opens_at == timedelta(hours=4)
    (remark,) = inside.remarks
    assert f"at {change.day} {change.at} UTC" in remark
    assert ("forward" if "-03-" in change.day else "back") in remark
    shown = inside.closes_at.replace(tzinfo=None) - inside.opens_at.replace(tzinfo=None)
    assert shown == timedelta(hours=5 if "-03-" in change.day else 3)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: f"{change.zone}-{change.day}")
def test_an_opening_that_the_clock_skips_or_repeats_is_said(change: Change) -> None:
    hour = 1 if change.zone == NEW_YORK and "-11-" in change.day else 2
    at = instant(f"{change.day}T{change.at}")

    found = rule(f"30 {hour} * * *", "PT10M", change.zone).at(at - timedelta(hours=1))

    words = "does not exist" if "-03-" in change.day else "comes twice"
    assert [words in remark for remark in found.remarks] == [True]
    assert f"{change.day} 0{hour}:30" in found.remarks[0]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: f"{change.zone}-{change.day}")
def test_each_end_is_told_by_the_wall_and_in_utc(change: Change) -> None:
    at = instant(f"{change.day}T{change.at}")

    text = describe(rule("30 0 * * *", "PT4H", change.zone).at(at - timedelta(minutes=5)))

    before, after = {
        (BERLIN, True): ("+01:00", "+02:00"),
        (BERLIN, False): ("+02:00", "+01:00"),
        (NEW_YORK, True): ("-05:00", "-04:00"),
        (NEW_YORK, False): ("-04:00", "-05:00"),
    }[change.zone, "-03-" in change.day]
    assert f"{change.day} 00:30 {before} (" in text
    assert f" {after} (" in text
    assert text.count("UTC)") == 2
    assert text.endswith(f"{change.zone}, 4:00:00 long")


def test_the_words_name_the_day_in_utc_where_it_is_another() -> None:
    found = rule().at(instant("2026-10-24T20:00"))

    assert describe(found) == (
        "sunday: Sun 2026-10-25 02:00 +02:00 (00:00 UTC) to Sun 2026-10-25 03:00 +01:00 "
        "(02:00 UTC) Europe/Berlin, 2:00:00 long"
    )


def test_the_window_that_is_open_comes_before_the_next_one() -> None:
    sunday = rule()

    last_moment = sunday.at(instant("2027-01-17T02:59:59"))
    after = sunday.at(instant("2027-01-17T03:00"))

    assert last_moment.opens_at == instant("2027-01-17T01:00")
    assert after.opens_at == instant("2027-01-24T01:00")
    assert (last_moment.name, last_moment.zone) == ("sunday", BERLIN)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"cron": "0 2 * *"}, "has not 5 fields"),
        ({"cron": "0 25 * * *"}, "Bad hour"),
        ({"cron": "0 2 30 2 *"}, "no day that ever comes|Bad"),
        ({"cron": "0 * * * *"}, "still open when the next one opens"),
        ({"duration": "PT0S"}, "no length of time"),
        ({"duration": "-PT1H"}, "no length of time"),
        ({"duration": "P1D"}, "no duration in hours"),
        ({"duration": "2h"}, "no duration in hours"),
        ({"zone": "Europe/Atlantis"}, "no time zone 'Europe/Atlantis'"),
        ({"name": "a/b"}, "cannot be a window's name"),
        ({"name": "001"}, "cannot be a window's name"),
    ],
    ids=lambda value: str(value) if isinstance(value, dict) else None,
)
def test_a_rule_that_means_nothing_is_refused(changed: dict[str, str], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        rule(**changed)


def test_bare_window_means_the_only_one_configured() -> None:
    now = instant("2027-01-16T12:00")
    one, other = rule(), rule(name="night")

    assert window.choose("", {"sunday": one}, now=now) == one.at(now)
    assert window.choose("night", {"sunday": one, "night": other}, now=now).name == "night"
    assert window.choose("now/PT1H", {"sunday": one}, now=now).name is None
    with pytest.raises(UsageError, match="configured: sunday, night"):
        window.choose("", {"sunday": one, "night": other}, now=now)
    with pytest.raises(UsageError, match="configured: none"):
        window.choose("", {}, now=now)
    with pytest.raises(UsageError, match=r"no window 'monday'\. Configured windows: sunday"):
        window.choose("monday", {"sunday": one}, now=now)


@pytest.mark.parametrize(
    ("when", "zone", "opens_at", "closes_at"),
    [
        ("2026-12-24", BERLIN, "2026-12-23T23:00", "2026-12-24T23:00"),
        ("2026-12-20/2027-01-03", BERLIN, "2026-12-19T23:00", "2027-01-03T23:00"),
        ("2026-12-20/2027-01-03", NEW_YORK, "2026-12-20T05:00", "2027-01-04T05:00"),
        ("2026-10-25", BERLIN, "2026-10-24T22:00", "2026-10-25T23:00"),
        ("2027-03-14", NEW_YORK, "2027-03-14T05:00", "2027-03-15T04:00"),
        ("2026-11-27T08:00[Europe/Berlin]/PT12H", None, "2026-11-27T07:00", "2026-11-27T19:00"),
    ],
)
def test_a_freeze_is_days_with_both_ends_or_an_interval(
    when: str, zone: str | None, opens_at: str, closes_at: str
) -> None:
    span = frozen(when, zone).span

    assert (span.opens_at, span.closes_at) == (instant(opens_at), instant(closes_at))


@pytest.mark.parametrize(
    ("when", "zone", "message"),
    [
        ("2026-12-24", None, "dates need a zone"),
        ("2026-12-24/2026-12-23", BERLIN, "does not end after its start"),
        ("2026-02-30", BERLIN, "2026-02-30"),
        ("2026-12-24", "Europe/Atlantis", "no time zone"),
        ("now/PT2H", None, "not now"),
        ("christmas", BERLIN, "is no window"),
    ],
)
def test_a_freeze_that_means_nothing_is_refused(when: str, zone: str | None, message: str) -> None:
    with pytest.raises(UsageError, match=rf"freezes\.year-end.*{message}"):
        frozen(when, zone)


def test_a_freeze_overlaps_what_touches_it_from_within_alone() -> None:
    freeze = frozen("2026-12-24", BERLIN, "the shop is full")
    start, end = freeze.span.opens_at, freeze.span.closes_at

    assert freeze.overlaps(start - TWO_HOURS, start + timedelta(seconds=1))
    assert freeze.overlaps(end - timedelta(seconds=1), end + TWO_HOURS)
    assert not freeze.overlaps(start - TWO_HOURS, start)
    assert not freeze.overlaps(end, end + TWO_HOURS)
    assert "the shop is full" in str(freeze)
