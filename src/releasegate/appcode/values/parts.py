"""A value and the way into it -> whether what lies there can be None: ``run, plan = made()``."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from releasegate.appcode.declared.annotations import last_word, may_be_none, text_as_type
from releasegate.appcode.flow.calls import callees
from releasegate.appcode.flow.frames import entered
from releasegate.appcode.flow.names import origins
from releasegate.appcode.source.bindings import EACH
from releasegate.appcode.source.module import FUNCTIONS, returned
from releasegate.appcode.values.appends import rows_appended
from releasegate.appcode.values.nullness import MAX_DEPTH, Nullness, called_name, nullness

if TYPE_CHECKING:
    from releasegate.appcode.flow.parameters import Origin
    from releasegate.appcode.source.bindings import Way
    from releasegate.appcode.source.module import Module

_LISTS = {"list", "sequence", "iterable", "set", "array", "iterator", "generator", "collection"}
_MAPPINGS = {"dict", "mapping", "defaultdict"}
_SAME = {"list", "tuple", "sorted", "set", "reversed", "iter", "tqdm", "track"}


def inside(module: Module, node: ast.expr, way: Way, depth: int) -> list[Nullness]:
    """Judge what lies in a value: ``(EACH, 1)`` leads to the second part of each of its items."""
    if depth > MAX_DEPTH or module.project.is_spent():
        return []
    if not way:
        return [nullness(module, node, depth + 1)]
    if isinstance(node, ast.Name | ast.Attribute):
        found = (_of_origin(module, node, origin, way, depth) for origin in origins(module, node))
        return [item for listed in found for item in listed]
    if isinstance(node, ast.Call):
        return _called(module, node, way, depth)
    return [
        item for part, rest in _held(node, way) for item in inside(module, part, rest, depth + 1)
    ]


def _held(node: ast.expr, way: Way) -> list[tuple[ast.expr, Way]]:
    """List the expressions that lie a step further in, each with the rest of the way."""
    step, rest = way[0], way[1:]
    if isinstance(node, ast.Await | ast.NamedExpr | ast.Starred):
        return [(node.value, way)]
    if isinstance(node, ast.IfExp):
        return [(node.body, way), (node.orelse, way)]
    if isinstance(node, ast.BoolOp):
        return [(value, way) for value in node.values]
    if isinstance(node, ast.ListComp | ast.GeneratorExp | ast.SetComp):
        return [(node.elt, rest)] if step == EACH else []
    if not isinstance(node, ast.List | ast.Tuple | ast.Set):
        return []
    if step == EACH:
        return [(item, rest) for item in node.elts if not isinstance(item, ast.Starred)]
    before = node.elts[: step + 1]
    is_plain = len(before) > step and not any(isinstance(item, ast.Starred) for item in before)
    return [(node.elts[step], rest)] if is_plain else []


def _of_origin(
    module: Module, node: ast.expr, origin: Origin, way: Way, depth: int
) -> list[Nullness]:
    declared = origin.parameter.annotation if origin.parameter is not None else None
    declared = origin.node.annotation if isinstance(origin.node, ast.AnnAssign) else declared
    known = _declared(origin.module, declared, way) if declared is not None else []
    if known:
        return known
    if origin.iterated is not None:
        return inside(origin.module, origin.iterated, (EACH, *way), depth + 1)
    if origin.unpacked is not None:
        source, place = origin.unpacked
        return inside(origin.module, source, (*place, *way), depth + 1)
    if origin.value is None:
        return []
    found = inside(origin.module, origin.value, way, depth + 1)
    if way[0] == EACH and isinstance(node, ast.Name) and isinstance(origin.value, ast.List):
        for there, item in rows_appended(module, node):
            found += inside(there, item, way[1:], depth + 1)
    return found


def _declared(module: Module, annotation: ast.expr, way: Way) -> list[Nullness]:
    """Follow the way through ``list[tuple[str, str | None]]``."""
    for step in way:
        node = text_as_type(annotation)
        if not isinstance(node, ast.Subscript):
            return []
        parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        word = last_word(node.value).lower()
        if step == EACH and word in _LISTS:
            annotation = parts[0]
        elif word == "tuple" and 0 <= step < len(parts):
            annotation = parts[step]
        else:
            return []
    what = "it is declared as one that may be None"
    return [Nullness(may_be_none(module, annotation), what, module, annotation)]


def _called(module: Module, node: ast.Call, way: Way, depth: int) -> list[Nullness]:
    name, second = called_name(node), way[1:2]
    if name in _SAME and node.args:
        return inside(module, node.args[0], way, depth + 1)
    if name == "enumerate" and node.args and second == (1,):
        return inside(module, node.args[0], (EACH, *way[2:]), depth + 1)
    if name == "map" and module.is_python and len(node.args) == 2:
        is_same = isinstance(node.args[0], ast.Name) and node.args[0].id in _SAME
        return inside(module, node.args[1], way, depth + 1) if is_same else []
    if name == "zip" and node.args and second:
        return _zipped(module, node, way, depth)
    if name in ("items", "values") and isinstance(node.func, ast.Attribute):
        is_value = name == "values" or second == (1,)
        rest = way[1:] if name == "values" else way[2:]
        return _of_mapping(module, node.func.value, rest, depth) if is_value else []
    function = node.args[0] if name == "map" and not module.is_python and node.args else None
    if isinstance(function, FUNCTIONS):
        # JavaScript's ``rows.map((row) => row.planId)``
        values = (value for value in returned(module, function) if value is not None)
        return [item for value in values for item in inside(module, value, way[1:], depth + 1)]
    return _returned(module, node, way, depth)


def _zipped(module: Module, node: ast.Call, way: Way, depth: int) -> list[Nullness]:
    first, second, rest = node.args[0], way[1], way[2:]
    if isinstance(first, ast.Starred) and second == EACH:
        # ``projects, people = zip(*pairs)`` turns rows into columns.
        return inside(module, first.value, (EACH, way[0], *rest), depth + 1)
    is_plain = 0 <= second < len(node.args)
    return inside(module, node.args[second], (EACH, *rest), depth + 1) if is_plain else []


def _of_mapping(module: Module, node: ast.expr, way: Way, depth: int) -> list[Nullness]:
    """Judge what lies in any value of a mapping that is written down or declared."""
    if isinstance(node, ast.Dict):
        return [item for value in node.values for item in inside(module, value, way, depth + 1)]
    if isinstance(node, ast.DictComp):
        return inside(module, node.value, way, depth + 1)
    found: list[Nullness] = []
    for origin in origins(module, node):
        annotation = getattr(origin.parameter or origin.node, "annotation", None)
        declared = text_as_type(annotation) if annotation is not None else None
        if isinstance(declared, ast.Subscript) and isinstance(declared.slice, ast.Tuple):
            is_mapping = last_word(declared.value).lower() in _MAPPINGS
            last = declared.slice.elts[-1]
            found += _declared(origin.module, last, way) if is_mapping else []
        elif isinstance(origin.value, ast.Dict | ast.DictComp):
            found += _of_mapping(origin.module, origin.value, way, depth + 1)
    return found


def _returned(module: Module, node: ast.Call, way: Way, depth: int) -> list[Nullness]:
    """Judge what a function of the project gives back there: as it says, else as it is seen."""
    found: list[Nullness] = []
    for there, frame in callees(module, node)[:2]:
        annotation = getattr(frame.function, "returns", None)
        known = _declared(there, annotation, way) if annotation is not None else []
        with entered(frame) as is_new:
            values = returned(there, frame.function) if is_new and not known else ()
            listed = [inside(there, value, way, depth + 2) for value in values if value is not None]
        found += known or [item for part in listed for item in part]
    return found
