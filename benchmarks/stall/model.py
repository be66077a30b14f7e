"""The benchmark's nouns: what is asked for, what a way of applying says, what was measured."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from examples.papers.load_report import Sample

#: how the application role is set: ``waits`` makes the server report every lock wait above 1 ms,
#: ``plain`` leaves the defaults, since a short deadlock_timeout makes the app the victim
MODES = ("waits", "plain")
SCENARIOS = ("quiet", "long-reader", "long-writer", "replica")
#: the two ways of applying that apply nothing to an app at work
CONTROL, FLOOR = "control", "floor"
DEADLOCK = "40P01"


@dataclass(frozen=True)
class Load:
    """What the app does all the time."""

    connections: int
    #: transactions a second, all connections together
    rate: float
    #: how long each transaction stays open after its statements
    hold_ms: float = 0.0


class Wait(NamedTuple):
    """One wait for a lock, as the server reported it; times are seconds since the epoch."""

    at: float
    ms: float
    mode: str
    #: what was waited for: relation, transaction, tuple, extension, …
    target: str


class Span(NamedTuple):
    """A step of an apply."""

    name: str
    began: float
    ended: float


@dataclass(frozen=True)
class Applied:
    """What one way of applying says of itself."""

    exit_code: int
    began: float
    ended: float
    tries: int = 1
    spans: tuple[Span, ...] = ()
    #: lock and retry events of its log, by name
    events: Counter[str] = field(default_factory=Counter)
    note: str = ""

    @property
    def wall_s(self) -> float:
        return self.ended - self.began

    @property
    def steps_s(self) -> float:
        """From the first step's start to the last one's end; all of it where there are none."""
        if not self.spans:
            return self.wall_s
        return max(s.ended for s in self.spans) - min(s.began for s in self.spans)


@dataclass(frozen=True)
class Felt:
    """What the callers of one load felt; times are seconds since the epoch."""

    started_at: float
    samples: tuple[Sample, ...]
    waits: tuple[Wait, ...]
    #: durations in ms of the COMMITs that the server reported as slow
    commits_ms: tuple[tuple[float, float], ...] = ()
    #: transactions that were due and not even begun when the load was stopped
    unfinished: int = 0


@dataclass(frozen=True)
class Trial:
    """One apply under one load."""

    scenario: str
    applier: str
    mode: str
    number: int


@dataclass(frozen=True)
class Measurement:
    """What one trial gave."""

    trial: Trial
    applied: Applied
    #: does the catalog hold what the migration wants
    is_complete: bool
    felt: Felt | None = None
    #: the replica's readers
    replica: Felt | None = None
    #: when the long transaction ended by itself; None where there was none
    blocker_ended: float | None = None

    @property
    def is_good(self) -> bool:
        return self.applied.exit_code == 0 and self.is_complete
