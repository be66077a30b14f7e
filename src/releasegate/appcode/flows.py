"""A new object in a module -> whether it goes on to be stored, and where that can be seen."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from releasegate.appcode.callers import frames
from releasegate.appcode.calls import callees
from releasegate.appcode.nullness import called_name
from releasegate.appcode.written import written

if TYPE_CHECKING:
    from releasegate.appcode.module import Module

MAX_DEPTH = 5
_STORING = {
    *("add", "add_all", "merge", "bulk_save_objects", "bulk_create", "abulk_create", "save"),
    *("asave", "persist", "insert", "bulk_insert", "upsert", "store", "save_all", "create"),
    *("bulk_update", "abulk_update", "insert_one", "insert_many", "write", "put", "enqueue_save"),
    *("update_or_create", "get_or_create", "commit", "flush", "add_to_session", "save_to_db"),
}
_PREFIXES = (
    "add_",
    "save_",
    "create_",
    "insert_",
    "persist_",
    "store_",
    "upsert_",
    "_save",
    "_add",
)
_VERB = re.compile(r"create|save|insert|add|store|persist|upsert")
_OWN = {"save", "asave", "insert", "create", "save_base", "store", "persist", "force_insert", "add"}
_THROUGH = (
    ast.List,
    ast.Tuple,
    ast.Await,
    ast.IfExp,
    ast.Starred,
    ast.BoolOp,
    ast.BinOp,
    ast.ListComp,
    ast.GeneratorExp,
    ast.keyword,
    ast.Set,
)


def is_stored(module: Module, node: ast.AST, depth: int = 0) -> bool:
    """Say whether an object is added to a session, saved, or handed to what does so."""
    if depth > MAX_DEPTH:
        return False
    current: ast.AST = node
    parent = module.parent(current)
    while isinstance(parent, _THROUGH):
        current, parent = parent, module.parent(parent)
    if isinstance(parent, ast.Call) and parent.func is not current:
        return _is_taken(module, parent, current, depth)
    if isinstance(parent, ast.Attribute):
        call = module.parent(parent)
        if not isinstance(call, ast.Call):
            return False
        if parent.attr == "values":
            return is_stored(module, call, depth + 1)
        return parent.attr in _OWN or _stores_itself(module, call, depth)
    if isinstance(parent, ast.Return):
        return _is_returned(module, parent, depth)
    if isinstance(parent, ast.Assign | ast.AnnAssign | ast.NamedExpr):
        return _is_kept(module, parent, depth)
    return isinstance(parent, ast.Yield)


def _stores_itself(module: Module, call: ast.Call, depth: int) -> bool:
    """Say whether a method of the object's own class adds the object to a session."""
    if not _VERB.search(called_name(call)):
        return False
    for there, frame in callees(module, call)[:1]:
        loads = [x for x in there.loads.get("self", ()) if there.function(x) is frame.function]
        return any(is_stored(there, load, depth + 1) for load in loads)
    return False


def _is_taken(module: Module, call: ast.Call, given: ast.AST, depth: int) -> bool:
    """Judge a call that takes the object: ``session.add(run)``, ``repository.create(run)``."""
    name = called_name(call)
    if name in ("append", "extend") and isinstance(call.func, ast.Attribute):
        holder = call.func.value
        if isinstance(holder, ast.Name):
            return _is_used(module, holder, depth)
        models = module.project.models
        if models is None or not isinstance(holder, ast.Attribute):
            return False
        return models.collection(module, holder) is not None
    for there, frame in callees(module, call)[:2]:
        taken = _parameter(frame.function, call, given)
        if taken is not None:
            loads = [
                item
                for item in there.loads.get(taken, ())
                if there.function(item) is frame.function
            ]
            return any(is_stored(there, load, depth + 1) for load in loads)
    if name in _STORING or name.startswith(_PREFIXES):
        return True
    models = module.project.models
    is_model = models is not None and models.of(module, call.func) is not None
    # ``session.add(self._in_workspace(Run(...)))``: what takes a row and is stored gives it back.
    is_passed_on = name[:1].islower() or name.startswith("_")
    return (is_model or is_passed_on) and is_stored(module, call, depth + 1)


def _parameter(
    function: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, call: ast.Call, given: ast.AST
) -> str | None:
    """Name the parameter that takes an argument."""
    for keyword in call.keywords:
        if keyword is given or keyword.value is given:
            return keyword.arg
    if given not in call.args:
        return None
    names = [item.arg for item in (*function.args.posonlyargs, *function.args.args)]
    is_method = bool(names) and names[0] in ("self", "cls")
    index = call.args.index(given) + (1 if is_method else 0)
    return names[index] if index < len(names) else None


def _is_returned(module: Module, node: ast.AST, depth: int) -> bool:
    """Follow a factory's result to its callers."""
    function = module.function(node)
    if function is None:
        return False
    found = frames(module, function)
    return any(is_stored(frame.module, frame.call, depth + 1) for frame in found[:20])


def _is_kept(
    module: Module, statement: ast.Assign | ast.AnnAssign | ast.NamedExpr, depth: int
) -> bool:
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    for target in targets:
        if isinstance(target, ast.Attribute) and written(target.value) != "self":
            return True
        # ``found[key] = run``, and later ``session.add_all(found.values())``
        held = target.value if isinstance(target, ast.Subscript) else target
        if isinstance(held, ast.Name) and _is_used(module, held, depth):
            return True
    return False


def _is_used(module: Module, name: ast.Name, depth: int) -> bool:
    function = module.function(name)
    return any(
        is_stored(module, load, depth + 1)
        for load in module.loads.get(name.id, ())
        if load is not name and module.function(load) is function
    )
