"""A DO block that adds what is missing -> the statements in it, as if they stood free.

Two forms are known: ``IF NOT EXISTS (SELECT ...) THEN ALTER TABLE ...; END IF;`` and
``ALTER TABLE ...; EXCEPTION WHEN duplicate_object THEN NULL;``. Every other block stays closed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from releasegate.statements import parser

if TYPE_CHECKING:
    from collections.abc import Iterable

    from releasegate.statements.parser import Statement

_DDL = re.compile(
    r"(?:(?<=\bthen)|(?<=\bbegin)|(?<=;))\s*((?:alter|create)\s+table\b[^;]*);", re.IGNORECASE
)
_EXISTS = re.compile(
    r"if\s+not\s+exists\s*\(\s*select\b(?:[^()]|\([^()]*\))*\)\s*then\b|end\s+if\s*;", re.IGNORECASE
)
_CAUGHT = re.compile(
    r"exception\s+(when\s+[\w\s]+\s+then\s+(null|raise\s+notice[^;]*)\s*;\s*)+", re.IGNORECASE
)
_FRAME = re.compile(r"\bbegin\b|\bend\b|\bdeclare\b|raise\s+notice[^;]*;|;", re.IGNORECASE)


def opened(statements: Iterable[Statement]) -> tuple[Statement, ...]:
    """Put the statements of known blocks in the place of the blocks."""
    return tuple(inner for item in statements for inner in (_inner(item) or (item,)))


def _inner(statement: Statement) -> tuple[Statement, ...]:
    if statement.kind != "do_stmt":
        return ()
    text = _body(statement)
    plain = _without_comments(text)
    is_guarded = _EXISTS.search(plain) or _CAUGHT.search(plain)
    if (
        not is_guarded
        or _FRAME.sub("", _CAUGHT.sub("", _EXISTS.sub("", _DDL.sub("", plain)))).strip()
    ):
        return ()
    first = statement.line + statement.text[: max(statement.text.find(text), 0)].count("\n") - 1
    found: list[Statement] = []
    for match in _DDL.finditer(plain):
        lines = first + plain[: match.start(1)].count("\n")
        try:
            found += parser.parse("\n" * lines + match[1])
        except parser.SqlError:
            return ()
    return tuple(found)


def _body(statement: Statement) -> str:
    for option in statement.node.args:
        if option.def_elem.defname == "as":
            return str(option.def_elem.arg.string.sval)
    return ""


def _without_comments(text: str) -> str:
    """Blank the comments out; the places of everything else stay."""
    source = parser.Source(text)
    try:
        comments = [comment for _, comment in parser.comments(source)]
    except parser.SqlError:
        return text
    for comment in comments:
        blank = "".join(c if c == "\n" else " " for c in comment)
        text = text.replace(comment, blank, 1)
    return text
