"""Measurements -> one row for each scenario and way of applying: medians, spreads, errors."""

from __future__ import annotations

import statistics
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from benchmarks.stall.measure import SETTLE_S, TAIL_S, slice_of
from benchmarks.stall.model import CONTROL, DEADLOCK, FLOOR, Felt, Measurement

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True)
class Spread:
    """The middle and the ends of what several runs gave."""

    median: float
    least: float
    most: float

    @classmethod
    def of(cls, values: Iterable[float]) -> Spread | None:
        ordered = sorted(values)
        if not ordered:
            return None
        return cls(statistics.median(ordered), ordered[0], ordered[-1])

    def as_json(self) -> dict[str, float]:
        named = {"median": self.median, "min": self.least, "max": self.most}
        return {key: round(value, 3) for key, value in named.items()}


@dataclass(frozen=True)
class Row:
    """One way of applying in one scenario."""

    scenario: str
    applier: str
    runs: int
    good: int
    #: ms, from runs in which the server reports waits
    lock_wait_ms: Spread | None
    #: ms, from runs with default settings
    slowest_ms: Spread | None
    #: the same length of time without a migration
    control_ms: Spread | None
    #: by SQLSTATE, from runs with default settings
    errors: Counter[str]
    #: by SQLSTATE, from runs in which the app is the deadlock's victim by its settings
    errors_while_reporting: Counter[str]
    wall_s: Spread | None
    steps_s: Spread | None
    #: wall clock by the floor's median
    ratio: float | None
    #: seconds from the long transaction's end to the apply's
    after_blocker_s: Spread | None
    tries: Spread | None
    events: Counter[str]
    replica_wait_ms: Spread | None
    replica_slowest_ms: Spread | None
    #: the app's COMMITs where a replica must have replayed them
    commit_ms: Spread | None
    notes: tuple[str, ...]

    @property
    def deadlocks(self) -> int:
        return self.errors[DEADLOCK]

    def as_json(self) -> dict[str, Any]:
        return {name: _plain(getattr(self, name)) for name in self.__dataclass_fields__}


def rows(measurements: list[Measurement]) -> list[Row]:
    """Sum up, in the order in which scenario and applier were first measured."""
    floor = Spread.of(m.applied.wall_s for m in measurements if m.trial.applier == FLOOR)
    keys = dict.fromkeys((m.trial.scenario, m.trial.applier) for m in measurements)
    return [_row(measurements, key, floor=floor.median if floor else None) for key in keys]


def longest_wait_ms(felt: Felt) -> float:
    """Find the longest reported wait; 0 where none lasted long enough to be reported."""
    return max((wait.ms for wait in felt.waits), default=0.0)


def slowest_ms(felt: Felt) -> float:
    """Find the longest time between a transaction's due time and its end."""
    return max((sample.latency_ms for sample in felt.samples), default=0.0)


def during(measurement: Measurement, felt: Felt) -> Felt:
    """Keep what was felt from the apply's beginning until its effects are over."""
    applied = measurement.applied
    return slice_of(felt, began=applied.began, ended=effects_ended(measurement) + TAIL_S)


def effects_ended(measurement: Measurement) -> float:
    """Say when nothing of the apply can be felt any more: on a replica, its reader delays it."""
    ended = measurement.applied.ended
    if measurement.trial.scenario == "replica":
        return max(ended, measurement.blocker_ended or ended)
    return ended


def _row(measurements: list[Measurement], key: tuple[str, str], *, floor: float | None) -> Row:
    scenario, applier = key
    mine = [m for m in measurements if (m.trial.scenario, m.trial.applier) == key]
    reporting = [m for m in mine if m.trial.mode == "waits"]
    plain = [m for m in mine if m.trial.mode == "plain"]
    good = [m for m in mine if m.is_good or applier == CONTROL]
    wall = Spread.of(m.applied.wall_s for m in good)
    is_apply = applier not in (CONTROL, FLOOR)
    return Row(
        scenario,
        applier,
        runs=len(mine),
        good=len(good),
        lock_wait_ms=Spread.of(longest_wait_ms(during(m, m.felt)) for m in reporting if m.felt),
        slowest_ms=Spread.of(slowest_ms(during(m, m.felt)) for m in plain if m.felt),
        control_ms=_control(measurements, plain) if is_apply else None,
        errors=_errors(plain),
        errors_while_reporting=_errors(reporting),
        wall_s=wall,
        steps_s=Spread.of(m.applied.steps_s for m in good),
        ratio=wall.median / floor if wall and floor and is_apply else None,
        after_blocker_s=_after_blocker(good) if is_apply else None,
        tries=Spread.of(m.applied.tries for m in mine),
        events=sum((m.applied.events for m in mine), Counter()),
        replica_wait_ms=Spread.of(
            longest_wait_ms(during(m, m.replica)) for m in reporting if m.replica
        ),
        replica_slowest_ms=Spread.of(slowest_ms(during(m, m.replica)) for m in plain if m.replica),
        commit_ms=_commits(reporting) if scenario == "replica" else None,
        notes=tuple(dict.fromkeys(m.applied.note for m in mine if m.applied.note)),
    )


def _control(measurements: list[Measurement], plain: list[Measurement]) -> Spread | None:
    """Look at the control of the same round for as long as each apply took, and no longer."""
    controls = {
        (m.trial.scenario, m.trial.number): m.felt
        for m in measurements
        if m.trial.applier == CONTROL and m.trial.mode == "plain" and m.felt
    }
    pairs = [(m, controls.get((m.trial.scenario, m.trial.number))) for m in plain]
    return Spread.of(
        slowest_ms(_head(felt, seconds=effects_ended(m) + TAIL_S - m.applied.began))
        for m, felt in pairs
        if felt
    )


def _head(felt: Felt, *, seconds: float) -> Felt:
    began = felt.started_at + SETTLE_S
    return slice_of(felt, began=began, ended=began + seconds)


def _errors(measurements: list[Measurement]) -> Counter[str]:
    """Count over the whole load, and on the replica: an error needs no long wait."""
    everything = [f for m in measurements for f in (m.felt, m.replica) if f]
    return Counter(sample.error for felt in everything for sample in felt.samples if sample.error)


def _after_blocker(measurements: list[Measurement]) -> Spread | None:
    return Spread.of(
        m.applied.ended - m.blocker_ended for m in measurements if m.blocker_ended is not None
    )


def _commits(measurements: list[Measurement]) -> Spread | None:
    slices = [during(m, m.felt) for m in measurements if m.felt]
    return Spread.of(max((ms for _, ms in felt.commits_ms), default=0.0) for felt in slices)


def _plain(value: Any) -> Any:
    if isinstance(value, Spread):
        return value.as_json()
    return round(value, 3) if isinstance(value, float) else value
