"""A list or a mapping -> the type of its items, as the parameter that holds it declares it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from releasegate.appcode.annotations import last_word
from releasegate.appcode.names import origins

if TYPE_CHECKING:
    from releasegate.appcode.module import Module
    from releasegate.appcode.parameters import Origin

_TUPLES = ("tuple", "Tuple")
_LISTS = ("list", "sequence", "iterable", "set", "array", "readonlyarray")


def item_type(module: Module, node: ast.expr) -> ast.expr | None:
    """Find the declared type of what a loop or ``items[key]`` takes out."""
    for origin in origins(module, node):
        declared = origin.parameter.annotation if origin.parameter is not None else None
        if not isinstance(declared, ast.Subscript):
            continue
        if last_word(declared.value).lower() in _LISTS:
            return declared.slice
        if last_word(declared.value) == "Record" and isinstance(declared.slice, ast.Tuple):
            return declared.slice.elts[-1]
    return None


def part_type(module: Module, node: ast.Name) -> ast.expr | None:
    """Find the declared type of ``b`` in ``for a, b in rows``, where they are tuples."""
    for origin in origins(module, node):
        target, items = _loop(module, origin)
        declared = item_type(module, items) if items is not None else None
        is_tuple = isinstance(declared, ast.Subscript) and last_word(declared.value) in _TUPLES
        if not is_tuple or not isinstance(target, ast.Tuple):
            continue
        parts = getattr(getattr(declared, "slice", None), "elts", [])
        names = [getattr(item, "id", None) for item in target.elts]
        if len(parts) == len(names) and node.id in names:
            found: ast.expr = parts[names.index(node.id)]
            return found
    return None


def _loop(module: Module, origin: Origin) -> tuple[ast.expr | None, ast.expr | None]:
    place = origin.node
    if not isinstance(place, ast.For | ast.AsyncFor):
        place = module.parent(place) or place
    if isinstance(place, ast.For | ast.AsyncFor | ast.comprehension):
        return place.target, place.iter
    return None, None
