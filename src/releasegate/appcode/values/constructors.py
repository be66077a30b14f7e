"""A call of a model that has its own constructor -> the columns that the body sets."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from releasegate.appcode.flow.calls import method_of
from releasegate.appcode.flow.class_names import ancestry
from releasegate.appcode.flow.frames import Frame, argument
from releasegate.appcode.flow.parameters import parameters
from releasegate.appcode.source.written import written
from releasegate.appcode.values.nullness import called_name
from releasegate.appcode.values.payloads import Entry, Payload, one, overlaid, with_entry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from releasegate.appcode.models.model import Model
    from releasegate.appcode.source.module import Module


def constructed(module: Module, call: ast.Call, model: Model) -> Payload | None:
    """Read ``Run(plan)`` through ``def __init__(self, plan): self.plan_id = plan.id``."""
    found = _constructor(model)
    if found is None:
        return None
    payload = set_by(found[0], Frame(found[1], module, call), Payload(module, call))
    return payload if payload.entries else None


def set_by(there: Module, frame: Frame, payload: Payload) -> Payload:
    """Add what a method sets on its own object, as this call runs it."""
    for node in ast.walk(frame.function):
        if isinstance(node, ast.Call) and called_name(node) in ("__init__", "setattr"):
            payload = _handed_on(there, frame, node, _inherited(there, frame, node, payload))
        for name, value in _set(node):
            certain = runs(there, frame, node)
            if certain is False:
                continue
            payload = with_entry(
                payload, name, _entry(there, frame, value, is_certain=certain is True)
            )
    return payload


def _constructor(model: Model) -> tuple[Module, ast.FunctionDef] | None:
    if not isinstance(model.node, ast.ClassDef):
        return None
    found = method_of((model.module, model.node), "__init__")
    if found is None or not isinstance(found[1], ast.FunctionDef):
        return None
    return found[0], found[1]


def runs(there: Module, frame: Frame, node: ast.AST) -> bool | None:
    """Say whether this call comes by a statement; None where that cannot be seen.

    ``if plan_id is not None: self.plan_id = plan_id`` runs where the call gives a plan_id.
    """
    for child in there.ancestors(node):
        parent = there.parent(child)
        if parent is frame.function:
            return True
        if isinstance(parent, ast.With | ast.AsyncWith):
            continue
        holds = _holds(frame, parent.test) if isinstance(parent, ast.If) else None
        if holds is None:
            return None
        if holds != (there.field(child) == "body"):
            return False
    return None


def _holds(frame: Frame, test: ast.expr) -> bool | None:
    """Decide a condition on parameters by what the call gives them."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        inner = _holds(frame, test.operand)
        return None if inner is None else not inner
    if isinstance(test, ast.BoolOp):
        parts = [_holds(frame, part) for part in test.values]
        ends = isinstance(test.op, ast.Or)
        if ends in parts:
            return ends
        return None if None in parts else not ends
    if isinstance(test, ast.Compare) and written(test.comparators[0]) == "None":
        found = _holds(frame, test.left)
        return not found if isinstance(test.ops[0], ast.Is) and found is not None else found
    return _is_given(frame, test.id) if isinstance(test, ast.Name) else None


def _is_given(frame: Frame, name: str) -> bool | None:
    defaults = {item.arg: default for item, default in parameters(frame.function)}
    if name not in defaults:
        return None
    value = argument(frame, name)
    if value is not None and _is_spread(frame, value):
        return None
    value = defaults[name] if value is None else value
    return bool(value.value) if isinstance(value, ast.Constant) else value is not None or None


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
        known = _looked_up(frame, value)
        return replace(known or Entry(there, value, value), is_certain=is_certain)
    given = argument(frame, value.id)
    default = defaults[value.id]
    if given is not None and not _is_spread(frame, given):
        return Entry(frame.module, given, given, is_certain)
    if isinstance(given, ast.Subscript):
        spread = one(frame.module, given.value, 0)
        entry = spread.entries.get(value.id)
        if entry is not None and (entry.is_certain or default is None):
            return replace(entry, is_certain=is_certain)
        if entry is None and spread.is_open:
            return Entry(frame.module, None, frame.call, is_certain)
    return Entry(there, default, default or value, is_certain)


def _is_spread(frame: Frame, given: ast.expr) -> bool:
    """Say whether a parameter is only taken out of the call's ``**mapping``."""
    return given not in (*frame.call.args, *(word.value for word in frame.call.keywords))


def _inherited(there: Module, frame: Frame, call: ast.Call, payload: Payload) -> Payload:
    """Read ``super().__init__(data)`` of a class of the project as if this call ran it."""
    own = there.class_of(call) if written(call.func) == "super().__init__" else None
    parents = ancestry((there, own))[1:] if own is not None else ()
    found = next((x for x in (method_of(p, "__init__") for p in parents) if x is not None), None)
    if found is None or not call.args:
        return payload
    words = [ast.keyword(word.arg, _given(frame, word.value)) for word in call.keywords]
    made = ast.Call(call.func, [_given(frame, value) for value in call.args], words)
    frame.module.adopt(made, frame.call)
    return set_by(found[0], Frame(found[1], frame.module, made), payload)


def _given(frame: Frame, value: ast.expr) -> ast.expr:
    """Take a parameter for what the call gives it."""
    given = argument(frame, value.id) if isinstance(value, ast.Name) else None
    return value if given is None else given


def _looked_up(frame: Frame, value: ast.expr) -> Entry | None:
    """Read ``data["plan_id"]`` and ``data.get("plan_id")`` of a mapping that the call gives."""
    is_get = isinstance(value, ast.Call) and called_name(value) in ("get", "pop") and value.args
    key = value.args[0] if isinstance(value, ast.Call) and is_get else None
    key = value.slice if isinstance(value, ast.Subscript) else key
    holder = value.func if isinstance(value, ast.Call) else value
    base = holder.value if isinstance(holder, ast.Attribute | ast.Subscript) else None
    given = argument(frame, base.id) if isinstance(base, ast.Name) else None
    if not isinstance(key, ast.Constant) or given is None:
        return None
    entry = one(frame.module, given, 0).entries.get(str(key.value))
    return entry if entry is not None and entry.is_certain and entry.value is not None else None


def _handed_on(there: Module, frame: Frame, call: ast.Call, payload: Payload) -> Payload:
    """Lay over what goes to ``super().__init__(**kwargs)``, or is set in a loop over kwargs."""
    rest = frame.function.args.kwarg
    given = argument(frame, rest.arg) if rest is not None else None
    spreads = called_name(call) == "setattr" or any(word.arg is None for word in call.keywords)
    if spreads and given is not None:
        # What has a parameter of its own never comes with the rest.
        names = {item.arg for item, _ in parameters(frame.function)}
        own = {key: entry for key, entry in payload.entries.items() if key in names}
        payload = overlaid(payload, one(frame.module, given, 0))
        payload = replace(payload, entries={**payload.entries, **own})
    for word in call.keywords:
        if word.arg is not None:
            payload = with_entry(payload, word.arg, _entry(there, frame, word.value))
    return payload
