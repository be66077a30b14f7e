"""The live-database gate's answer -> one line that says what was looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from releasegate.model import GateResult


def looked_at(result: GateResult) -> Iterator[str]:
    """Say how much was looked at; nothing of a gate that did not look."""
    told = result.evidence.get("looked_at")
    if not told:
        return
    parts = [
        f"{_many(told['tables'], 'table')}{_size(told['table_bytes'])}",
        _many(len(result.evidence.get("counted", ())), "count"),
        _many(told["sessions"], "other session"),
        _many(told["prepared"], "prepared transaction"),
        _many(told["replicas"], "replica"),
    ]
    yield f"looked at {', '.join(part for part in parts if not part.startswith('0 '))}"


def _many(number: int, what: str) -> str:
    return f"1 {what}" if number == 1 else f"{number} {what}s"


def _size(known_bytes: int) -> str:
    """Tell a size by the last VACUUM's word; nothing before there was one."""
    if not known_bytes:
        return ""
    is_large = known_bytes >= 1 << 30
    return f" of {known_bytes / (1 << 30):.1f} GB" if is_large else f" of {known_bytes >> 20} MB"
