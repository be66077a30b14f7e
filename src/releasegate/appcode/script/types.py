"""A type of TypeScript -> an annotation, or a class of declared fields."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from releasegate.appcode.script.places import (
    at,
    child,
    children,
    constant,
    has_token,
    name,
    string,
    text,
)

if TYPE_CHECKING:
    from tree_sitter import Node

_EMPTY = {"null", "undefined", "void"}
_WRAPPING = {
    "type_annotation",
    "parenthesized_type",
    "readonly_type",
    "literal_type",
    "index_type_query",
    "type_predicate_annotation",
}


def annotation(node: Node) -> ast.expr:
    """Translate a type; null and undefined become None, an object type a class."""
    if text(node) in _EMPTY:
        made = constant(node, None)
        made.is_undefined = text(node) != "null"  # type: ignore[attr-defined]
        return made
    if node.type in _WRAPPING:
        inner = children(node)
        return annotation(inner[0]) if inner else name(node, "unknown")
    if node.type == "string":
        return constant(node, string(node))
    if node.type in ("object_type", "interface_body"):
        # A class cannot stand in an annotation; our readers do not mind.
        return declared(node, "anonymous", node)  # type: ignore[return-value]
    if node.type in ("union_type", "intersection_type"):
        return _combined(node)
    return _generic(node)


def _combined(node: Node) -> ast.expr:
    operator = ast.BitOr() if node.type == "union_type" else ast.BitAnd()
    parts = [annotation(item) for item in children(node)]
    made = parts[0]
    for part in parts[1:]:
        made = at(node, ast.BinOp(made, operator, part))
    return made


def _generic(node: Node) -> ast.expr:
    parts = children(node)
    if node.type == "generic_type":
        given = [annotation(item) for item in children(child(node, "type_arguments"))]
        listed = given[0] if len(given) == 1 else at(node, ast.Tuple(given, ast.Load()))
        word = name(node, text(child(node, "name")).rsplit(".", 1)[-1])
        return at(node, ast.Subscript(word, listed, ast.Load()))
    if node.type == "array_type":
        return at(node, ast.Subscript(name(node, "list"), annotation(parts[0]), ast.Load()))
    if node.type == "lookup_type":
        owner, key = annotation(parts[0]), annotation(parts[-1])
        return at(node, ast.Subscript(owner, key, ast.Load()))
    if node.type == "type_query":
        made = ast.Subscript(name(node, "typeof"), name(node, text(parts[0])), ast.Load())
        return at(node, made)
    return name(node, text(node).rsplit(".", 1)[-1] if len(text(node)) < 80 else "unknown")


def declared(node: Node, word: str, body: Node | None) -> ast.ClassDef:
    """Translate an interface or an object type to a class of annotated fields."""
    fields = [_field(item) for item in children(body) if item.type == "property_signature"]
    made = ast.ClassDef(word, [], [], [*fields] or [at(node, ast.Pass())], [])
    made.is_interface = True  # type: ignore[attr-defined]
    return at(node, made)


def _field(node: Node) -> ast.stmt:
    key, kind = child(node, "name"), child(node, "type")
    word = string(key) if key is not None and key.type == "string" else text(key)
    stored = name(node, word, ast.Store())
    hint = annotation(kind) if kind is not None else name(node, "unknown")
    default = constant(node, None) if has_token(node, "?") else None
    return at(node, ast.AnnAssign(stored, hint, default, 1))


def interface(node: Node) -> ast.stmt:
    """Translate ``interface X extends Y { ... }``."""
    made = declared(node, text(child(node, "name")), child(node, "body"))
    for item in children(node):
        if item.type in ("extends_type_clause", "extends_clause"):
            made.bases += [annotation(part) for part in children(item)]
    return made


def alias(node: Node) -> ast.stmt:
    """Translate ``type X = ...``: a class for an object type, else a name for a type."""
    word, value = text(child(node, "name")), child(node, "value")
    if value is None:
        return at(node, ast.Pass())
    if value.type == "object_type":
        return declared(node, word, value)
    if value.type == "intersection_type":
        made = at(node, ast.ClassDef(word, [], [], [at(node, ast.Pass())], []))
        made.is_interface = True  # type: ignore[attr-defined]
        made.bases = [annotation(item) for item in children(value)]
        return made
    return at(node, ast.Assign([name(node, word, ast.Store())], annotation(value)))
