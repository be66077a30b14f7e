"""Measurements -> an SVG: the app's latency over time, one panel for each way, steps marked."""

from __future__ import annotations

import math
from dataclasses import dataclass
from html import escape

from benchmarks.stall.model import FLOOR, Felt, Measurement, Span
from benchmarks.stall.summary import during, slowest_ms

_WIDTH, _LEFT, _RIGHT = 960, 120, 20
_PANEL, _GAP, _TOP = 110, 44, 50
_BUCKET_PX = 2
_BEFORE_S = 1.0
#: the lowest line of the logarithmic scale, and the least of its highest
_LOW_MS, _HIGH_MS = 1.0, 1000.0
#: a step narrower than this has a tooltip only
_LABEL_PX = 60
#: so many transactions are under way, or due that very moment, when a load is stopped
_FEW = 20
_STYLE = """
text{font:11px system-ui,sans-serif;fill:#333}.head{font-weight:600;font-size:13px}
.bar{stroke:#2b6cb0;stroke-width:2}.grid{stroke:#e2e2e2}.axis{stroke:#999}
.step{fill:#f6ad55;fill-opacity:.35}.step.odd{fill:#68d391}
.edge{stroke:#c53030;stroke-dasharray:4 3}
"""


@dataclass(frozen=True)
class Scale:
    """Seconds since the apply began, and milliseconds, to pixels."""

    seconds: float
    high_ms: float

    def x(self, at_s: float) -> float:
        share = (at_s + _BEFORE_S) / (self.seconds + _BEFORE_S)
        return _LEFT + min(max(share, 0.0), 1.0) * (_WIDTH - _LEFT - _RIGHT)

    def y(self, ms: float) -> float:
        """Measure from the panel's top; logarithmic."""
        share = math.log(max(ms, _LOW_MS) / _LOW_MS) / math.log(self.high_ms / _LOW_MS)
        return _PANEL * (1 - min(share, 1.0))


def render(measurements: list[Measurement]) -> str:
    """Draw the middle one of each way's runs with default settings."""
    chosen = _chosen(measurements)
    scale = _scale(chosen)
    height = _TOP + len(chosen) * (_PANEL + _GAP)
    panels = [
        f'<g transform="translate(0 {_TOP + number * (_PANEL + _GAP)})">{_panel(m, scale)}</g>'
        for number, m in enumerate(chosen)
    ]
    title = "Longest time from due to done of the transactions of each moment, ms"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}">'
        f'<style>{_STYLE}</style><rect width="100%" height="100%" fill="#fff"/>'
        f'<text class="head" x="{_LEFT}" y="20">{title}</text>{"".join(panels)}</svg>\n'
    )


def buckets(felt: Felt, *, began: float, width_s: float) -> dict[int, float]:
    """Find the longest latency of the transactions that fell due in each bucket of time."""
    longest: dict[int, float] = {}
    for sample in felt.samples:
        bucket = math.floor((felt.started_at + sample.due - began) / width_s)
        longest[bucket] = max(longest.get(bucket, 0.0), sample.latency_ms)
    return longest


def _chosen(measurements: list[Measurement]) -> list[Measurement]:
    keys = dict.fromkeys((m.trial.scenario, m.trial.applier) for m in measurements)
    groups = [
        [m for m in measurements if (m.trial.scenario, m.trial.applier) == key and m.felt]
        for key in keys
        if key[1] != FLOOR
    ]
    return [_middle(group) for group in groups if group]


def _middle(group: list[Measurement]) -> Measurement:
    plain = [m for m in group if m.trial.mode == "plain"] or group
    ordered = sorted(plain, key=lambda m: slowest_ms(during(m, _felt(m))))
    return ordered[len(ordered) // 2]


def _felt(measurement: Measurement) -> Felt:
    assert measurement.felt is not None
    return measurement.felt


def _scale(chosen: list[Measurement]) -> Scale:
    longest = max((slowest_ms(during(m, _felt(m))) for m in chosen), default=0.0)
    return Scale(
        seconds=max((m.applied.wall_s for m in chosen), default=0.0) + 1.0,
        high_ms=max(_HIGH_MS, 10 ** math.ceil(math.log10(max(longest, 1.0)))),
    )


def _panel(measurement: Measurement, scale: Scale) -> str:
    applied, trial = measurement.applied, measurement.trial
    state = "" if measurement.is_good or trial.applier == "control" else ", failed"
    slowest = slowest_ms(during(measurement, _felt(measurement)))
    head = f"{trial.scenario}: {trial.applier}, {applied.wall_s:.1f} s{state}, "
    head += f"slowest transaction {slowest:.0f} ms"
    undone = _felt(measurement).unfinished
    if undone > _FEW:
        head += f", {undone} never begun"
    spans = [Span(s.name, s.began - applied.began, s.ended - applied.began) for s in applied.spans]
    parts = [f'<text class="head" x="{_LEFT}" y="-8">{escape(head)}</text>']
    parts += [_step(span, scale, number=number) for number, span in enumerate(spans)]
    parts += _grid(scale)
    parts += _bars(_felt(measurement), scale, began=applied.began)
    parts += [_edge(scale.x(at_s)) for at_s in (0.0, applied.wall_s)]
    return "".join(parts)


def _step(span: Span, scale: Scale, *, number: int) -> str:
    left, right = scale.x(span.began), scale.x(span.ended)
    shade = "step odd" if number % 2 else "step"
    box = f'<rect class="{shade}" x="{left:.1f}" width="{max(right - left, 1):.1f}" '
    box += f'height="{_PANEL}"><title>{escape(span.name)}, {span.ended - span.began:.2f} s</title>'
    label = ""
    if right - left >= _LABEL_PX:
        fits = escape(span.name[: int((right - left) / 6)])
        label = f'<text x="{left + 2:.1f}" y="10">{fits}</text>'
    return f"{box}</rect>{label}"


def _grid(scale: Scale) -> list[str]:
    """Draw a line for each power of ten, and the seconds below."""
    powers = range(int(math.log10(_LOW_MS)), int(math.log10(scale.high_ms)) + 1)
    lines = [
        f'<line class="grid" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
        f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{10**power}</text>'
        for power in powers
        for y in (scale.y(10**power),)
    ]
    every = max(1, math.ceil(scale.seconds / 12))
    seconds = [
        f'<text x="{scale.x(second):.1f}" y="{_PANEL + 14}" text-anchor="middle">{second} s</text>'
        for second in range(0, int(scale.seconds) + 1, every)
    ]
    return lines + seconds


def _bars(felt: Felt, scale: Scale, *, began: float) -> list[str]:
    width_s = (scale.seconds + _BEFORE_S) * _BUCKET_PX / (_WIDTH - _LEFT - _RIGHT)
    first = math.floor(-_BEFORE_S / width_s)
    last = math.ceil(scale.seconds / width_s)
    return [
        f'<line class="bar" x1="{x:.1f}" x2="{x:.1f}" y1="{_PANEL}" y2="{scale.y(ms):.1f}"/>'
        for bucket, ms in sorted(buckets(felt, began=began, width_s=width_s).items())
        if first <= bucket <= last
        for x in (scale.x((bucket + 0.5) * width_s),)
    ]


def _edge(x: float) -> str:
    return f'<line class="edge" x1="{x:.1f}" x2="{x:.1f}" y1="0" y2="{_PANEL}"/>'
