"""A function in an object of JavaScript, ``{ add: (row) => ... }`` -> the calls of it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from releasegate.appcode.flow.calls import callees
from releasegate.appcode.flow.names import origins
from releasegate.appcode.source.import_paths import DEFAULT
from releasegate.appcode.source.module import returned

if TYPE_CHECKING:
    from collections.abc import Iterator

    from releasegate.appcode.source.module import Function, Module

#: so many names may stand for one object, one after the other
MAX_NAMES = 3


def calls(module: Module, function: Function) -> Iterator[tuple[Module, ast.Call]]:
    """Find the calls in the object's own file and in those that import it."""
    holder = module.parent(function)
    if module.is_python or not isinstance(holder, ast.Dict):
        return
    pairs = zip(holder.keys, holder.values, strict=True)
    key = next((getattr(key, "value", None) for key, value in pairs if value is function), None)
    for place in (module, *module.project.importers(module, holder)) if key else ():
        for load in _loads(place, module, holder, str(key)):
            call = place.parent(load)
            is_call = isinstance(call, ast.Call) and call.func is load
            if isinstance(call, ast.Call) and is_call and function not in place.ancestors(call):
                yield place, call


def _loads(place: Module, module: Module, holder: ast.Dict, key: str) -> Iterator[ast.expr]:
    for load in place.loads.get(key, ()):
        if isinstance(load, ast.Attribute) and _is_it(place, load.value, module, holder):
            yield load
    # ``const { add } = require("./store")``
    taken = (item for listed in place.bindings.values() for item in listed if item.imported)
    for binding in taken if place is not module and _hands_out(module, holder) else ():
        path, word = binding.imported or ("", "")
        if word == key and place.project.find(place.path, path) is module:
            yield from place.loads.get(binding.name, ())


def _is_it(place: Module, node: ast.expr, module: Module, holder: ast.Dict, depth: int = 0) -> bool:
    """Say whether an expression stands for the object: by a name, an import, or a call."""
    node = node.value if isinstance(node, ast.Await) else node
    if node is holder:
        return True
    if isinstance(node, ast.Call):
        made = (value for there, f in callees(place, node) for value in returned(there, f.function))
        return any(value is holder for value in made)
    if isinstance(node, ast.Name) and place is not module and place.module_named(node) is module:
        return _hands_out(module, holder)
    found = origins(place, node) if depth < MAX_NAMES else ()
    return any(o.value and _is_it(o.module, o.value, module, holder, depth + 1) for o in found)


def _hands_out(module: Module, holder: ast.Dict) -> bool:
    """Say whether the object is all that its file exports."""
    given = (binding.value for binding in module.of_module(DEFAULT))
    return any(value and _is_it(module, value, module, holder, 1) for value in given)
