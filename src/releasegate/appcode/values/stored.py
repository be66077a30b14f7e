"""A variable that holds rows -> what it was given, by whatever way."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from releasegate.appcode.declared.inferred import given_to
from releasegate.appcode.flow.callers import frames
from releasegate.appcode.flow.frames import entered
from releasegate.appcode.flow.names import origins
from releasegate.appcode.flow.parameters import parameters
from releasegate.appcode.source.written import written
from releasegate.appcode.values.changes import appended, changed
from releasegate.appcode.values.objects import mapping_of, of_annotation
from releasegate.appcode.values.payloads import MAX_PATHS, Entry, Payload, opaque, rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from releasegate.appcode.flow.parameters import Origin
    from releasegate.appcode.source.module import Function, Module


def of_stored(
    module: Module, node: ast.Name | ast.Attribute | ast.Subscript, depth: int
) -> tuple[Payload, ...]:
    """Read a name, ``self.x``, or an item of either."""
    from releasegate.appcode.declared import forms
    from releasegate.appcode.declared.serializers import validated

    if isinstance(node, ast.Subscript):
        return _item(module, node, depth)
    declared = validated(module, node) or forms.data(module, node)
    found = origins(module, node) if declared is None else ()
    payloads: list[Payload] = [declared] if declared is not None else []
    for origin in found:
        payloads.extend(_of_origin(module, origin, node, depth))
    if not payloads and not found and isinstance(node, ast.Attribute):
        payloads.extend(_of_member(module, node, depth))
    is_nothing = bool(found) and all(_is_none(origin) for origin in found)
    return tuple(payloads[:MAX_PATHS]) or (() if is_nothing else (opaque(module, node),))


def _is_none(origin: Origin) -> bool:
    return isinstance(origin.value, ast.Constant) and origin.value.value is None


def values_of(module: Module, node: ast.expr, depth: int) -> tuple[Payload, ...]:
    """Read what fills a local mapping: ``found[key] = {...}``, ``found.set(key, {...})``."""
    if not isinstance(node, ast.Name):
        return ()
    function = module.function(node)
    found: list[Payload] = []
    for load in module.loads.get(node.id, ()):
        given = _put(module, load)
        if given is not None and function in (None, *module.ancestors(load)):
            found.extend(rows(module, given, depth + 1))
    return tuple(found)


def _put(module: Module, load: ast.expr) -> ast.expr | None:
    """Find what is put into a mapping where its name stands, under a key that is no constant."""
    slot = module.parent(load)
    statement = module.parent(slot)
    if isinstance(slot, ast.Attribute) and isinstance(statement, ast.Call):
        is_set = slot.attr == "set" and len(statement.args) == 2 and not module.is_python
        return statement.args[1] if is_set else None
    is_key = isinstance(slot, ast.Subscript) and isinstance(slot.slice, ast.Constant)
    is_set = isinstance(statement, ast.Assign) and slot in statement.targets
    return statement.value if isinstance(statement, ast.Assign) and is_set and not is_key else None


def _item(module: Module, node: ast.Subscript, depth: int) -> tuple[Payload, ...]:
    """Read ``rows[0]``, or ``data["run"]`` of a mapping that is written down."""
    if isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str):
        return _of_member(module, node, depth)
    return rows(module, node.value, depth + 1)


def _of_member(
    module: Module, node: ast.Subscript | ast.Attribute, depth: int
) -> tuple[Payload, ...]:
    if isinstance(node, ast.Attribute):
        key = node.attr
    else:
        key = str(node.slice.value) if isinstance(node.slice, ast.Constant) else ""
    found: list[Payload] = []
    for payload in rows(module, node.value, depth + 1)[:MAX_PATHS]:
        entry = payload.entries.get(key)
        if entry is None or entry.value is None or entry.is_set is False:
            return tuple(_declared_member(module, node, entry))
        found.extend(rows(entry.module, entry.value, depth + 1))
    return tuple(found) or tuple(_appended_to(module, node, depth))


def _appended_to(
    module: Module, node: ast.Subscript | ast.Attribute, depth: int
) -> Iterator[Payload]:
    """Read ``batch["runs"].append({...})`` of a list that begins empty."""
    function, text = module.function(node), written(node)
    for load in module.loads.get("append", ()):
        call = module.parent(load)
        is_same = isinstance(load, ast.Attribute) and written(load.value) == text
        if isinstance(call, ast.Call) and is_same and module.function(load) is function:
            for argument in call.args:
                yield from rows(module, argument, depth + 1)


def _declared_member(module: Module, node: ast.expr, entry: Entry | None) -> Iterator[Payload]:
    known = mapping_of(module, node)
    declared = entry.node if entry is not None else None
    if known is None and entry is not None and isinstance(declared, ast.AnnAssign):
        known = next(iter(of_annotation(entry.module, declared.annotation, node)), None)
    yield known if known is not None else opaque(module, node)


def _of_origin(
    module: Module, origin: Origin, node: ast.Name | ast.Attribute, depth: int
) -> Iterator[Payload]:
    if origin.iterated is not None:
        made = rows(origin.module, origin.iterated, depth + 1)
    elif origin.value is not None:
        is_empty = isinstance(origin.value, ast.List) and not origin.value.elts
        made = () if is_empty else rows(origin.module, origin.value, depth + 1)
    elif origin.parameter is not None and origin.function is not None:
        made = _of_parameter(origin, node, depth)
    elif origin.function is not None and origin.node is origin.function.args.kwarg:
        made = _of_keywords(module, origin.function, node, depth)
    else:
        made = (opaque(module, node),)
    for payload in made:
        yield changed(module, origin, payload, node, depth)
    yield from appended(module, origin, node, depth)


def _of_keywords(
    module: Module, function: Function, node: ast.Name | ast.Attribute, depth: int
) -> tuple[Payload, ...]:
    """Read ``**kwargs`` by what the calls in view hand over; a parameter's name is never in it."""
    found: list[Payload] = []
    for frame in frames(module, function):
        with entered(frame) as is_new:
            found.extend(rows(module, node, depth + 1) if is_new else ())
    names = frozenset(parameter.arg for parameter, _ in parameters(function))
    listed = tuple(found) or (opaque(module, node),)
    return tuple(replace(item, never=item.never | names) for item in listed)


def _of_parameter(
    origin: Origin, node: ast.Name | ast.Attribute, depth: int
) -> tuple[Payload, ...]:
    """Read a parameter by its declaration, or by what every caller hands over."""
    module, parameter, function = origin.module, origin.parameter, origin.function
    if parameter is None or function is None:
        return (opaque(module, node),)
    declared = mapping_of(module, node) or given_to(module, function)
    if declared is not None:
        return (declared,)
    found: list[Payload] = []
    for frame in frames(module, function):
        with entered(frame) as is_new:
            given = origins(module, node) if is_new else ()
            for item in given:
                if item.value is None or item.parameter is not None:
                    return (opaque(module, node),)
                found.extend(rows(item.module, item.value, depth + 1))
    if not found or any(payload.is_open for payload in found):
        found = list(of_annotation(module, parameter.annotation, node)) or found
    return tuple(found) or (opaque(module, node),)
