"""A Python expression -> whether it can be None, and the place that says so."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from releasegate.appcode.guards import filled_in, is_checked
from releasegate.appcode.names import Origin, declared_class, origins

if TYPE_CHECKING:
    from collections.abc import Iterator

    from releasegate.appcode.module import Module

MAX_DEPTH = 8
#: calls that cannot return None
_NEVER_NONE = {"str", "UUID", "int", "uuid1", "uuid4", "uuid5", "uuid7", "repr", "format", "hex"}
#: methods that give their second argument, or None, where nothing is found
_LOOKUPS = {"get", "pop"}


@dataclass(frozen=True, slots=True)
class Nullness:
    #: True, False, or None where it cannot be seen
    may_be_none: bool | None
    what: str
    module: Module
    node: ast.AST


def nullness(module: Module, node: ast.expr, depth: int = 0) -> Nullness:
    """Judge a value at its place; what is checked before counts."""
    if depth > MAX_DEPTH:
        return Nullness(None, "its origin is too far away", module, node)
    if isinstance(node, ast.Constant):
        what = "it is None" if node.value is None else "a constant"
        return Nullness(node.value is None, what, module, node)
    if isinstance(node, ast.Name | ast.Attribute | ast.Subscript):
        return _stored(module, node, depth)
    if isinstance(node, ast.Call):
        return _called(module, node, depth)
    if isinstance(node, ast.Await | ast.NamedExpr | ast.Starred):
        return nullness(module, node.value, depth + 1)
    return _combined(module, node, depth)


def _combined(module: Module, node: ast.expr, depth: int) -> Nullness:
    if isinstance(node, ast.IfExp):
        sides = [nullness(module, side, depth + 1) for side in (node.body, node.orelse)]
        return _worst(sides) or sides[0]
    if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or):
        return nullness(module, node.values[-1], depth + 1)
    if isinstance(node, ast.BoolOp):
        found = [nullness(module, value, depth + 1) for value in node.values]
        what = f"{ast.unparse(node.values[0])} may be false, and is sent then"
        return _worst(found) or Nullness(True, what, module, node)
    if isinstance(node, ast.JoinedStr | ast.Dict | ast.List | ast.Tuple | ast.BinOp):
        return Nullness(False, "never None", module, node)
    return Nullness(None, "its value is not visible here", module, node)


def _worst(found: list[Nullness]) -> Nullness | None:
    return next((item for item in found if item.may_be_none), None)


def _called(module: Module, node: ast.Call, depth: int) -> Nullness:
    name = called_name(node)
    if name in _NEVER_NONE:
        return Nullness(False, f"{name}() is never None", module, node)
    if name == "cast" and len(node.args) == 2:
        return nullness(module, node.args[1], depth + 1)
    if name in _LOOKUPS and isinstance(node.func, ast.Attribute) and node.args:
        return _looked_up(module, node, name, node.args[1:], depth)
    if name == "getattr" and len(node.args) == 3:
        return _looked_up(module, node, name, node.args[2:], depth)
    if name == "next" and len(node.args) == 2:
        return _looked_up(module, node, name, node.args[1:], depth)
    returns = _return_annotation(module, node)
    if returns is not None and allows_none(returns):
        return Nullness(True, f"{name}() may return None", module, node)
    return Nullness(None, f"what {name or 'the call'}() returns is not visible here", module, node)


def _looked_up(
    module: Module, node: ast.Call, name: str, rest: list[ast.expr], depth: int
) -> Nullness:
    defaults = [*rest, *(item.value for item in node.keywords if item.arg == "default")]
    if not defaults:
        is_pop = name == "pop"
        what = f"{ast.unparse(node)} is None where the key is missing"
        return Nullness(None if is_pop else True, what, module, node)
    default = nullness(module, defaults[0], depth + 1)
    if default.may_be_none:
        return Nullness(True, f"{ast.unparse(node)} may be None", module, node)
    return Nullness(None, "its value is not visible here", module, node)


def _return_annotation(module: Module, node: ast.Call) -> ast.expr | None:
    if not isinstance(node.func, ast.Name):
        return None
    for origin in origins(module, node.func):
        if isinstance(origin.node, ast.FunctionDef | ast.AsyncFunctionDef):
            return origin.node.returns
    return None


def called_name(node: ast.Call) -> str:
    """Name a call by its last word."""
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def _stored(module: Module, node: ast.expr, depth: int) -> Nullness:
    if is_checked(module, node):
        return Nullness(False, f"{ast.unparse(node)} is checked before", module, node)
    filling = filled_in(module, node)
    if filling is not None:
        return nullness(module, filling, depth + 1)
    found = [_of_origin(origin, depth) for origin in origins(module, node)]
    if isinstance(node, ast.Attribute):
        found.extend(_of_field(module, node))
    bad = _worst(found)
    if bad is not None:
        return bad
    if found and all(item.may_be_none is False for item in found):
        return found[0]
    return Nullness(None, f"{ast.unparse(node)} is sent", module, node)


def _of_origin(origin: Origin, depth: int) -> Nullness:
    if origin.value is not None:
        found = nullness(origin.module, origin.value, depth + 1)
        node = origin.node
        is_declared = isinstance(node, ast.AnnAssign) and allows_none(node.annotation)
        if found.may_be_none is not None or not is_declared:
            return found
        return Nullness(True, "it is declared as one that may be None", origin.module, node)
    parameter = origin.parameter
    if parameter is None:
        return Nullness(None, "its value is not visible here", origin.module, origin.node)
    default = origin.default
    if isinstance(default, ast.Constant) and default.value is None:
        what = f"the parameter {parameter.arg} is None unless it is given"
        return Nullness(True, what, origin.module, parameter)
    if parameter.annotation is None:
        return Nullness(None, "its value is not visible here", origin.module, parameter)
    if allows_none(parameter.annotation):
        what = f"the parameter {parameter.arg} may be None"
        return Nullness(True, what, origin.module, parameter)
    what = f"the parameter {parameter.arg} is declared {ast.unparse(parameter.annotation)}"
    return Nullness(False, what, origin.module, parameter)


def _of_field(module: Module, node: ast.Attribute) -> list[Nullness]:
    """Look a field up in the class that the object is declared as."""
    found: list[Nullness] = []
    for there, owner in _classes(module, node.value):
        for item in owner.body:
            if (
                isinstance(item, ast.AnnAssign)
                and _declares(item, node.attr)
                and _is_optional(item)
            ):
                what = f"{owner.name}.{node.attr} may be None"
                found.append(Nullness(True, what, there, item))
    return found


def _classes(module: Module, node: ast.expr) -> Iterator[tuple[Module, ast.ClassDef]]:
    own = module.class_of(node)
    if isinstance(node, ast.Name) and node.id == "self" and own is not None:
        yield module, own
    for origin in origins(module, node):
        owner = declared_class(origin.module, origin.parameter) if origin.parameter else None
        if owner is not None:
            yield owner


def _declares(item: ast.stmt, name: str) -> bool:
    if not isinstance(item, ast.AnnAssign) or not isinstance(item.target, ast.Name):
        return False
    return item.target.id == name


def _is_optional(item: ast.AnnAssign) -> bool:
    is_none = isinstance(item.value, ast.Constant) and item.value.value is None
    return is_none or allows_none(item.annotation)


def allows_none(annotation: ast.expr) -> bool:
    """Say whether an annotation names None: ``X | None``, ``Optional[X]``, ``Union[X, None]``."""
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        try:
            return allows_none(ast.parse(annotation.value, mode="eval").body)
        except (SyntaxError, ValueError):
            return False
    if isinstance(annotation, ast.Constant):
        return annotation.value is None
    if isinstance(annotation, ast.BinOp):
        return allows_none(annotation.left) or allows_none(annotation.right)
    if isinstance(annotation, ast.Subscript):
        return _generic_allows_none(annotation)
    return False


def _generic_allows_none(annotation: ast.Subscript) -> bool:
    name = ast.unparse(annotation.value).rsplit(".", 1)[-1]
    if name == "Optional":
        return True
    inner = annotation.slice
    parts = inner.elts if isinstance(inner, ast.Tuple) else [inner]
    if name == "Annotated":
        return allows_none(parts[0])
    return name == "Union" and any(allows_none(part) for part in parts)
