"""An expression -> the classes of the project that it may be an instance of."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from releasegate.appcode.declared.annotations import classes, text_as_type
from releasegate.appcode.flow.class_names import Class, ancestry, resolve
from releasegate.appcode.flow.definitions import definitions
from releasegate.appcode.flow.frames import Frame, entered, frame_of, left
from releasegate.appcode.flow.names import origins
from releasegate.appcode.source.module import NAMED_FUNCTIONS, returned
from releasegate.appcode.source.written import written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from releasegate.appcode.flow.parameters import Origin
    from releasegate.appcode.source.module import Module, NamedFunction

MAX_DEPTH = 6
#: so many keys are followed: ``run.plan.owner``
MAX_LINKS = 2
#: methods of a class that give an instance of it
_MAKERS = {
    *("model_validate", "parse_obj", "from_orm", "construct", "model_construct", "validate"),
    *("parse_raw", "model_validate_json", "from_dict", "parse", "safeParse", "get_by_id"),
    *("get_or_none", "objects", "query", "select", "get", "create", "find_one", "findOne"),
}
_LISTING = {"list", "tuple", "sorted", "set", "reversed", "iter", "next", "enumerate"}
#: calls that take a class and give instances of it, at once or at the end of a chain
_QUERIES = {
    *("query", "get", "select", "get_object_or_404", "scalars", "scalar", "execute", "exec"),
    *("get_or_404", "aget_object_or_404", "get_one", "merge", "cast", "first", "find_one"),
    *("getRepository", "get_or_create", "get_list_or_404"),
}
#: functions of the project's own that are given a class: ``self._get_or_raise(Run, run_id)``
_FINDS = re.compile(r"_?(get|find|fetch|load|lookup|query|require|select)_")


def instances(module: Module, node: ast.expr, depth: int = 0) -> tuple[Class, ...]:
    """Find the classes of a value; a list counts as what it holds."""
    if depth > MAX_DEPTH:
        return ()
    if isinstance(node, ast.Await | ast.NamedExpr | ast.Starred):
        return instances(module, node.value, depth + 1)
    if isinstance(node, ast.IfExp | ast.BoolOp | ast.List | ast.Tuple):
        parts = _parts(node)
        found = (item for part in parts for item in instances(module, part, depth + 1))
        return tuple(dict.fromkeys(found))
    if isinstance(node, ast.Call):
        return _called(module, node, depth)
    if isinstance(node, ast.Name) and node.id in ("self", "cls"):
        return _self(module, node)
    if isinstance(node, ast.ListComp | ast.GeneratorExp | ast.SetComp):
        return instances(module, node.elt, depth + 1)
    if isinstance(node, ast.Subscript):
        return _of_key(module, node, depth) or instances(module, node.value, depth + 1)
    return _stored(module, node, depth)


def _parts(node: ast.IfExp | ast.BoolOp | ast.List | ast.Tuple) -> list[ast.expr]:
    if isinstance(node, ast.IfExp):
        return [node.body, node.orelse]
    return node.values if isinstance(node, ast.BoolOp) else node.elts


def _self(module: Module, node: ast.Name) -> tuple[Class, ...]:
    function = module.function(node)
    frame = frame_of(module, function) if function is not None else None
    if frame is not None and frame.receiver is not None:
        with left(frame):
            found = instances(frame.module, frame.receiver, MAX_DEPTH - 2)
        if found:
            return found
    own = module.class_of(node)
    return ((module, own),) if own is not None else ()


def _called(module: Module, node: ast.Call, depth: int) -> tuple[Class, ...]:
    made = resolve(module, node.func)
    if made:
        return made
    if isinstance(node.func, ast.Name) and node.func.id in _LISTING and node.args:
        return instances(module, node.args[0], depth + 1)
    if isinstance(node.func, ast.Attribute):
        owners = resolve(module, node.func.value) if node.func.attr in _MAKERS else ()
        if owners:
            models = module.project.models
            is_model = models is not None and models.of_class(owners[0]) is not None
            # ``UserStore.get(id)`` gives what the store finds.
            return owners if is_model else _returned(module, node, depth) or owners
        if node.func.attr in ("copy", "model_copy", "deepcopy"):
            return instances(module, node.func.value, depth + 1)
    annotated = _returned(module, node, depth)
    if not annotated and written(node.func) == "self.get_object":
        return _of_view(module, node)
    return annotated or _queried(module, node, depth)


def _of_view(module: Module, node: ast.AST) -> tuple[Class, ...]:
    from releasegate.appcode.families.views import rows_of_view

    return rows_of_view(module, node)


def _returned(module: Module, node: ast.Call, depth: int) -> tuple[Class, ...]:
    """Take what a function says that it returns, else what it is seen to return."""
    found: list[Class] = []
    for there, function in _functions(module, node, depth):
        if function.returns is not None:
            found += classes(there, function.returns)
            continue
        receiver = node.func.value if isinstance(node.func, ast.Attribute) else None
        with entered(Frame(function, module, node, receiver)) as is_new:
            for value in returned(there, function):
                if value is not None and is_new:
                    found += instances(there, value, depth + 2)
    return tuple(dict.fromkeys(found))


def _functions(module: Module, node: ast.Call, depth: int) -> list[tuple[Module, NamedFunction]]:
    functions: list[tuple[Module, ast.AST]] = []
    if isinstance(node.func, ast.Name):
        functions = [(o.module, o.node) for o in origins(module, node.func)]
    elif isinstance(node.func, ast.Attribute):
        base = node.func.value
        place = module.module_named(base) if isinstance(base, ast.Name) else None
        if place is not None:
            # ``crud.get_run(session, run_id)``
            listed = [(m, binding.node) for m, binding in definitions(place, node.func.attr)]
            return [(m, item) for m, item in listed if isinstance(item, NAMED_FUNCTIONS)]
        owners = instances(module, base, depth + 1)
        functions = [
            (there, item)
            for owner in owners
            for there, found in ancestry(owner)
            for item in found.body
            if getattr(item, "name", None) == node.func.attr
        ]
    return [(there, item) for there, item in functions if isinstance(item, NAMED_FUNCTIONS)]


def _queried(module: Module, node: ast.expr, depth: int) -> tuple[Class, ...]:
    """Find the model in ``session.query(Run).filter(...).first()`` or ``Run.objects.get()``."""
    current: ast.expr = node
    for _ in range(20):
        if isinstance(current, ast.Call):
            name = current.func.attr if isinstance(current.func, ast.Attribute) else ""
            name = current.func.id if isinstance(current.func, ast.Name) else name
            found = _of_arguments(module, current, name, depth)
            if found:
                return found
            current = current.func
        elif isinstance(current, ast.Attribute | ast.Await | ast.Subscript):
            named = _children(module, current, depth) or resolve(module, current.value)
            if named:
                return named
            current = current.value
        elif isinstance(current, ast.Name):
            return _stored(module, current, depth)
        else:
            break
    return ()


def _of_arguments(module: Module, node: ast.Call, name: str, depth: int) -> tuple[Class, ...]:
    """Take the class that a query or a function that finds rows is given."""
    receiver = node.func.value if isinstance(node.func, ast.Attribute) else None
    if isinstance(receiver, ast.Attribute) and receiver.attr in ("query", "objects"):
        return resolve(module, receiver.value)
    if name in _QUERIES:
        parts = (resolve(module, x) or _nested(module, x, depth) for x in node.args[:2])
        return next((found for found in parts if found), ())
    given = node.args[:3] if _FINDS.match(name) else []
    return next((found for found in (resolve(module, item) for item in given) if found), ())


def _children(module: Module, node: ast.expr, depth: int) -> tuple[Class, ...]:
    """Find the children's class in ``plan.runs.all()``."""
    models = module.project.models
    if models is None or not isinstance(node, ast.Attribute) or depth > 5:
        return ()
    found = models.collection(module, node, depth + 1)
    known = models.of_relation(found.child) if found is not None else ()
    return tuple((m.module, m.node) for m in known if isinstance(m.node, ast.ClassDef))


