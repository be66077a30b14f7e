"""A call in a module -> the row that it takes away: ``session.delete(plan)``, ``plan.delete()``."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from releasegate.appcode.declared.annotations import last_word
from releasegate.appcode.families import orm
from releasegate.appcode.families.targets import Target, handed_in, named
from releasegate.appcode.flow.calls import callees, method_of
from releasegate.appcode.flow.frames import entered
from releasegate.appcode.flow.instances import instances
from releasegate.appcode.flow.names import origins, single_value
from releasegate.appcode.source.module import returned
from releasegate.appcode.source.written import written
from releasegate.appcode.values.nullness import called_name
from releasegate.appcode.values.references import words_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from releasegate.appcode.contract import Contract
    from releasegate.appcode.families.sites import Found
    from releasegate.appcode.flow.class_names import Class
    from releasegate.appcode.models.model import Model
    from releasegate.appcode.source.module import Function, Module

_DELETES = {"delete", "adelete", "delete_instance"}
_DELETING = re.compile(r"(?i)delete|remove|destroy|purge|execute|super\(")
#: what a method for rows of any model speaks of
_ANY_MODEL = re.compile(r"\b(self|cls)\._?[mM]odel|\bcls\b|\bmodel_class\b")
#: models whose rows have a method that deletes them
_DELETING_KINDS = ("django", "peewee", "tortoise")
_SESSIONS = ("session", "db", "store")


def deletions(module: Module, node: ast.Call, contract: Contract) -> Iterator[Found]:
    """Find what a call deletes, by its name or by what the method does."""
    is_plain = called_name(node) in _DELETES
    yield from (_deleted if is_plain else _deletes_itself)(module, node, contract)


def is_class(module: Module, node: ast.expr) -> bool:
    models = module.project.models
    return models is not None and models.of(module, node) is not None


def model_of(module: Module, node: ast.expr) -> Model | None:
    """Find the one model that an object is a row of."""
    models = module.project.models
    if models is None:
        return None
    owners = instances(module, node) or _handed_in(module, node)
    known = [models.of_class(owner) for owner in owners]
    found = {model.relation: model for model in known if model is not None}
    return next(iter(found.values())) if len(found) == 1 else None


def _handed_in(module: Module, node: ast.expr) -> tuple[Class, ...]:
    found = origins(module, node) if isinstance(node, ast.Name) else ()
    if len(found) == 1 and isinstance(found[0].iterated, ast.Name):
        found = origins(module, found[0].iterated)
    given = handed_in(found[0]) if len(found) == 1 else []
    return tuple(owner for there, value in given for owner in instances(there, value))


def _deleted(module: Module, node: ast.Call, contract: Contract) -> Iterator[Found]:
    if not isinstance(node.func, ast.Attribute):
        return
    given_first = node.args[:1] if called_name(node) == "delete" else []
    if _is_row(module, node.func.value):
        # ``plan.delete(watchers)``: a row's own method, whatever it takes.
        given_first = []
    for given in (*given_first, node.func.value):
        is_own = given is node.func.value
        if is_class(module, given) or (is_own and _is_no_row(module, node, given)):
            return
        model = model_of(module, given) or _by_name(module, node, given)
        is_asked = model is None and not is_own and _is_session(node)
        target = _of_any_model(module, given) if is_asked else None
        if target is not None:
            yield _of_target(module, node, target, contract)
        elif model is None:
            continue
        elif not (_only_marks(module, given) if is_own else _deletes_nothing(module, node)):
            yield orm.deleted(module, node, model, contract)
        return


def _is_no_row(module: Module, node: ast.Call, given: ast.expr) -> bool:
    """Tell a query and a list from a row: ``Run.get(id=x).delete_instance()`` is peewee's."""
    is_query = isinstance(given, ast.Call) and isinstance(given.func, ast.Attribute)
    return (is_query and called_name(node) != "delete_instance") or _is_list(module, given)


def _of_any_model(module: Module, given: ast.expr, hops: int = 1) -> Target | None:
    """Take ``row = session.get(self.model, id)`` for a row of what the caller says."""
    there, value = single_value(module, given) or (module, given)
    for call in (item for item in ast.walk(value) if isinstance(item, ast.Call)):
        found = named(there, call.args[0]) if call.args else None
        found = found or (_of_finder(there, call) if hops else None)
        if found is not None:
            return found
    return None


