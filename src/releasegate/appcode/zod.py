"""A schema of the zod library -> the shape that it lets through."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from releasegate.appcode.definitions import definitions
from releasegate.appcode.fields import Field, Shape

if TYPE_CHECKING:
    from releasegate.appcode.module import Module

MAX_DEPTH = 6
_NULLABLE = {"nullable", "nullish", "null"}
_OPTIONAL = {"optional", "nullish", "partial"}
_FILLED = {"default", "catch"}


def shape_of(module: Module, node: ast.expr, depth: int = 0) -> Shape | None:
    """Read ``z.object({...})`` with ``.extend``, ``.omit``, ``.pick`` and ``.partial``."""
    if isinstance(node, ast.Name):
        for there, binding in definitions(module, node.id):
            if isinstance(binding.value, ast.Call) and depth < MAX_DEPTH:
                return shape_of(there, binding.value, depth + 1)
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return None
    first = node.args[0] if node.args else None
    if node.func.attr in ("object", "strictObject") and isinstance(first, ast.Dict):
        return Shape(_fields(module, first), is_mapping=True)
    if depth > MAX_DEPTH:
        return None
    known = shape_of(module, node.func.value, depth + 1)
    return _changed(module, known, node.func.attr, first, depth) if known is not None else None


def _changed(
    module: Module, known: Shape, method: str, given: ast.expr | None, depth: int
) -> Shape | None:
    if method in ("extend", "augment") and isinstance(given, ast.Dict):
        return replace(known, fields={**known.fields, **_fields(module, given)})
    if method == "merge" and given is not None:
        other = shape_of(module, given, depth + 1)
        return replace(known, fields={**known.fields, **other.fields}) if other else None
    if method in ("omit", "pick") and isinstance(given, ast.Dict):
        named = {key.value for key in given.keys if isinstance(key, ast.Constant)}
        keeps = {k: f for k, f in known.fields.items() if (k in named) == (method == "pick")}
        return replace(known, fields=keeps)
    if method == "partial":
        fields = {k: replace(f, is_required=False) for k, f in known.fields.items()}
        return replace(known, fields=fields)
    return known


def _fields(module: Module, node: ast.Dict) -> dict[str, Field]:
    found: dict[str, Field] = {}
    for key, value in zip(node.keys, node.values, strict=True):
        if not isinstance(key, ast.Constant) or not isinstance(key.value, str):
            continue
        words = {item.attr for item in ast.walk(value) if isinstance(item, ast.Attribute)}
        found[key.value] = Field(
            module=module,
            node=value,
            owner="the schema",
            name=key.value,
            may_be_none=bool(words & _NULLABLE),
            is_required=not words & _OPTIONAL or bool(words & _FILLED),
        )
    return found
