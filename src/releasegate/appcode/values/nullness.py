"""An expression -> whether it can be None, and the place that says so."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from releasegate.appcode.declared.annotations import last_word, may_be_none
from releasegate.appcode.declared.declared_items import item_type
from releasegate.appcode.flow.names import origins
from releasegate.appcode.source.bindings import EACH
from releasegate.appcode.source.written import written
from releasegate.appcode.values.guards import filled_in, is_checked

if TYPE_CHECKING:
    from releasegate.appcode.flow.parameters import Origin
    from releasegate.appcode.source.bindings import Way
    from releasegate.appcode.source.module import Module

MAX_DEPTH = 8
#: calls that cannot return None
_NEVER_NONE = {
    *("str", "UUID", "int", "uuid1", "uuid4", "uuid5", "uuid7", "repr", "format", "hex", "bool"),
    *("not_null", "String", "Number", "randomUUID", "toString", "v4", "uuidv4", "nanoid", "cuid"),
    *("createId", "parseInt", "BigInt", "ObjectId", "len", "float", "Decimal", "list", "dict"),
}
#: calls at the end of a query that give None where nothing is found
_MAY_FIND_NOTHING = {
    *("first", "scalar", "scalar_one_or_none", "one_or_none", "fetchone", "fetchval"),
    *("get_or_none",),
    *("findFirst", "findUnique", "maybeSingle", "findOne", "findOneBy", "afirst", "last", "find"),
    *("fetchrow", "getItem", "latest_or_none", "first_or_none", "filter_first"),
    *("scalar_subquery", "as_scalar"),
}


@dataclass(frozen=True, slots=True)
class Nullness:
    #: True, False, or None where it cannot be seen
    may_be_none: bool | None
    what: str
    module: Module
    node: ast.AST


def nullness(module: Module, node: ast.expr, depth: int = 0) -> Nullness:
    """Judge a value at its place; what is checked before counts."""
    if depth > MAX_DEPTH or module.project.is_spent():
        return Nullness(None, "its origin is too far away", module, node)
    if isinstance(node, ast.Constant):
        what = "it is None" if node.value is None else "a constant"
        return Nullness(node.value is None, what, module, node)
    if isinstance(node, ast.Name | ast.Attribute | ast.Subscript):
        return _stored(module, node, depth)
    if isinstance(node, ast.Call):
        return _called(module, node, depth)
    if isinstance(node, ast.Await | ast.NamedExpr | ast.Starred | ast.YieldFrom):
        return nullness(module, node.value, depth + 1)
    if isinstance(node, ast.Yield) and node.value is not None:
        return nullness(module, node.value, depth + 1)
    return _combined(module, node, depth)


def _combined(module: Module, node: ast.expr, depth: int) -> Nullness:
    if isinstance(node, ast.IfExp):
        return _chosen(module, node, depth)
    if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or):
        from releasegate.appcode.values.members import null_kept

        return null_kept(module, node) or nullness(module, node.values[-1], depth + 1)
    if isinstance(node, ast.BoolOp):
        found = [nullness(module, value, depth + 1) for value in node.values]
        if all(is_checked(module, value) for value in node.values[:-1]):
            return found[-1]
        what = f"{shown(node.values[0])} may be false, and is sent then"
        return worst(found) or Nullness(True, what, module, node)
    if isinstance(node, ast.JoinedStr | ast.Dict | ast.List | ast.Tuple | ast.BinOp):
        return Nullness(False, "never None", module, node)
    return Nullness(None, "its value is not visible here", module, node)


def _chosen(module: Module, node: ast.IfExp, depth: int) -> Nullness:
    """Judge both sides; a side that a check before has ruled out does not count."""
    sides = [nullness(module, side, depth + 1) for side in (node.body, node.orelse)]
    if isinstance(node.test, ast.Name | ast.Attribute) and is_checked(module, node.test):
        return sides[0]
    return worst(sides) or sides[0]


def worst(found: list[Nullness]) -> Nullness | None:
    return next((item for item in found if item.may_be_none), None)


def _called(module: Module, node: ast.Call, depth: int) -> Nullness:
    name = called_name(node)
    if _is_optional_chain(module, node) and not is_checked(module, node):
        return Nullness(True, f"{shown(node)} is undefined where ?. finds nothing", module, node)
    if name in _NEVER_NONE:
        return Nullness(False, f"{name}() is never None", module, node)
    if name == "cast" and len(node.args) == 2:
        return nullness(module, node.args[1], depth + 1)
    if is_checked(module, node):
        return Nullness(False, f"{shown(node)} is checked before", module, node)
    from releasegate.appcode.values.lookups import looked_up

    return looked_up(module, node, name, depth) or _returned(module, node, name, depth)


def _returned(module: Module, node: ast.Call, name: str, depth: int) -> Nullness:
    """Judge a function by its annotation, else by what it returns."""
    from releasegate.appcode.flow.calls import callees
    from releasegate.appcode.flow.frames import entered
    from releasegate.appcode.source.module import returned

    hidden = Nullness(
        None, f"what {name or 'the call'}() returns is not visible here", module, node
    )
    found = callees(module, node)
    for there, frame in found[:3]:
        annotation = getattr(frame.function, "returns", None)
        if annotation is not None and may_be_none(there, annotation):
            return Nullness(True, f"{name}() may return None", there, frame.function)
        if annotation is not None:
            return Nullness(
                False, f"{name}() is declared never to return None", there, frame.function
            )
        values = returned(there, frame.function)
        with entered(frame) as is_new:
            judged = [
                nullness(there, value, depth + 2)
                for value in values
                if value is not None and is_new
            ]
        bad = worst(judged)
        if bad is not None or (None in values and any(value is not None for value in values)):
            place = bad.node if bad else frame.function
            return Nullness(True, f"{name}() may return None", there, place)
    is_query = name in _MAY_FIND_NOTHING and isinstance(node.func, ast.Attribute)
    if is_query and not found and not _is_of_array(node):
        return Nullness(True, f"{name}() gives None where nothing is found", module, node)
    return (None if found else _handed_back(module, node, depth)) or hidden


def _handed_back(module: Module, node: ast.Call, depth: int) -> Nullness | None:
    """Judge ``pool.run(work)`` and ``to_thread(work, 1)`` by what the function in view returns."""
    if not module.is_python:
        return None
    for given in node.args[:2]:
        if isinstance(given, ast.Lambda):
            bad = nullness(module, given.body, depth + 2)
        elif isinstance(given, ast.Name) and _is_nested(module, given):
            made = ast.Call(given, [], [])
            module.adopt(made, node)
            bad = nullness(module, made, depth + 2)
        else:
            continue
        if bad.may_be_none:
            return bad
    return None


def _is_nested(module: Module, node: ast.Name) -> bool:
    """Say whether a name stands for a function that is written inside the one around."""
    around = module.function(node)
    return around is not None and any(
        isinstance(origin.node, ast.FunctionDef | ast.AsyncFunctionDef)
        and module.function(origin.node) is around
        for origin in origins(module, node)
    )


def _is_of_array(node: ast.Call) -> bool:
    return called_name(node) == "find" and not (node.args and isinstance(node.args[0], ast.Lambda))


def called_name(node: ast.Call) -> str:
    """Name a call by its last word."""
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def _stored(module: Module, node: ast.expr, depth: int) -> Nullness:
    from releasegate.appcode.values.members import lets_null_through

    if is_checked(module, node) and not lets_null_through(module, node):
        return Nullness(False, f"{shown(node)} is checked before", module, node)
    filling = filled_in(module, node)
    if filling is not None:
        return nullness(module, filling, depth + 1)
    if _is_optional_chain(module, node):
        return Nullness(True, f"{shown(node)} is undefined where ?. finds nothing", module, node)
    if written(getattr(node, "value", node)) in _ENVIRONMENTS:
        return Nullness(True, f"{shown(node)} is undefined where it is not set", module, node)
    declared = item_type(module, node.value) if isinstance(node, ast.Subscript) else None
    if declared is not None and may_be_none(module, declared):
        return Nullness(True, "its items may be None", module, node)
    found = [_of_origin(origin, depth) for origin in origins(module, node)]
    if all(item.may_be_none is None for item in found):
        from releasegate.appcode.values.members import of_part

        # ``self.plan`` of a model is what the class declares it as.
        found = of_part(module, node, depth) or found
    bad = worst(found)
    if bad is not None:
        return bad
    if found and all(item.may_be_none is False for item in found):
        return found[0]
    return Nullness(None, f"{shown(node)} is sent", module, node)


def _is_optional_chain(module: Module, node: ast.expr) -> bool:
    """Say whether a ``?.`` on the way may give undefined; a check before it counts."""
    current: ast.AST = node
    while isinstance(current, ast.Attribute | ast.Subscript | ast.Call):
        inner = current.func if isinstance(current, ast.Call) else current.value
        if getattr(current, "is_optional", False) and not is_checked(module, inner):
            return True
        current = inner
    return False


def _of_origin(origin: Origin, depth: int) -> Nullness:
    there, node = origin.module, origin.node
    declared = None if isinstance(node, ast.arg) else getattr(node, "annotation", None)
    is_declared = declared is not None and may_be_none(there, declared)
    found = nullness(there, origin.value, depth + 1) if origin.value is not None else None
    if is_declared and (found is None or found.may_be_none is None):
        return Nullness(True, "it is declared as one that may be None", there, node)
    if found is not None:
        return found
    if origin.iterated is not None:
        return _of_item(origin, origin.iterated, depth)
    if origin.unpacked is not None:
        return _of_part(origin, *origin.unpacked, depth)
    if origin.parameter is None:
        return Nullness(None, "its value is not visible here", origin.module, origin.node)
    return _of_parameter(origin, depth)


def _of_part(origin: Origin, source: ast.expr, way: Way, depth: int) -> Nullness:
    """Judge ``b`` of ``a, b = pair`` and of ``for a, b in pairs`` by what lies there."""
    from releasegate.appcode.values.parts import inside

    found = inside(origin.module, source, way, depth)
    hidden = Nullness(None, "its value is not visible here", origin.module, origin.node)
    return worst(found) or hidden


def _of_item(origin: Origin, listed: ast.expr, depth: int) -> Nullness:
    """Judge a loop's variable by the items that are written down or declared."""
    declared = item_type(origin.module, listed)
    if declared is not None and may_be_none(origin.module, declared):
        return Nullness(True, "its items may be None", origin.module, declared)
    return _of_part(origin, listed, (EACH,), depth)


