"""An expression for a list of words -> the words, where they can be seen: columns, binds, SETs."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from releasegate.appcode.names import origins
from releasegate.appcode.nullness import called_name
from releasegate.statements.binds import HOLE

if TYPE_CHECKING:
    from releasegate.appcode.module import Module

MAX_DEPTH = 12
_SAME = {"list", "tuple", "sorted", "keys", "map", "reversed", "from", "concat"}
_PAIRS = {"items", "entries"}


def items(module: Module, node: ast.expr, depth: int = 0) -> list[str] | None:
    """Read every item; a hole for one that is no visible text, None for no visible list."""
    if depth > MAX_DEPTH:
        return None
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        return _written(module, node, depth)
    if isinstance(node, ast.ListComp | ast.GeneratorExp):
        return _comprehended(module, node, depth)
    if isinstance(node, ast.BinOp):
        return _operated(module, node, depth)
    if isinstance(node, ast.Name | ast.Attribute):
        return _stored(module, node, depth)
    if isinstance(node, ast.Call):
        return _called(module, node, depth)
    return keys(module, node, depth) if isinstance(node, ast.Dict) else None


def _written(module: Module, node: ast.List | ast.Tuple | ast.Set, depth: int) -> list[str] | None:
    from releasegate.appcode.texts import text_of

    found: list[str] = []
    for item in node.elts:
        if isinstance(item, ast.Starred):
            spread = items(module, item.value, depth + 1)
            found += [HOLE] if spread is None else spread
        else:
            text = text_of(module, item, depth + 1)
            found.append(HOLE if text is None else text)
    return found


def _comprehended(
    module: Module, node: ast.ListComp | ast.GeneratorExp, depth: int
) -> list[str] | None:
    """Read ``f'"{c}"' for c in columns``: the element's text for each item."""
    first = node.generators[0]
    listed = items(module, first.iter, depth + 1)
    if listed is None or len(node.generators) > 1 or first.ifs:
        return None
    target = first.target
    if isinstance(target, ast.Tuple):
        target = target.elts[0]
    name = target.id if isinstance(target, ast.Name) else None
    return [_with(module, node.elt, name, item, depth) for item in listed]


def _with(module: Module, node: ast.expr, name: str | None, item: str, depth: int) -> str:
    """Read an element with its loop variable put in."""
    from releasegate.appcode.texts import text_of

    if isinstance(node, ast.Name) and node.id == name:
        return item
    if isinstance(node, ast.JoinedStr):
        parts = [
            part.value if isinstance(part, ast.FormattedValue) else part for part in node.values
        ]
        return "".join(_with(module, part, name, item, depth) for part in parts)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        sides = (node.left, node.right)
        return "".join(_with(module, side, name, item, depth) for side in sides)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
        left = text_of(module, node.left, depth + 1) or HOLE
        return left.replace("%s", item, 1)
    if isinstance(node, ast.Call) and node.args and called_name(node) in _QUOTING:
        inner = _with(module, node.args[0], name, item, depth)
        return f"%({inner})s" if called_name(node) == "Placeholder" else inner
    text = text_of(module, node, depth + 1)
    return HOLE if text is None else text


_QUOTING = {"Identifier", "SQL", "quote_ident", "str", "Placeholder", "quote", "escape"}


def _operated(module: Module, node: ast.BinOp, depth: int) -> list[str] | None:
    """Read ``a + b`` and ``["%s"] * len(columns)``."""
    left = items(module, node.left, depth + 1)
    if isinstance(node.op, ast.Add):
        right = items(module, node.right, depth + 1)
        return None if left is None or right is None else left + right
    count = node.right
    if isinstance(count, ast.Call) and called_name(count) == "len" and count.args:
        counted = items(module, count.args[0], depth + 1)
        return None if left is None or counted is None else left * len(counted)
    if isinstance(count, ast.Constant) and isinstance(count.value, int) and left is not None:
        return left * min(count.value, 100)
    return None


def _stored(module: Module, node: ast.Name | ast.Attribute, depth: int) -> list[str] | None:
    found = origins(module, node)
    value = found[0].value if len(found) == 1 else None
    if value is None or isinstance(value, ast.Dict):
        return keys(module, node, depth)
    listed = items(found[0].module, value, depth + 1)
    if listed is None:
        return keys(module, node, depth)
    is_local_list = isinstance(node, ast.Name) and isinstance(value, ast.List)
    return _extended(module, node, listed, depth) if is_local_list else listed


def _extended(module: Module, node: ast.expr, listed: list[str], depth: int) -> list[str] | None:
    """Add what is appended; on some paths only, it is a hole beside its text."""
    from releasegate.appcode.texts import text_of

    for load in module.loads.get(ast.unparse(node), ()):
        method, call = module.parent(load), module.parent(module.parent(load))
        if not isinstance(method, ast.Attribute) or not isinstance(call, ast.Call):
            continue
        if module.function(load) is not module.function(node) or not call.args:
            continue
        if method.attr == "extend":
            return None
        if method.attr == "append":
            text = text_of(module, call.args[0], depth + 1)
            listed = [*listed, HOLE if text is None else text]
    return listed


def _called(module: Module, node: ast.Call, depth: int) -> list[str] | None:
    name = called_name(node)
    if name in _PAIRS and isinstance(node.func, ast.Attribute):
        return keys(module, node.args[0] if node.args else node.func.value, depth)
    if name in _SAME and node.args and name != "map":
        inner = node.args[0]
        return keys(module, inner, depth) if name == "keys" else items(module, inner, depth + 1)
    if name == "keys" and isinstance(node.func, ast.Attribute):
        return keys(module, node.func.value, depth)
    if name == "map" and isinstance(node.func, ast.Attribute) and node.args:
        return _mapped(module, node, depth)
    if name == "map" and len(node.args) == 2:
        return items(module, node.args[1], depth + 1)
    return None


def _mapped(module: Module, node: ast.Call, depth: int) -> list[str] | None:
    """Read JavaScript's ``columns.map((c, i) => `$${i + 1}`)``."""
    function = node.args[0]
    base = node.func.value if isinstance(node.func, ast.Attribute) else node
    listed = items(module, base, depth + 1)
    if listed is None or not isinstance(function, ast.Lambda):
        return None
    name = function.args.args[0].arg if function.args.args else None
    made = [_with(module, function.body, name, item, depth) for item in listed]
    return [item.replace(HOLE, str(n)) if "$" in item else item for n, item in enumerate(made, 1)]


def keys(module: Module, node: ast.expr, depth: int) -> list[str] | None:
    """Read a mapping's keys, where they are always the same."""
    from releasegate.appcode.payloads import rows

    found = rows(module, node, depth + 1)
    if len(found) != 1 or found[0].is_open:
        return None
    if not all(entry.is_certain for entry in found[0].entries.values()):
        return None
    return list(found[0].entries)