def _of_finder(module: Module, call: ast.Call) -> Target | None:
    """Look into ``self.get(id)`` for the model that it finds a row of."""
    for there, frame in callees(module, call)[:1]:
        with entered(frame) as is_new:
            values = [x for x in returned(there, frame.function) if x is not None and is_new]
            found = (_of_any_model(there, value, 0) for value in values)
            return next((target for target in found if target is not None), None)
    return None


def _of_target(module: Module, node: ast.Call, target: Target, contract: Contract) -> Found:
    if target.model is None:
        return orm.hidden(module, node, "delete", contract)
    return orm.deleted(module, node, target.model, contract)


def _by_name(module: Module, node: ast.Call, given: ast.expr) -> Model | None:
    """Take ``session.delete(old_plan)`` for a Plan's where nothing else tells what it is.

    So is ``plan.delete()`` of a model whose rows have that method.
    """
    if given in node.args:
        return called_like(module, given) if _is_session(node) else None
    model = called_like(module, given) if not node.args else None
    is_whole = model is not None and is_called_as(given, model)
    return model if model is not None and is_whole and model.kind in _DELETING_KINDS else None


def called_like(module: Module, node: ast.expr) -> Model | None:
    """Find the model that a variable is called like, of which nothing else is known."""
    models = module.project.models
    if models is None or not isinstance(node, ast.Name) or instances(module, node):
        return None
    function = module.function(node)
    if function is not None and _ANY_MODEL.search(written(function)):
        return None
    words = words_of(node.id)
    for start in range(len(words)):
        found = models.of_name(module, "".join(part.capitalize() for part in words[start:]))
        if found is not None:
            return found
    return None


def is_called_as(node: ast.expr, model: Model) -> bool:
    name = getattr(model.node, "name", "")
    return isinstance(node, ast.Name) and node.id.replace("_", "") == name.lower()


def _is_session(node: ast.Call) -> bool:
    holder = node.func.value if isinstance(node.func, ast.Attribute) else node
    return last_word(holder).lower().endswith(_SESSIONS)


def _is_list(module: Module, node: ast.expr) -> bool:
    """Tell ``client.plans.delete(name)`` from a row: SQLAlchemy's ``team.plans`` is a list."""
    models = module.project.models
    is_attribute = isinstance(node, ast.Attribute)
    found = models.collection(module, node) if models is not None and is_attribute else None
    return found is not None and not found.is_manager


def _is_row(module: Module, node: ast.expr) -> bool:
    is_named = isinstance(node, ast.Name | ast.Attribute) and not is_class(module, node)
    return is_named and model_of(module, node) is not None


def _deletes_nothing(module: Module, node: ast.Call) -> bool:
    """Tell ``PlanPolicy.delete(plan)``, which only asks, from ``repository.delete(plan)``."""
    bodies = [frame.function.body for _, frame in callees(module, node)]
    return bool(bodies) and not any(
        isinstance(body, list)
        and (_is_declared_only(body) or _DELETING.search("\n".join(map(written, body))))
        for body in bodies
    )


def _is_declared_only(body: list[ast.stmt]) -> bool:
    return all(
        isinstance(item, ast.Pass | ast.Expr | ast.Raise) and _is_empty(item) for item in body
    )


def _is_empty(node: ast.stmt) -> bool:
    return not isinstance(node, ast.Expr) or isinstance(node.value, ast.Constant)


def _deletes_itself(module: Module, node: ast.Call, contract: Contract) -> Iterator[Found]:
    """Find ``run.hard_delete(session)`` of a class whose method does ``session.delete(self)``."""
    if not isinstance(node.func, ast.Attribute):
        return
    found = callees(module, node)
    if any(_hands_itself(item) for _, f in found for item in ast.walk(f.function)):
        model = model_of(module, node.func.value)
        if model is not None:
            yield orm.deleted(module, node, model, contract)


def _hands_itself(node: ast.AST) -> bool:
    is_delete = isinstance(node, ast.Call) and called_name(node) == "delete"
    return isinstance(node, ast.Call) and is_delete and "self" in map(written, node.args)


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
