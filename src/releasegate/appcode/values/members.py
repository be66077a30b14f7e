"""An item of a mapping or a field of an object -> whether it can be None."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from releasegate.appcode.flow.names import origins
from releasegate.appcode.values.guards import is_checked
from releasegate.appcode.values.nullness import MAX_DEPTH, Nullness, nullness, shown, worst

if TYPE_CHECKING:
    from releasegate.appcode.models.model import Model
    from releasegate.appcode.source.module import Module
    from releasegate.appcode.values.payloads import Entry


def of_part(module: Module, node: ast.expr, depth: int) -> list[Nullness]:
    """Judge ``data["key"]`` and ``object.field`` by what they are taken from."""
    from releasegate.appcode.declared.forms import field_data

    if isinstance(node, ast.Subscript):
        if not isinstance(node.slice, ast.Constant) or not isinstance(node.slice.value, str):
            return []
        known = member(module, node.value, node.slice.value, depth)
        return [known] if known is not None else []
    if not isinstance(node, ast.Attribute):
        return []
    owners = _models(module, node.value)
    # A row's own id is declared as optional, and there once it is stored.
    is_own_key = bool(owners) and node.attr in ("id", "pk", "uuid")
    declared = None if is_own_key else _of_field(module, node) or _of_column(module, node, owners)
    declared = declared or field_data(module, node)
    if declared is not None:
        return [declared]
    known = None if module.is_python else member(module, node.value, node.attr, depth)
    return [known] if known is not None else []


def _models(module: Module, node: ast.expr) -> list[Model]:
    """Find the models that an object is a row of."""
    from releasegate.appcode.flow.instances import instances

    models = module.project.models
    known = [models.of_class(owner) for owner in instances(module, node)] if models else []
    return [model for model in known if model is not None]


def _of_column(module: Module, node: ast.Attribute, owners: list[Model]) -> Nullness | None:
    """Judge ``order.customer`` by a field that says ``null=True``."""
    if not any(model.is_nullable(node.attr) for model in owners):
        return None
    return Nullness(True, f"{shown(node)} is declared as one that may be null", module, node)


def _of_field(module: Module, node: ast.Attribute) -> Nullness | None:
    """Look a field up where the object is made, else in the class that it is declared as."""
    from releasegate.appcode.values.objects import fields

    known = (payload.entries.get(node.attr) for payload in fields(module, node.value))
    judged = [_of_entry(module, node, entry) for entry in known if entry is not None]
    found = [item for item in judged if item is not None]
    return worst(found) or (found[0] if found else None)


def _of_entry(module: Module, node: ast.Attribute, entry: Entry) -> Nullness | None:
    if entry.value is not None:
        return nullness(entry.module, entry.value, 3)
    if not entry.is_certain and not module.is_python:
        what = f"{shown(node)} is undefined where it is left out"
        return Nullness(True, what, entry.module, entry.node)
    if entry.may_be_none is None:
        return None
    return Nullness(entry.may_be_none, entry.what, entry.module, entry.node)


def member(module: Module, base: ast.expr, key: str, depth: int) -> Nullness | None:
    """Judge what a mapping that is written down or declared holds under a key."""
    from releasegate.appcode.values.payloads import rows

    is_item = isinstance(base, ast.Subscript) and not module.is_python
    if not is_item and not isinstance(base, ast.Name | ast.Attribute | ast.Dict):
        return None
    found: list[Nullness] = []
    for payload in rows(module, base, depth + 4):
        entry = payload.entries.get(key)
        if entry is not None and not entry.is_certain and not module.is_python:
            what = f"{key} is undefined where it is left out"
            return Nullness(True, what, entry.module, entry.node)
        if entry is None or not entry.is_certain:
            return None
        if entry.value is not None:
            found.append(nullness(entry.module, entry.value, depth + 1))
        elif entry.may_be_none is not None:
            found.append(Nullness(entry.may_be_none, entry.what, entry.module, entry.node))
        else:
            return None
    return worst(found) or (found[0] if found else None)


def lets_null_through(module: Module, node: ast.expr) -> bool:
    """Say whether ``x !== undefined`` is all that asks, and ``x`` is declared as one with null."""
    if module.is_python or is_checked(module, node, strictly=True):
        return False
    return _declares_null(module, node)


def null_kept(module: Module, node: ast.BoolOp) -> Nullness | None:
    """Judge ``{ plan = "x" } = input``: what is null there stays, unlike what is undefined."""
    if not hasattr(node, "is_default") or not _declares_null(module, node.values[0]):
        return None
    return Nullness(True, f"{shown(node.values[0])} may be null: no default then", module, node)


def _declares_null(module: Module, node: ast.expr, depth: int = 0) -> bool:
    """Say whether TypeScript declares null, not only undefined, for a variable or a field."""
    from releasegate.appcode.values.objects import fields
    from releasegate.appcode.values.payloads import rows

    if isinstance(node, ast.Attribute):
        payloads = fields(module, node.value) or rows(module, node.value, 4)
        found = [payload.entries.get(node.attr) for payload in payloads]
        return any(_has_null(entry.node, entry.may_be_none) for entry in found if entry is not None)
    for origin in origins(module, node):
        declared = origin.parameter if origin.parameter is not None else origin.node
        if _has_null(declared, None):
            return True
        is_part = isinstance(origin.value, ast.Attribute) and depth < MAX_DEPTH
        if is_part and origin.value and _declares_null(origin.module, origin.value, depth + 1):
            return True
    return False


def _has_null(declared: ast.AST, may_be_none: bool | None) -> bool:
    annotation = getattr(declared, "annotation", None)
    if annotation is None:
        return bool(may_be_none) and not isinstance(declared, ast.AnnAssign | ast.arg)
    return any(
        isinstance(item, ast.Constant)
        and item.value is None
        and not getattr(item, "is_undefined", False)
        for item in ast.walk(annotation)
        if not isinstance(annotation, ast.ClassDef)
    )
