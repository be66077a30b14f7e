"""A mapping of parameters -> what one placeholder gets of it."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from releasegate.appcode.values.nullness import called_name
from releasegate.appcode.values.payloads import Entry, Payload, rows

if TYPE_CHECKING:
    from releasegate.appcode.source.module import Module


@dataclass(frozen=True, slots=True)
class Given:
    """What one placeholder gets: an expression, a hidden value, or visibly nothing."""

    module: Module
    node: ast.AST
    value: ast.expr | None = None
    #: it is this entry of a mapping
    entry: Entry | None = None
    #: why nothing fits the placeholder
    missing: str | None = None


def valued(module: Module, node: ast.Call, key: int) -> tuple[Given, ...]:
    """Read ``data.values()``, ``Object.values(data)``: the entries in their order."""
    if called_name(node) != "values" or not isinstance(node.func, ast.Attribute):
        return ()
    return entry_at(rows(module, node.args[0] if node.args else node.func.value), key)


def entry_at(payloads: tuple[Payload, ...], key: int) -> tuple[Given, ...]:
    found: list[Given] = []
    for payload in payloads:
        entries = list(payload.entries.values())
        if payload.is_open or key >= len(entries):
            return ()
        found.append(Given(entries[key].module, entries[key].node, entry=entries[key]))
    return tuple(found)


def named(module: Module, node: ast.expr, key: str) -> tuple[Given, ...]:
    found: list[Given] = []
    for payload in rows(module, node):
        entry = payload.entries.get(key)
        if entry is not None and entry.value is not None:
            found.append(Given(entry.module, entry.value, entry.value))
        if entry is not None and not entry.is_certain:
            missing = f"the key {key} is there on some paths only"
            found.append(Given(entry.module, entry.node, missing=missing))
        if entry is None and not payload.is_open:
            missing = f"the parameters have no key {key}"
            found.append(Given(payload.module, payload.node, missing=missing))
    return tuple(found)
