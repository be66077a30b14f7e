"""A number and what is counted -> both as a text, in the singular where there is one."""

from __future__ import annotations


def counted(number: int, one: str, many: str = "") -> str:
    """Write ``1 step`` and ``3 steps``; ``many`` where more than an s is different."""
    return f"{number} {one if number == 1 else many or one + 's'}"
