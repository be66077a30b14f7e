"""A node of the source's tree -> its text, its children, and its place in a new tree."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from tree_sitter import Node

A = TypeVar("A", bound=ast.AST)


def at(node: Node, made: A) -> A:
    """Give a new node the place of the old one."""
    made.lineno = node.start_point.row + 1  # type: ignore[attr-defined]
    made.col_offset = node.start_point.column  # type: ignore[attr-defined]
    made.end_lineno = node.end_point.row + 1  # type: ignore[attr-defined]
    made.end_col_offset = node.end_point.column  # type: ignore[attr-defined]
    return made


def text(node: Node | None) -> str:
    return node.text.decode(errors="replace") if node is not None and node.text else ""


def child(node: Node, *fields: str) -> Node | None:
    """Give the first of the named children that is there."""
    for field in fields:
        found = node.child_by_field_name(field)
        if found is not None:
            return found
    return None


def children(node: Node | None) -> list[Node]:
    """List the named children without comments."""
    if node is None:
        return []
    return [item for item in node.named_children if item.type not in ("comment", "html_comment")]


def has_token(node: Node, token: str) -> bool:
    return any(item.type == token for item in node.children)


def name(node: Node, word: str, ctx: ast.expr_context | None = None) -> ast.Name:
    return at(node, ast.Name(word, ctx or ast.Load()))


def constant(node: Node, value: str | float | bool | None) -> ast.Constant:
    return at(node, ast.Constant(value))


def call(node: Node, function: str, *given: ast.expr) -> ast.Call:
    return at(node, ast.Call(name(node, function), list(given), []))


_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "b": "\b", "f": "\f", "v": "\v", "\n": ""}


def unescaped(node: Node) -> str:
    """Read an escape sequence; one of a code point stays as it is written."""
    written = text(node)
    return _ESCAPES.get(written[1:], written[1:] if len(written) == 2 else written)


def string(node: Node) -> str:
    parts = (
        unescaped(item) if item.type == "escape_sequence" else text(item)
        for item in node.named_children
    )
    return "".join(parts)
