"""A statement in a module -> the rows that an object, fetched before, changes or takes away."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from releasegate.appcode import orm
from releasegate.appcode.bodies import is_body
from releasegate.appcode.calls import callees, method_of
from releasegate.appcode.instances import instances
from releasegate.appcode.models.model import Model
from releasegate.appcode.module import before, returned
from releasegate.appcode.names import origins
from releasegate.appcode.nullness import called_name
from releasegate.appcode.payloads import Entry, Payload, rows, with_keywords
from releasegate.appcode.references import words_of
from releasegate.appcode.sites import Found, site
from releasegate.appcode.values import row_of
from releasegate.appcode.written import written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from releasegate.appcode.class_names import Class
    from releasegate.appcode.contract import Contract
    from releasegate.appcode.module import Function, Module
    from releasegate.appcode.parameters import Origin

_SETS = {"sqlmodel_update", "update_from_dict"}
_DELETING = re.compile(r"(?i)delete|remove|destroy|purge|execute|super\(")
_SAVING = re.compile(r"(?i)save|store|persist|commit")
#: what a method for rows of any model speaks of
_ANY_MODEL = re.compile(r"\b(self|cls)\._?[mM]odel|\bcls\b|\bmodel_class\b")
_SESSIONS = ("session", "db", "store")
_DELETES = {"delete", "adelete", "delete_instance"}


def sites(module: Module, node: ast.AST, contract: Contract) -> Iterator[Found]:
    """Find ``session.delete(plan)``, ``plan.delete()`` and ``run.plan_id = other``."""
    if not module.is_python or module.project.models is None:
        return
    if isinstance(node, ast.Call) and called_name(node) in _DELETES:
        yield from _deleted(module, node, contract)
    elif isinstance(node, ast.Call) and "delete" in called_name(node):
        yield from _deletes_itself(module, node, contract)
    elif isinstance(node, ast.Call) and called_name(node) == "setattr" and len(node.args) == 3:
        yield from _set_in_loop(module, node, contract)
    elif isinstance(node, ast.Call) and called_name(node) in _SETS and node.args:
        yield from _taken_over(module, node, contract)
    elif isinstance(node, ast.Call) and node.keywords:
        yield from _changed(module, node, contract)
    elif isinstance(node, ast.Assign):
        for target in node.targets:
            if isinstance(target, ast.Attribute):
                yield from _assigned(module, node, target, contract)


def _deleted(module: Module, node: ast.Call, contract: Contract) -> Iterator[Found]:
    if not isinstance(node.func, ast.Attribute):
        return
    given_first = node.args[:1] if called_name(node) == "delete" else []
    if _is_row(module, node.func.value):
        # ``plan.delete(watchers)``: a row's own method, whatever it takes.
        given_first = []
    for given in (*given_first, node.func.value):
        is_query = isinstance(given, ast.Call) and isinstance(given.func, ast.Attribute)
        if (is_query and given is node.func.value) or _is_class(module, given):
            return
        model = _model(module, given) or _by_name(module, node, given)
        if model is None:
            continue
        is_own = given is node.func.value
        if not (_only_marks(module, given) if is_own else _deletes_nothing(module, node)):
            yield orm.deleted(module, node, model, contract)
        return


def _by_name(module: Module, node: ast.Call, given: ast.expr) -> Model | None:
    """Take ``session.delete(old_plan)`` for a Plan's where nothing else tells what it is."""
    holder = node.func.value if isinstance(node.func, ast.Attribute) else node
    word = getattr(holder, "id", getattr(holder, "attr", "")).lower()
    models = module.project.models
    is_asked = given in node.args and word.endswith(_SESSIONS)
    if models is None or not is_asked or not isinstance(given, ast.Name):
        return None
    function = module.function(node)
    is_generic = function is not None and _ANY_MODEL.search(written(function))
    if is_generic or instances(module, given):
        return None
    words = words_of(given.id)
    for start in range(len(words)):
        found = models.of_name(module, "".join(part.capitalize() for part in words[start:]))
        if found is not None:
            return found
    return None


def _is_row(module: Module, node: ast.expr) -> bool:
    is_named = isinstance(node, ast.Name | ast.Attribute) and not _is_class(module, node)
    return is_named and _model(module, node) is not None


def _deletes_nothing(module: Module, node: ast.Call) -> bool:
    """Tell ``PlanPolicy.delete(plan)``, which only asks, from ``repository.delete(plan)``."""
    bodies = [frame.function.body for _, frame in callees(module, node)]
    return bool(bodies) and not any(
        isinstance(body, list) and (_is_declared_only(body) or _DELETING.search(_text(body)))
        for body in bodies
    )


