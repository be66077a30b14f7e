"""A run that stopped, or a migration that stands -> its ways on and back, and what each costs."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from typing import TYPE_CHECKING

import psycopg

from releasegate import catalog
from releasegate.counted import counted
from releasegate.executor import DONE
from releasegate.executor.undoing import holding_data, undo_of
from releasegate.forecast import forecast, total
from releasegate.model import CatalogObject, Plan
from releasegate.release.losing import would_be_lost
from releasegate.statements.locks import ACCESS_EXCLUSIVE
from releasegate.undo import Way, name_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from releasegate.database import Connection
    from releasegate.gates import GateInputs
    from releasegate.model import Outcome, Prediction
    from releasegate.undo import Row


def both(connection: Connection, inputs: GateInputs, outcomes: Sequence[Outcome]) -> str:
    """Say both ways on from a run that stopped; nothing where the target cannot be asked."""
    with suppress(psycopg.Error):
        return _both(connection, inputs, outcomes)
    return ""


def _both(connection: Connection, inputs: GateInputs, outcomes: Sequence[Outcome]) -> str:
    plan, number = inputs.planned, inputs.migration.number
    assert isinstance(plan, Plan)
    done = {outcome.ordinal for outcome in outcomes if outcome.status in DONE}
    left = len(plan.steps) - len(done)
    back = undo_of(connection, plan, number, way=Way(), baseline=inputs.baseline_statements)
    stays = holding_data(connection, plan, number)
    kept = f"; {', '.join(map(name_of, stays))} stay without --drop-columns" if stays else ""
    return (
        f" Two ways: forward: releasegate apply --window WINDOW {number:03} "
        f"({counted(left, 'step is', 'steps are')} left,"
        f"{_length(connection, plan, done)} what is done is not done again); back: releasegate "
        f"rollback --window WINDOW {number:03} ({_cost(connection, back)}{kept})."
    )


def _cost(connection: Connection, back: Plan) -> str:
    """Say how many steps, and what they hold up; indexes have to be built anew another time."""
    if not back.steps:
        return "0 steps, nothing to take back"
    strong = sum(any(k.mode == ACCESS_EXCLUSIVE for k in step.locks) for step in back.steps)
    indexes = sum(not step.transactional for step in back.steps)
    gone = counted(indexes, "built index goes", "built indexes go")
    return (
        f"{counted(len(back.steps), 'step')},{_length(connection, back, ())} {strong} of them "
        f"for a moment under ACCESS EXCLUSIVE, {gone}; no data is lost"
    )


def _length(connection: Connection, plan: Plan, done: Collection[int]) -> str:
    """Say how long a plan's steps will take together, as far as that can be said."""
    predictions: Mapping[int, Prediction] = {}
    with suppress(psycopg.Error):
        # A server that is too slow to be looked at has two ways all the same.
        predictions = forecast(connection, plan, done=done).predictions
    left = {step.ordinal for step in plan.steps} - set(done)
    if not predictions:
        return ""
    rest = f", without {len(left - predictions.keys())} of them" * bool(left - predictions.keys())
    return f" about {total(predictions)}{rest},"


def undoable(connection: Connection, rows: Iterable[Row]) -> str | None:
    """Say what a rollback would take back, and what would be lost with it."""
    made = {label for row in rows for label in row.made}
    things = sorted(one for one in catalog.tables(connection) if str(one) in made)
    kinds = Counter(thing.kind for thing in things)
    plain = [f"{kinds[kind]} {kind}" for kind in ("constraint", "index") if kinds[kind]]
    data = [
        f"{name_of(thing)} ({would_be_lost(connection, thing)})"
        for thing in things
        if thing.kind == "table" or (thing.kind == "column" and not _is_in_new(thing, made))
    ]
    parts = [f"a rollback takes back {' and '.join(plain)}"] if plain else []
    parts += [f"only with --drop-columns or --discard-data: {', '.join(data)}"] if data else []
    return "; ".join(parts) or None


def _is_in_new(column: CatalogObject, made: Collection[str]) -> bool:
    """Tell whether a column goes with its table."""
    return str(CatalogObject("table", column.schema, column.table)) in made
