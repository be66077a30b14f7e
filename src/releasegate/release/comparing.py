"""The catalogs before a migration's first step, and now -> what a rollback left of each object."""

from __future__ import annotations

from typing import TYPE_CHECKING

from releasegate import catalog, ledger
from releasegate.model import ObjectState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from releasegate.database import Connection
    from releasegate.model import Plan


def compared(
    connection: Connection, plan: Plan, number: int, *, stays: Sequence[ObjectState]
) -> tuple[ObjectState, ...]:
    """Hold every object of the migration's tables, but those that stay, against what it was."""
    before = ledger.held_before(connection, number)
    made = {str(e.object) for step in plan.steps for e in step.effects}
    held = {str(thing): text for thing, text in catalog.tables(connection).items()}
    if before is None:
        return tuple(ObjectState(name, "gone", None) for name in sorted(made - held.keys()))
    kept = {state.object for state in stays}
    names = sorted(before.keys() | made)
    return tuple(
        ObjectState(name, *_state(before.get(name), held.get(name)))
        for name in names
        if name not in kept
    )


def _state(was: str | None, now: str | None) -> tuple[str, str | None]:
    if was == now:
        return ("gone", None) if now is None else ("as before", None)
    if was is None:
        return "is there", now
    return "differs", f"was {was}; is {now}"