def _is_declared_only(body: list[ast.stmt]) -> bool:
    return all(
        isinstance(item, ast.Pass | ast.Expr | ast.Raise) and _is_empty(item) for item in body
    )


def _is_empty(node: ast.stmt) -> bool:
    return not isinstance(node, ast.Expr) or isinstance(node.value, ast.Constant)


def _text(body: list[ast.stmt]) -> str:
    return "\n".join(map(written, body))


def _deletes_itself(module: Module, node: ast.Call, contract: Contract) -> Iterator[Found]:
    """Find ``run.hard_delete(session)`` of a class whose method does ``session.delete(self)``."""
    if not isinstance(node.func, ast.Attribute):
        return
    found = callees(module, node)
    if any(_hands_itself(item) for _, f in found for item in ast.walk(f.function)):
        model = _model(module, node.func.value)
        if model is not None:
            yield orm.deleted(module, node, model, contract)


def _hands_itself(node: ast.AST) -> bool:
    is_delete = isinstance(node, ast.Call) and called_name(node) == "delete"
    return isinstance(node, ast.Call) and is_delete and "self" in map(written, node.args)


def _set_in_loop(module: Module, node: ast.Call, contract: Contract) -> Iterator[Found]:
    """Judge ``for key, value in data.items(): setattr(run, key, value)`` on a row read before."""
    source = next((x.iter for x in module.ancestors(node) if isinstance(x, ast.For)), None)
    is_items = isinstance(source, ast.Call) and called_name(source) == "items"
    if not is_items or not isinstance(source, ast.Call) or _is_made_here(module, node.args[0]):
        return
    model = _model(module, node.args[0]) if isinstance(source.func, ast.Attribute) else None
    if model is not None and isinstance(source.func, ast.Attribute):
        found = rows(module, source.func.value)
        if len(found) == 1:
            yield from _set(module, node, model, found[0], contract)


def _only_marks(module: Module, node: ast.expr) -> bool:
    """Say whether the class's own ``delete()`` only marks the row as gone."""
    for owner in instances(module, node):
        found = method_of(owner, "delete")
        if found is not None:
            return not _takes_itself_away(owner, found[1])
    return False


def _takes_itself_away(owner: Class, function: Function, hops: int = 1) -> bool:
    """Say whether a method deletes its row, by itself or through another of its class."""
    for item in ast.walk(function):
        if not isinstance(item, ast.Call):
            continue
        if called_name(item) in ("super", "hard_delete") or _hands_itself(item):
            return True
        is_own = isinstance(item.func, ast.Attribute) and written(item.func.value) == "self"
        other = method_of(owner, called_name(item)) if is_own and hops else None
        if other is not None and _takes_itself_away(owner, other[1], hops - 1):
            return True
    return False


def _is_class(module: Module, node: ast.expr) -> bool:
    models = module.project.models
    return models is not None and models.of(module, node) is not None


def _model(module: Module, node: ast.expr) -> Model | None:
    """Find the one model that an object is a row of."""
    models = module.project.models
    if models is None:
        return None
    known = [models.of_class(owner) for owner in instances(module, node)]
    found = {model.relation: model for model in known if model is not None}
    return next(iter(found.values())) if len(found) == 1 else None


def _assigned(
    module: Module, node: ast.Assign, target: ast.Attribute, contract: Contract
) -> Iterator[Found]:
    """Judge ``run.plan_id = x`` on a row that was there before; on a new one it is part of that."""
    if not _names_column(module, target.attr, contract) or _is_made_here(module, target.value):
        return
    model = _model(module, target.value)
    if model is not None and _is_kept(module, node, target.value, model):
        payload = Payload(module, node, {target.attr: Entry(module, node.value, target)})
        yield from _set(module, node, model, payload, contract)


def _is_kept(module: Module, node: ast.Assign, holder: ast.expr, model: Model) -> bool:
    """Say whether a change is stored: a session does it by itself, a Django row has to be saved."""
    if model.kind in ("sqlalchemy", "sqlmodel") or not isinstance(holder, ast.Name):
        return True
    function = module.function(node)
    loads = [x for x in module.loads.get(holder.id, ()) if module.function(x) is function]
    if any(module.function(x) is function for x in module.loads.get("bulk_update", ())):
        return True
    is_looping = any(isinstance(item, ast.For | ast.While) for item in module.ancestors(node))
    later = (x for x in loads if is_looping or before(node, x))
    return any(_may_save(module, load) for load in later)


