"""A form of WTForms -> its fields, and which of them a request may leave empty."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from releasegate.appcode.flow.class_names import ancestry
from releasegate.appcode.flow.instances import instances
from releasegate.appcode.source.written import written
from releasegate.appcode.values.nullness import Nullness
from releasegate.appcode.values.payloads import Entry, Payload

if TYPE_CHECKING:
    from releasegate.appcode.source.module import Module

_LIBRARIES = ("wtforms", "flask_wtf", "starlette_wtf", "flask_appbuilder")
#: validators that refuse what is not there
_REQUIRED = re.compile(r"\b(DataRequired|InputRequired)\b")
#: fields that refuse what is no choice of a kind, and what lets them off
_CHOOSING = re.compile(r"QuerySelectField\(|(Select|Radio)Field\(.*coerce=", re.DOTALL)
_OPTIONAL = re.compile(r"\b(Optional|allow_blank=True|validate_choice=False)")


def fields(module: Module, form: ast.expr) -> dict[str, Entry]:
    """List the fields of a form's class, its own last."""
    found: dict[str, Entry] = {}
    owners = instances(module, form)
    for there, owner in reversed(ancestry(owners[0])) if owners else ():
        for item in owner.body:
            value = item.value if isinstance(item, ast.Assign | ast.AnnAssign) else None
            target = item.targets[0] if isinstance(item, ast.Assign) else None
            target = item.target if isinstance(item, ast.AnnAssign) else target
            if isinstance(target, ast.Name) and isinstance(value, ast.Call):
                is_sure = _is_required(written(value))
                what = f"{owner.name}.{target.id} {'is' if is_sure else 'is not'} required"
                found[target.id] = Entry(there, None, value, may_be_none=not is_sure, what=what)
    return found


def _is_required(declared: str) -> bool:
    is_choice = bool(_CHOOSING.search(declared)) and not _OPTIONAL.search(declared)
    return is_choice or bool(_REQUIRED.search(declared))


def _is_form(module: Module, node: ast.expr) -> bool:
    """Say whether a value is a form of the library: others have ``data`` too."""
    return any(
        source.startswith(_LIBRARIES)
        for owner in instances(module, node)[:1]
        for there, _ in ancestry(owner)
        for source in there.sources
    )


def data(module: Module, node: ast.expr) -> Payload | None:
    """Read ``form.data`` as the row of all fields."""
    if not isinstance(node, ast.Attribute) or node.attr != "data" or not module.is_python:
        return None
    known = fields(module, node.value) if _is_form(module, node.value) else {}
    return Payload(module, node, known) if known else None


def field_data(module: Module, node: ast.Attribute) -> Nullness | None:
    """Judge ``form.plan_id.data``."""
    field = node.value if node.attr == "data" and module.is_python else None
    if not isinstance(field, ast.Attribute) or not _is_form(module, field.value):
        return None
    entry = fields(module, field.value).get(field.attr)
    return Nullness(entry.may_be_none, entry.what, entry.module, entry.node) if entry else None
