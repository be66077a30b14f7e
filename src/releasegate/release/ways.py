"""A run that stopped, or a migration that stands -> its ways on and back, and what each costs."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from typing import TYPE_CHECKING

import psycopg

from releasegate import database
from releasegate.executor import DONE
from releasegate.executor.undoing import holding_data, undo_of
from releasegate.gates.undo import name_of
from releasegate.model import Plan
from releasegate.statements.locks import ACCESS_EXCLUSIVE
from releasegate.undo import Way

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from releasegate.database import Connection
    from releasegate.gates import GateInputs
    from releasegate.model import Outcome
    from releasegate.undo import Row

# By what ANALYZE saw; counting would read the whole table.
_VALUES = """
SELECT round(c.reltuples * (1 - s.null_frac))::bigint FROM pg_stats s
JOIN pg_namespace n ON n.nspname = s.schemaname
JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = s.tablename
WHERE (s.schemaname, s.tablename, s.attname) = (%s, %s, %s) AND c.reltuples >= 0
"""


def both(connection: Connection, inputs: GateInputs, outcomes: Sequence[Outcome]) -> str:
    """Say both ways on from a run that stopped; nothing where the target cannot be asked."""
    with suppress(psycopg.Error):
        return _both(connection, inputs, outcomes)
    return ""


def _both(connection: Connection, inputs: GateInputs, outcomes: Sequence[Outcome]) -> str:
    plan, number = inputs.planned, inputs.migration.number
    assert isinstance(plan, Plan)
    left = sum(outcome.status not in DONE for outcome in outcomes)
    back = undo_of(connection, plan, number, way=Way(), baseline=inputs.baseline_statements)
    stays = holding_data(connection, plan, number)
    kept = f"; {', '.join(map(name_of, stays))} stay without --drop-columns" if stays else ""
    return (
        f" Two ways: forward: releasegate apply --window WINDOW {number:03} ({left} steps are left,"
        f" what is done is not done again); back: releasegate rollback --window WINDOW {number:03} "
        f"({_cost(back)}{kept})."
    )


def _cost(back: Plan) -> str:
    """Say how many steps, and what they hold up; indexes have to be built anew another time."""
    if not back.steps:
        return "0 steps, nothing to take back"
    strong = sum(any(k.mode == ACCESS_EXCLUSIVE for k in step.locks) for step in back.steps)
    indexes = sum(not step.transactional for step in back.steps)
    return (
        f"{len(back.steps)} steps, {strong} of them for a moment under ACCESS EXCLUSIVE, "
        f"{indexes} built indexes go; no data is lost"
    )


def undoable(connection: Connection, rows: Iterable[Row]) -> str | None:
    """Say what a rollback would take back, and what would be lost with it."""
    labels = sorted(label for row in rows for label in row.made)
    kinds = Counter(label.split(" ")[0] for label in labels)
    plain = [f"{kinds[kind]} {kind}" for kind in ("constraint", "index") if kinds[kind]]
    data = [
        f"{label} ({_lost(connection, label)})"
        for label in labels
        if label.startswith(("column ", "table "))
    ]
    parts = [f"a rollback takes back {' and '.join(plain)}"] if plain else []
    parts += [f"only with --drop-columns or --discard-data: {', '.join(data)}"] if data else []
    return "; ".join(parts) or None


def _lost(connection: Connection, label: str) -> str:
    kind, _, path = label.partition(" ")
    names = path.split(".")
    if kind == "table" or len(names) != 3:
        return "its rows would be lost"
    found = database.rows(connection, _VALUES, names)
    return f"about {found[0][0]} values would be lost" if found else "not analyzed"
