"""A call of a framework in a module -> the row that it saves: serializers of Django REST."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from releasegate.appcode import orm
from releasegate.appcode.annotations import last_word
from releasegate.appcode.calls import method_of
from releasegate.appcode.class_names import Class, ancestry, resolve
from releasegate.appcode.instances import instances
from releasegate.appcode.lists import items
from releasegate.appcode.models.django import fields
from releasegate.appcode.names import origins
from releasegate.appcode.payloads import Entry, Payload, with_keywords

if TYPE_CHECKING:
    from collections.abc import Iterator

    from releasegate.appcode.contract import Contract
    from releasegate.appcode.models.model import Model
    from releasegate.appcode.module import Module
    from releasegate.appcode.sites import Found


def sites(module: Module, node: ast.AST, contract: Contract) -> Iterator[Found]:
    """Find ``serializer.save(owner=user)`` where the serializer has no ``create()`` of its own."""
    if not isinstance(node, ast.Call) or not module.is_python or module.project.models is None:
        return
    function = node.func
    if not isinstance(function, ast.Attribute) or function.attr != "save":
        return
    if not _is_new(module, node, function.value):
        return
    for owner in _serializers(module, function.value):
        model = _model(owner)
        if model is None or method_of(owner, "create") is not None:
            continue
        payload = with_keywords(module, _declared(module, node, owner, model), node, 0)
        yield orm.inserted(module, node, model, [payload], contract)
        return


def _is_new(module: Module, node: ast.Call, receiver: ast.expr) -> bool:
    """Say whether the serializer makes a row, and does not change one that it was given."""
    function = module.function(node)
    name = getattr(function, "name", "")
    if "update" in name or "patch" in name or "put" in name:
        return False
    made = [o.value for o in origins(module, receiver) if isinstance(o.value, ast.Call)]
    for call in made:
        words = {word.arg for word in call.keywords}
        if call.args or words & {"instance", "partial"}:
            return False
    return bool(made) or "create" in name or "post" in name


def _serializers(module: Module, node: ast.expr) -> tuple[Class, ...]:
    """Find the serializer's class: of the object, else the one that the view names."""
    found = instances(module, node)
    view = module.class_of(node)
    if found or view is None or "serializer" not in ast.unparse(node).lower():
        return found
    for there, owner in ancestry((module, view)):
        for item in owner.body:
            if isinstance(item, ast.Assign) and ast.unparse(item.targets[0]) == "serializer_class":
                return resolve(there, item.value)
    return ()


def _meta(owner: Class) -> tuple[Module, dict[str, ast.expr]]:
    """Read the assignments of ``class Meta``, the nearest first."""
    known: dict[str, ast.expr] = {}
    for _, node in ancestry(owner):
        for item in node.body:
            if isinstance(item, ast.ClassDef) and item.name == "Meta":
                for line in item.body:
                    if isinstance(line, ast.Assign) and isinstance(line.targets[0], ast.Name):
                        known.setdefault(line.targets[0].id, line.value)
    return owner[0], known


def _model(owner: Class) -> Model | None:
    module, known = _meta(owner)
    models = module.project.models
    is_serializer = any("erializer" in last_word(b) for _, n in ancestry(owner) for b in n.bases)
    if models is None or not is_serializer or "model" not in known:
        return None
    return models.of(module, known["model"])


def _declared(module: Module, node: ast.Call, owner: Class, model: Model) -> Payload:
    """List the fields that a request fills in, with what the model allows for each."""
    there, known = _meta(owner)
    listed = known.get("fields")
    is_all = isinstance(listed, ast.Constant) and listed.value == "__all__"
    names = items(there, listed) if listed is not None and not is_all else None
    hidden = items(there, known["read_only_fields"]) if "read_only_fields" in known else []
    entries: dict[str, Entry] = {}
    for _, line in (
        ancestry((model.module, model.node)) if isinstance(model.node, ast.ClassDef) else ()
    ):
        for attribute, call in fields(line):
            is_listed = is_all or (names is not None and attribute in names)
            if is_listed and attribute not in (hidden or []):
                may = any(w.arg == "null" and _is_true(w.value) for w in call.keywords)
                what = f"{model.relation.name}.{attribute} {'may be' if may else 'is never'} null"
                entries[attribute] = Entry(there, None, owner[1], may_be_none=may, what=what)
    return Payload(module, node, entries)


def _is_true(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and bool(node.value)
