"""Two instants and a zone -> Window, with what the zone's clock does in between; and its words."""

from __future__ import annotations

import re
from datetime import UTC
from typing import TYPE_CHECKING

from releasegate.model import Window

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from whenever import Instant, ZonedDateTime

_OFFSET = re.compile(r"([+-])(\d\d):?(\d\d)\Z")


def made(
    opens_at: Instant,
    closes_at: Instant,
    *,
    zone: str | None,
    name: str | None = None,
    remarks: tuple[str, ...] = (),
) -> Window:
    """Make a window whose ends stand in its own zone, an IANA name, an offset, or UTC.

    Both ends carry a fixed offset: the difference of two times of one named zone would be that of
    the clock on the wall.
    """
    return Window(
        _at(opens_at, zone),
        _at(closes_at, zone),
        zone=zone if zone and not _is_fixed(zone) else None,
        name=name,
        remarks=(*remarks, *_changes(opens_at, closes_at, zone)),
    )


def describe(window: Window) -> str:
    """Say both ends by the clock on the wall and in UTC, and the real length."""
    ends = f"{_end(window.opens_at)} to {_end(window.closes_at)}"
    zone = f" {window.zone}" if window.zone else ""
    name = f"{window.name}: " if window.name else ""
    return f"{name}{ends}{zone}, {window.closes_at - window.opens_at} long"


def _end(at: datetime) -> str:
    utc = at.astimezone(UTC)
    wall = f"{at:%a %Y-%m-%d %H:%M}{_seconds(at)}"
    if not at.utcoffset():
        return f"{wall} UTC"
    day = "" if utc.date() == at.date() else f"{utc:%Y-%m-%d} "
    return f"{wall} {at.isoformat()[-6:]} ({day}{utc:%H:%M}{_seconds(utc)} UTC)"


def _seconds(at: datetime) -> str:
    return f":{at:%S}" if at.second else ""


def _is_fixed(zone: str) -> bool:
    return zone == "Z" or _OFFSET.match(zone) is not None


def _at(instant: Instant, zone: str | None) -> datetime:
    from whenever import TimeDelta

    if zone is None or zone == "Z":
        return instant.to_stdlib()
    fixed = _OFFSET.match(zone)
    if fixed is None:
        return instant.to_tz(zone).to_fixed_offset().to_stdlib()
    sign = -1 if fixed[1] == "-" else 1
    length = TimeDelta(hours=sign * int(fixed[2]), minutes=sign * int(fixed[3]))
    return instant.to_fixed_offset(length).to_stdlib()


def _changes(opens_at: Instant, closes_at: Instant, zone: str | None) -> Iterator[str]:
    """Name each change of the zone's clock between the ends."""
    if zone is None or _is_fixed(zone):
        return
    at = opens_at.to_tz(zone)
    while (change := at.next_transition()) is not None and change < closes_at:
        if change.offset != at.offset:
            yield _change(at, change, zone)
        at = change


def _change(before: ZonedDateTime, after: ZonedDateTime, zone: str) -> str:
    was = after.to_instant().to_fixed_offset(before.offset).to_plain()
    way = "forward" if after.offset > before.offset else "back"
    return (
        f"The clock of {zone} is put {way} inside the window, from {was.time().format('HH:mm')} to "
        f"{after.to_plain().time().format('HH:mm')}, at "
        f"{after.to_instant().to_stdlib():%Y-%m-%d %H:%M} UTC."
    )
