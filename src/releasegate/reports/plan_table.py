"""Plan -> a table for whoever reviews it: each step, its locks, its way back, then its SQL."""

from __future__ import annotations

import textwrap
from itertools import zip_longest
from typing import TYPE_CHECKING

from releasegate.statements.locks import CONFLICTS, ROW_EXCLUSIVE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from releasegate.model import Plan, Step

_NUMBER_WIDTH = 6
_HEADS = ("step", "what it does", "locks", "undo")


def lines(plan: Plan, width: int) -> Iterator[str]:
    """Write the table in lines of at most ``width`` columns, and the statements below it."""
    yield f"strategy {plan.strategy}, fingerprint {plan.fingerprint[:16]}"
    yield from _row(_HEADS, width)
    for step in plan.steps:
        locks = "; ".join(f"{lock.mode} on {lock.relation}" for lock in step.locks)
        way = "" if _is_in_the_way(step) or not step.locks else " (no writer waits)"
        cells = (str(step.ordinal), step.title, f"{locks or 'none'}{way}", undo(step))
        yield from _row(cells, width)
    yield ""
    for step in plan.steps:
        yield from _statements(step)


def _row(cells: tuple[str, str, str, str], width: int) -> Iterator[str]:
    rest = width - _NUMBER_WIDTH
    widths = (_NUMBER_WIDTH, rest * 4 // 10, rest * 4 // 10, rest - 2 * (rest * 4 // 10))
    columns = [
        textwrap.wrap(cell, size - 1, break_long_words=False, break_on_hyphens=False) or [""]
        for cell, size in zip(cells, widths, strict=True)
    ]
    for parts in zip_longest(*columns, fillvalue=""):
        padded = (part.ljust(size) for part, size in zip(parts, widths, strict=True))
        yield "".join(padded).rstrip()


def undo(step: Step) -> str:
    """Say whether the step can be taken back."""
    if not step.is_reversible:
        return "not all of it"
    if not step.undo:
        return "nothing to undo"
    return "yes, data goes too" if any(item.loses_data for item in step.undo) else "yes"


def _is_in_the_way(step: Step) -> bool:
    return any(lock.mode in CONFLICTS[ROW_EXCLUSIVE] for lock in step.locks)


def _statements(step: Step) -> Iterator[str]:
    yield f"-- step {step.ordinal}{'' if step.transactional else ', outside a transaction'}"
    for statement in step.sql:
        yield from f"{statement};".splitlines()
    for item in step.undo:
        yield f"-- undo: {item.sql};"
