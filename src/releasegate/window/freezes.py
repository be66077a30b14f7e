"""Configured dates or intervals -> freezes: times in which nothing is applied."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from releasegate.errors import UsageError
from releasegate.window import intervals
from releasegate.window.words import describe, made

if TYPE_CHECKING:
    from whenever import Instant

    from releasegate.model import Window

_DATES = re.compile(r"(\d{4}-\d\d-\d\d)(?:/(\d{4}-\d\d-\d\d))?\Z")


@dataclass(frozen=True)
class Freeze:
    """A time in which nothing is applied."""

    span: Window
    #: for people; may be empty
    reason: str

    def overlaps(self, start: datetime, end: datetime) -> bool:
        return self.span.opens_at < end and start < self.span.closes_at

    def __str__(self) -> str:
        reason = f" ({self.reason})" if self.reason else ""
        return f"{describe(self.span)}{reason}"


def freeze(name: str, *, when: str, zone: str | None, reason: str) -> Freeze:
    """Read one table of the configuration: a date, two dates, or an interval as of a window.

    Raises:
        UsageError: it is none of these, does not end after its start, or dates lack their zone.
    """
    try:
        dates = _DATES.match(when)
        if dates is not None:
            span = _days(dates[1], dates[2] or dates[1], zone)
        elif when.startswith("now"):
            raise UsageError("a freeze begins at a date or a time, not now.")
        else:
            span = intervals.parse(when, now=datetime.now(UTC))
    except UsageError as error:
        raise UsageError(f"freezes.{name}.when: {error}") from None
    return Freeze(replace(span, name=name), reason)


def _days(first: str, last: str, zone: str | None) -> Window:
    """Take whole days, both of them included, from midnight to midnight of the zone."""
    from whenever import TimeZoneNotFoundError

    if zone is None:
        raise UsageError("dates need a zone, such as Europe/Berlin.")
    try:
        start, end = _midnight(first, zone), _midnight(last, zone, days=1)
    except TimeZoneNotFoundError:
        raise UsageError(f"there is no time zone {zone!r}.") from None
    except ValueError as error:
        raise UsageError(f"{first}/{last}: {error}.") from None
    if end <= start:
        raise UsageError(f"{first}/{last} does not end after its start.")
    return made(start, end, zone=zone)


def _midnight(date: str, zone: str, *, days: int = 0) -> Instant:
    from whenever import Date, Time

    local = Date(date).add(days=days).at(Time(0))
    return local.assume_tz(zone, disambiguation="compatible").to_instant()
