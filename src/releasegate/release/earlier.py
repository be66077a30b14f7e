"""Migrations and the ledger -> those that come before one, in the order in which they were run."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from releasegate.ledger import Ledger
    from releasegate.model import Migration


def earlier(
    found: Sequence[Migration], migration: Migration, known: Ledger | None
) -> tuple[Migration, ...]:
    """List what is there before a migration; without a ledger what has a lower number.

    A later number that the ledger knows as applied comes before it too. What the ledger does not
    know, or has adopted, stands where its number puts it.
    """
    others = [m for m in found if not m.draft and m.number != migration.number]
    if known is None or not known.exists:
        return tuple(m for m in others if m.number < migration.number)
    before = [m for m in others if _is_before(m, migration, known)]
    recorded = [m for m in before if _is_recorded(m, known)]
    in_order = iter(sorted(recorded, key=lambda m: known.entries[m.number].applied_at))
    return tuple(next(in_order) if m in recorded else m for m in before)


def _is_before(other: Migration, migration: Migration, known: Ledger) -> bool:
    is_lower = other.number < migration.number
    theirs, own = known.entries.get(other.number), known.entries.get(migration.number)
    if theirs is None or not _is_recorded(other, known):
        return is_lower
    if own is not None and _is_recorded(migration, known):
        return theirs.applied_at < own.applied_at
    return is_lower or theirs.is_complete


def _is_recorded(migration: Migration, known: Ledger) -> bool:
    """Tell whether the ledger knows when it was run."""
    entry = known.entries.get(migration.number)
    return entry is not None and entry.adopted_by is None
