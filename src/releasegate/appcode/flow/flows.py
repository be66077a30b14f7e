"""A new object in a module -> whether it goes on to be stored, and where that can be seen."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from releasegate.appcode.flow.callers import frames
from releasegate.appcode.flow.calls import callees, method_of
from releasegate.appcode.flow.class_names import resolve
from releasegate.appcode.flow.frames import argument
from releasegate.appcode.flow.parameters import parameters
from releasegate.appcode.source.written import written
from releasegate.appcode.values.nullness import called_name

if TYPE_CHECKING:
    from releasegate.appcode.source.module import Function, Module

MAX_DEPTH = 6
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
    if depth > MAX_DEPTH or _was_asked(module, node, depth):
        return False
    current: ast.AST = node
    parent = module.parent(current)
    while isinstance(parent, _THROUGH) or _is_slice(parent):
        current, parent = parent or current, module.parent(parent)
    if isinstance(parent, ast.Call) and parent.func is not current:
        return _is_taken(module, parent, current, depth)
    if isinstance(parent, ast.Attribute):
        return _is_asked(module, parent, depth)
    if isinstance(parent, ast.Return):
        return _is_returned(module, parent, depth)
    if isinstance(parent, ast.Assign | ast.AnnAssign | ast.NamedExpr):
        if module.field(current) == "annotation":
            return False
        return _is_kept(module, parent, depth)
    if isinstance(parent, ast.Expr):
        return _is_tied(module, current)
    if isinstance(parent, ast.For | ast.AsyncFor | ast.withitem):
        return _is_entered(module, parent, current, depth)
    return isinstance(parent, ast.Yield)


def _was_asked(module: Module, node: ast.AST, depth: int) -> bool:
    """Say whether this search has been there before, and went as far: many ways lead to one."""
    asked = module.project.asked
    if depth == 0:
        asked.clear()
    if asked.get(node, MAX_DEPTH + 1) <= depth:
        return True
    asked[node] = depth
    return False


def _is_slice(node: ast.AST | None) -> bool:
    """Recognise ``rows[start:end]``, which is some of the rows."""
    return isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice)


def _is_tied(module: Module, node: ast.AST) -> bool:
    """Judge ``Run(plan=plan)`` that stands alone: it goes into the session with its parent."""
    models = module.project.models
    model = models.of(module, node.func) if models and isinstance(node, ast.Call) else None
    if model is None or model.kind != "sqlalchemy" or not isinstance(node, ast.Call):
        return False
    return any(word.arg in model.links for word in node.keywords)


def _is_asked(module: Module, attribute: ast.Attribute, depth: int) -> bool:
    """Judge ``run.save()``, ``runs.values()`` and ``run.log.save(name, content)``."""
    holder = module.parent(attribute)
    call = module.parent(holder) if isinstance(holder, ast.Attribute) else holder
    if not isinstance(call, ast.Call):
        return False
    if isinstance(holder, ast.Attribute):
        # A file's field saves the row that it belongs to.
        return holder.attr == "save" and len(call.args) > 1
    if attribute.attr in ("values", "items"):
        return is_stored(module, call, depth + 1)
    return attribute.attr in _OWN or _stores_itself(module, call, depth)


def _is_entered(
    module: Module, parent: ast.For | ast.AsyncFor | ast.withitem, node: ast.AST, depth: int
) -> bool:
    """Follow ``for run in runs:`` and ``with Run() as run:``, whose class may save it itself."""
    target = parent.optional_vars if isinstance(parent, ast.withitem) else parent.target
    target = target.elts[-1] if isinstance(target, ast.Tuple) else target
    if isinstance(target, ast.Name) and _is_used(module, target, depth):
        return True
    if not isinstance(parent, ast.withitem) or not isinstance(node, ast.Call):
        return False
    for owner in resolve(module, node.func)[:1]:
        found = (method_of(owner, name) for name in ("__enter__", "__aenter__"))
        return any(_stores_self(*method, depth) for method in found if method is not None)
    return False


def _stores_self(module: Module, function: Function, depth: int) -> bool:
    loads = [x for x in module.loads.get("self", ()) if module.function(x) is function]
    return any(is_stored(module, load, depth + 1) for load in loads)


def _stores_itself(module: Module, call: ast.Call, depth: int) -> bool:
    """Say whether a method of the object's own class adds the object to a session."""
    if not _VERB.search(called_name(call)):
        return False
    return any(
        _stores_self(there, frame.function, depth) for there, frame in callees(module, call)[:1]
    )


def _is_taken(module: Module, call: ast.Call, given: ast.AST, depth: int) -> bool:
    """Judge a call that takes the object: ``session.add(run)``, ``repository.create(run)``."""
    name = called_name(call)
    if name in ("append", "extend") and isinstance(call.func, ast.Attribute):
        return _is_gathered(module, call.func.value, depth)
    if any(_is_storing(item) for item in (*call.args[:1], *getattr(call.func, "args", ()))):
        # ``to_thread(session.add, run)``, ``sync_to_async(Run.objects.bulk_create)(runs)``
        return True
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
    if isinstance(given, ast.keyword) and given.arg and name[:1].isupper() and not is_model:
        # ``Found(new_runs=runs)``, and later ``session.add_all(found.new_runs)``
        return _is_read(module, given, given.arg, depth)
    # ``session.add(self._in_workspace(Run(...)))``: what takes a row and is stored gives it back.
    is_passed_on = name[:1].islower() or name.startswith("_")
    return (is_model or is_passed_on) and is_stored(module, call, depth + 1)


def _is_storing(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and node.attr in _STORING


def _is_gathered(module: Module, holder: ast.expr, depth: int) -> bool:
    """Follow a list that a row is appended to, be it a mapping's or an object's."""
    holder = holder.value if isinstance(holder, ast.Subscript) else holder
    if isinstance(holder, ast.Name):
        return _is_used(module, holder, depth) or _is_handed_back(module, holder, depth)
    models = module.project.models
    if models is None or not isinstance(holder, ast.Attribute):
        return False
    return models.collection(module, holder) is not None or _is_read(
        module, holder, holder.attr, depth
    )


def _is_handed_back(module: Module, name: ast.Name, depth: int) -> bool:
    """Follow a list that the caller handed in."""
    function = module.function(name)
    names = [item.arg for item, _ in parameters(function)] if function is not None else []
    if function is None or name.id not in names or depth > MAX_DEPTH:
        return False
    for frame in frames(module, function)[:5]:
        given = argument(frame, name.id)
        if isinstance(given, ast.Name) and _is_gathered(frame.module, given, depth + 1):
            return True
    return False


def _is_read(module: Module, node: ast.AST, word: str, depth: int) -> bool:
    """Follow ``result.new_runs`` and ``self.run`` to where it is read again."""
    is_telling = "_" in word.strip("_")
    others = module.project.mentioning(word, python=True) if is_telling else []
    return any(
        isinstance(load, ast.Attribute) and load is not node and is_stored(place, load, depth + 1)
        for place in dict.fromkeys([module, *others[:5]])
        for load in place.loads.get(word, ())
    )


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
        if isinstance(target, ast.Attribute):
            is_own = written(target.value) == "self"
            return not is_own or _is_read(module, target, target.attr, depth)
        if isinstance(target, ast.Tuple):
            names = [item for item in target.elts if isinstance(item, ast.Name)]
            return any(_is_used(module, item, depth) for item in names)
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
