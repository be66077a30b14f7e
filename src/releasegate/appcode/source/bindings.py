"""A node of a tree -> the names that it gives a value: assignments, loops, imports, definitions."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_NAMED = (
    ast.ExceptHandler,
    ast.MatchAs,
    ast.MatchStar,
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.ClassDef,
)
#: what gives names their values
BINDING = {
    *(ast.Assign, ast.AnnAssign, ast.NamedExpr, ast.AugAssign, ast.For, ast.AsyncFor),
    *(ast.comprehension, ast.withitem, ast.Import, ast.ImportFrom, *_NAMED),
}


#: the places to go through in a value, from the outside: of a part, or ``EACH`` item of it
Way = tuple[int, ...]
EACH = -1


@dataclass(frozen=True, slots=True)
class Binding:
    """A place that gives a name its value."""

    name: str
    node: ast.AST
    #: None where the value cannot be written down: an unpacked tuple
    value: ast.expr | None = None
    #: what ``from module import name`` takes: (dotted module, name); no name: the module itself
    imported: tuple[str, str] | None = None
    #: the name is each item of this in turn: a loop's target
    iterated: ast.expr | None = None
    #: the name is one part of this, and the way to it: ``run, created = ...``
    unpacked: tuple[ast.expr, Way] | None = None


def bindings_of(node: ast.AST) -> Iterator[Binding]:
    """Yield what a node of one of these kinds binds."""
    if isinstance(node, ast.Assign):
        for target in node.targets:
            yield from _targets(node, target, node.value)
    elif isinstance(node, ast.AnnAssign | ast.NamedExpr) and node.value is not None:
        yield from _targets(node, node.target, node.value)
    elif isinstance(node, ast.For | ast.AsyncFor | ast.comprehension):
        place = node.target if isinstance(node, ast.comprehension) else node
        yield from _looped(place, node.target, node.iter)
    elif isinstance(node, ast.AugAssign):
        yield from _targets(node, node.target, None)
    elif isinstance(node, ast.withitem) and node.optional_vars is not None:
        yield from _targets(node.optional_vars, node.optional_vars, None)
    elif isinstance(node, _NAMED) and node.name:
        yield Binding(node.name, node)
    elif isinstance(node, ast.Import | ast.ImportFrom):
        yield from _imports(node)


def _targets(node: ast.AST, target: ast.expr, value: ast.expr | None) -> Iterator[Binding]:
    if isinstance(target, ast.Name):
        yield Binding(target.id, node, value)
    elif isinstance(target, ast.Starred):
        yield from _targets(node, target.value, None)
    elif isinstance(target, ast.Tuple | ast.List):
        same = isinstance(value, ast.Tuple | ast.List) and len(value.elts) == len(target.elts)
        parts = value.elts if same and isinstance(value, ast.Tuple | ast.List) else None
        for index, item in enumerate(target.elts):
            if value is not None and not parts:
                yield from _parts(node, item, value, (index,))
            else:
                yield from _targets(node, item, parts[index] if parts else None)


def _parts(node: ast.AST, target: ast.expr, value: ast.expr, way: Way) -> Iterator[Binding]:
    """Bind the names in a target that takes a value apart, each with the way to its part."""
    if isinstance(target, ast.Name):
        yield Binding(target.id, node, unpacked=(value, way))
    elif isinstance(target, ast.Tuple | ast.List):
        for index, item in enumerate(target.elts):
            yield from _parts(node, item, value, (*way, index))
    elif isinstance(target, ast.Starred):
        yield from _targets(node, target.value, None)


def _looped(node: ast.AST, target: ast.expr, items: ast.expr) -> Iterator[Binding]:
    """Bind a loop's target; ``enumerate(x)`` gives the items of x as its last part."""
    if isinstance(target, ast.Name):
        yield Binding(target.id, node, iterated=items)
        return
    if isinstance(target, ast.Tuple) and isinstance(items, ast.Call) and items.args:
        is_counted = isinstance(items.func, ast.Name) and items.func.id == "enumerate"
        if is_counted and isinstance(target.elts[-1], ast.Name):
            yield from _targets(node, target.elts[0], None)
            yield Binding(target.elts[-1].id, node, iterated=items.args[0])
            return
    if isinstance(target, ast.Tuple | ast.List):
        yield from _parts(node, target, items, (EACH,))
    else:
        yield from _targets(node, target, None)


def _imports(node: ast.Import | ast.ImportFrom) -> Iterator[Binding]:
    for alias in node.names:
        if isinstance(node, ast.Import):
            name = alias.asname or alias.name.split(".")[0]
            yield Binding(name, node, imported=(alias.name if alias.asname else name, ""))
        else:
            dotted = "." * node.level + (node.module or "")
            yield Binding(alias.asname or alias.name, node, imported=(dotted, alias.name))
