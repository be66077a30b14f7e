"""Text -> Window: forms, zones, clock changes and everything that is no window."""

from __future__ import annotations

import random
import string
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from releasegate.errors import UsageError
from releasegate.window import parse

NOW = datetime(2027, 1, 16, 12, 30, tzinfo=UTC)
TWO = datetime(2027, 1, 17, 1, 0, tzinfo=UTC)
TWO_HOURS = timedelta(hours=2)


@pytest.mark.parametrize(
    ("text", "opens_at", "length"),
    [
        ("2027-01-17T02:00+01:00/2027-01-17T04:00+01:00", TWO, TWO_HOURS),
        ("2027-01-17T02:00+01:00/PT2H", TWO, TWO_HOURS),
        ("2027-01-17T01:00Z/PT90M", TWO, timedelta(minutes=90)),
        ("2027-01-17T01:00:30Z/PT1S", TWO + timedelta(seconds=30), timedelta(seconds=1)),
        ("2027-01-17T02:00[Europe/Berlin]/PT2H", TWO, TWO_HOURS),
        (
            "2027-01-17T02:00[Europe/Berlin]/2027-01-17T04:00[Europe/Berlin]",
            TWO,
            TWO_HOURS,
        ),
        ("2027-01-17T02:00+01:00[Europe/Berlin]/PT2H", TWO, TWO_HOURS),
        ("2027-01-17T01:00Z/2027-01-16T22:00-05:00", TWO, TWO_HOURS),
        ("2027-01-17T06:45+05:45[Asia/Kathmandu]/PT1H30M", TWO, timedelta(minutes=90)),
        ("now/PT30M", NOW, timedelta(minutes=30)),
        ("now/2027-01-16T13:30Z", NOW, timedelta(hours=1)),
    ],
    ids=[
        "two-offsets",
        "offset-and-duration",
        "utc",
        "seconds",
        "zone-name",
        "two-zone-names",
        "offset-and-zone-name",
        "two-different-offsets",
        "quarter-hour-zone",
        "now",
        "now-until",
    ],
)
def test_a_window_is_read_in_every_documented_form(
    text: str, opens_at: datetime, length: timedelta
) -> None:
    window = parse(text, now=NOW)

    assert window.opens_at == opens_at
    assert window.closes_at - window.opens_at == length


@pytest.mark.parametrize(
    "text",
    ["2027-01-17T02:00+01:00/PT2H", "2027-01-17T02:00[Europe/Berlin]/PT2H", "now/PT2H"],
    ids=["offset", "zone-name", "now"],
)
def test_both_ends_know_their_zone(text: str) -> None:
    window = parse(text, now=NOW)

    assert window.opens_at.utcoffset() is not None
    assert window.closes_at.utcoffset() is not None


@pytest.mark.parametrize(
    ("local", "zone", "utc"),
    [
        ("2026-10-25T01:59", "Europe/Berlin", "2026-10-24T23:59+00:00"),
        ("2026-10-25T03:00", "Europe/Berlin", "2026-10-25T02:00+00:00"),
        ("2027-03-28T01:59", "Europe/Berlin", "2027-03-28T00:59+00:00"),
        ("2027-03-28T03:00", "Europe/Berlin", "2027-03-28T01:00+00:00"),
        ("2027-03-14T03:00", "America/New_York", "2027-03-14T07:00+00:00"),
        ("2027-11-07T02:00", "America/New_York", "2027-11-07T07:00+00:00"),
    ],
)
def test_times_beside_a_clock_change_are_told_apart(local: str, zone: str, utc: str) -> None:
    window = parse(f"{local}[{zone}]/PT1H", now=NOW)

    assert window.opens_at == datetime.fromisoformat(utc)


def test_a_duration_over_a_clock_change_counts_real_time() -> None:
    window = parse("2027-03-28T01:00[Europe/Berlin]/PT3H", now=NOW)

    assert window.closes_at == datetime(2027, 3, 28, 3, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "start",
    [
        "2026-03-29T02:30[Europe/Berlin]",
        "2027-03-28T02:00[Europe/Berlin]",
        "2026-03-08T02:30[America/New_York]",
        "2027-03-14T02:59[America/New_York]",
    ],
)
def test_a_time_that_the_clock_skips_is_refused(start: str) -> None:
    with pytest.raises(UsageError, match="does not exist"):
        parse(f"{start}/PT1H", now=NOW)


