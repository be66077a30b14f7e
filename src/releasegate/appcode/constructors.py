"""A call of a model that has its own constructor -> the columns that the body sets."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from releasegate.appcode.calls import method_of
from releasegate.appcode.frames import Frame, argument
from releasegate.appcode.nullness import called_name
from releasegate.appcode.parameters import parameters
from releasegate.appcode.payloads import Entry, Payload, one, overlaid, with_entry
from releasegate.appcode.written import written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from releasegate.appcode.models.model import Model
    from releasegate.appcode.module import Module


def constructed(module: Module, call: ast.Call, model: Model) -> Payload | None:
    """Read ``Run(plan)`` through ``def __init__(self, plan): self.plan_id = plan.id``."""
    found = _constructor(model)
    if found is None:
        return None
    there, frame = found[0], Frame(found[1], module, call)
    payload = Payload(module, call)
    for node in ast.walk(frame.function):
        if isinstance(node, ast.Call) and called_name(node) in ("__init__", "setattr"):
            payload = _handed_on(there, frame, node, payload)
        for name, value in _set(node):
            certain = there.parent(node) is frame.function
            payload = with_entry(payload, name, _entry(there, frame, value, is_certain=certain))
    return payload if payload.entries else None


def _constructor(model: Model) -> tuple[Module, ast.FunctionDef] | None:
    if not isinstance(model.node, ast.ClassDef):
        return None
    found = method_of((model.module, model.node), "__init__")
    if found is None or not isinstance(found[1], ast.FunctionDef):
        return None
    return found[0], found[1]


def _set(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """Yield what ``self.name = value`` sets."""
    if not isinstance(node, ast.Assign | ast.AnnAssign) or node.value is None:
        return
    for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
        is_own = isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name)
        if is_own and isinstance(target, ast.Attribute) and written(target.value) == "self":
            yield target.attr, node.value


def _entry(there: Module, frame: Frame, value: ast.expr, *, is_certain: bool = True) -> Entry:
    """Take a parameter's value from the call, or from its default."""
    defaults = {item.arg: default for item, default in parameters(frame.function)}
    if not isinstance(value, ast.Name) or value.id not in defaults:
        return Entry(there, value, value, is_certain)
    given = argument(frame, value.id)
    if given is not None:
        return Entry(frame.module, given, given, is_certain)
    default = defaults[value.id]
    return Entry(there, default, default or value, is_certain)


def _handed_on(there: Module, frame: Frame, call: ast.Call, payload: Payload) -> Payload:
    """Lay over what goes to ``super().__init__(**kwargs)``, or is set in a loop over kwargs."""
    rest = frame.function.args.kwarg
    given = argument(frame, rest.arg) if rest is not None else None
    spreads = called_name(call) == "setattr" or any(word.arg is None for word in call.keywords)
    if spreads and given is not None:
        payload = overlaid(payload, one(frame.module, given, 0))
    for word in call.keywords:
        if word.arg is not None:
            payload = with_entry(payload, word.arg, _entry(there, frame, word.value))
    return payload