def _nested(module: Module, node: ast.expr, depth: int) -> tuple[Class, ...]:
    is_query = isinstance(node, ast.Call | ast.Name | ast.Attribute)
    return instances(module, node, depth + 1) if is_query else ()


def _of_key(module: Module, node: ast.Subscript, depth: int) -> tuple[Class, ...]:
    """Take ``found["run"]`` of a mapping that a function of the project writes down."""
    from releasegate.appcode.values.payloads import rows

    key = node.slice.value if isinstance(node.slice, ast.Constant) else None
    if not isinstance(key, str) or depth > 2 or not isinstance(node.value, ast.Name):
        return ()
    entries = [payload.entries.get(key) for payload in rows(module, node.value, 10)]
    return tuple(
        item
        for entry in entries
        if entry is not None and entry.value is not None
        for item in instances(entry.module, entry.value, depth + 2)
    )


def _appended(module: Module, node: ast.Name, depth: int) -> Iterator[Class]:
    """Take the classes of what is appended to a list that begins empty."""
    for value in module.appended.get((module.function(node), node.id), ()):
        yield from instances(module, value, depth + 2)


def _stored(module: Module, node: ast.expr, depth: int) -> tuple[Class, ...]:
    named = resolve(module, node)
    if named:
        return named
    found = [item for origin in origins(module, node) for item in _of_origin(origin, depth)]
    if not found and isinstance(node, ast.Attribute):
        found = list(_of_field(module, node, depth)) or list(_of_link(module, node, depth))
        found = found or list(_children(module, node, depth))
    if not found and isinstance(node, ast.Name):
        found = list(_appended(module, node, depth))
    return tuple(dict.fromkeys(found))


