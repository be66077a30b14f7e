"""Tries that failed for a lock -> how long the next one may wait for it, and the pause before."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

RUNGS = tuple(timedelta(milliseconds=n) for n in (20, 50, 100, 250))
#: how long tries without any wait are made before the first that waits
PATIENCE_S = 1.0
_PAUSE_S = (0.002, 0.006)
#: a pause is at least this many times the wait before it: the app must catch up
PAUSE_TO_WAIT = 10
#: a queue that has formed needs this many times the age of the transactions seen in it
_AGES = 4


@dataclass
class Ladder:
    """First no wait at all, then waits that grow; never above ``longest``."""

    longest: timedelta
    monotonic: Callable[[], float]
    jitter: Callable[[float, float], float]
    #: the wait of the next try; None: none at all
    wait: timedelta | None = None
    #: the bound of the try before
    waited: timedelta | None = None
    #: ages in seconds of the transactions that were in the way
    _ages: list[float] = field(default_factory=list)
    _since: float | None = None

    def refused(self, ages: Sequence[float | None]) -> None:
        """Take note of a try that failed, and of the transactions that were in the way."""
        now = self.monotonic()
        self._ages += [age for age in ages if age is not None]
        if self._since is None:
            self._since = now
        if self.wait is not None:
            self.wait = self._after(self.wait)
        elif now - self._since >= PATIENCE_S:
            self.wait = self._first()

    def pause_s(self) -> float:
        """Say how long to stay away before the next try."""
        jittered = self.jitter(*_PAUSE_S)
        if self.waited is None:
            return jittered
        return jittered + PAUSE_TO_WAIT * self.waited.total_seconds()

    def begin(self) -> timedelta | None:
        """Start a try; say how long it may wait, None for not at all."""
        self.waited = self.wait
        return self.wait

    @property
    def needed(self) -> timedelta | None:
        """The wait that would have sufficed for what was seen; None when nothing was."""
        return timedelta(seconds=_AGES * max(self._ages)) if self._ages else None

    def _rungs(self) -> tuple[timedelta, ...]:
        lower = tuple(rung for rung in RUNGS if rung < self.longest)
        return (*lower, self.longest)

    def _first(self) -> timedelta:
        """Choose the lowest rung that the transactions seen so far let succeed."""
        rungs = self._rungs()
        ages = sorted(self._ages)
        typical = timedelta(seconds=_AGES * ages[len(ages) * 3 // 4]) if ages else rungs[0]
        return next((rung for rung in rungs if rung >= typical), rungs[-1])

    def _after(self, wait: timedelta) -> timedelta:
        return next((rung for rung in self._rungs() if rung > wait), self.longest)
