"""A template string -> a text with holes; a tagged one -> a call with its values as arguments."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from releasegate.appcode.script import expressions
from releasegate.appcode.script.places import at, children, constant, text, unescaped
from releasegate.appcode.source.written import written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

#: after these words stands a table or a column, never a value
_NAME_NEXT = re.compile(
    r"\b(into|update|from|join|table|only|truncate|set|by)\s*\Z|\(\s*\Z(?<=\bunsafe\()",
    re.IGNORECASE,
)
_NO_VALUES = re.compile(r"\binto\s+\S+\s*(\([^()]*)?\Z", re.IGNORECASE)
#: calls in a template that make SQL, not a value
_FRAGMENTS = {"sql", "raw", "join", "identifier", "unsafe", "empty", "ref", "table", "id", "lit"}


def template(node: Node) -> ast.expr:
    """Translate a template string."""
    values: list[ast.expr] = []
    for part in _parts(node):
        if isinstance(part, str):
            values.append(constant(node, part))
        else:
            inner = expressions.expression(part)
            values.append(at(part, ast.FormattedValue(inner, -1, None)))
    if all(isinstance(value, ast.Constant) for value in values):
        return constant(node, "".join(str(v.value) for v in values if isinstance(v, ast.Constant)))
    return at(node, ast.JoinedStr(values))


def tagged(node: Node, tag: ast.expr, string: Node) -> ast.expr:
    """Translate ``sql`...${x}` `` to ``sql("... $1", x)``; a fragment of SQL stays in the text."""
    values: list[ast.expr] = []
    given: list[ast.expr] = []
    before = ""
    for part in _parts(string):
        if isinstance(part, str):
            values.append(constant(string, part))
            before += part
            continue
        inner = expressions.expression(part)
        if _is_fragment(inner, before):
            values.append(at(part, ast.FormattedValue(inner, -1, None)))
            before += "x"
        else:
            given.append(inner)
            values.append(constant(string, f"${len(given)}"))
            before += "x"
    is_plain = all(isinstance(value, ast.Constant) for value in values)
    whole = "".join(str(v.value) for v in values if isinstance(v, ast.Constant))
    made = constant(string, whole) if is_plain else at(string, ast.JoinedStr(values))
    called = at(node, ast.Call(tag, [made, *given], []))
    called.is_tagged = True  # type: ignore[attr-defined]
    return called


def _is_fragment(inner: ast.expr, before: str) -> bool:
    if isinstance(inner, ast.Call):
        function = inner.func
        word = function.attr if isinstance(function, ast.Attribute) else written(function)
        if word.split("(")[0] in _FRAGMENTS:
            return True
    return bool(_NAME_NEXT.search(before) or _NO_VALUES.search(before))


def _parts(node: Node) -> Iterator[str | Node]:
    """Yield the pieces of text, and the expressions between them."""
    for item in node.named_children:
        if item.type == "template_substitution":
            inner = children(item)
            if inner:
                yield inner[0]
        elif item.type == "escape_sequence":
            yield unescaped(item)
        elif item.type == "string_fragment":
            yield text(item)