def _of_origin(origin: Origin, depth: int) -> tuple[Class, ...]:
    if isinstance(origin.node, ast.AnnAssign):
        declared = classes(origin.module, origin.node.annotation)
        if declared:
            return declared
    if origin.value is not None:
        return instances(origin.module, origin.value, depth + 1)
    if origin.parameter is not None:
        declared = classes(origin.module, origin.parameter.annotation)
        is_view = getattr(origin.function, "name", "") == "perform_destroy"
        return _of_view(origin.module, origin.node) if is_view and not declared else declared
    if origin.iterated is not None:
        return instances(origin.module, origin.iterated, depth + 1)
    if origin.unpacked is not None and len(origin.unpacked[1]) == 1:
        return _part(origin.module, origin.unpacked[0], origin.unpacked[1][0], depth)
    return ()


def _part(module: Module, node: ast.expr, index: int, depth: int) -> tuple[Class, ...]:
    """Find the classes of one part of what a call gives: ``run, created = get_or_create()``."""
    call = node.value if isinstance(node, ast.Await) else node
    if not isinstance(call, ast.Call):
        return ()
    found: list[Class] = []
    functions = _functions(module, call, depth)
    for there, function in functions:
        declared = text_as_type(function.returns) if function.returns is not None else None
        parts = declared.slice if isinstance(declared, ast.Subscript) else None
        if isinstance(parts, ast.Tuple) and index < len(parts.elts):
            found += classes(there, parts.elts[index])
        elif declared is None:
            for value in returned(there, function):
                if isinstance(value, ast.Tuple) and index < len(value.elts):
                    found += instances(there, value.elts[index], depth + 2)
    if functions or index:
        return tuple(dict.fromkeys(found))
    return _called(module, call, depth + 1)


def _of_link(module: Module, node: ast.Attribute, depth: int) -> Iterator[Class]:
    """Take ``run.plan`` for the class of the table that the key behind it refers to."""
    models = module.project.models
    if models is None or depth > MAX_LINKS or not any(node.attr in m.links for m in models):
        return
    for owner in instances(module, node.value, depth + 1):
        model = models.of_class(owner)
        link = model.links.get(node.attr) if model is not None else None
        for column in models.contract.of_child(model.relation) if model and link else ():
            if link is not None and column.column in link.columns:
                found = models.of_relation(column.parent)
                yield from ((m.module, m.node) for m in found if isinstance(m.node, ast.ClassDef))


def _of_field(module: Module, node: ast.Attribute, depth: int) -> tuple[Class, ...]:
    """Take the class that a field of a known object is declared with."""
    for owner in instances(module, node.value, depth + 1):
        for there, found in ancestry(owner):
            for item in found.body:
                target = item.target if isinstance(item, ast.AnnAssign) else None
                if not isinstance(item, ast.AnnAssign) or not isinstance(target, ast.Name):
                    continue
                if target.id == node.attr:
                    return classes(there, item.annotation)
    return ()
