"""A DO block or a function's definition -> the statements in its body, as far as they are plain."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from releasegate.statements.parser import Source, SqlError, Statement, kind_of, parse, scan, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

_WITH_BODY = ("do_stmt", "create_function_stmt")
#: words of PL/pgSQL behind which a statement begins, and at which one ends
_BEFORE = frozenset({"begin", "then", "else", "loop", ";"})
#: what begins no statement of SQL's there, though END and EXECUTE would elsewhere
_NOT_SQL = frozenset({*_BEFORE, "end", "execute"})
_END = frozenset({";", "loop", "then"})
_PERFORM = re.compile(r"\Aperform\b", re.IGNORECASE)
_MADE_UP = re.compile(r"\bexecute\b(?!\s+(?:function|procedure)\b)", re.IGNORECASE)


def has_body(statement: Statement) -> bool:
    return statement.kind in _WITH_BODY


def bodies(statement: Statement) -> Iterator[str]:
    """Yield the source texts of a DO block or a function."""
    if not has_body(statement):
        return
    for part in walk(statement.node):
        if kind_of(part) == "DefElem" and part.defname == "as":
            yield from (text.sval for text in walk(part.arg) if kind_of(text) == "String")


def words(text: str) -> set[str]:
    """Give a text's tokens in lower case and without quotes; none where it is no SQL at all."""
    try:
        source = Source(text)
        return {source.bytes[t.start : t.end].decode().lower().strip('"') for t in scan(source)}
    except Exception:  # a body that is no SQL at all has no call that we could name
        return set()


def is_made_up(statement: Statement) -> bool:
    """Tell whether a body executes a text that is put together when it runs."""
    return any(_MADE_UP.search(text) for text in bodies(statement) if "execute" in words(text))


def embedded(statement: Statement) -> Iterator[Statement]:
    """Yield the statements that stand in a body as they will be executed."""
    for text in bodies(statement):
        for query in _queries(text):
            try:
                yield from parse(_PERFORM.sub("SELECT", query))
            except SqlError:
                continue


def _queries(text: str) -> Iterator[str]:
    """Cut a body where PL/pgSQL does; what is none of SQL's statements does not parse then."""
    source = Source(text)
    try:
        tokens = scan(source)
    except SqlError:
        return
    start, previous = None, ";"
    for token in tokens:
        word = source.bytes[token.start : token.end].decode().lower()
        if word.startswith(("--", "/*")):
            continue
        if start is not None and word in _END:
            yield source.bytes[start : token.start].decode()
            start = None
        if start is None and previous in _BEFORE and word not in _NOT_SQL:
            start = token.start
        previous = word
    if start is not None:
        yield source.bytes[start:].decode()
