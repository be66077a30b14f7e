"""A class that is mapped to a table by a call, ``map_imperatively(Run, runs)`` -> a model."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from releasegate.appcode.flow.class_names import resolve
from releasegate.appcode.models.relationships import RELATIONSHIPS, relate
from releasegate.appcode.values.nullness import called_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from releasegate.appcode.contract import Contract
    from releasegate.appcode.models.model import Model
    from releasegate.appcode.models.registry import Models
    from releasegate.appcode.source.module import Module

_MAPPERS = {"map_imperatively", "mapper", "assign_mapper"}
HINTS = tuple(f"{name}(".encode() for name in _MAPPERS)


def model(module: Module, node: ast.Call, models: Models) -> Model | None:
    """Read ``map_imperatively(Run, runs)`` once the tables are known."""
    if called_name(node) not in _MAPPERS or len(node.args) < 2:
        return None
    table = models.of(module, node.args[1])
    owners = resolve(module, node.args[0])
    if table is None or not owners or not isinstance(table.node, ast.Call):
        return None
    renamed = {
        name: value.attr
        for name, value in _properties(node)
        if isinstance(value, ast.Attribute) and value.attr in table.columns.values()
    }
    there, owner = owners[0]
    columns = {**table.columns, **renamed}
    return replace(table, module=there, node=owner, columns=columns, links={}, collections={})


def link(module: Module, node: ast.Call, models: Models, contract: Contract) -> None:
    """Connect the relationships that the mapping's ``properties`` name."""
    owners = resolve(module, node.args[0])
    mapped = models.of_class(owners[0]) if owners else None
    for name, value in _properties(node) if mapped is not None else ():
        is_one = isinstance(value, ast.Call) and called_name(value) in RELATIONSHIPS
        if mapped is not None and isinstance(value, ast.Call) and is_one:
            relate(mapped, module, name, value, None, models, contract)


def _properties(node: ast.Call) -> Iterator[tuple[str, ast.expr]]:
    for word in node.keywords:
        held = word.value if word.arg == "properties" else None
        if isinstance(held, ast.Dict):
            for key, value in zip(held.keys, held.values, strict=True):
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    yield key.value, value
