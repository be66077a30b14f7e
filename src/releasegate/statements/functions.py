"""SQL text -> the bodies of the functions and DO blocks in it, and what they write."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from releasegate.statements import parser
from releasegate.statements.binds import HOLE
from releasegate.statements.writes import SqlWrite, writes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from releasegate.statements.parser import Statement

_KINDS = {"create_function_stmt", "do_stmt"}
#: words after which a statement of PL/pgSQL begins
_BEFORE = {"begin", "then", "else", "loop", "query", "in", "for", ";"}
_WRITES = {"insert", "update", "delete", "merge", "with", "truncate"}
_INTO = re.compile(
    r"(\breturning\b.*?)\binto\s+(strict\s+)?[\w.,\s\"]+\Z", re.IGNORECASE | re.DOTALL
)
_DECLARED = re.compile(r"^\s*(\w+)\s+(?:constant\s+)?[\w.%\[\]\"]+[^;]*;", re.MULTILINE)
#: a statement in a text, as far as it is one text
_EXECUTE = re.compile(
    r"\bexecute\s+(?!function\b|procedure\b)"
    r"(?:(?:format\s*\(\s*)?'(?P<sql>(?:[^']|'')*)'(?P<more>\s*\|\|)?)?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Body:
    text: str
    #: 1-based line within the whole text where the body begins
    line: int
    writes: tuple[SqlWrite, ...] = ()
    #: a part of it is put together when it runs, or is no SQL
    is_hidden: bool = False
    #: parameters and variables
    names: frozenset[str] = frozenset()
    #: parameters that are NULL unless they are given
    nullable: frozenset[str] = frozenset()


def bodies(text: str) -> tuple[Body, ...]:
    """Read every body; a line of its writes counts from the body's first line.

    Raises:
        SqlError: the grammar refuses the text.
    """
    found = (body for item in parser.parse(text) if item.kind in _KINDS for body in _of(item))
    return tuple(found)


def _of(statement: Statement) -> Iterator[Body]:
    text, language = _parts(statement.node)
    if not text or language not in ("sql", "plpgsql"):
        return
    offset = max(statement.text.find(text), 0)
    line = statement.line + statement.text[:offset].count("\n")
    names, nullable = _parameters(statement.node)
    if language == "plpgsql":
        opening = re.split(r"\bbegin\b", text, maxsplit=1, flags=re.IGNORECASE)[0]
        opening = re.sub(r"\bdeclare\b", "", opening, flags=re.IGNORECASE)
        names = names | frozenset(_DECLARED.findall(opening)) | {"new", "old"}
        body = _procedural(text, line)
    else:
        body = _plain(text, line)
    yield replace(body, names=frozenset(map(str.lower, names)), nullable=nullable)


def _parts(node: Any) -> tuple[str, str]:
    """Give a body's text and language."""
    is_block = parser.kind_of(node) == "DoStmt"
    text, language = "", "plpgsql" if is_block else "sql"
    for option in node.args if is_block else node.options:
        name, argument = option.def_elem.defname, option.def_elem.arg
        if name == "language":
            language = argument.string.sval.lower()
        if name == "as":
            items = argument.list.items if argument.HasField("list") else [argument]
            text = " ".join(parser.strings(items))
    return text, language


def _parameters(node: Any) -> tuple[frozenset[str], frozenset[str]]:
    names: set[str] = set()
    nullable: set[str] = set()
    for item in getattr(node, "parameters", ()):
        parameter = item.function_parameter
        names.add(parameter.name)
        default = parameter.defexpr if parameter.HasField("defexpr") else None
        while default is not None and default.HasField("type_cast"):
            default = default.type_cast.arg
        if default is not None and default.HasField("a_const") and default.a_const.isnull:
            nullable.add(parameter.name.lower())
    return frozenset(names), frozenset(nullable)


def _plain(text: str, line: int) -> Body:
    try:
        return Body(text, line, writes(text))
    except parser.SqlError:
        return Body(text, line, is_hidden=True)


def _procedural(text: str, line: int) -> Body:
    """Read the statements inside PL/pgSQL; EXECUTE of a made-up text hides what it writes."""
    found: list[SqlWrite] = []
    is_hidden = False
    for query, lines in _statements(text):
        try:
            found += [
                replace(item, line=item.line + lines, end_line=item.end_line + lines)
                for item in writes(_INTO.sub(r"\1", query))
            ]
        except parser.SqlError:
            is_hidden = True
    executed = [_executed(text, match) for match in _EXECUTE.finditer(text)]
    found += [write for writes_of in executed for write in writes_of or ()]
    return Body(text, line, tuple(found), is_hidden or None in executed)


def _executed(text: str, match: re.Match[str]) -> tuple[SqlWrite, ...] | None:
    """Read ``EXECUTE format('INSERT ...')``; None where the text is put together."""
    if match["sql"] is None or match["more"]:
        return None
    query = re.sub(r"%(\d+\$)?I", HOLE, match["sql"].replace("''", "'"))
    lines = text.count("\n", 0, match.start("sql"))
    try:
        found = writes(query)
    except parser.SqlError:
        return None
    return tuple(
        replace(item, line=item.line + lines, end_line=item.end_line + lines) for item in found
    )


def _statements(text: str) -> Iterator[tuple[str, int]]:
    """Yield each statement that may write, with the number of lines before it."""
    source = parser.Source(text)
    try:
        tokens = parser.scan(source)
    except parser.SqlError:
        return
    words = [source.bytes[token.start : token.end].decode().lower() for token in tokens]
    start, previous = None, ";"
    for token, word in zip(tokens, words, strict=True):
        if word.startswith(("--", "/*")):
            continue
        if start is None and word in _WRITES and previous in _BEFORE:
            start = token.start
        is_end = word == ";" or (word == "loop" and start is not None)
        if is_end and start is not None:
            query = source.bytes[start : token.start].decode()
            yield query, source.place(start)[0] - 1
            start = None
        previous = word
