"""A fault at every statement that the program sends: it knows what is true, and goes on."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from faults.proxy import When
from faults.sweep import FAULTS, KILL, STORIES, learn, open_lanes, points, sample, sweep

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from faults.sweep import Case, Clean, Story

#: cases of each fault but the first, where not all are asked for
_SAMPLED = 3
#: how often a state that cases have in common is gone on from, where not all are asked for
_RERUNS_EACH = 3
_MOMENTS = list(When)


def _cases(clean: Clean, *, every: bool, seed: int) -> list[Case]:
    """Choose the cases: all, or every statement for a killed client and a few for the others."""
    if every:
        return points(clean, FAULTS, _MOMENTS)
    killed = [case for case in points(clean, [KILL], _MOMENTS) if _is_turn(case, seed)]
    others = (points(clean, [fault], _MOMENTS) for fault in FAULTS if fault != KILL)
    return killed + [case for cases in others for case in sample(cases, _SAMPLED, seed)]


def _is_turn(case: Case, seed: int) -> bool:
    """Take one of the three moments at each statement, by turns."""
    return case.when is _MOMENTS[(case.at + seed) % len(_MOMENTS)]


@pytest.mark.parametrize("story", STORIES, ids=[story.name.replace(" ", "-") for story in STORIES])
def test_a_fault_at_any_statement_breaks_no_promise(
    story: Story,
    tmp_path: Path,
    cluster_cache: Path,
    fault_seed: int,
    every_fault: bool,
    lane_count: int,
    tell: Callable[[str], None],
) -> None:
    with ExitStack() as stack:
        lanes = open_lanes(stack, tmp_path, story.strategy, cache=cluster_cache, count=lane_count)
        clean = learn(lanes[0], story)
        cases = _cases(clean, every=every_fault, seed=fault_seed)
        reruns_each = None if every_fault else _RERUNS_EACH
        tally = sweep(lanes, story, clean, cases, reruns_each=reruns_each)

    tell(f"{story.name}, seed {fault_seed}: {tally.summary()}")
    assert clean.points > len(clean.seen) > 1
    assert sum(tally.cases.values()) == len(cases)
    assert tally.missed <= len(cases) // 20
    assert tally.violations == []
