"""A call -> the functions that it may run, and what they return."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from releasegate.appcode.declared.annotations import last_word
from releasegate.appcode.flow.class_names import Class, ancestry
from releasegate.appcode.flow.definitions import definitions
from releasegate.appcode.flow.frames import Frame
from releasegate.appcode.flow.instances import instances
from releasegate.appcode.flow.names import origins
from releasegate.appcode.source.module import FUNCTIONS, NAMED_FUNCTIONS, Function, Module

if TYPE_CHECKING:
    from collections.abc import Iterator


def callees(module: Module, call: ast.Call) -> tuple[tuple[Module, Frame], ...]:
    """Find the project's functions that a call runs, each with the frame of this call."""
    found = {function: there for there, function in _functions(module, call.func)}
    receiver = call.func.value if isinstance(call.func, ast.Attribute) else None
    return tuple(
        (there, Frame(function, module, call, receiver)) for function, there in found.items()
    )


def properties(module: Module, node: ast.expr) -> tuple[tuple[Module, Frame], ...]:
    """Find the property that an attribute is, with the frame of this reading of it."""
    if not isinstance(node, ast.Attribute):
        return ()
    for owner in instances(module, node.value):
        found = method_of(owner, node.attr)
        if found is None or not _is_property(found[1]):
            continue
        made = ast.Call(node, [], [])
        module.adopt(made, node)
        return ((found[0], Frame(found[1], module, made, node.value)),)
    return ()


def _is_property(function: Function) -> bool:
    marks = getattr(function, "decorator_list", ())
    return any("property" in last_word(mark) for mark in marks)


def _functions(module: Module, node: ast.expr) -> Iterator[tuple[Module, Function]]:
    if isinstance(node, ast.Name):
        for origin in origins(module, node):
            if isinstance(origin.node, NAMED_FUNCTIONS):
                yield origin.module, origin.node
            elif isinstance(origin.value, FUNCTIONS):
                yield origin.module, origin.value
    elif isinstance(node, ast.Attribute):
        yield from _of_attribute(module, node)


def _of_attribute(module: Module, node: ast.Attribute) -> Iterator[tuple[Module, Function]]:
    if isinstance(node.value, ast.Name):
        there = module.module_named(node.value)
        for found, binding in definitions(there, node.attr) if there is not None else ():
            if isinstance(binding.node, NAMED_FUNCTIONS):
                yield found, binding.node
        if there is not None:
            return
    for owner in instances(module, node.value):
        method = method_of(owner, node.attr)
        if method is not None:
            yield method
            return


def method_of(owner: Class, name: str) -> tuple[Module, Function] | None:
    """Find a method in a class or in one that it is made from."""
    for module, node in ancestry(owner):
        for item in node.body:
            if isinstance(item, NAMED_FUNCTIONS) and item.name == name:
                return module, item
    return None
