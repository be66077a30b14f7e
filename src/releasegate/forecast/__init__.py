"""A plan and a target -> how long each step will take, what it needs, and whether it fits."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from releasegate import database, facts
from releasegate.forecast.costs import Cost, Costs
from releasegate.forecast.fit import Fit, fit, total
from releasegate.forecast.pace import SLOWEST_S, Pace, pace
from releasegate.forecast.work import JOIN, NOWHERE, SCAN, Work, works
from releasegate.model import Prediction, Relation
from releasegate.statements.locks import is_in_the_way

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from releasegate.database import Connection
    from releasegate.facts import Index, Size, Unproven
    from releasegate.model import Plan, Step

__all__ = ["Fit", "Forecast", "fit", "forecast", "predicted", "total"]

# One process, for a moment, waiting for nobody, under no policy.
_LIMITS = f"""
SELECT set_config(s.name, s.value, true)
FROM (VALUES ('statement_timeout', '{SLOWEST_S}s'), ('lock_timeout', '50ms'),
  ('row_security', 'off'), ('max_parallel_workers_per_gather', '0'), ('work_mem', '16MB'),
  ('jit', 'off')) AS s (name, value)
"""  # noqa: S608  a number of ours
#: how far the actual time may lie from the one that is computed, either way
_LESS, _MORE = 0.6, 1.7
# What a step takes beside its work on rows, least and most: our own work and the server's on its
# catalogs, as so many rows of the pace's join, and messages there and back. More where a lock of
# the app's is asked for, and more again where a step runs in no transaction but makes several.
_PROOF, _CHANGE, _ALONE = ((14e3, 42e3), (2, 6)), ((30e3, 90e3), (3, 9)), ((34e3, 102e3), (4, 12))
#: the first one finds nothing of the catalogs in its session's memory
_FIRST = 2.0


@dataclass(frozen=True, slots=True)
class Forecast:
    """What is to be expected of the steps that are left."""

    #: by the step's ordinal
    predictions: Mapping[int, Prediction] = field(default_factory=dict)
    #: steps whose length nobody can say beforehand
    unpredicted: tuple[int, ...] = ()
    #: the most that is taken up at any time beyond what is taken up now
    bytes_needed: int = 0
    #: by all indexes together, when the last is built
    bytes_kept: int = 0
    #: the most that is given back when a step is done
    bytes_meanwhile: int = 0
    sizes: Mapping[Relation, Size] = field(default_factory=dict)
    pace: Pace | None = None
    #: why nothing is said; empty: it is
    why_not: str = ""


def forecast(connection: Connection, plan: Plan, *, done: Collection[int] = ()) -> Forecast:
    """Measure the touched tables and, for some 100 ms, the server; compute the rest.

    Raises:
        psycopg.Error: the server refused, was too slow, or is gone.
    """
    with connection.transaction():
        database.rows(connection, _LIMITS)
        return _forecast(connection, plan, done)


def _forecast(connection: Connection, plan: Plan, done: Collection[int]) -> Forecast:
    known = {(one.table, one.name): _proof(one) for one in facts.unproven(connection)}
    found = works(plan, known)
    names = {work.index for ws in found.values() for work in ws if work.index}
    there = facts.indexes(connection, names)
    left = {
        step: tuple(_left(step, found[step.ordinal], there))
        for step in plan.steps
        if step.ordinal not in done
    }
    tables = {name for ws in left.values() for w in ws for name in (w.table, w.parent) if name}
    sizes = facts.sizes(connection, tables)
    largest = max(sizes.values(), key=lambda size: size.place_pages, default=facts.Size())
    return _summed(left, sizes, pace(connection, largest))


def _proof(one: Unproven) -> Work:
    return Work(JOIN if one.parent else SCAN, one.table, one.columns, one.parent)


def _left(step: Step, found: Iterable[Work], there: Mapping[Relation, Index]) -> Iterator[Work]:
    """Leave out an index that IF NOT EXISTS will find; tell what one is on that is made anew."""
    for work in found:
        index = there.get(work.index) if work.index else None
        if index is None:
            yield work
        elif work.table == NOWHERE:
            yield replace(work, table=index.table, columns=index.columns)
        elif not (step.is_lenient and index.is_valid):
            yield work


def _summed(
    left: Mapping[Step, Sequence[Work]], sizes: Mapping[Relation, Size], measured: Pace
) -> Forecast:
    costs = Costs(sizes, measured)
    predictions, unpredicted = {}, []
    kept = needed = meanwhile = 0.0
    for step, found in left.items():
        each = [costs.of(work) for work in found]
        is_first = step is next(iter(left))
        pairs = list(zip(found, each, strict=True))
        prediction = predicted(step, pairs, measured, is_first=is_first)
        if prediction is None:
            unpredicted.append(step.ordinal)
        else:
            predictions[step.ordinal] = prediction
        for cost in each:
            kept += cost.bytes_kept
            meanwhile = max(meanwhile, cost.bytes_meanwhile)
            needed = max(needed, kept + cost.bytes_meanwhile)
    return Forecast(
        predictions,
        tuple(unpredicted),
        round(needed),
        round(kept),
        round(meanwhile),
        sizes,
        measured,
    )


def predicted(
    step: Step, costs: Sequence[tuple[Work, Cost]], measured: Pace, *, is_first: bool = False
) -> Prediction | None:
    """Put a range around a step's work; None where nobody can say how long it takes."""
    low, high = 0.0, 0.0
    for work, cost in costs:
        if cost.seconds is None:
            return None
        low += cost.seconds if work.is_certain else 0.0
        high += cost.seconds
    change = _CHANGE if is_in_the_way(step.locks) else _PROOF
    rows, trips = change if step.transactional else _ALONE
    least_s, most_s = (
        (_FIRST if is_first else 1) * (count * measured.row_s + times * measured.round_trip_s)
        for count, times in zip(rows, trips, strict=True)
    )
    return Prediction(round(least_s + _LESS * low, 4), round(most_s + _MORE * high, 4))
