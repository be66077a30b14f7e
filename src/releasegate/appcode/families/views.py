"""A view's class of Django that lets requests make rows -> the rows that lack a key."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from releasegate.appcode.declared.annotations import last_word
from releasegate.appcode.declared.serializers import filled_in, listed, model_of
from releasegate.appcode.families import orm
from releasegate.appcode.flow.calls import method_of
from releasegate.appcode.flow.class_names import Class, ancestry, resolve
from releasegate.appcode.source.module import NAMED_FUNCTIONS
from releasegate.appcode.source.written import written
from releasegate.appcode.values.lists import items
from releasegate.appcode.values.nullness import called_name
from releasegate.appcode.values.payloads import Entry, Payload, with_entry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from releasegate.appcode.contract import Contract
    from releasegate.appcode.families.sites import Found
    from releasegate.appcode.models.model import Model
    from releasegate.appcode.source.module import Module


#: classes of Django REST and Django that make a row of what a request brings
_SERIALIZED = {"ModelViewSet", "CreateModelMixin", "CreateAPIView", "ListCreateAPIView"}
_FILLED_IN = {"CreateView"}
#: methods in which a class may add what the request does not bring
_HOOKS = {
    *("create", "post", "perform_create", "get_serializer", "form_valid", "get_form", "save"),
    *("validate", "to_internal_value", "run_validation", "clean", "__init__", "get_form_kwargs"),
}


def sites(module: Module, node: ast.AST, contract: Contract) -> Iterator[Found]:
    """Find ``class Runs(ModelViewSet): serializer_class = ...`` and ``CreateView`` of a form.

    Where such a class sends the keys there is nothing to see; only one that leaves out or may
    leave empty what nobody else fills in is a site.
    """
    if not isinstance(node, ast.ClassDef) or module.project.models is None or not node.bases:
        return
    line = ancestry((module, node))
    names = {last_word(base) for _, owner in line for base in owner.bases}
    if not names & (_SERIALIZED | _FILLED_IN) or not _takes_posts(line):
        return
    place = ast.Call(ast.Name(node.name, ast.Load()), [], [])
    module.adopt(place, node)
    place.lineno = place.end_lineno = node.lineno
    read = _filled_in if names & _FILLED_IN else _serialized
    for found in read(module, place, line, contract):
        verdicts = {item.verdict for item in found.site.columns.values()}
        if verdicts - {"sent"} and len(module.project.heirs(node.name)) == 1:
            yield found


def _takes_posts(line: tuple[Class, ...]) -> bool:
    allowed = _setting(line, "http_method_names")
    methods = items(*allowed) if allowed is not None else None
    return methods is None or "post" in methods


def _has_hooks(line: tuple[Class, ...]) -> bool:
    """Say whether a class of the project's own may add to what the request brings."""
    methods = (
        item for _, owner in line for item in owner.body if isinstance(item, NAMED_FUNCTIONS)
    )
    return any(item.name in _HOOKS and not _hands_on(item) for item in methods)


def _hands_on(function: ast.AST) -> bool:
    """Say whether a method leaves the writing to the library: ``super().form_valid(form)``."""
    calls = [node for node in ast.walk(function) if isinstance(node, ast.Call)]
    is_super = getattr(function, "name", "") == "form_valid" and any(
        written(call.func) == "super().form_valid" for call in calls
    )
    return is_super and not any(called_name(call) in ("save", "create") for call in calls)


def _setting(line: tuple[Class, ...], name: str) -> tuple[Module, ast.expr] | None:
    for there, owner in line:
        for item in owner.body:
            if isinstance(item, ast.Assign) and written(item.targets[0]) == name:
                return there, item.value
    return None


def model_of_view(line: tuple[Class, ...]) -> Model | None:
    """Find the model: of the queryset, of the view itself, or of its serializer."""
    models = line[0][0].project.models
    for name in ("queryset", "model"):
        given = _setting(line, name)
        node = given[1] if given is not None else None
        while isinstance(node, ast.Call | ast.Attribute):
            found = models.of(given[0], node) if models is not None and given else None
            if found is not None:
                return found
            node = node.func if isinstance(node, ast.Call) else node.value
        if given is not None and models is not None:
            return models.of(given[0], node)
    given = _setting(line, "serializer_class")
    owners = resolve(*given)[:1] if given is not None else ()
    return model_of(owners[0]) if owners else None


def _serialized(
    module: Module, place: ast.Call, line: tuple[Class, ...], contract: Contract
) -> Iterator[Found]:
    given = _setting(line, "serializer_class")
    for owner in resolve(*given)[:1] if given is not None else ():
        model = model_of(owner)
        if model is not None and not _has_hooks((*line, *ancestry(owner))):
            yield orm.inserted(module, place, model, [filled_in(module, place, owner)], contract)


def _filled_in(
    module: Module, place: ast.Call, line: tuple[Class, ...], contract: Contract
) -> Iterator[Found]:
    """Read a form's class, or the fields that the view itself lists, and what the view adds."""
    given = _setting(line, "form_class")
    owners = resolve(*given)[:1] if given is not None else ()
    model = model_of(owners[0]) if owners else model_of_view(line)
    if model is None or _has_hooks((*line, *(x for owner in owners for x in ancestry(owner)))):
        return
    fields = _setting(line, "fields")
    if owners:
        payload = filled_in(module, place, owners[0])
    elif fields is not None:
        payload = Payload(module, place, listed(line[0], model, {"fields": fields[1]}))
    else:
        return
    yield orm.inserted(module, place, model, [_added(line, payload)], contract)


def _added(line: tuple[Class, ...], payload: Payload) -> Payload:
    """Lay ``form.instance.owner = self.request.user`` over what the form sends."""
    method = method_of(line[0], "form_valid")
    for node in ast.walk(method[1]) if method is not None else ():
        target = node.targets[0] if isinstance(node, ast.Assign) else None
        if method is None or not isinstance(target, ast.Attribute):
            continue
        if isinstance(node, ast.Assign) and written(target.value).endswith(".instance"):
            certain = method[0].parent(node) is method[1]
            payload = with_entry(
                payload, target.attr, Entry(method[0], node.value, node, is_certain=certain)
            )
    return payload


def rows_of_view(module: Module, node: ast.AST) -> tuple[Class, ...]:
    """Take ``self.get_object()`` of a view, and what it is to destroy, for rows of its model."""
    own = module.class_of(node)
    model = model_of_view(ancestry((module, own))) if own is not None else None
    found = model.node if model is not None else None
    return ((model.module, found),) if model and isinstance(found, ast.ClassDef) else ()
