"""Samples of a load -> one JSON document of latencies and errors."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any, NamedTuple

Json = dict[str, Any]


class Sample(NamedTuple):
    """One transaction that was tried; times are seconds since the load started."""

    kind: str
    due: float
    begun: float
    ended: float
    #: A SQLSTATE, or "connection" when the server gave none; None when it committed.
    error: str | None

    @property
    def latency_ms(self) -> float:
        """How long a caller waited who came when the transaction was due."""
        return (self.ended - self.due) * 1000

    @property
    def service_ms(self) -> float:
        """How long the transaction itself took."""
        return (self.ended - self.begun) * 1000


@dataclass(frozen=True, slots=True)
class Load:
    """The load as it was asked for, and when it really ran."""

    connections: int
    #: Transactions a second, all connections together.
    rate: float
    started_at: datetime
    wall_s: float
    #: Transactions that fell due in that time.
    due: int
    reconnects: int


def build_report(load: Load, samples: list[Sample]) -> Json:
    """Sum up a load; failed transactions count in the latencies, for callers waited for them."""
    errors = Counter(sample.error for sample in samples if sample.error)
    return {
        "started_at": _iso(load.started_at),
        "ended_at": _iso(load.started_at + timedelta(seconds=load.wall_s)),
        "wall_s": round(load.wall_s, 3),
        "connections": load.connections,
        "target_rate": load.rate,
        "transactions": len(samples) - errors.total(),
        "unfinished": max(0, load.due - len(samples)),
        "errors": {"total": errors.total(), "by_sqlstate": dict(sorted(errors.items()))},
        "reconnects": load.reconnects,
        "latency_ms": _summary(sample.latency_ms for sample in samples),
        "service_ms": _summary(sample.service_ms for sample in samples),
        "kinds": _by_kind(samples),
        "timeline": _by_second(samples, load.started_at),
    }


def percentile(ordered: list[float], percent: float) -> float:
    """Pick the nearest-rank percentile of values in ascending order."""
    return ordered[max(0, ceil(len(ordered) * percent / 100) - 1)]


def _summary(values: Iterable[float]) -> dict[str, float | None]:
    ordered = sorted(values)
    if not ordered:
        return {"p50": None, "p95": None, "p99": None, "max": None}
    marks = {f"p{percent}": round(percentile(ordered, percent), 3) for percent in (50, 95, 99)}
    return {**marks, "max": round(ordered[-1], 3)}


def _by_kind(samples: list[Sample]) -> dict[str, Json]:
    kinds: dict[str, list[Sample]] = {}
    for sample in samples:
        kinds.setdefault(sample.kind, []).append(sample)
    return {kind: _tally(kinds[kind]) for kind in sorted(kinds)}


def _by_second(samples: list[Sample], started_at: datetime) -> list[Json]:
    """Group by the second in which a transaction was due, so that a stall shows its start."""
    seconds: dict[int, list[Sample]] = {}
    for sample in samples:
        seconds.setdefault(int(sample.due), []).append(sample)
    return [
        {
            "second": second,
            "at": _iso(started_at + timedelta(seconds=second)),
            **_tally(seconds[second]),
        }
        for second in sorted(seconds)
    ]


def _tally(samples: list[Sample]) -> Json:
    return {
        "count": len(samples),
        "errors": sum(1 for sample in samples if sample.error),
        "max_ms": round(max(sample.latency_ms for sample in samples), 3),
    }


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds")
