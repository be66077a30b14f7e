"""An expression -> the classes of the project that it names, and what each is made from."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from releasegate.appcode.flow.definitions import MAX_IMPORTS, definitions, taken_from
from releasegate.appcode.flow.frames import frame_of
from releasegate.appcode.flow.parameters import parameter_given, parameter_origin
from releasegate.appcode.source.module import Module
from releasegate.appcode.source.written import written

if TYPE_CHECKING:
    from releasegate.appcode.source.bindings import Binding

#: how deep the search for an object's class begins where it is one step of another
_FAR = 3
Class = tuple[Module, ast.ClassDef]


def resolve(module: Module, node: ast.expr | None, depth: int = 0) -> tuple[Class, ...]:
    """Find the classes that an expression names: ``Run``, ``models.Run``, ``"Run"``, ``Run[T]``."""
    if node is None or depth > MAX_IMPORTS:
        return ()
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return _named(module, node.value.rsplit(".", 1)[-1], depth)
    if isinstance(node, ast.Subscript):
        return resolve(module, node.value, depth + 1)
    if isinstance(node, ast.Attribute):
        if (
            node.attr == "model"
            and isinstance(node.value, ast.Attribute)
            and node.value.attr == "Meta"
        ):
            return _of_meta(module, node, depth)
        there = module.module_at(node.value)
        if there is not None:
            return _named(there, node.attr, depth)
        return _of_property(module, node) if node.attr[:1].isupper() else ()
    if isinstance(node, ast.Name):
        own = _local_class(module, node, depth)
        return own or _named(module, node.id, depth)
    return ()


def _of_property(module: Module, node: ast.Attribute) -> tuple[Class, ...]:
    """Take ``db.Run`` for the class that a property of the object's class says it gives."""
    from releasegate.appcode.declared.annotations import classes
    from releasegate.appcode.flow.instances import instances

    models = module.project.models
    if models is None or not models.is_named(node.attr):
        return ()
    for owner in instances(module, node.value, _FAR):
        for there, base in ancestry(owner):
            for item in base.body:
                if isinstance(item, ast.FunctionDef) and item.name == node.attr:
                    return classes(there, item.returns)
    return ()


def _own_class(module: Module, node: ast.Name, depth: int) -> tuple[Class, ...]:
    """Take ``cls`` for the class that the method is called on, else for the one around it."""
    function = module.function(node)
    frame = frame_of(module, function) if function is not None else None
    if frame is not None and frame.receiver is not None:
        found = resolve(frame.module, frame.receiver, depth + 1)
        if found:
            return found
    own = module.class_of(node)
    return ((module, own),) if own is not None else ()


def _of_meta(module: Module, node: ast.Attribute, depth: int) -> tuple[Class, ...]:
    """Take the model that the class around names in its ``class Meta``."""
    own = module.class_of(node)
    for there, owner in ancestry((module, own)) if own is not None else ():
        for meta in (item for item in owner.body if isinstance(item, ast.ClassDef)):
            for line in meta.body if meta.name == "Meta" else ():
                if isinstance(line, ast.Assign) and written(line.targets[0]) == "model":
                    return resolve(there, line.value, depth + 1)
    return ()


def _local_class(module: Module, node: ast.Name, depth: int) -> tuple[Class, ...]:
    found: list[Class] = []
    function = module.function(node)
    if node.id == "cls" and function is not None:
        return _own_class(module, node, depth)
    while function is not None:
        for binding in module.bindings.get((function, node.id), ()):
            if isinstance(binding.node, ast.ClassDef):
                found.append((module, binding.node))
            elif isinstance(binding.node, ast.ImportFrom) and binding.imported:
                found.extend(_classes_of(taken_from(module, binding.imported, 0), 0))
            elif _asks_for_users(binding.value):
                found.extend(_classes_of(((module, binding),), 0))
        if parameter_given(module, function, node.id):
            origin = parameter_origin(module, function, node.id)
            if origin is not None and origin.value is not None:
                return resolve(origin.module, origin.value, depth + 1)
        function = module.function(function)
    return tuple(found)


def _named(module: Module, name: str, depth: int) -> tuple[Class, ...]:
    return _classes_of(definitions(module, name), depth)


def _classes_of(found: tuple[tuple[Module, Binding], ...], depth: int) -> tuple[Class, ...]:
    classes: list[Class] = []
    for there, binding in found:
        if isinstance(binding.node, ast.ClassDef):
            classes.append((there, binding.node))
        elif isinstance(binding.value, ast.Name | ast.Attribute):
            classes.extend(resolve(there, binding.value, depth + 1))
        elif _asks_for_users(binding.value) and there.project.models is not None:
            classes.extend(there.project.models.users)
    return tuple(classes)


def _asks_for_users(node: ast.expr | None) -> bool:
    """Recognise ``User = get_user_model()`` of Django."""
    called = node.func if isinstance(node, ast.Call) else None
    return getattr(called, "attr", getattr(called, "id", "")) == "get_user_model"


def ancestry(owner: Class, depth: int = 0) -> tuple[Class, ...]:
    """List a class and those that it is made from, nearest first."""
    module, node = owner
    found = [owner]
    for base in node.bases if depth < MAX_IMPORTS else ():
        for parent in resolve(module, base):
            if parent[1] is not node:
                found.extend(ancestry(parent, depth + 1))
    return tuple(dict.fromkeys(found))
