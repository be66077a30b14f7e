"""Columns and tables that a rollback could take -> what would be lost with each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg

from releasegate import catalog, database, facts
from releasegate.counted import counted
from releasegate.executor.undoing import rows_in
from releasegate.gates import LiveTarget
from releasegate.model import Plan
from releasegate.undo import argument, name_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from releasegate.database import Connection
    from releasegate.gates import GateInputs
    from releasegate.model import CatalogObject

#: counted exactly up to here, and no longer than this
_MOST, _COUNT_MS = 1000, 500
# By what ANALYZE saw.
_ESTIMATE = """
SELECT round(c.reltuples * (1 - s.null_frac))::bigint FROM pg_stats s
JOIN pg_namespace n ON n.nspname = s.schemaname
JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = s.tablename
WHERE (s.schemaname, s.tablename, s.attname) = (%s, %s, %s) AND c.reltuples >= 0
"""


def losses(inputs: GateInputs) -> Mapping[str, str]:
    """Say of each statement that would take data back what would be lost with it."""
    plan, live = inputs.planned, inputs.live
    assert isinstance(plan, Plan)
    items = [item for step in plan.steps for item in step.undo if item.loses_data]
    if not isinstance(live, LiveTarget) or not items:
        return {item.sql: _later(item.thing) for item in items}
    rows = live.ledger.rows.get(inputs.migration.number, {})
    made = {label for row in rows.values() for label in row.made}
    held = catalog.describe(live.connection, [item.thing for item in items])
    return {
        item.sql: _of(live.connection, item.thing, held[str(item.thing)] is not None, made)
        for item in items
    }


def _of(connection: Connection, thing: CatalogObject, is_there: bool, made: Collection[str]) -> str:
    if not is_there:
        return _later(thing)
    if str(thing) not in made:
        return f"{name_of(thing)} is there already: it stays, with all that it holds"
    return f"{name_of(thing)}: {would_be_lost(connection, thing)}"


def _later(thing: CatalogObject) -> str:
    what = "rows" if thing.kind == "table" else "values"
    return f"{name_of(thing)}: {_saved(thing, f'its {what}')}"


def would_be_lost(connection: Connection, thing: CatalogObject) -> str:
    """Count what a column or a table holds, as far as that takes no time."""
    what = "rows" if thing.kind == "table" else "values"
    try:
        rows = rows_in(thing)
        count = facts.count_up_to(connection, rows, most=_MOST + 1, within_ms=_COUNT_MS)
    except (psycopg.errors.QueryCanceled, psycopg.errors.InsufficientPrivilege):
        return _saved(thing, _estimated(connection, thing) or f"{what} nobody could count")
    if not count:
        return f"it holds no {what}, so nothing would be lost"
    if count == 1:
        return _saved(thing, f"1 {what.removesuffix('s')}")
    return _saved(thing, f"{count} {what}" if count <= _MOST else f"more than {_MOST} {what}")


def _saved(thing: CatalogObject, lost: str) -> str:
    return f"{lost} would be lost; rollback --discard-data {argument(thing)} saves them first"


def _estimated(connection: Connection, thing: CatalogObject) -> str | None:
    found = database.rows(connection, _ESTIMATE, (thing.schema, thing.table, thing.name))
    return f"about {counted(found[0][0], 'value')}" if found else None
