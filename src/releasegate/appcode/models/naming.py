"""A table's name -> the names that a class for it may have, and the other way round."""

from __future__ import annotations

import re

from releasegate.appcode.values.references import stem, words_of

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def class_names(table: str) -> frozenset[str]:
    """Give the lower-case names of a class for the table, with and without a prefix."""
    found: set[str] = set()
    for words in (words_of(table), stem(table)):
        found.update("".join(words[start:]) for start in range(len(words)))
    return frozenset(name for name in found if name)


def snake(name: str) -> str:
    return _HUMP.sub("_", name).lower()


def fits(table: str, name: str) -> bool:
    """Say whether a class of that name is the obvious one for a table without a prefix."""
    lower = name.lower()
    return lower in ("".join(words_of(table)), "".join(stem(table)))
