"""A comprehension of mappings, or a ``map()`` over rows -> the rows that it makes."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from releasegate.appcode.flow.names import single_value
from releasegate.appcode.source.module import FUNCTIONS, returned
from releasegate.appcode.source.written import written
from releasegate.appcode.values.column_names import column_named
from releasegate.appcode.values.lists import named_keys
from releasegate.appcode.values.nullness import called_name
from releasegate.appcode.values.payloads import (
    Entry,
    Payload,
    left_out,
    may_be_none,
    opaque,
    rows,
    with_entry,
)
from releasegate.appcode.values.references import peeled
from releasegate.appcode.values.texts import text_of

if TYPE_CHECKING:
    from releasegate.appcode.source.module import Module


def filtered(module: Module, node: ast.DictComp, depth: int) -> tuple[Payload, ...]:
    """Read ``{k: v for k, v in d.items() if v is not None}``: keys may go, and None with them."""
    loop = node.generators[0]
    items, key, value = loop.iter, written(node.key), written(node.value)
    is_items = isinstance(items, ast.Call) and called_name(items) == "items"
    names = [written(part) for part in getattr(loop.target, "elts", ())]
    is_same = names[:1] == [key] and len(names) == 2 and _keeps(node.value, names[1])
    value = names[-1] if names else value
    if not is_items or not is_same or not isinstance(items, ast.Call):
        return _of_listed(module, node)
    if not isinstance(items.func, ast.Attribute):
        return (opaque(module, node),)
    named = named_keys(loop.ifs, key)
    by_value = any(
        value in {n.id for n in ast.walk(t) if isinstance(n, ast.Name)} for t in loop.ifs
    )
    if loop.ifs and named is None and not by_value:
        return (opaque(module, node),)
    found: list[Payload] = []
    for payload in rows(module, items.func.value, depth + 1):
        entries: dict[str, Entry] = {}
        for name, entry in payload.entries.items():
            if named is not None and (name in named[0]) != named[1]:
                continue
            entries[name] = left_out(entry) if by_value and may_be_none(entry) else entry
        found.append(replace(payload, entries=entries))
    return tuple(found)


def _keeps(node: ast.expr, name: str) -> bool:
    """Say whether a value stays what it is, or is only written another way."""
    if isinstance(node, ast.IfExp):
        return _keeps(node.body, name) and _keeps(node.orelse, name)
    if isinstance(node, ast.Call):
        inner = node.args[0] if node.args else getattr(node.func, "value", None)
        return inner is not None and _keeps(inner, name)
    return isinstance(node, ast.Name) and node.id == name


def _of_listed(module: Module, node: ast.DictComp) -> tuple[Payload, ...]:
    """Read ``{column.key: value for column, value in ((Run.name, name), ...)}``."""
    loop = node.generators[0]
    origin = single_value(module, loop.iter)
    there, listed = origin if origin is not None else (module, loop.iter)
    names = [n.id for n in getattr(loop.target, "elts", ()) if isinstance(n, ast.Name)]
    key = peeled(node.key)
    key = key.value if isinstance(key, ast.Attribute) else key
    if not isinstance(listed, ast.Tuple | ast.List) or getattr(key, "id", None) not in names:
        return (opaque(module, node),)
    payload = Payload(module, node)
    for item in listed.elts:
        parts = item.elts if isinstance(item, ast.Tuple | ast.List) else []
        if len(parts) != len(names):
            return (opaque(module, node),)
        known = dict(zip(names, parts, strict=True))
        column = known[getattr(key, "id", "")]
        text = text_of(there, column) or column_named(column)
        if text is None:
            return (opaque(module, node),)
        value = known.get(getattr(node.value, "id", ""))
        payload = with_entry(payload, text, Entry(there, value, column, not loop.ifs))
    return (payload,)


def mapped(module: Module, node: ast.Call, depth: int) -> tuple[Payload, ...]:
    """Read ``items.map((item) => ({...}))``."""
    function = node.args[0]
    if isinstance(function, ast.Name | ast.Attribute):
        # ``items.map(this.toRow)`` runs the function for each of the items.
        given = node.func.value if isinstance(node.func, ast.Attribute) else node.args[-1]
        made = ast.Call(function, [given], [])
        module.adopt(made, node)
        return rows(module, made, depth + 1)
    if not isinstance(function, FUNCTIONS):
        return (opaque(module, node),)
    values = [value for value in returned(module, function) if value is not None]
    return tuple(row for value in values for row in rows(module, value, depth + 1))


def parted(module: Module, node: ast.Call, depth: int) -> tuple[Payload, ...]:
    """Read ``pick(row, ["a"])`` and ``omit(row, ["b"])``: what ``{ b, ...rest } = row`` leaves."""
    listed = node.args[1].elts if isinstance(node.args[1], ast.List) else node.args[1:]
    named = {item.value for item in listed if isinstance(item, ast.Constant)}
    is_kept = called_name(node) == "pick"
    return tuple(
        replace(row, entries={k: v for k, v in row.entries.items() if (k in named) == is_kept})
        for row in rows(module, node.args[0], depth + 1)
    )
