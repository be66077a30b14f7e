"""Findings in a migration -> the lines that they are about, in the shape of the app-code gate's."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from releasegate.model import Finding, Migration

#: characters of a line that are kept
_MAX_LINE = 240


def lines_about(found: Iterable[Finding], migration: Migration) -> list[dict[str, Any]]:
    """Take each line once: its text, and column and length of the word to point at."""
    lines = migration.content.split(b"\n")
    taken: dict[int, dict[str, Any]] = {}
    for finding in found:
        line = finding.line
        if finding.path != migration.path or line is None or not 0 < line <= len(lines):
            continue
        text = lines[line - 1].decode(errors="replace").rstrip("\r")[:_MAX_LINE]
        taken.setdefault(line, {"path": finding.path, "line": line, **_pointed(text, finding)})
    return list(taken.values())


def _pointed(text: str, finding: Finding) -> dict[str, Any]:
    first = len(text) - len(text.lstrip())
    start = finding.column - 1 if finding.column is not None else first
    word = re.match(r"\w+|\S", text[start:])
    return {"text": text, "column": start + 1, "length": len(word.group()) if word else 1}
