"""Findings and the sources -> the line that each is about, and where in it to look."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from releasegate.appcode.contract import Contract
    from releasegate.model import Finding

#: characters of a line that are kept; what is longer was made by a machine
MAX_LINE = 240
_VERB = re.compile(
    r"\b(insert|update|upsert|delete|merge|copy|truncate|create|add)\b", re.IGNORECASE
)


def of(
    found: Iterable[Finding], contents: Mapping[str, bytes], contract: Contract
) -> list[dict[str, Any]]:
    """Take each line once: its text, and column and length of the word to point at."""
    lines: dict[str, list[bytes]] = {}
    taken: dict[tuple[str, int], dict[str, Any]] = {}
    words = [column.column for column in contract.columns]
    words += [relation.name for relation in contract.relations]
    for finding in found:
        path, line = finding.path, finding.line
        if path is None or line is None or path not in contents or (path, line) in taken:
            continue
        listed = lines.setdefault(path, contents[path].splitlines())
        if not 0 < line <= len(listed):
            continue
        text = listed[line - 1].decode(errors="replace").expandtabs(4)[:MAX_LINE]
        start, length = _pointed(text, [word for word in words if word in finding.message])
        taken[path, line] = {
            "path": path,
            "line": line,
            "text": text,
            "column": start + 1,
            "length": length,
        }
    return list(taken.values())


def _pointed(text: str, words: list[str]) -> tuple[int, int]:
    """Find what to point at: a column or table of the message, else a verb, else the first word."""
    for word in words:
        match = re.search(rf"\b{re.escape(word)}\b", text)
        if match is not None:
            return match.start(), len(word)
    match = _VERB.search(text) or re.search(r"\S+", text)
    return (match.start(), len(match.group())) if match is not None else (0, 1)
