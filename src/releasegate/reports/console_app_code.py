"""The app-code gate's answer -> text: what is sent where, then only what needs a look."""

from __future__ import annotations

import textwrap
from collections import Counter
from typing import TYPE_CHECKING, Any

from releasegate.model import Level

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from releasegate.model import Finding, GateResult

_INDENT = " " * 11
_WORDS = {
    "sent": ("sends it", "send it"),
    "omitted": ("leaves it out", "leave it out"),
    "maybe_null": ("may send NULL", "may send NULL"),
    "alias": ("sends it under another name", "send it under another name"),
    "wrong_reference": ("sends another row's id", "send another row's id"),
    "undecidable": ("cannot be read", "cannot be read"),
    "settled": ("is settled by a pragma", "are settled by a pragma"),
}


def lines(result: GateResult, width: int) -> Iterator[str]:
    """Write coverage and findings, with the source line that each is about."""
    evidence = result.evidence
    for column in evidence.get("contract", ()):
        yield from _wrapped(_INDENT + _coverage(column, evidence), width, _INDENT + "  ")
    excerpts = {(item["path"], item["line"]): item for item in evidence.get("excerpts", ())}
    for finding in result.findings:
        yield from _finding(finding, excerpts, evidence, width)


def _coverage(column: Mapping[str, Any], evidence: Mapping[str, Any]) -> str:
    """Count what the write sites send: ``runs.plan_id: 4 write sites, 4 send it``."""
    table, name = column["child"].rsplit(".", 1)[-1], column["column"]
    counts: Counter[str] = Counter()
    for site in evidence.get("write_sites", ()):
        verdict = site["columns"].get(name) if site["table"] == table else None
        if verdict is not None:
            counts["settled" if name in site.get("settled", ()) else verdict["verdict"]] += 1
    total = sum(counts.values())
    parts = [f"{n} {_WORDS[verdict][n > 1]}" for verdict, n in counts.most_common()]
    sites = "1 write site" if total == 1 else f"{total} write sites"
    made = " (this migration creates it)" if column["created"] else ""
    return ", ".join([f"{table}.{name}{made}: {sites}", *parts])


def _finding(
    finding: Finding,
    excerpts: Mapping[tuple[str | None, int | None], Mapping[str, Any]],
    evidence: Mapping[str, Any],
    width: int,
) -> Iterator[str]:
    level = "" if finding.level is Level.ERROR else f" ({finding.level.value})"
    place = ":".join(str(p) for p in (finding.path, finding.line, finding.column) if p is not None)
    if place:
        yield f"{_INDENT}{place}"
    text = f"{_INDENT}{finding.code}{level} {finding.message}"
    yield from _wrapped(text, width, _INDENT + "  ")
    excerpt = excerpts.get((finding.path, finding.line))
    if excerpt is not None and finding.level is not Level.NOTE:
        yield from _excerpt(excerpt, width)
        yield from _proof(finding, evidence, width)
    if finding.level is not Level.NOTE:
        yield f"{_INDENT}  -> {finding.help}"


def _excerpt(excerpt: Mapping[str, Any], width: int) -> Iterator[str]:
    """Write the source line, cut to the width, and a caret under what it is about."""
    text, start = excerpt["text"].expandtabs(4), excerpt["column"] - 1
    room = max(width - len(_INDENT) - 10, 20)
    shift = max(0, min(start - room // 2, len(text) - room))
    shown = text[shift : shift + room]
    length = max(min(excerpt["length"], len(shown) - (start - shift)), 1)
    number = str(excerpt["line"])
    yield f"{_INDENT}  {number} | {shown}"
    yield f"{_INDENT}  {' ' * len(number)} | {' ' * (start - shift)}{'^' * length}"


def _proof(finding: Finding, evidence: Mapping[str, Any], width: int) -> Iterator[str]:
    """Name the other places that decided: a declaration, a call, a helper."""
    told: set[str] = set()
    for site in evidence.get("write_sites", ()):
        for verdict in site["columns"].values():
            places = [(p["path"], p["line"]) for p in verdict["proof"]]
            if verdict["verdict"] == "sent" or (finding.path, finding.line) not in places[:1]:
                continue
            for proof in verdict["proof"][1:]:
                where = f"{proof['path']}:{proof['line']}"
                if where != f"{finding.path}:{finding.line}" and where not in told:
                    told.add(where)
                    text = f"{_INDENT}  see {where}: {proof['what']}"
                    yield from _wrapped(text, width, _INDENT + "    ")


def _wrapped(text: str, width: int, indent: str) -> list[str]:
    return textwrap.wrap(
        text, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    ) or [""]
