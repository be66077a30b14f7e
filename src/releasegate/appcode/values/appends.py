"""A list that is made in steps -> what is put into it, in the order of the text."""

from __future__ import annotations

import ast
import itertools
from typing import TYPE_CHECKING

from releasegate.appcode.flow.names import single_value
from releasegate.appcode.source.written import written
from releasegate.appcode.values.nullness import called_name

if TYPE_CHECKING:
    from releasegate.appcode.flow.parameters import Origin
    from releasegate.appcode.source.module import Module


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


def pushed_into(module: Module, node: ast.List) -> list[ast.expr]:
    """List what ``query.values.push(x)`` adds to the list in ``query = { values: [] }``."""
    holder = module.parent(node)
    statement = module.parent(holder)
    if not isinstance(holder, ast.Dict) or not isinstance(statement, ast.Assign | ast.AnnAssign):
        return []
    target = statement.targets[0] if isinstance(statement, ast.Assign) else statement.target
    key = next(k for k, v in zip(holder.keys, holder.values, strict=True) if v is node)
    whole = f"{written(target)}.{getattr(key, 'value', '')}"
    named = (x for x in module.loads.get("append", ()) if isinstance(x, ast.Attribute))
    calls = [module.parent(x) for x in named if written(x.value) == whole]
    return [value for call in calls if isinstance(call, ast.Call) for value in call.args]


def concatenated(module: Module, node: ast.Call) -> ast.expr | None:
    """Read ``["a"].concat(more)`` as one list; what is no list is one item."""
    if called_name(node) != "concat" or not isinstance(node.func, ast.Attribute):
        return None
    items: list[ast.expr] = []
    for part in (node.func.value, *node.args):
        known = single_value(module, part)
        if isinstance(part, ast.List):
            items += part.elts
        elif part is node.func.value or (known and isinstance(known[1], ast.List)):
            items.append(ast.copy_location(ast.Starred(part, ast.Load()), part))
        else:
            items.append(part)
    return ast.copy_location(ast.List(items, ast.Load()), node)


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
