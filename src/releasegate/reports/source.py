"""A gate's answer -> the source lines that its findings are about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from releasegate.model import Finding, GateResult


@dataclass(frozen=True, slots=True)
class Excerpt:
    """One line, and the word in it to point at."""

    line: int
    text: str
    #: 1-based, in characters
    column: int
    length: int


def excerpts(result: GateResult) -> dict[tuple[str | None, int | None], Excerpt]:
    """Index the excerpts of a gate's evidence by path and line."""
    return {
        (item["path"], item["line"]): Excerpt(
            item["line"], item["text"], item["column"], item["length"]
        )
        for item in result.evidence.get("excerpts", ())
    }


def place(finding: Finding) -> str:
    """Write ``path:line:column`` as far as it is known; empty when nothing is."""
    parts = (finding.path, finding.line, finding.column)
    return ":".join(str(part) for part in parts if part is not None)


def marked(excerpt: Excerpt, room: int = 100) -> tuple[str, str]:
    """Write the line, cut to ``room`` characters, and the carets under what it is about."""
    text = excerpt.text.expandtabs(4)
    start = min(max(excerpt.column - 1, 0), len(text))
    shift = max(0, min(start - room // 2, len(text) - room))
    shown = text[shift : shift + room]
    length = max(min(excerpt.length, len(shown) - (start - shift)), 1)
    number = str(excerpt.line)
    return (
        f"{number} | {shown}",
        f"{' ' * len(number)} | {' ' * (start - shift)}{'^' * length}",
    )
