"""A list or a mapping -> the type of its items, as the parameter that holds it declares it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from releasegate.appcode.declared.annotations import last_word
from releasegate.appcode.flow.names import origins

if TYPE_CHECKING:
    from releasegate.appcode.source.module import Module

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
