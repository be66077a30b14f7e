"""Text -> Window. The only module that knows time zones."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from releasegate.errors import UsageError
from releasegate.model import Window

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from whenever import Instant, PlainDateTime

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
    interval = _INTERVAL.match(text)
    if interval is None:
        raise UsageError(f"{text!r} is no window. A window is {FORMS}.")
    left, right = interval.groups()
    try:
        opens_at = now if left == "now" else _time(left)
        closes_at = opens_at + _duration(right) if right[:1] in ("P", "-") else _time(right)
    except OverflowError:
        raise UsageError(f"The window {text!r} lies outside the calendar.") from None
    if closes_at <= opens_at:
        raise UsageError(f"The window {text!r} does not end after its start.")
    return Window(opens_at, closes_at)


def _duration(text: str) -> timedelta:
    from whenever import TimeDelta

    try:
        length = TimeDelta.parse_iso(text)
    except ValueError:
        raise UsageError(
            f"{text!r} is no duration in hours, minutes and seconds, such as PT2H or PT1H30M."
        ) from None
    return length.to_stdlib()


def _time(text: str) -> datetime:
    try:
        return _instant(text).to_stdlib()
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
