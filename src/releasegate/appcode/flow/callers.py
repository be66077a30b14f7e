"""A function -> the calls of it in the whole project."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from releasegate.appcode.flow.class_names import Class, ancestry, resolve
from releasegate.appcode.flow.definitions import definitions
from releasegate.appcode.flow.frames import Frame
from releasegate.appcode.flow.instances import instances
from releasegate.appcode.flow.names import origins
from releasegate.appcode.flow.object_calls import calls
from releasegate.appcode.source.module import NAMED_FUNCTIONS, Function, Module

if TYPE_CHECKING:
    from collections.abc import Iterator

#: so many calls of one function are looked at
MAX_CALLS = 80
#: method names that many classes have: a call counts only where it is clear whose it is
_COMMON = {
    *("create", "save", "insert", "add", "update", "delete", "upsert", "get", "run", "write"),
    *("execute", "set", "put", "remove", "store", "send", "handle", "process", "main", "append"),
    *("insertOne", "insertMany", "bulk_create", "all", "one", "call", "invoke", "list", "find"),
}


def frames(module: Module, function: Function) -> tuple[Frame, ...]:
    """Find the calls of a function, each as a frame to read it through."""
    known = module.project.callers
    if function not in known:
        known[function] = ()
        name = _name(function)
        found = list(_calls(module, function, name) if name else calls(module, function))
        known[function] = tuple(found[:MAX_CALLS])
    return tuple(_frame(function, place, call) for place, call in known[function])


def _frame(function: Function, module: Module, call: ast.Call) -> Frame:
    receiver = call.func.value if isinstance(call.func, ast.Attribute) else None
    return Frame(function, module, call, receiver)


def _name(function: Function) -> str | None:
    if not isinstance(function, NAMED_FUNCTIONS):
        return None
    return None if function.name in ("__init__", "anonymous") else function.name


def _calls(module: Module, function: Function, name: str) -> Iterator[tuple[Module, ast.Call]]:
    owner = module.scope(function)
    own_class = (module, owner) if isinstance(owner, ast.ClassDef) else None
    word = owner.name if isinstance(owner, ast.ClassDef) else ""
    for place in module.project.mentioning(name, python=module.is_python, owner=word):
        words = (name, *(word for word, first in place.renamed.items() if first == name))
        for load in (item for word in words for item in place.loads.get(word, ())):
            call = place.parent(load)
            if not isinstance(call, ast.Call) or call.func is not load:
                continue
            if any(item is function for item in place.ancestors(call)):
                # Calling itself, it hands over what it was given.
                continue
            if _is_of(place, load, module, function, own_class):
                yield place, call


def _is_of(
    place: Module, load: ast.expr, module: Module, function: Function, owner: Class | None
) -> bool:
    """Say whether a called name is this function."""
    if isinstance(load, ast.Name):
        return owner is None and _names_it(place, load, module, function)
    if not isinstance(load, ast.Attribute):
        return False
    if owner is None:
        return _is_module_attribute(place, load, module)
    return _is_method(place, load, owner)


def _names_it(place: Module, load: ast.Name, module: Module, function: Function) -> bool:
    if place is module:
        return any(origin.node is function for origin in origins(place, load))
    if any(binding.node is function for _, binding in definitions(place, load.id)):
        return True
    return any(origin.node is function for origin in origins(place, load))


def _is_module_attribute(place: Module, load: ast.Attribute, module: Module) -> bool:
    if not isinstance(load.value, ast.Name):
        return False
    there = place.module_named(load.value)
    return there is module or (
        there is not None and any(m is module for m, _ in definitions(there, load.attr))
    )


def _is_method(place: Module, load: ast.Attribute, owner: Class) -> bool:
    word = load.value.id if isinstance(load.value, ast.Name) else None
    if word in ("self", "cls", "super"):
        around = place.class_of(load)
        return around is not None and _inherits((place, around), owner)
    named = resolve(place, load.value)
    if named:
        return any(_inherits(found, owner) for found in named)
    made = instances(place, load.value)
    if made:
        return any(_inherits(found, owner) for found in made)
    return load.attr not in _COMMON and ("_" in load.attr.strip("_") or len(load.attr) > 8)


def _inherits(one: Class, other: Class) -> bool:
    lines = {node for _, node in ancestry(one)}
    return other[1] in lines or one[1] in {node for _, node in ancestry(other)}
