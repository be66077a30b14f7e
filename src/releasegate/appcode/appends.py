"""A list that is filled step by step -> what is appended to it, in the order of the text."""

from __future__ import annotations

import ast
import itertools
from typing import TYPE_CHECKING

from releasegate.appcode.nullness import called_name
from releasegate.appcode.written import written

if TYPE_CHECKING:
    from releasegate.appcode.module import Module
    from releasegate.appcode.parameters import Origin


def appended(
    module: Module, node: ast.expr, origin: Origin, method: str = "append"
) -> list[ast.expr]:
    """List what is appended in the block that makes the list, or only what every way appends."""
    block, found = module.parent(origin.node), list[ast.expr]()
    is_sure_only = module.project.is_sure_only
    for load in module.loads.get(written(node), ()):
        named = module.parent(load)
        call = module.parent(named) if isinstance(named, ast.Attribute) else None
        is_push = isinstance(named, ast.Attribute) and named.attr == method
        if not isinstance(call, ast.Call) or not is_push:
            continue
        way = list(itertools.takewhile(lambda item: item is not block, module.ancestors(load)))
        is_there = bool(way) and module.parent(way[-1]) is block
        if is_there and not (is_sure_only and any(isinstance(item, ast.If) for item in way)):
            found += call.args
    return found


def rows_appended(module: Module, node: ast.Name) -> list[tuple[Module, ast.expr]]:
    """Find what a function appends to its list of rows, in any order."""
    found: list[tuple[Module, ast.expr]] = []
    for load in module.loads.get(node.id, ()):
        method = module.parent(load)
        call = module.parent(method) if isinstance(method, ast.Attribute) else None
        is_same = module.function(load) is module.function(node)
        if isinstance(call, ast.Call) and called_name(call) == "append" and call.args and is_same:
            found.append((module, call.args[0]))
    return found
