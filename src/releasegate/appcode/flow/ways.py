"""Bindings of a name -> those that the branch which is being read can have met."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from releasegate.appcode.source.bindings import Binding
    from releasegate.appcode.source.module import Module


def on_way(module: Module, bindings: Iterable[Binding]) -> list[Binding]:
    """Keep what does not stand in another branch than the statement that is being followed."""
    listed, way = list(bindings), module.project.way
    kept = [x for x in listed if way is None or not excludes(module, x.node, way)]
    return kept or listed


def excludes(module: Module, one: ast.AST, other: ast.AST) -> bool:
    """Say whether two statements stand in branches of which only one runs."""
    sides = dict(_branches(module, other))
    return any(sides.get(choice, side) != side for choice, side in _branches(module, one))


def _branches(module: Module, node: ast.AST) -> Iterator[tuple[object, object]]:
    """Yield each choice that a node stands in, and its side of it; a switch is one choice."""
    for item in module.ancestors(node):
        parent = module.parent(item)
        if isinstance(parent, ast.If):
            switch = getattr(parent, "switch", None)
            yield (switch, parent) if switch else (parent, module.field(item))
