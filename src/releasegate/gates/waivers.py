"""A migration's waivers and what gates found -> what still blocks, and which waivers hold."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC
from typing import TYPE_CHECKING

from releasegate import findings
from releasegate.model import Level

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from releasegate.model import Finding, Migration, Waiver


def in_force(migration: Migration, now: datetime) -> tuple[Waiver, ...]:
    """List the waivers that hold: through the whole of their last day, in UTC."""
    today = now.astimezone(UTC).date()
    return tuple(
        waiver for waiver in _sound(migration.directives.waivers) if today <= waiver.expires
    )


def waived(found: Iterable[Finding], migration: Migration, now: datetime) -> tuple[Finding, ...]:
    """Turn the findings that a waiver covers into notes that carry it."""
    holding = {waiver.code: waiver for waiver in in_force(migration, now)}
    return tuple(
        replace(one, level=Level.NOTE, waiver=holding[one.code])
        if one.may_be_waived and one.code in holding
        else one
        for one in found
    )


def faults(migration: Migration, now: datetime) -> Iterator[Finding]:
    """Say which waivers have expired, and which never held."""
    waivers, today = migration.directives.waivers, now.astimezone(UTC).date()
    times = Counter(waiver.code for waiver in waivers)
    for waiver in waivers:
        why = _unsound(waiver) or ("it is waived twice" if times[waiver.code] > 1 else "")
        if why:
            yield findings.make("RG321", f"{waiver.code}: {why}.", line=waiver.line, column=1)
        elif waiver.expires < today:
            message = f"The waiver of {waiver.code} ended with {waiver.expires} (UTC)."
            yield findings.make("RG322", message, line=waiver.line, column=1)


def _sound(waivers: tuple[Waiver, ...]) -> Iterator[Waiver]:
    times = Counter(waiver.code for waiver in waivers)
    return (w for w in waivers if times[w.code] == 1 and not _unsound(w))


def _unsound(waiver: Waiver) -> str:
    row = findings.lookup(waiver.code)
    if row is None:
        return "there is no such code"
    return "" if row.may_be_waived else f"{row.title.lower()}: that cannot be waived"