def _may_save(module: Module, load: ast.expr) -> bool:
    """Say whether an object is saved there, or handed to what may do so."""
    parent = module.parent(load)
    if isinstance(parent, ast.Attribute):
        call = module.parent(parent)
        return isinstance(call, ast.Call) and _saves(module, call)
    return isinstance(
        parent, ast.Call | ast.List | ast.Tuple | ast.Return | ast.Yield | ast.keyword
    )


def _saves(module: Module, call: ast.Call) -> bool:
    """Say whether a method saves its object, by its name or by what it does."""
    bodies = [f.function.body for _, f in callees(module, call)]
    texts = [called_name(call), *(_text(body) for body in bodies if isinstance(body, list))]
    return any(_SAVING.search(text) for text in texts)


def _names_column(module: Module, word: str | None, contract: Contract) -> bool:
    """Say whether a word is a column of the contract, or an attribute that stands for one."""
    models = module.project.models
    return any(word in m.columns or word in m.links for m in models or ()) or any(
        word == column.column for column in contract.columns
    )


def _changed(module: Module, node: ast.Call, contract: Contract) -> Iterator[Found]:
    """Judge ``run.update(plan_id=x)`` through a method that sets its keywords on the object."""
    if not isinstance(node.func, ast.Attribute):
        return
    if not any(_names_column(module, word.arg, contract) for word in node.keywords):
        return
    if any(_sets_keywords(frame.function) for _, frame in callees(module, node)):
        model = _model(module, node.func.value)
        if model is not None and not _is_class(module, node.func.value):
            payload = with_keywords(module, Payload(module, node), node, 0)
            yield from _set(module, node, model, payload, contract)


def _taken_over(module: Module, node: ast.Call, contract: Contract) -> Iterator[Found]:
    """Judge ``run.sqlmodel_update(data)``: SQLModel sets what a mapping or an object holds."""
    model = _model(module, node.func.value) if isinstance(node.func, ast.Attribute) else None
    if model is None or (
        isinstance(node.func, ast.Attribute) and _is_made_here(module, node.func.value)
    ):
        return
    found = rows(module, node.args[0])
    if len(found) == 1:
        yield from _set(module, node, model, found[0], contract)


def _sets_keywords(function: Function) -> bool:
    """Say whether a function sets each of its keywords: ``setattr(self, name, value)``."""
    return function.args.kwarg is not None and any(
        isinstance(item, ast.Call) and called_name(item) == "setattr" for item in ast.walk(function)
    )


def _set(
    module: Module,
    node: ast.Assign | ast.Call,
    model: Model,
    payload: Payload,
    contract: Contract,
) -> Iterator[Found]:
    row = row_of(payload, model.relation, contract, _without_defaults(model))
    if not set(row.values) & {c.column for c in contract.of_child(model.relation)}:
        return
    yield site(
        path=module.path,
        line=node.lineno,
        end_line=node.end_lineno or node.lineno,
        relation=model.relation,
        operation="update",
        api=model.kind,
        rows=(),
        updates=(row,),
        contract=contract,
        scope=module.function(node),
    )


def _without_defaults(model: Model) -> Model:
    return Model(model.relation, model.module, model.node, model.kind, model.columns, model.links)


def _makes(module: Module, function: ast.expr) -> bool:
    """Say whether a call makes a new row: a constructor, or ``Run.model_validate``."""
    models = module.project.models
    if isinstance(function, ast.Attribute) and function.attr in orm.VALIDATES:
        function = function.value
    return models is not None and models.of(module, function) is not None


def _is_made_here(module: Module, node: ast.expr, depth: int = 0) -> bool:
    """Say whether the object is new: made by its constructor in view, or out of a request."""
    if isinstance(node, ast.Name) and node.id == "self":
        return True
    return any(_is_new(origin, depth) for origin in origins(module, node))


def _is_new(origin: Origin, depth: int) -> bool:
    value = origin.value.value if isinstance(origin.value, ast.Await) else origin.value
    if not isinstance(value, ast.Call):
        return origin.function is not None and is_body(origin.function, origin.default)
    if _makes(origin.module, value.func):
        return True
    for there, frame in callees(origin.module, value)[:1] if depth == 0 else ():
        for made in returned(there, frame.function):
            is_new = isinstance(made, ast.Call) and _makes(there, made.func)
            if is_new or (isinstance(made, ast.Name) and _is_made_here(there, made, depth + 1)):
                return True
    return False
