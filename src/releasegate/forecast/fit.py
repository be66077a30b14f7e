"""Predictions and the time that a window has left -> whether the steps fit, with the arithmetic."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from releasegate.model import Prediction
from releasegate.statements.locks import is_in_the_way

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from releasegate.model import Step

#: so many steps are named one by one, the longest of them
_NAMED = 4
_NOTHING = timedelta(0)


@dataclass(frozen=True, slots=True)
class Fit:
    """How the predicted steps lie in a window."""

    #: if each step is as quick as it can be, one would not begin any more, or would be cut off
    is_too_long: bool
    #: if each step is as slow as it can be, the window closes before the last one ends
    may_be_too_long: bool
    words: str


def total(predictions: Mapping[int, Prediction]) -> Prediction:
    """Add up all steps: both ends, so the sum's range is wider than it is likely to be."""
    found = predictions.values()
    return Prediction(sum(one.low for one in found), sum(one.high for one in found))


def fit(
    steps: Sequence[Step],
    predictions: Mapping[int, Prediction],
    *,
    left: timedelta,
    grace: timedelta,
) -> Fit:
    """Lay the steps one after another into the time that is left.

    ``grace`` is how long one that is in nobody's way may go on after the close.
    """
    whole = total(predictions)
    left_s = left.total_seconds()
    window = Prediction(left_s, left_s)
    return Fit(
        _is_cut(steps, predictions, left=left, grace=grace),
        whole.high > left_s,
        f"The steps need {whole}, the window has {window}: {arithmetic(predictions)}.",
    )


def _is_cut(
    steps: Sequence[Step],
    predictions: Mapping[int, Prediction],
    *,
    left: timedelta,
    grace: timedelta,
) -> bool:
    end = _NOTHING
    for step in steps:
        if step.ordinal not in predictions:
            continue
        begin, end = end, end + timedelta(seconds=predictions[step.ordinal].low)
        more = _NOTHING if is_in_the_way(step.locks) else grace
        if begin >= left or end > left + more:
            return True
    return False


def arithmetic(predictions: Mapping[int, Prediction]) -> str:
    """Name the longest steps, ``4: 20 to 50 min``, and the sum of the others."""
    longest = sorted(predictions, key=lambda ordinal: -predictions[ordinal].high)
    named, rest = sorted(longest[:_NAMED]), longest[_NAMED:]
    parts = [f"step {ordinal}: {predictions[ordinal]}" for ordinal in named]
    if rest:
        others = total({ordinal: predictions[ordinal] for ordinal in rest})
        parts.append(f"the other {len(rest)}: {others}")
    return ", ".join(parts)
