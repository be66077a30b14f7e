"""A serializer's or form's class -> its model, and the fields that a request fills in."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from releasegate.appcode.declared.annotations import last_word
from releasegate.appcode.flow.class_names import Class, ancestry
from releasegate.appcode.flow.instances import instances
from releasegate.appcode.models import django
from releasegate.appcode.values.lists import items
from releasegate.appcode.values.payloads import Entry, Payload, overlaid, with_keywords

if TYPE_CHECKING:
    from releasegate.appcode.models.model import Model
    from releasegate.appcode.source.module import Module

_VALIDATED = {"validated_data", "cleaned_data"}
_KINDS = ("erializer", "Form")


def is_one(owner: Class) -> bool:
    """Say whether a class is a serializer of Django REST, or a form."""
    return any(
        last_word(base).endswith(_KINDS) for _, node in ancestry(owner) for base in node.bases
    )


def meta(owner: Class) -> dict[str, ast.expr]:
    """Read the assignments of ``class Meta``, the nearest first."""
    known: dict[str, ast.expr] = {}
    for _, node in ancestry(owner):
        for item in node.body:
            if isinstance(item, ast.ClassDef) and item.name == "Meta":
                for line in item.body:
                    if isinstance(line, ast.Assign) and isinstance(line.targets[0], ast.Name):
                        known.setdefault(line.targets[0].id, line.value)
    return known


def model_of(owner: Class) -> Model | None:
    module, known = owner[0], meta(owner)
    models = module.project.models
    if models is None or "model" not in known or not is_one(owner):
        return None
    return models.of(module, known["model"])


def filled_in(module: Module, node: ast.AST, owner: Class) -> Payload:
    """List the fields that a request fills in, with what model or declaration allows for each."""
    model, entries = model_of(owner), dict[str, Entry]()
    if model is not None:
        entries |= listed(owner, model, meta(owner))
    for there, found in reversed(ancestry(owner)):
        for item in found.body:
            value = item.value if isinstance(item, ast.Assign) else None
            name = item.targets[0] if isinstance(item, ast.Assign) else None
            if isinstance(value, ast.Call) and isinstance(name, ast.Name):
                entries |= _declared(there, name.id, value)
    return Payload(module, node, entries)


def listed(owner: Class, model: Model, known: dict[str, ast.expr]) -> dict[str, Entry]:
    """Take the model's fields that ``fields`` names, less those that are only read."""
    there, given = owner[0], known.get("fields")
    is_all = isinstance(given, ast.Constant) and given.value == "__all__"
    names = items(there, given) if given is not None and not is_all else None
    hidden = [
        name
        for key in ("read_only_fields", "exclude")
        for name in (items(there, known[key]) if key in known else None) or ()
    ]
    is_all = is_all or (given is None and "exclude" in known)
    entries: dict[str, Entry] = {}
    line = ancestry((model.module, model.node)) if isinstance(model.node, ast.ClassDef) else ()
    for _, node in line:
        for attribute, call in django.fields(node):
            is_listed = is_all or (names is not None and attribute in names)
            if is_listed and attribute not in hidden and not _is(call, "editable", value=False):
                may = _is(call, "null")
                what = f"{model.relation.name}.{attribute} {'may be' if may else 'is never'} null"
                entries[attribute] = Entry(there, None, owner[1], may_be_none=may, what=what)
    return entries


def _declared(module: Module, name: str, call: ast.Call) -> dict[str, Entry]:
    """Read ``plan = PrimaryKeyRelatedField(...)``, ``items = ItemSerializer(many=True)``."""
    if not last_word(call.func).endswith(("Field", "Serializer")) or _is(call, "read_only"):
        return {}
    may = _is(call, "allow_null") or (
        last_word(call.func).startswith("Model") and _is_optional(call)
    )
    source = next((word.value for word in call.keywords if word.arg == "source"), None)
    key = source.value if isinstance(source, ast.Constant) else name
    what = f"{name} {'may be' if may else 'is never'} null"
    nested = call if last_word(call.func).endswith("Serializer") else None
    return {str(key): Entry(module, nested, call, not _is_optional(call), may, what)}


def _is_optional(call: ast.Call) -> bool:
    return _is(call, "required", value=False)


def _is(call: ast.Call, name: str, *, value: bool = True) -> bool:
    return any(
        word.arg == name and isinstance(word.value, ast.Constant) and word.value.value is value
        for word in call.keywords
    )


def validated(module: Module, node: ast.expr) -> Payload | None:
    """Read ``validated_data``: a serializer's parameter, its attribute, or a form's."""
    word = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
    if word not in _VALIDATED or not module.is_python:
        return None
    own = module.class_of(node)
    owners = instances(module, node.value) if isinstance(node, ast.Attribute) else ()
    if isinstance(node, ast.Name) and own is not None:
        owners = ((module, own),)
    for owner in owners:
        found = filled_in(module, node, owner) if is_one(owner) else None
        if found is not None and found.entries:
            return overlaid(found, _saved_with(owner, found))
    return None


def _saved_with(owner: Class, known: Payload) -> Payload:
    """Find what views add: ``serializer.save(owner=request.user)``."""
    name, added = owner[1].name, Payload(known.module, known.node)
    for place in owner[0].project.mentioning(name, python=True):
        for load in place.loads.get("save", ()):
            call = place.parent(load)
            is_call = isinstance(call, ast.Call) and call.func is load and bool(call.keywords)
            if isinstance(call, ast.Call) and is_call and _is_of(place, call, name):
                added = with_keywords(place, added, call, 0)
    return added


def _is_of(module: Module, call: ast.Call, name: str) -> bool:
    """Say whether a call saves this serializer: the method or its class names it."""
    function, view = module.function(call), module.class_of(call)
    return any(
        isinstance(item, ast.Name) and item.id == name
        for around in (function, view)
        if around is not None
        for item in ast.walk(around)
    )
