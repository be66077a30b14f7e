"""A chain of calls -> the model or table at its root."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from releasegate.appcode.flow.callers import frames
from releasegate.appcode.flow.frames import MAX_HOPS, argument, frame_of
from releasegate.appcode.flow.names import origins
from releasegate.appcode.flow.parameters import parameters

if TYPE_CHECKING:
    from releasegate.appcode.flow.parameters import Origin
    from releasegate.appcode.models.model import Model
    from releasegate.appcode.models.registry import Models
    from releasegate.appcode.source.module import Function, Module

_MODEL_WORDS = {
    "model",
    "model_class",
    "_model",
    "model_cls",
    "entity",
    "table",
    "klass",
    "orm_model",
    "tbl",
    "db_table",
    "model_type",
    "orm_class",
}
_MODEL_ENDS = ("odel", "cls", "ModelClass", "_model_class", "ModelType", "_model_type")
MAX_LENGTH = 30


@dataclass(frozen=True, slots=True)
class Target:
    #: None where a call, through which it would have to be read, decides
    model: Model | None


def named(module: Module, node: ast.expr | None) -> Target | None:
    """Find the model that an expression names; nothing where it names none."""
    models = module.project.models
    if node is None or models is None or not _may_name(module, node, models):
        return None
    found = models.of(module, node)
    if found is not None:
        return Target(found)
    return Target(None) if _is_handed_in(module, node) else None


def _may_name(module: Module, node: ast.expr, models: Models) -> bool:
    """Look at the last word first: most expressions name no model."""
    if isinstance(node, ast.Attribute):
        word = node.attr
        if word in ("__table__", "__mapper__", "_meta", "c"):
            return True
    elif isinstance(node, ast.Name):
        word = node.id
    else:
        return isinstance(node, ast.Subscript | ast.Constant)
    if word == "cls":
        return isinstance(node, ast.Name)
    if word in models.names or word in _MODEL_WORDS or word.endswith(_MODEL_ENDS):
        return True
    is_given = _is_parameter(module, node) or bool(_listed(module, node, models))
    return is_given or module.renamed.get(word) in models.names


def _is_parameter(module: Module, node: ast.expr) -> bool:
    """Say whether it is a parameter that a call, through which we read, gives a value."""
    function = module.function(node) if isinstance(node, ast.Name) else None
    while function is not None and frame_of(module, function) is None:
        function = module.function(function)
    return function is not None


def _is_handed_in(module: Module, node: ast.expr, hops: int = MAX_HOPS) -> bool:
    """Say whether it is ``self.model``, or a parameter that is called like one."""
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        is_word = node.attr in _MODEL_WORDS or node.attr.endswith(_MODEL_ENDS)
        return node.value.id in ("self", "cls") and is_word
    if not isinstance(node, ast.Name):
        return False
    models = module.project.models
    if models is not None and _listed(module, node, models):
        return True
    function = module.function(node)
    while function is not None:
        names = {parameter.arg for parameter, _ in parameters(function)}
        if node.id in names:
            is_word = node.id.lower() in _MODEL_WORDS or node.id.endswith(_MODEL_ENDS)
            return is_word and _is_open(module, node.id, function, hops)
        function = module.function(function)
    return False


def _is_open(module: Module, name: str, function: Function, hops: int) -> bool:
    """Say whether the calls, through which we read, leave a parameter to one further out."""
    frame = frame_of(module, function)
    if frame is None:
        return True
    given = frame.receiver if name == "cls" else argument(frame, name)
    is_named = isinstance(given, ast.Name | ast.Attribute) and hops > 0
    return is_named and given is not None and _is_handed_in(frame.module, given, hops - 1)


def _listed(module: Module, node: ast.expr, models: Models) -> list[ast.expr]:
    """Give the models that a loop's variable stands for in turn: ``for model in (Run, Plan):``."""
    # Most names are no loop's: to follow each to its import would parse half of the project.
    is_looped = isinstance(node, ast.Name) and node.id in module.looped
    found = origins(module, node) if is_looped else ()
    loop = found[0].iterated if len(found) == 1 else None
    if not isinstance(loop, ast.List | ast.Tuple):
        return []
    words = [getattr(item, "attr", getattr(item, "id", "")) for item in loop.elts]
    return loop.elts if any(word in models.names for word in words) else []


def at_root(module: Module, node: ast.expr) -> Target | None:
    """Walk down ``Run.objects.filter(...)`` or ``session.query(Run).filter(...)`` to the model."""
    current: ast.expr = node
    for _ in range(MAX_LENGTH):
        if isinstance(current, ast.Call):
            if _name(current.func) in ("query", "select", "get_queryset", "update", "delete"):
                found = named(module, current.args[0] if current.args else None)
                if found is not None:
                    return found
            current = current.func
        elif isinstance(current, ast.Attribute):
            found = named(module, current) or _children(module, current)
            if found is not None:
                return found
            current = current.value
        elif isinstance(current, ast.Await | ast.Subscript):
            current = current.value
        else:
            return _of_variable(module, current) if isinstance(current, ast.Name) else None
    return None


def _of_variable(module: Module, node: ast.Name) -> Target | None:
    """Take ``query = session.query(Run)``, and later ``query.filter(...).delete()``."""
    found = named(module, node)
    if found is not None:
        return found
    for origin in origins(module, node):
        value = origin.value
        if origin.module is module and isinstance(value, ast.Call) and _is_query(value):
            return at_root(module, value)
        if origin.module is module and isinstance(value, ast.Attribute):
            return _children(module, value)
        for there, given in handed_in(origin):
            if isinstance(given, ast.Call) and _is_query(given):
                return at_root(there, given)
    return None


def _is_query(node: ast.Call) -> bool:
    starts = (x.func for x in ast.walk(node) if isinstance(x, ast.Call))
    return any(_name(x) in ("query", "select", "get_queryset") or _asks(x) for x in starts)


def handed_in(origin: Origin) -> list[tuple[Module, ast.expr]]:
    """List what the calls of a private function give a parameter without annotation."""
    parameter, function = origin.parameter, origin.function
    is_private = getattr(function, "name", "").startswith("_")
    if parameter is None or function is None or parameter.annotation or not is_private:
        return []
    calls = frames(origin.module, function)[:3]
    given = [(frame.module, argument(frame, parameter.arg)) for frame in calls]
    return [(there, value) for there, value in given if value is not None]


def _asks(node: ast.expr) -> bool:
    """Recognise ``Run.objects.filter``, which gives no row but what may become many."""
    is_filter = _name(node) in ("filter", "exclude", "all")
    return is_filter and isinstance(node, ast.Attribute) and _name(node.value) == "objects"


def _children(module: Module, node: ast.Attribute) -> Target | None:
    """Find the model of ``plan.runs`` and ``plan.run_set``."""
    models = module.project.models
    found = models.collection(module, node) if models is not None else None
    if models is None or found is None or not found.is_manager:
        return None
    known = models.of_relation(found.child)
    return Target(known[0]) if known else None


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
