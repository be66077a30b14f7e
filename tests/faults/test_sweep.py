"""A fault at every statement that the program sends: it knows what is true, and goes on."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from acceptance.pooler import PROGRAM
from faults.proxy import When
from faults.story import POOLED, STORIES
from faults.strikes import FAULTS, KILL, POOLED_FAULTS
from faults.sweep import learn, open_lanes, points, sample, sweep

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from faults.story import Case, Clean, Story

#: how often a state that cases have in common is gone on from, where not all are asked for
_RERUNS_EACH = 3
_MOMENTS = list(When)


def _cases(story: Story, clean: Clean, count: int | None, seed: int) -> list[Case]:
    """Choose the cases: all, or every statement for a killed client and a few for the others.

    All of them come in any order, so that a run which somebody ends has seen something of each.
    """
    faults = POOLED_FAULTS if story.is_pooled else FAULTS
    if count is None:
        every = points(clean, faults, _MOMENTS)
        return sample(every, len(every), seed)
    killed = [case for case in points(clean, [KILL], _MOMENTS) if _is_turn(case, seed)]
    others = (points(clean, [fault], _MOMENTS) for fault in faults if fault != KILL)
    sampled = [case for cases in others for case in sample(cases, count, seed)]
    return [*story.always, *sample(killed, story.kills or len(killed), seed), *sampled]


def _is_turn(case: Case, seed: int) -> bool:
    """Take one of the three moments at each statement, by turns."""
    return case.when is _MOMENTS[(case.at + seed) % len(_MOMENTS)]


_UNPOOLED = pytest.mark.skipif(PROGRAM is None, reason="pgbouncer is not installed")


@pytest.mark.parametrize(
    "story",
    [
        pytest.param(one, id=one.name.replace(" ", "-"), marks=[_UNPOOLED] if one.is_pooled else [])
        for one in (*STORIES, POOLED)
    ],
)
def test_a_fault_at_any_statement_breaks_no_promise(
    story: Story,
    tmp_path: Path,
    cluster_cache: Path,
    fault_seed: int,
    fault_count: int | None,
    lane_count: int,
    tell: Callable[[str], None],
) -> None:
    with ExitStack() as stack:
        lanes = open_lanes(stack, tmp_path, story, cache=cluster_cache, count=lane_count)
        clean = learn(lanes[0], story)
        cases = _cases(story, clean, fault_count, fault_seed)
        reruns_each = None if fault_count is None else _RERUNS_EACH
        tally = sweep(lanes, story, clean, cases, reruns_each=reruns_each)

    tell(f"{story.name}, seed {fault_seed}: {tally.summary()}")
    assert clean.points > len(clean.seen) > 1
    assert sum(tally.cases.values()) == len(cases)
    assert tally.missed <= len(cases) // 20
    assert tally.violations == []
