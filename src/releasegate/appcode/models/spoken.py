"""Models' names and the app's files -> other classes by which the files speak of the models."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_CLASS = re.compile(rb"^class (\w+)\(([^)]+)\)", re.MULTILINE)
_FORM = re.compile(rb"^class (\w+(?:Form|Serializer))\(", re.MULTILINE)
_WORD = re.compile(r"\w+")
#: so many times a class may be made from one that is made from a model
MAX_GENERATIONS = 3


def heirs(contents: Iterable[bytes], names: set[str]) -> set[str]:
    """List the classes that share a model's table: ``class PdfExport(Export)``, proxies."""
    classes = [
        (match[1].decode(), set(_WORD.findall(match[2].decode(errors="replace"))))
        for content in contents
        for match in _CLASS.finditer(content)
    ]
    found: set[str] = set()
    for _ in range(MAX_GENERATIONS):
        more = {name for name, bases in classes if bases & (names | found)} - found - names
        if not more:
            break
        found |= more
    return found


def forms(contents: Iterable[bytes], names: set[str]) -> set[str]:
    """List the forms and serializers of Django that may stand for a model."""
    words = [f"model = {name}".encode() for name in names]
    found: set[str] = set()
    for content in contents:
        if b"class Meta" in content and any(word in content for word in words):
            found |= {name.decode() for name in _FORM.findall(content)}
    return found
