"""A constraint's own words -> the words of the index under it, and when it is checked."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from releasegate.statements.parser import Source, quote, strings, without_comments

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


def index_words(node: Any, text: str, keys: Sequence[str]) -> str:
    """Write what follows the table's name in CREATE INDEX (manual, CREATE INDEX).

    Names come from the parse tree, storage options from the text: comments stay behind.
    """
    words = [f"({', '.join(map(quote, keys))})"]
    if node.including:
        words.append(f"INCLUDE ({', '.join(map(quote, strings(node.including)))})")
    if node.nulls_not_distinct:
        words.append("NULLS NOT DISTINCT")
    if node.options:
        words.append(f"WITH {_options(text)}")
    if node.indexspace:
        words.append(f"TABLESPACE {quote(node.indexspace)}")
    return " ".join(words)


def timing(text: str) -> str:
    """Write DEFERRABLE and INITIALLY DEFERRED where a constraint's text says so outside brackets.

    A column's constraint has them in nodes of their own, a table's in its node; its text has both.
    """
    words = [word for depth, word, _ in _words(text) if depth == 0]
    pairs = list(itertools.pairwise(["", *words]))
    if ("INITIALLY", "DEFERRED") in pairs:
        return " DEFERRABLE INITIALLY DEFERRED"
    return " DEFERRABLE" if _says(pairs, "DEFERRABLE") else ""


def is_not_enforced(text: str) -> bool:
    words = [word for depth, word, _ in _words(text) if depth == 0]
    return ("NOT", "ENFORCED") in itertools.pairwise(words)


def _says(pairs: Sequence[tuple[str, str]], wanted: str) -> bool:
    return any(word == wanted and before != "NOT" for before, word in pairs)


def _options(text: str) -> str:
    """Cut out the brackets behind WITH."""
    found = list(_words(text))
    first = next(n for n, (depth, word, _) in enumerate(found) if (depth, word) == (0, "WITH"))
    last = next(n for n in range(first + 2, len(found)) if found[n][:2] == (1, ")"))
    return " ".join(source for _, _, source in found[first + 1 : last + 1])


def _words(text: str) -> Iterator[tuple[int, str, str]]:
    """Yield (depth, upper case, as written) of every token; a bracket's inside is one deeper."""
    source, depth = Source(text), 0
    for token in without_comments(source):
        written = source.bytes[token.start : token.end].decode()
        yield depth, written.upper(), written
        depth += (written == "(") - (written == ")")
