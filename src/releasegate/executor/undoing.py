"""Ledger and catalogs -> the plan that takes back what a migration has made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from psycopg import sql

from releasegate import catalog, ledger
from releasegate.undo import Way, candidates, guard, make_undo

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from releasegate.database import Connection
    from releasegate.model import CatalogObject, Plan
    from releasegate.statements.parser import Statement


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


def has_values(connection: Connection, thing: CatalogObject) -> bool:
    """Tell whether any row has a value in a column, or a table has a row."""
    table = sql.Identifier(thing.schema, thing.table or thing.name)
    query = sql.SQL("SELECT EXISTS (SELECT FROM {}").format(table)
    if thing.kind == "column":
        query += sql.SQL(" WHERE {} IS NOT NULL").format(sql.Identifier(thing.name))
    (found,) = connection.execute(query + sql.SQL(")")).fetchone() or (True,)
    return bool(found)


def _held(connection: Connection, things: Iterable[CatalogObject]) -> dict[str, str]:
    described = catalog.describe(connection, things)
    return {name: text for name, text in described.items() if text is not None}
