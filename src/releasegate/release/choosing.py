"""A rollback's options and the target -> what goes of what can hold data, why the rest stays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from releasegate.errors import UsageError
from releasegate.executor.undoing import has_values, holding_data
from releasegate.model import ObjectState
from releasegate.undo import Way, argument, full_name, name_of

if TYPE_CHECKING:
    from datetime import timedelta

    from releasegate.database import Connection
    from releasegate.model import CatalogObject, Plan
    from releasegate.release.inputs import Request


@dataclass(frozen=True)
class Choice:
    """What becomes of everything that could hold data."""

    way: Way
    stays: tuple[ObjectState, ...]


def named(request: Request, plan: Plan) -> frozenset[CatalogObject]:
    """Find what --discard-data names.

    Raises:
        UsageError: the migration makes nothing of that name, or several things.
    """
    things = [item.thing for step in plan.steps for item in step.undo if item.loses_data]
    return frozenset(_named(name, things) for name in request.discards)


def _named(name: str, things: list[CatalogObject]) -> CatalogObject:
    found = [thing for thing in things if name in (full_name(thing), name_of(thing))]
    if len(found) == 1:
        return found[0]
    made = ", ".join(map(name_of, things)) or "no column and no table"
    why = "is several things" if found else f"is nothing that this migration makes ({made})"
    raise UsageError(f"--discard-data {name}: it {why}.")


def to_go(
    request: Request, connection: Connection, plan: Plan, number: int
) -> tuple[CatalogObject, ...]:
    """List the columns and tables that are to go, if they can."""
    discarded = named(request, plan)
    things = holding_data(connection, plan, number)
    return tuple(thing for thing in things if request.drops_columns or thing in discarded)


def choose(
    request: Request, connection: Connection, plan: Plan, number: int, *, within: timedelta
) -> Choice:
    """Decide what goes; what cannot be read in that time is left to the check to find out."""
    discarded = named(request, plan)
    empty, stays = set(), []
    things = holding_data(connection, plan, number)
    for thing in (thing for thing in things if thing not in discarded):
        if not request.drops_columns:
            stays.append(ObjectState(str(thing), "stays", "goes with --drop-columns"))
        elif has_values(connection, thing, within=within):
            why = f"rows have values in it: --discard-data {argument(thing)} saves and drops it"
            stays.append(ObjectState(str(thing), "stays", why))
        else:
            empty.add(thing)
    return Choice(Way(frozenset(empty), discarded & frozenset(things)), tuple(stays))
