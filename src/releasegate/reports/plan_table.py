"""Plan -> a table for whoever reviews it: each step, its locks, its way back, then its SQL."""

from __future__ import annotations

import textwrap
from itertools import zip_longest
from typing import TYPE_CHECKING

from releasegate.statements.locks import is_in_the_way

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from releasegate.model import Plan, Report, Step

_NUMBER_WIDTH, _LENGTH_WIDTH = 6, 18
_HEADS = ("step", "what it does", "locks", "undo")


def lines(report: Report, plan: Plan, width: int) -> Iterator[str]:
    """Write the table in lines of at most ``width`` columns, and the statements below it."""
    predictions = report.predictions
    yield f"strategy {plan.strategy}, fingerprint {plan.fingerprint[:16]}"
    widths = _widths(width, _LENGTH_WIDTH if predictions else 0)
    yield from _row((*_HEADS, "predicted"), widths)
    for step in plan.steps:
        length = str(predictions.get(step.ordinal, "not"))
        cells = (str(step.ordinal), step.title, locks(step), undo(step), length)
        yield from _row(cells, widths)
    yield ""
    for step in plan.steps:
        yield from _statements(step, report.losses)
    yield ""


def _widths(width: int, last: int) -> tuple[int, ...]:
    """Divide a line among the columns; the last is left out where it has no width."""
    rest = width - _NUMBER_WIDTH - last
    wide = rest * 4 // 10
    return (_NUMBER_WIDTH, wide, wide, rest - 2 * wide, *([last] if last else []))


def _row(cells: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
    columns = [
        textwrap.wrap(cell, size - 1, break_long_words=False, break_on_hyphens=False) or [""]
        for cell, size in zip(cells, widths, strict=False)
    ]
    starts = [sum(widths[:place]) for place in range(len(widths))]
    for parts in zip_longest(*columns, fillvalue=""):
        line = ""
        for part, start in zip(parts, starts, strict=True):
            # A name may be as wide as its column, and stays apart from the next one all the same.
            line = f"{line.ljust(start)}{' ' if start and len(line) >= start else ''}{part}"
        yield line.rstrip()


def locks(step: Step) -> str:
    """Name the locks that a step takes, and say where no writer waits for them."""
    named = "; ".join(f"{lock.mode} on {lock.relation}" for lock in step.locks)
    way = "" if is_in_the_way(step.locks) or not step.locks else " (no writer waits)"
    return f"{named or 'none'}{way}"


def undo(step: Step) -> str:
    """Say whether the step can be taken back."""
    if not step.is_reversible:
        return "not all of it"
    if not step.undo:
        return "nothing to undo"
    return "yes, data goes too" if any(item.loses_data for item in step.undo) else "yes"


def _statements(step: Step, losses: Mapping[str, str]) -> Iterator[str]:
    yield f"-- step {step.ordinal}{'' if step.transactional else ', outside a transaction'}"
    for statement in step.sql:
        yield from f"{statement};".splitlines()
    for item in step.undo:
        yield f"-- undo: {item.sql};"
        if item.sql in losses:
            yield f"--   {losses[item.sql]}"
