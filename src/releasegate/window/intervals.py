"""An ISO 8601 interval with zones -> Window."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from releasegate.errors import UsageError
from releasegate.window.words import made

if TYPE_CHECKING:
    from datetime import datetime

    from whenever import Instant, PlainDateTime, TimeDelta

    from releasegate.model import Window

FORMS = (
    "START/END, START/DURATION or now/DURATION, such as "
    "2027-01-17T02:00+01:00/PT2H, 2027-01-17T02:00[Europe/Berlin]/2027-01-17T04:00[Europe/Berlin] "
    "or now/PT30M"
)
# A zone's name may hold a slash of its own.
_INTERVAL = re.compile(r"([^/\[\]]+(?:\[[^\]]+\])?)/(.+)\Z")
_ZONE_NAME = re.compile(r"(?P<local>[^\[]+)\[(?P<zone>[^\]]+)\]\Z")
_OFFSET = re.compile(r"(Z|[+-]\d\d:?\d\d)\Z")


def parse(text: str, *, now: datetime) -> Window:
    """Read an ISO 8601 interval whose ends name their zone, by offset or by name (RFC 9557).

    ``now`` is what the word stands for.

    Raises:
        UsageError: it is none, lacks a zone, names a time that a clock change skips or repeats, or
            does not end after its start.
    """
    from whenever import Instant

    interval = _INTERVAL.match(text)
    if interval is None:
        raise UsageError(f"{text!r} is no window. A window is {FORMS}.")
    left, right = interval.groups()
    try:
        opens_at = Instant(now) if left == "now" else _time(left)
        is_length = right[:1] in ("P", "-")
        closes_at = opens_at + duration(right) if is_length else _time(right)
    except (OverflowError, ValueError):
        raise UsageError(f"The window {text!r} lies outside the calendar.") from None
    if closes_at <= opens_at:
        raise UsageError(f"The window {text!r} does not end after its start.")
    return made(opens_at, closes_at, zone=_zone_of(left) or _zone_of(right))


def duration(text: str) -> TimeDelta:
    """Read hours, minutes and seconds, which are the same length on every day.

    Raises:
        UsageError: it is something else.
    """
    from whenever import TimeDelta

    try:
        return TimeDelta(text)
    except ValueError:
        raise UsageError(
            f"{text!r} is no duration in hours, minutes and seconds, such as PT2H or PT1H30M."
        ) from None


def _zone_of(text: str) -> str | None:
    """Find the zone's name, or the offset where no name is given."""
    named = _ZONE_NAME.match(text)
    offset = _OFFSET.search(text)
    return named["zone"] if named else offset[1] if offset else None


def _time(text: str) -> Instant:
    try:
        return _instant(text)
    except ValueError as error:
        raise UsageError(f"{text!r} is no point in time ({error}). A window is {FORMS}.") from None


def _instant(text: str) -> Instant:
    from whenever import OffsetDateTime, PlainDateTime, ZonedDateTime

    named = _ZONE_NAME.match(text)
    if named is None:
        if not _OFFSET.search(text):
            raise UsageError(
                f"{text!r} names no zone: add an offset (+01:00, Z) or [Europe/Berlin]."
            )
        return OffsetDateTime.parse_iso(text).to_instant()
    if _OFFSET.search(named["local"]):
        return ZonedDateTime.parse_iso(text).to_instant()
    return _unambiguous(PlainDateTime.parse_iso(named["local"]), named["zone"])


def _unambiguous(local: PlainDateTime, zone: str) -> Instant:
    from whenever import RepeatedTime, SkippedTime, TimeZoneNotFoundError

    try:
        return local.assume_tz(zone, disambiguation="raise").to_instant()
    except SkippedTime:
        raise UsageError(f"{local} does not exist in {zone}: the clock is put forward.") from None
    except RepeatedTime:
        raise UsageError(
            f"{local} comes twice in {zone}: the clock is put back. Add the offset that you mean, "
            f"such as {local}+01:00[{zone}]."
        ) from None
    except TimeZoneNotFoundError:
        raise UsageError(f"There is no time zone {zone!r}.") from None
