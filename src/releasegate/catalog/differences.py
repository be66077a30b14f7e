"""Two snapshots -> what differs, one line an object."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from releasegate.model import CatalogObject

_COLUMN_ORDER = "column order "
_SIDES = (" owner", " privileges", " comment", " security label", " settings", " order")


def things(held: Iterable[CatalogObject]) -> set[CatalogObject]:
    """Leave out what only describes another object: its owner, privileges, comment, settings."""
    return {thing for thing in held if not thing.kind.endswith(_SIDES)}


def difference(before: Mapping[str, str | None], after: Mapping[str, str | None]) -> list[str]:
    """Say object by object what changed; empty when nothing did."""
    lines = []
    for name in sorted({*before, *after}):
        was, now = before.get(name), after.get(name)
        if was == now or _follows(name, was, now):
            continue
        if now is None:
            lines.append(f"{name} is missing")
        elif was is None:
            lines.append(f"{name} is there: {_first_line(now)}")
        else:
            lines.append(f"{name} {_change(was, now)}")
    return lines


def _change(was: str, now: str) -> str:
    """Show both, of a body or a view's query the first line that differs."""
    if "\n" not in was + now:
        return f"was {was}; is {now}"
    pairs = zip_longest(was.split("\n"), now.split("\n"), fillvalue="")
    line, (old, new) = next((n, pair) for n, pair in enumerate(pairs, 1) if pair[0] != pair[1])
    return f"differs from line {line} on: was {old.strip()}; is {new.strip()}"


def _first_line(text: str) -> str:
    head, newline, _ = text.partition("\n")
    return f"{head} ..." if newline else text


def _follows(name: str, was: str | None, now: str | None) -> bool:
    """Tell whether a column order differs only because columns came or went, as said elsewhere."""
    if not name.startswith(_COLUMN_ORDER):
        return False
    return was is None or now is None or sorted(was.split(", ")) != sorted(now.split(", "))
