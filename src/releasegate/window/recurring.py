"""A configured rule (cron, duration, zone) -> the window that is open, or the next one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from releasegate.errors import UsageError
from releasegate.window import intervals
from releasegate.window.words import made

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from whenever import Instant, PlainDateTime, TimeDelta

    from releasegate.model import Window

_FIELDS = 5
_CHECKED = 60


@dataclass(frozen=True)
class Recurring:
    """A window that comes again and again, by the clock on the wall of its zone."""

    name: str
    #: five fields: minute, hour, day of the month, month, day of the week
    cron: str
    #: real time, whatever the clock does meanwhile
    duration: TimeDelta
    #: an IANA name
    zone: str

    def at(self, now: datetime) -> Window:
        """Find the window that is open at ``now``, else the next one.

        Raises:
            UsageError: none is left in the calendar.
        """
        from whenever import Instant

        here = Instant(now)
        # A clock change moves an opening by some hours at most.
        start = (here - self.duration).to_tz(self.zone).to_plain().to_stdlib() - timedelta(days=1)
        for local in self._locals(start):
            opens_at, remark = _resolved(local, self.zone)
            closes_at = opens_at + self.duration
            if closes_at > here:
                return made(
                    opens_at, closes_at, zone=self.zone, name=self.name, remarks=tuple(remark)
                )
        raise UsageError(f"windows.{self.name}: {self.cron!r} names no day that ever comes.")

    def _locals(self, start: datetime) -> Iterator[PlainDateTime]:
        from cronsim import CronSim, CronSimError
        from whenever import PlainDateTime

        try:
            # Without a zone it knows no clock changes: those are ours to judge.
            for local in CronSim(self.cron, start):
                yield PlainDateTime(local)
        except CronSimError as error:
            raise UsageError(f"windows.{self.name}.cron: {self.cron!r}: {error}.") from None


def recurring(name: str, *, cron: str, duration: str, zone: str) -> Recurring:
    """Read one table of the configuration.

    Raises:
        UsageError: a value means nothing, or the windows of the rule run into one another.
    """
    length = intervals.duration(duration)
    if length.total("nanoseconds") <= 0:
        raise UsageError(f"windows.{name}.duration: {duration!r} is no length of time.")
    if len(cron.split()) != _FIELDS:
        raise UsageError(f"windows.{name}.cron: {cron!r} has not {_FIELDS} fields.")
    if not name or "/" in name or name.isdecimal() or name.endswith(".sql"):
        raise UsageError(f"windows: {name!r} cannot be a window's name.")
    made = Recurring(name, cron, length, zone)
    _check(made)
    return made


def choose(text: str, configured: Mapping[str, Recurring], *, now: datetime) -> Window:
    """Read ``--window``: an interval, a configured name, or nothing for the only one configured.

    Raises:
        UsageError: it is none of these.
    """
    if not text:
        if len(configured) != 1:
            names = ", ".join(configured) or "none"
            raise UsageError(
                "--window without a value means the only configured window; configured: "
                f"{names}. A window is {intervals.FORMS}."
            )
        (only,) = configured.values()
        return only.at(now)
    if text in configured:
        return configured[text].at(now)
    if "/" not in text:
        names = f"Configured windows: {', '.join(configured) or 'none'}."
        raise UsageError(f"There is no window {text!r}. {names} A window is {intervals.FORMS}.")
    return intervals.parse(text, now=now)


def _resolved(local: PlainDateTime, zone: str) -> tuple[Instant, list[str]]:
    """Find the instant that a clock on the wall shows; one that it skips comes as much later.

    RFC 5545, section 3.3.5: a skipped time by the offset before the gap, a repeated one the first.
    """
    from whenever import RepeatedTime, SkippedTime

    try:
        return local.assume_tz(zone, disambiguation="raise").to_instant(), []
    except SkippedTime:
        there = local.assume_tz(zone, disambiguation="compatible")
        shown = there.to_plain().time().format("HH:mm")
        words = f"{_shown(local)} does not exist in {zone}: the window opens at {shown} instead."
    except RepeatedTime:
        there = local.assume_tz(zone, disambiguation="earlier")
        words = f"{_shown(local)} comes twice in {zone}: the window opens the first time."
    return there.to_instant(), [words]


def _shown(local: PlainDateTime) -> str:
    return f"{local.to_stdlib():%Y-%m-%d %H:%M}"


def _check(rule: Recurring) -> None:
    """Refuse a zone that nobody knows, and windows that run into one another."""
    from whenever import Instant, TimeZoneNotFoundError

    start = Instant.from_utc(2026, 1, 1)
    try:
        start.to_tz(rule.zone)
    except TimeZoneNotFoundError:
        raise UsageError(
            f"windows.{rule.name}.zone: there is no time zone {rule.zone!r}."
        ) from None
    before: datetime | None = None
    for _, local in zip(
        range(_CHECKED), rule._locals(start.to_stdlib().replace(tzinfo=None)), strict=False
    ):
        at = local.to_stdlib()
        if before is not None and at - before < rule.duration.to_stdlib():
            raise UsageError(
                f"windows.{rule.name}: a window of {rule.duration.to_stdlib()} is still open when "
                "the next one opens."
            )
        before = at
    if before is None:
        raise UsageError(f"windows.{rule.name}: {rule.cron!r} names no day that ever comes.")
