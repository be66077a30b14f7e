"""A call that gives the rows that it was given -> the rows: copies, lists put together, parts."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from releasegate.appcode.source.module import FUNCTIONS, returned
from releasegate.appcode.source.written import written
from releasegate.appcode.values.comprehensions import mapped, parted
from releasegate.appcode.values.nullness import called_name
from releasegate.appcode.values.objects import of_call
from releasegate.appcode.values.payloads import Payload, left_out, may_be_none, of_keywords, rows
from releasegate.appcode.values.stored import values_of

if TYPE_CHECKING:
    from releasegate.appcode.source.module import Function, Module

_SAME = {
    *("list", "tuple", "sorted", "reversed", "cast", "deepcopy", "copy", "not_null", "Json"),
    *("batched", "chunked", "chunks", "ichunked", "Jsonb", "dumps", "stringify"),
    *("OrderedDict", "freeze", "structuredClone", "from", "defaultdict", "DataFrame"),
}
#: methods that give the same rows
_SAME_METHODS = {"copy", "slice", "filter", "sort", "reverse", "deepcopy", "flat", "decode"}


def called(module: Module, node: ast.Call, depth: int) -> tuple[Payload, ...]:
    """Read a call as rows; one of the project's own, or of a library, is read elsewhere."""
    name = called_name(node)
    if name == "dict" and isinstance(node.func, ast.Name):
        return (of_keywords(module, node, depth),)
    if name == "from" and len(node.args) == 2 and isinstance(node.func, ast.Attribute):
        made = ast.copy_location(ast.Call(node.func, node.args[1:], []), node)
        return mapped(module, made, depth)
    if name in _SAME and node.args:
        return rows(module, node.args[-1 if name == "cast" else 0], depth + 1)
    if not module.is_python and (found := _of_script(module, node, name, depth)) is not None:
        return found
    if name in _SAME_METHODS and isinstance(node.func, ast.Attribute):
        return rows(module, node.func.value, depth + 1)
    is_plain = not node.args or not module.is_python
    if name == "values" and isinstance(node.func, ast.Attribute) and is_plain:
        held = values_of(module, node.args[0] if node.args else node.func.value, depth)
        if held:
            return held
    is_mapped = isinstance(node.func, ast.Attribute) or len(node.args) == 2
    if name in ("map", "flatMap") and node.args and is_mapped:
        return mapped(module, node, depth)
    return of_call(module, node, depth)


def _of_script(module: Module, node: ast.Call, name: str, depth: int) -> tuple[Payload, ...] | None:
    """Read what JavaScript has for it: lodash's parts, ``concat()``, ``fill()``, JSON and back."""
    owner = node.func.value if isinstance(node.func, ast.Attribute) else None
    if name in ("omit", "pick") and len(node.args) > 1:
        return parted(module, node, depth)
    if name in ("all", "allSettled") and written(node.func).startswith("Promise."):
        return tuple(row for item in node.args[:1] for row in rows(module, item, depth + 1))
    if name == "concat" and owner is not None:
        return tuple(row for part in (owner, *node.args) for row in rows(module, part, depth + 1))
    if name == "fill" and node.args:
        return rows(module, node.args[0], depth + 1)
    if name == "fromEntries" and node.args:
        return _sifted(module, node.args[0], depth)
    if name == "reduce" and node.args and isinstance(node.args[0], FUNCTIONS):
        return _reduced(module, node.args[0], depth)
    first = node.args[0] if node.args else None
    if name == "parse" and isinstance(first, ast.Call) and called_name(first) == "stringify":
        return rows(module, first.args[0], depth + 1) if first.args else None
    return None


def _reduced(module: Module, function: Function, depth: int) -> tuple[Payload, ...] | None:
    """Read what each turn of ``rows.reduce((all, row) => [...all, { ... }], [])`` adds."""
    gathered = function.args.args[0].arg if function.args.args else ""
    added = [
        value
        for item in ast.walk(function)
        if isinstance(item, ast.Call) and written(item.func) == f"{gathered}.append"
        for value in item.args
    ]
    for value in returned(module, function):
        listed = value.elts if isinstance(value, ast.List) else []
        added += [item for item in listed if not isinstance(item, ast.Starred)]
    found = tuple(row for value in added for row in rows(module, value, depth + 1))
    return found or None


def _sifted(module: Module, node: ast.expr, depth: int) -> tuple[Payload, ...] | None:
    """Read ``Object.entries(row).filter(([, value]) => value)``, made an object again."""
    inner, is_sifted = node, isinstance(node, ast.Call) and called_name(node) == "filter"
    if is_sifted and isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        inner = node.func.value if any(map(_asks_for_value, node.args)) else node
    if not isinstance(inner, ast.Call) or called_name(inner) != "entries" or not inner.args:
        return None
    found = rows(module, inner.args[0], depth + 1)
    return tuple(_without_empty(row) for row in found) if is_sifted else found


def _asks_for_value(function: ast.expr) -> bool:
    """Tell a filter of values from one of keys, which may leave out any of them."""
    parts = (item for item in ast.walk(function) if isinstance(item, ast.Subscript))
    return any(getattr(item.slice, "value", None) == 1 for item in parts)


def _without_empty(row: Payload) -> Payload:
    entries = {k: left_out(e) if may_be_none(e) else e for k, e in row.entries.items()}
    return replace(row, entries=entries)
