"""A run's timeline -> shapes in SVG's units: a row a step, its waits, the window's edges."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from releasegate.reports.wording import length, who, words
from releasegate.reports.wording import outcome as outcome_word

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from releasegate.model import Latency, Moment, Prediction, Report

WIDTH, LEFT, RIGHT, TOP, ROW = 840.0, 232.0, 112.0, 30.0, 28.0
_THINNEST = 1.5
_TICKS_S = tuple(n * 10**e for e in (-3, -2, -1, 0) for n in (1, 2, 5))
_TICKS_S += (10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400)
_MOST_TICKS = 6
LATENCY_HEIGHT = 90.0
_ROOM_FOR_A_WORD = 90.0


@dataclass(frozen=True, slots=True)
class Shape:
    """A stretch of a row; ``kind`` is its class, ``label`` its words."""

    kind: str
    x: float
    width: float
    label: str
    #: of a bar that stands on the ground
    height: float = 0.0


@dataclass(frozen=True, slots=True)
class Row:
    ordinal: int
    title: str
    y: float
    shapes: tuple[Shape, ...]
    status: str
    duration: str


@dataclass(frozen=True, slots=True)
class Line:
    """A tick or an edge."""

    x: float
    label: str


@dataclass(frozen=True, slots=True)
class Chart:
    height: float
    rows: tuple[Row, ...]
    ticks: tuple[Line, ...]
    edges: tuple[Line, ...]
    #: what the drawing has no room for
    notes: tuple[str, ...]
    bars: tuple[Shape, ...] = ()


@dataclass(frozen=True, slots=True)
class _Scale:
    begin: datetime
    end: datetime

    @property
    def span_s(self) -> float:
        return max((self.end - self.begin).total_seconds(), 0.001)

    def x(self, at: datetime) -> float:
        part = (at - self.begin).total_seconds() / self.span_s
        return round(LEFT + min(max(part, 0.0), 1.0) * (WIDTH - LEFT - RIGHT), 1)

    def shape(self, kind: str, begin: datetime, end: datetime, label: str) -> Shape:
        x = self.x(begin)
        return Shape(kind, x, max(round(self.x(end) - x, 1), _THINNEST), label)

    def ticks(self) -> tuple[Line, ...]:
        step = next((s for s in _TICKS_S if self.span_s / s <= _MOST_TICKS), self.span_s)
        count = int(self.span_s / step)
        times = [step * n for n in range(count + 1)]
        return tuple(Line(self.x(self.begin + timedelta(seconds=t)), length(t)) for t in times)


def draw(report: Report) -> Chart | None:
    """Draw the steps that ran; None when none did."""
    moments = [moment for moment in report.timeline if moment.step is not None]
    if not moments:
        return None
    scale, edges, notes = _framed(moments, report)
    ordinals = list(dict.fromkeys(moment.step for moment in moments if moment.step))
    rows = tuple(
        _row(report, [m for m in moments if m.step == ordinal], ordinal, TOP + ROW * n, scale)
        for n, ordinal in enumerate(ordinals)
    )
    notes = (f"0 s is {_clock(scale.begin)}.", *notes)
    return Chart(TOP + ROW * len(rows) + 26, rows, scale.ticks(), edges, notes)


def draw_latency(latency: Sequence[Latency], steps: Chart | None, report: Report) -> Chart | None:
    """Draw what the app felt, second by second, with the time of the steps marked."""
    if not latency:
        return None
    ends = [after.at for _, after in pairwise(latency)]
    last = latency[-1].at + (latency[-1].at - latency[-2].at if ends else timedelta(seconds=1))
    scale = _Scale(latency[0].at, last)
    highest = max(measured.max_ms for measured in latency) or 1.0
    bars = []
    for measured, end in zip(latency, [*ends, last], strict=True):
        height = round(measured.max_ms / highest * LATENCY_HEIGHT, 1)
        shape = scale.shape("app", measured.at, end, f"{measured.max_ms:.0f} ms")
        bars.append(replace(shape, width=max(shape.width - 1, 1), height=height))
    edges = tuple(_run_edges(report, scale)) if steps else ()
    notes = (f"Longest wait: {highest:.0f} ms. 0 s is {_clock(scale.begin)}.",)
    return Chart(LATENCY_HEIGHT + TOP + 26, (), scale.ticks(), edges, notes, tuple(bars))


def _run_edges(report: Report, scale: _Scale) -> Iterator[Line]:
    begin, end = report.timeline[0].at, report.timeline[-1].at
    if scale.begin <= begin <= scale.end:
        is_short = scale.x(end) - scale.x(begin) < _ROOM_FOR_A_WORD
        yield Line(scale.x(begin), "the steps" if is_short else "first step")
        yield Line(scale.x(min(end, scale.end)), "" if is_short else "last step's end")


def _framed(
    moments: Sequence[Moment], report: Report
) -> tuple[_Scale, tuple[Line, ...], tuple[str, ...]]:
    """Choose what is shown: the steps, and an edge of the window that is not far from them."""
    begin = min(moment.at for moment in moments)
    end = max(moment.until or moment.at for moment in moments)
    if report.window is None:
        return _Scale(begin, end), (), ()
    reach = max(end - begin, timedelta(seconds=1))
    edges = (("window opens", report.window.opens_at), ("window closes", report.window.closes_at))
    near = [(name, at) for name, at in edges if begin - reach <= at <= end + reach]
    scale = _Scale(min([begin, *(at for _, at in near)]), max([end, *(at for _, at in near)]))
    lines = tuple(Line(scale.x(at), name) for name, at in near)
    notes = tuple(
        f"The {name} at {_clock(at)}, outside of what is shown."
        for name, at in edges
        if (name, at) not in near
    )
    return scale, lines, notes


def _row(report: Report, moments: Sequence[Moment], ordinal: int, y: float, scale: _Scale) -> Row:
    steps = report.plan.steps if report.plan else ()
    title = next((step.title for step in steps if step.ordinal == ordinal), "")
    outcome = next((o for o in report.outcomes if o.ordinal == ordinal), None)
    shapes = [*_work(moments, scale), *_waits(moments, scale)]
    prediction = report.predictions.get(ordinal)
    if prediction is not None:
        shapes.append(_predicted(prediction, moments[0].at, scale))
    status = outcome.status.value if outcome else moments[-1].status or ""
    duration = length(outcome.duration_s) if outcome else ""
    return Row(ordinal, title, y, tuple(shapes), outcome_word(status, report.command), duration)


def _work(moments: Sequence[Moment], scale: _Scale) -> Iterator[Shape]:
    begin = moments[0].at
    end = moments[-1].until or moments[-1].at
    yield scale.shape(
        "work", begin, end, f"from start to end, {length((end - begin).total_seconds())}"
    )


def _waits(moments: Sequence[Moment], scale: _Scale) -> Iterator[Shape]:
    for moment, after in zip(moments, [*moments[1:], None], strict=True):
        end = moment.until or (after.at if after else moment.at)
        told = f"{words(moment)}{who(moment)}"
        if moment.event in _WAITS:
            yield scale.shape("await", moment.at, after.at if after else end, told)
        elif moment.event == "lock.refused" and moment.waited_ms is None:
            yield scale.shape("try", moment.at, end, told)
        elif moment.event == "lock.refused":
            begin = moment.at - timedelta(milliseconds=moment.waited_ms or 0)
            yield scale.shape("queue", begin, end, told)
        elif moment.event == "connection.lost":
            yield scale.shape("lost", moment.at, after.at if after else end, told)
        elif moment.event == "step.retried":
            yield scale.shape("retry", moment.at, end, told)


def _predicted(prediction: Prediction, begin: datetime, scale: _Scale) -> Shape:
    low, high = (timedelta(seconds=s) for s in (prediction.low, prediction.high))
    return scale.shape("predicted", begin + low, begin + high, f"predicted: {prediction}")


_WAITS = frozenset({"lock.awaited", "build.awaited", "replay.awaited", "step.progress"})


def _clock(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S %Z}"
