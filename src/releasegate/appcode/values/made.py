"""A new object -> the columns that are set on it before it is used for the last time."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from releasegate.appcode.declared import forms
from releasegate.appcode.flow.callers import frames
from releasegate.appcode.flow.calls import callees
from releasegate.appcode.flow.names import origins
from releasegate.appcode.source.module import before
from releasegate.appcode.source.written import written
from releasegate.appcode.values.changes import on_all_ways
from releasegate.appcode.values.constructors import runs, set_by
from releasegate.appcode.values.nullness import called_name, nullness
from releasegate.appcode.values.payloads import Entry, Payload, overlaid, rows, with_entry

if TYPE_CHECKING:
    from releasegate.appcode.flow.frames import Frame
    from releasegate.appcode.source.module import Module

#: so many calls of a function are asked what they set on what it gives back
MAX_CALLERS = 20


def after(module: Module, made: ast.expr, payload: Payload) -> Payload:
    """Add ``run.plan = plan``, and what functions and methods set that are run on the object."""
    statement = module.parent(made)
    if isinstance(statement, ast.Call) and made in statement.args:
        return _set_by_callee(module, statement, statement.args.index(made), payload)
    if isinstance(statement, ast.Await):
        statement = module.parent(statement)
    if isinstance(statement, ast.Return):
        return _with_callers(module, made, payload)
    target = statement.targets[0] if isinstance(statement, ast.Assign) else None
    if isinstance(statement, ast.AnnAssign):
        target = statement.target
    if not isinstance(target, ast.Name | ast.Attribute) or not isinstance(statement, ast.stmt):
        return payload
    payload = _set_on_kept(module, made, target, statement, payload)
    return _set_by_callers(module, made, target, payload)


def _set_on_kept(
    module: Module, made: ast.expr, target: ast.expr, statement: ast.stmt, payload: Payload
) -> Payload:
    """Apply what happens to the variable that keeps the object."""
    function = module.function(made)
    word, text = getattr(target, "id", getattr(target, "attr", "")), written(target)
    loads = [
        load
        for load in module.loads.get(word, ())
        if module.function(load) is function and before(statement, load) and written(load) == text
    ]
    loads.sort(key=lambda load: (load.lineno, load.col_offset))
    for load in loads:
        if not isinstance(load, ast.Name) or _may_be(module, load, statement):
            payload = _set_on(module, statement, load, loads, payload)
    return payload


def _may_be(module: Module, load: ast.Name, statement: ast.stmt) -> bool:
    """Say whether a reading of the variable may still be the object, and not a later one."""
    return any(origin.node is statement for origin in origins(module, load))


def _set_by_callers(module: Module, made: ast.expr, target: ast.expr, payload: Payload) -> Payload:
    """Add what every caller sets on the object that it is given back: ``run = new_run()``."""
    function = module.function(made)
    word = target.id if isinstance(target, ast.Name) else ""
    is_returned = any(
        isinstance(module.parent(load), ast.Return) and module.function(load) is function
        for load in module.loads.get(word, ())
    )
    return _with_callers(module, made, payload) if is_returned else payload


def _with_callers(module: Module, made: ast.expr, payload: Payload) -> Payload:
    function = module.function(made)
    if function is None or module.project.is_spent():
        return payload
    found = [_set_at(frame) for frame in frames(module, function)[:MAX_CALLERS]]
    for name in dict.fromkeys(key for entries in found for key in entries):
        given = [entries[name] for entries in found if name in entries]
        is_sure = len(given) == len(found) and all(entry.is_certain for entry in given)
        worst = next((entry for entry in given if _may_be_none(entry)), given[0])
        if name not in payload.entries or is_sure:
            payload = with_entry(payload, name, replace(worst, is_certain=is_sure))
    return payload


def _set_at(frame: Frame) -> dict[str, Entry]:
    statement = frame.module.parent(frame.call)
    if isinstance(statement, ast.Await):
        statement = frame.module.parent(statement)
    target = statement.targets[0] if isinstance(statement, ast.Assign) else None
    if not isinstance(target, ast.Name) or not isinstance(statement, ast.stmt):
        return {}
    bare = Payload(frame.module, frame.call)
    return dict(_set_on_kept(frame.module, frame.call, target, statement, bare).entries)


def _may_be_none(entry: Entry) -> bool:
    return entry.value is not None and bool(nullness(entry.module, entry.value).may_be_none)


def _set_by_callee(module: Module, call: ast.Call, index: int, payload: Payload) -> Payload:
    """Apply what a function that is given the object sets on it: ``form.save(project, run)``."""
    for there, frame in callees(module, call)[:1]:
        arguments = frame.function.args
        names = [item.arg for item in (*arguments.posonlyargs, *arguments.args)]
        shift = 1 if names[:1] in (["self"], ["cls"]) else 0
        if index + shift >= len(names):
            continue
        for load in there.loads.get(names[index + shift], ()):
            holder = there.parent(load)
            if there.function(load) is not frame.function or not isinstance(holder, ast.Attribute):
                continue
            statement = there.parent(holder)
            if isinstance(holder.ctx, ast.Store) and isinstance(statement, ast.Assign):
                certain = runs(there, frame, statement)
                entry = Entry(there, statement.value, holder, certain is True)
                payload = (
                    with_entry(payload, holder.attr, entry) if certain is not False else payload
                )
    return payload


def _comes_by(module: Module, made: ast.AST, statement: ast.AST | None) -> bool:
    """Say whether a statement stands in the block of another, or in one around it."""
    block = module.parent(statement)
    child = next((x for x in module.ancestors(made) if module.parent(x) is block), None)
    is_same = statement is not None and child is not None
    return is_same and module.field(child or made) == module.field(statement or made)


def _set_on(
    module: Module, made: ast.stmt, load: ast.expr, loads: list[ast.expr], payload: Payload
) -> Payload:
    """Apply ``run.plan = plan`` and ``setattr(run, name, value)``."""
    parent = module.parent(load)
    if isinstance(parent, ast.Call) and called_name(parent) == "populate_obj":
        return _filled_in(module, parent, payload)
    if isinstance(parent, ast.Call) and load in parent.args and called_name(parent) != "setattr":
        return _set_by_callee(module, parent, parent.args.index(load), payload)
    if isinstance(parent, ast.Attribute) and isinstance(parent.ctx, ast.Store):
        value = getattr(module.parent(parent), "value", None)
        certain = _comes_by(module, made, module.parent(parent))
        certain = certain or on_all_ways(module, load, loads, loads[-1])
        return with_entry(payload, parent.attr, Entry(module, value, parent, certain))
    call = module.parent(parent) if isinstance(parent, ast.Attribute) else None
    if isinstance(call, ast.Call) and call.func is parent:
        # ``run.save(plan=plan)`` of a class whose own save() does ``self.plan = plan``
        for there, frame in callees(module, call)[:1]:
            payload = set_by(there, frame, payload)
        return payload
    if isinstance(parent, ast.Call) and called_name(parent) == "setattr" and len(parent.args) == 3:
        name = parent.args[1]
        if isinstance(name, ast.Constant):
            return with_entry(payload, str(name.value), Entry(module, parent.args[2], parent))
        return _set_by_loop(module, parent, payload)
    return payload


def _filled_in(module: Module, call: ast.Call, payload: Payload) -> Payload:
    """Read ``form.populate_obj(run)`` of WTForms: each field of the form is set."""
    form = call.func.value if isinstance(call.func, ast.Attribute) else call
    given = forms.fields(module, form)
    if not given:
        return replace(payload, is_open="populate_obj() sets what is not visible here")
    for name, entry in given.items():
        payload = with_entry(payload, name, entry)
    return payload


def _set_by_loop(module: Module, call: ast.Call, payload: Payload) -> Payload:
    """Read ``for name, value in data.items(): setattr(run, name, value)``."""
    for loop in module.ancestors(call):
        source = loop.iter if isinstance(loop, ast.For) else None
        if not isinstance(source, ast.Call) or not isinstance(source.func, ast.Attribute):
            continue
        if source.func.attr == "items" and not source.args:
            found = rows(module, source.func.value, 1)
            if len(found) == 1:
                return overlaid(payload, found[0])
    return replace(payload, is_open="setattr() sets what is not visible here")