@pytest.mark.parametrize(
    "start",
    [
        "2026-10-25T02:30[Europe/Berlin]",
        "2027-10-31T02:00[Europe/Berlin]",
        "2026-11-01T01:30[America/New_York]",
        "2027-11-07T01:59[America/New_York]",
    ],
)
def test_a_time_that_comes_twice_is_refused(start: str) -> None:
    with pytest.raises(UsageError, match="comes twice"):
        parse(f"{start}/PT1H", now=NOW)


@pytest.mark.parametrize(
    ("offset", "hour"), [("+02:00", 0), ("+01:00", 1)], ids=["first", "second"]
)
def test_a_time_that_comes_twice_is_told_apart_by_its_offset(offset: str, hour: int) -> None:
    window = parse(f"2026-10-25T02:30{offset}[Europe/Berlin]/PT1H", now=NOW)

    assert window.opens_at == datetime(2026, 10, 25, hour, 30, tzinfo=UTC)


@pytest.mark.parametrize("side", ["start", "end"])
def test_a_time_without_a_zone_is_refused(side: str) -> None:
    times = {"start": "2027-01-17T02:00Z", "end": "2027-01-17T04:00Z"}
    times[side] = times[side].removesuffix("Z")

    with pytest.raises(UsageError, match="names no zone"):
        parse(f"{times['start']}/{times['end']}", now=NOW)


@pytest.mark.parametrize(
    "text",
    [
        "now/PT0S",
        "now/-PT1H",
        "2027-01-17T02:00Z/-PT1H",
        "2027-01-17T02:00Z/2027-01-17T02:00Z",
        "2027-01-17T02:00Z/2027-01-17T01:00Z",
        "2027-01-17T02:00Z/2027-01-17T02:30+01:00",
    ],
    ids=["zero", "negative", "negative-from-time", "same", "before", "before-in-another-zone"],
)
def test_a_window_must_end_after_its_start(text: str) -> None:
    with pytest.raises(UsageError, match="does not end after its start"):
        parse(text, now=NOW)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "/",
        "now",
        "now/",
        "/PT1H",
        "001",
        "sunday",
        "now/now",
        "now/2H",
        "now/P1Y",
        "now/P1M",
        "now/PT",
        "PT1H/now",
        "NOW/PT1H",
        "now/PT1H/PT2H",
        "2027-01-17/PT2H",
        "2027-02-30T02:00Z/PT2H",
        "2027-01-17T25:00Z/PT2H",
        "2027-01-17 02:00/PT2H",
        "2027-01-17T02:00[Europe/Atlantis]/PT2H",
        "2027-01-17T02:00[../../etc/passwd]/PT2H",
        "2027-01-17T02:00+05:00[Europe/Berlin]/PT2H",
        "2027-01-17T02:00+01:00[Europe/Atlantis]/PT2H",
        "2027-01-17T02:00+99:00/PT2H",
        "2027-01-17T02:00Z/PT2H\n",
        "now/PT2H; DROP TABLE papers",
    ],
)
def test_what_is_no_window_is_refused_as_such(text: str) -> None:
    with pytest.raises(UsageError):
        parse(text, now=NOW)


def test_no_text_ends_in_anything_but_a_window_or_a_refusal() -> None:
    chance = random.Random(7)
    seeds = ["2027-01-17T02:00+01:00", "2027-01-17T02:00[Europe/Berlin]", "now", "PT2H", "/"]
    letters = string.printable + "é０+-[]/:TZP"

    for _ in range(3000):
        text = list("".join(chance.choices(seeds, k=chance.randint(1, 4))))
        for _ in range(chance.randint(0, 3)):
            text[chance.randrange(len(text))] = chance.choice(letters)
        try:
            window = parse("".join(text), now=NOW)
        except UsageError:
            continue
        assert all(left < right for left, right in pairwise([window.opens_at, window.closes_at]))


@pytest.mark.parametrize(
    "text",
    [
        "now/PT87600000H",
        "now/PT99999999999999999H",
        "9999-12-31T23:00Z/PT9H",
        "0001-01-01T00:00Z/PT1H",
    ],
)
def test_a_window_beyond_the_calendar_is_refused_or_read(text: str) -> None:
    try:
        window = parse(text, now=NOW)
    except UsageError:
        return

    assert window.closes_at > window.opens_at
