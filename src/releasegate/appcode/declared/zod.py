"""A schema of the zod library, or one made from a table -> the shape that it lets through."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from releasegate.appcode.declared.annotations import last_word
from releasegate.appcode.declared.fields import Field, Shape
from releasegate.appcode.declared.table_rows import of_table
from releasegate.appcode.flow.definitions import definitions
from releasegate.appcode.values.nullness import called_name

if TYPE_CHECKING:
    from releasegate.appcode.source.module import Module

MAX_DEPTH = 6
_NULLABLE = {"nullable", "nullish", "null"}
_OPTIONAL = {"optional", "nullish", "partial"}
_FILLED = {"default", "catch"}
#: what may bring a value that the schema itself does not have
_GIVING = {"transform", "default", "catch", "overwrite"}
#: what makes a schema from a table of Drizzle, and which rows it lets through
_FROM_TABLE = {
    "createInsertSchema": "Insert",
    "createSelectSchema": "Select",
    "createUpdateSchema": "Insert",
}


def shape_of(module: Module, node: ast.expr, depth: int = 0) -> Shape | None:
    """Read ``z.object({...})`` with ``.extend``, ``.omit``, ``.pick`` and ``.partial``."""
    if isinstance(node, ast.Name):
        for there, binding in definitions(module, node.id):
            if isinstance(binding.value, ast.Call) and depth < MAX_DEPTH:
                return shape_of(there, binding.value, depth + 1)
    if isinstance(node, ast.Call) and called_name(node) in _FROM_TABLE:
        return _from_table(module, node)
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
        named = _named(given) or set()
        keeps = {k: f for k, f in known.fields.items() if (k in named) == (method == "pick")}
        return replace(known, fields=keeps)
    if method in ("partial", "required"):
        return _required(known, _named(given), is_required=method == "required")
    return known


def _named(given: ast.expr | None) -> set[object] | None:
    """Read which fields ``{ id: true }`` names; None where there is no such list."""
    if not isinstance(given, ast.Dict):
        return None
    return {key.value for key in given.keys if isinstance(key, ast.Constant)}


def _required(known: Shape, named: set[object] | None, *, is_required: bool) -> Shape:
    fields = {
        name: replace(field, is_required=is_required) if named is None or name in named else field
        for name, field in known.fields.items()
    }
    return replace(known, fields=fields)


def _from_table(module: Module, node: ast.Call) -> Shape | None:
    """Read ``createInsertSchema(runs, { title: (schema) => schema.min(3) })``."""
    table = last_word(node.args[0]) if node.args else ""
    known = of_table(module, table, _FROM_TABLE[called_name(node)]) if table else None
    changes = node.args[1] if len(node.args) > 1 else None
    if known is not None and isinstance(changes, ast.Dict):
        known = replace(known, fields={**known.fields, **_refined(module, changes, known)})
    if known is not None and called_name(node) == "createUpdateSchema":
        known = _required(known, None, is_required=False)
    return known


def _refined(module: Module, changes: ast.Dict, known: Shape) -> dict[str, Field]:
    """Read what is said of single columns: a schema of its own, or a change of the column's."""
    found = _fields(module, changes)
    for name, field in found.items():
        before = known.fields.get(name)
        if before is None or not isinstance(field.node, ast.Lambda):
            continue
        found[name] = replace(
            field,
            may_be_none=field.may_be_none or before.may_be_none,
            is_required=field.is_required and before.is_required,
        )
    return found


def _gives_none(node: ast.expr, words: set[str]) -> bool:
    """Recognise ``.transform((text) => text || null)`` and ``.default(null)``."""
    is_one = bool(words & _GIVING)
    return is_one and any(
        isinstance(item, ast.Constant) and item.value is None for item in ast.walk(node)
    )


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
            may_be_none=bool(words & _NULLABLE) or _gives_none(value, words),
            is_required=not words & _OPTIONAL or bool(words & _FILLED),
        )
    return found