_ENVIRONMENTS = ("process.env", "import.meta.env")
#: defaults that stand for a declaration, not for a value: FastAPI, pydantic
_DECLARING = {"Depends", "Query", "Body", "Path", "Header", "Form", "File", "Cookie", "Security"}


def _of_parameter(origin: Origin, depth: int) -> Nullness:
    parameter, default = origin.parameter, origin.default
    if parameter is None:
        return Nullness(None, "its value is not visible here", origin.module, origin.node)
    if isinstance(default, ast.Call) and last_word(default.func) in _DECLARING and default.args:
        default = default.args[0]
    if isinstance(default, ast.Constant) and default.value is None:
        what = f"the parameter {parameter.arg} is None unless it is given"
        return Nullness(True, what, origin.module, parameter)
    if parameter.annotation is None:
        return _of_callers(origin, parameter, depth)
    if may_be_none(origin.module, parameter.annotation):
        what = f"the parameter {parameter.arg} may be None"
        return Nullness(True, what, origin.module, parameter)
    declared = f"the parameter {parameter.arg} is declared {shown(parameter.annotation)}"
    return Nullness(False, declared, origin.module, parameter)


def _of_callers(origin: Origin, parameter: ast.arg, depth: int) -> Nullness:
    """Judge a parameter without annotation by what every caller gives it."""
    from releasegate.appcode.flow.callers import frames
    from releasegate.appcode.flow.frames import argument

    hidden = Nullness(None, "its value is not visible here", origin.module, parameter)
    if origin.function is None or depth > MAX_DEPTH // 2:
        return hidden
    listed = frames(origin.module, origin.function)
    given = [(frame.module, argument(frame, parameter.arg)) for frame in listed]
    found = [nullness(there, value, depth + 2) for there, value in given if value is not None]
    return worst(found) or hidden


def shown(node: ast.AST) -> str:
    """Write an expression in one short line."""
    text = " ".join(written(node).split())
    return text if len(text) <= 60 else text[:57] + "..."
