"""A call of a framework in a module -> the row that it saves: serializers and forms of Django."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from releasegate.appcode.declared.serializers import filled_in, model_of
from releasegate.appcode.families import orm
from releasegate.appcode.flow.calls import method_of
from releasegate.appcode.flow.class_names import Class, ancestry, resolve
from releasegate.appcode.flow.instances import instances
from releasegate.appcode.flow.names import origins
from releasegate.appcode.source.module import NAMED_FUNCTIONS
from releasegate.appcode.source.written import written
from releasegate.appcode.values.made import after
from releasegate.appcode.values.nullness import called_name
from releasegate.appcode.values.payloads import Entry, Payload, with_entry, with_keywords
from releasegate.appcode.values.references import words_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from releasegate.appcode.contract import Contract
    from releasegate.appcode.families.sites import Found
    from releasegate.appcode.source.module import Module
    from releasegate.model import Relation

#: what the view's own form or serializer is called
_PLAIN = re.compile(r"(self\.)?(get_)?(form|serializer)(\(.*\))?", re.DOTALL)
_OWN = {"commit", "using", "force_insert"}


def sites(module: Module, node: ast.AST, contract: Contract) -> Iterator[Found]:
    """Find ``serializer.save(owner=user)`` and ``form.save()`` that make a row."""
    if not isinstance(node, ast.Call) or not module.is_python or module.project.models is None:
        return
    function = node.func
    if not isinstance(function, ast.Attribute) or function.attr != "save":
        return
    told: set[Relation] = set()
    for owner in _savers(module, function.value):
        model = model_of(owner)
        # A class with a create() of its own is read there.
        if model is None or model.relation in told or method_of(owner, "create") is not None:
            continue
        if _is_new(module, node, function.value, owner):
            given = with_keywords(module, filled_in(module, node, owner), node, 0)
            entries = {key: entry for key, entry in given.entries.items() if key not in _OWN}
            payload = Payload(module, node, entries, given.is_open)
            for name, entry in _on_instance(module, node, function.value, owner):
                payload = with_entry(payload, name, entry)
            payload = after(module, node, payload)
            told.add(model.relation)
            yield orm.inserted(module, node, model, [payload], contract)


def _on_instance(
    module: Module, node: ast.Call, receiver: ast.expr, owner: Class
) -> Iterator[tuple[str, Entry]]:
    """Read what the form sets on ``self.instance``, and the function on ``form.instance``."""
    for there, found in reversed(ancestry(owner)):
        for holder in ("self.instance", *_saved_by_super(found)):
            yield from _set_on(there, found, holder)
    function = module.function(node)
    if function is not None:
        yield from _set_on(module, function, f"{written(receiver)}.instance")


def _saved_by_super(owner: ast.ClassDef) -> Iterator[str]:
    """Name what a form's own ``save()`` gets from ``super().save(commit=False)``."""
    for node in ast.walk(owner):
        target = node.targets[0] if isinstance(node, ast.Assign) else None
        value = node.value if isinstance(node, ast.Assign) and _is_saved(node.value) else None
        if isinstance(target, ast.Name) and value and written(value).startswith("super("):
            yield target.id


def _set_on(module: Module, around: ast.AST, holder: str) -> Iterator[tuple[str, Entry]]:
    for node in ast.walk(around):
        target = node.targets[0] if isinstance(node, ast.Assign) else None
        if not isinstance(target, ast.Attribute) or written(target.value) != holder:
            continue
        outer = module.parent(node)
        is_new = isinstance(outer, ast.If) and "instance" in written(outer.test)
        certain = is_new or isinstance(outer, NAMED_FUNCTIONS)
        if isinstance(node, ast.Assign):
            yield target.attr, Entry(module, node.value, node, is_certain=certain)


def _is_form(owner: Class) -> bool:
    return any(written(base).endswith("Form") for _, node in ancestry(owner) for base in node.bases)


def _is_new(module: Module, node: ast.Call, receiver: ast.expr, owner: Class) -> bool:
    """Say whether a row is made, and not one changed that was handed over."""
    function = module.function(node)
    name = getattr(function, "name", "").lower()
    if set(words_of(name)) & {"update", "patch", "put", "edit"}:
        return False
    made = [o.value for o in origins(module, receiver) if isinstance(o.value, ast.Call)]
    made += [receiver] if isinstance(receiver, ast.Call) else []
    for call in made:
        words = {word.arg for word in call.keywords}
        if words & {"instance", "partial"} or (call.args and not _is_form(owner)):
            return False
    return bool(made) or "create" in name or "post" in name


def _is_saved(node: ast.expr | None) -> bool:
    """Tell the row that ``form.save(commit=False)`` gives from the form."""
    return isinstance(node, ast.Call) and called_name(node) == "save"


def _is_given_serializer(module: Module, node: ast.expr) -> bool:
    """Recognise what Django REST hands to ``perform_create``, whatever it is called there."""
    function = module.function(node)
    if not getattr(function, "name", "").startswith("perform_") or function is None:
        return False
    names = [parameter.arg for parameter in function.args.args[1:]]
    return isinstance(node, ast.Name) and node.id in names


def _savers(module: Module, node: ast.expr) -> tuple[Class, ...]:
    """Find the class of a serializer or form: of the object, else the one that the view names."""
    if any(_is_saved(origin.value) for origin in origins(module, node)):
        return ()
    known = instances(module, node)
    view = module.class_of(node)
    text = written(node).lower()
    if _is_given_serializer(module, node):
        text = "serializer"
    if known or view is None or not _PLAIN.fullmatch(text):
        return known
    wanted = "serializer_class" if "serializer" in text else "form_class"
    own = _setting((module, view), wanted)
    heirs = (x for x in module.nodes if isinstance(x, ast.ClassDef)) if not own else ()
    lines = (ancestry((module, heir)) for heir in heirs)
    found = (_setting(line[0], wanted) for line in lines if (module, view) in line[1:])
    return own or tuple(owner for owners in found for owner in owners)


def _setting(view: Class, wanted: str) -> tuple[Class, ...]:
    """Find the class that a view names, itself or by one that it is made from."""
    for there, owner in ancestry(view):
        for item in owner.body:
            if isinstance(item, ast.Assign) and written(item.targets[0]) == wanted:
                return resolve(there, item.value)
    return ()
