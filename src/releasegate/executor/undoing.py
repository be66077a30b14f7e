"""Ledger and catalogs -> the plan that takes back what a migration has made."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import psycopg

from releasegate import catalog, facts, ledger
from releasegate.model import Relation
from releasegate.statements.parser import quote, quote_relation
from releasegate.undo import Way, candidates, guard, make_undo

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from releasegate.database import Connection
    from releasegate.model import CatalogObject, Plan
    from releasegate.statements.parser import Statement

_LONG_ENOUGH = timedelta(minutes=1)


def undo_of(
    connection: Connection,
    plan: Plan,
    number: int,
    *,
    way: Way,
    baseline: Sequence[Statement] = (),
) -> Plan:
    """Plan the way back from wherever the migration stands: half applied, or half taken back."""
    rows = ledger.read(connection).rows.get(number, {})
    things = [item.thing for item in candidates(plan, rows)]
    held = _held(connection, [*things, *map(guard, things)])
    return make_undo(plan, rows, held=held, way=way, baseline=baseline)


def holding_data(connection: Connection, plan: Plan, number: int) -> tuple[CatalogObject, ...]:
    """List the tables and columns that a migration has made and that are there still."""
    rows = ledger.read(connection).rows.get(number, {})
    things = [item.thing for item in candidates(plan, rows) if item.loses_data]
    held = _held(connection, things)
    return tuple(thing for thing in things if str(thing) in held)


def has_values(
    connection: Connection, thing: CatalogObject, *, within: timedelta = _LONG_ENOUGH
) -> bool | None:
    """Tell whether any row has a value in a column, or a table has a row; None: not in that time.

    Raises:
        psycopg.errors.InsufficientPrivilege: the role may not read all of its rows.
    """
    try:
        at_most_ms = max(1, int(within / timedelta(milliseconds=1)))
        return bool(facts.count_up_to(connection, rows_in(thing), most=1, within_ms=at_most_ms))
    except psycopg.errors.QueryCanceled:
        return None


def rows_in(thing: CatalogObject) -> str:
    """Write what follows FROM for a table's rows, or for those with a value in a column."""
    table = quote_relation(Relation(thing.schema, thing.table or thing.name))
    return f"{table} WHERE {quote(thing.name)} IS NOT NULL" if thing.kind == "column" else table


def _held(connection: Connection, things: Iterable[CatalogObject]) -> dict[str, str]:
    described = catalog.describe(connection, things)
    return {name: text for name, text in described.items() if text is not None}
