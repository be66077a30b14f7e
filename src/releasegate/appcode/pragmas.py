"""Comments like ``# releasegate: sends runs.plan_id -- reason`` -> what they settle."""

from __future__ import annotations

import io
import re
import tokenize
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from releasegate import findings
from releasegate.appcode.contract import ANY_TABLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from releasegate.appcode.contract import Contract
    from releasegate.appcode.families.sites import Found
    from releasegate.model import Finding

_PRAGMA = re.compile(
    rb"(?P<mark>#|//|--|/\*)[ \t]*releasegate:[ \t]*sends[ \t]+(?P<column>[\w.\"]+)[ \t]*"
    rb"(?:(?:--|:|\xe2\x80\x94)[ \t]*(?P<reason>[^\n\r]*))?"
)


@dataclass(frozen=True, slots=True)
class Pragma:
    path: str
    line: int
    #: ``table.column`` or ``schema.table.column``
    column: str
    reason: str


def read(contents: Mapping[str, bytes]) -> tuple[Pragma, ...]:
    """Find every pragma in the sources."""
    told = ((path, held) for path, held in contents.items() if b"releasegate:" in held)
    return tuple(pragma for path, content in told for pragma in _of_file(path, content))


def _of_file(path: str, content: bytes) -> Iterator[Pragma]:
    commented = _commented(content) if path.endswith((".py", ".pyi")) else None
    for match in _PRAGMA.finditer(content):
        line = content.count(b"\n", 0, match.start()) + 1
        if match["mark"] == b"#" and commented is not None and line not in commented:
            continue
        column = match["column"].decode().replace('"', "")
        reason = (match["reason"] or b"").decode(errors="replace").strip()
        yield Pragma(path, line, column, reason.removesuffix("*/").strip())


def _commented(content: bytes) -> set[int] | None:
    """List the lines whose comment, and not only a string, holds a pragma."""
    try:
        tokens = list(tokenize.tokenize(io.BytesIO(content).readline))
    except (SyntaxError, tokenize.TokenError):
        return None
    comments = (token for token in tokens if token.type == tokenize.COMMENT)
    return {token.start[0] for token in comments if "releasegate:" in token.string}


def settle(
    found: Iterable[Found], pragmas: Iterable[Pragma], contract: Contract
) -> tuple[tuple[Found, ...], tuple[Finding, ...]]:
    """Give each site the reasons that settle it; say which pragmas do not hold."""
    sites = list(found)
    told: list[Finding] = []
    for pragma in pragmas:
        place = next((i for i, item in enumerate(sites) if _is_at(item, pragma)), None)
        why = _refused(pragma, sites[place] if place is not None else None, contract)
        if why is not None or place is None:
            message = f'The pragma "sends {pragma.column}" {why}.'
            told.append(findings.make("RG223", message, path=pragma.path, line=pragma.line))
            continue
        column = pragma.column.rsplit(".", 1)[-1]
        sites[place] = replace(
            sites[place], settled={**sites[place].settled, column: pragma.reason}
        )
        message = f"{pragma.column} is sent, says a pragma: {pragma.reason}"
        told.append(findings.make("RG222", message, path=pragma.path, line=pragma.line))
    return tuple(sites), tuple(told)


def _is_at(item: Found, pragma: Pragma) -> bool:
    """Say whether a pragma stands at a write: on its lines, or on the one above."""
    site = item.site
    near = site.path == pragma.path and site.line - 1 <= pragma.line <= site.end_line
    table = pragma.column.rsplit(".", 2)[-2] if "." in pragma.column else ""
    return near and site.operation != "delete" and site.table in (table, ANY_TABLE)


def _refused(pragma: Pragma, item: Found | None, contract: Contract) -> str | None:
    """Say why a pragma does not hold."""
    known = {str(c) for c in contract.columns}
    known |= {f"{c.child}.{c.column}" for c in contract.columns}
    if pragma.column not in known:
        return "names no column of the contract"
    if not pragma.reason:
        return "has no reason"
    if item is None:
        return "stands at no write of the table"
    verdict = item.site.columns.get(pragma.column.rsplit(".", 1)[-1])
    if item.riddle is not None or (verdict is not None and verdict.verdict == "undecidable"):
        return None
    if verdict is None:
        return "stands at a write that leaves the column alone"
    if verdict.verdict == "sent":
        return "is not needed: that the column is sent can be read"
    return f"contradicts what can be read: {verdict.proof[0].what}"
