"""Lengths of time and amounts of bytes -> the words that findings use for them."""

from __future__ import annotations


def length(seconds: float) -> str:
    """Write a length of time, rounded to what matters of it."""
    for name, size in (("days", 86_400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {name}"
    return f"{seconds:.0f} s"


def amount(size_bytes: float) -> str:
    for name, power in (("TB", 40), ("GB", 30), ("MB", 20)):
        if size_bytes >= 1 << power:
            return f"{size_bytes / (1 << power):.1f} {name}"
    return f"{size_bytes / 1024:.0f} kB"
