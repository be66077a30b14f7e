"""Rows of a summary -> a table for a terminal, and the whole as JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from benchmarks.stall.summary import Row, Spread, during, longest_wait_ms, slowest_ms

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.stall.model import Measurement

_HEADINGS = (
    *("good", "lock wait ms", "slowest ms", "control ms", "errors", "apply s", "steps s"),
    *("x floor", "tries"),
)
#: shown where there is anything to show
_MORE: dict[str, Callable[[Row], Spread | None]] = {
    "s after blocker": lambda row: row.after_blocker_s,
    "replica wait ms": lambda row: row.replica_wait_ms,
    "replica slowest ms": lambda row: row.replica_slowest_ms,
    "commit ms": lambda row: row.commit_ms,
}


def render(rows: list[Row]) -> str:
    """Write one block for each scenario; a spread is the median, and least to most."""
    blocks = []
    for scenario in dict.fromkeys(row.scenario for row in rows):
        mine = [row for row in rows if row.scenario == scenario]
        blocks.append(_block(scenario, mine))
    return "\n\n".join(blocks)


def as_json(measurements: list[Measurement], rows: list[Row]) -> dict[str, Any]:
    """Keep every run's own figures beside the summary."""
    return {"summary": [row.as_json() for row in rows], "runs": [_run(m) for m in measurements]}


def _block(scenario: str, rows: list[Row]) -> str:
    more = [name for name, of in _MORE.items() if any(of(row) for row in rows)]
    headings = (scenario, *_HEADINGS, *more)
    cells = [headings, *(_cells(row, more) for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(headings))]
    lines = [
        "  ".join(
            text.rjust(width) if column else text.ljust(width)
            for column, (text, width) in enumerate(zip(line, widths, strict=True))
        )
        for line in cells
    ]
    notes = [f"  {row.applier}: {note}" for row in rows for note in _notes(row)]
    return "\n".join(line.rstrip() for line in [*lines, *notes])


def _cells(row: Row, more: list[str]) -> tuple[str, ...]:
    return (
        row.applier,
        f"{row.good}/{row.runs}",
        _spread(row.lock_wait_ms),
        _spread(row.slowest_ms),
        _spread(row.control_ms),
        _errors(row),
        _spread(row.wall_s),
        _spread(row.steps_s),
        f"{row.ratio:.2f}" if row.ratio else "-",
        _spread(row.tries),
        *(_spread(_MORE[name](row)) for name in more),
    )


def _notes(row: Row) -> list[str]:
    events = [f"{name} {count} times" for name, count in sorted(row.events.items())]
    return [*row.notes, *([f"in its logs: {', '.join(events)}"] if events else [])]


def _spread(spread: Spread | None) -> str:
    if spread is None:
        return "-"
    middle, least, most = (_number(v) for v in (spread.median, spread.least, spread.most))
    return middle if least == most else f"{middle} ({least}-{most})"


def _number(value: float) -> str:
    if value == int(value):
        return str(int(value))
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}"


def _errors(row: Row) -> str:
    return " ".join(f"{count}x{code}" for code, count in sorted(row.errors.items())) or "none"


def _run(measurement: Measurement) -> dict[str, Any]:
    applied, trial = measurement.applied, measurement.trial
    felt = during(measurement, measurement.felt) if measurement.felt else None
    replica = during(measurement, measurement.replica) if measurement.replica else None
    return {
        **asdict(trial),
        "exit_code": applied.exit_code,
        "is_complete": measurement.is_complete,
        "wall_s": round(applied.wall_s, 3),
        "steps_s": round(applied.steps_s, 3),
        "tries": applied.tries,
        "events": dict(applied.events),
        "note": applied.note,
        "steps": [
            {"name": span.name, "at_s": round(span.began - applied.began, 3)}
            | {"duration_s": round(span.ended - span.began, 3)}
            for span in applied.spans
        ],
        "waits": [
            {"at_s": round(wait.at - applied.began, 3), **wait._asdict()}
            for wait in sorted(felt.waits if felt else (), key=lambda wait: -wait.ms)[:10]
        ],
        "longest_wait_ms": longest_wait_ms(felt) if felt else None,
        "slowest_ms": round(slowest_ms(felt), 3) if felt else None,
        "transactions": len(felt.samples) if felt else None,
        "never_begun": felt.unfinished if felt else None,
        "replica_longest_wait_ms": longest_wait_ms(replica) if replica else None,
        "replica_slowest_ms": round(slowest_ms(replica), 3) if replica else None,
    }
