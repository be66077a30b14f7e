"""A payload, and the code between its making and its use -> what it holds by then."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from releasegate.appcode.flow.calls import callees
from releasegate.appcode.flow.frames import entered
from releasegate.appcode.flow.names import origins
from releasegate.appcode.source.module import Function, Module, before
from releasegate.appcode.source.written import written
from releasegate.appcode.values.column_names import column_named
from releasegate.appcode.values.nullness import called_name
from releasegate.appcode.values.payloads import (
    MAX_DEPTH,
    Entry,
    Payload,
    of_keywords,
    overlaid,
    rows,
    with_entry,
    with_unseen_key,
)
from releasegate.appcode.values.texts import text_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from releasegate.appcode.flow.parameters import Origin

#: methods that change what a mapping holds
_METHODS = {"update", "pop", "popitem", "clear", "setdefault"}
_ADDING = ("append", "extend", "add")


def _later(module: Module, origin: Origin, use: ast.expr) -> tuple[ast.expr, ...]:
    """List what happens to a local variable between a binding and a use, in order."""
    key = (origin.node, use)
    if key not in module.steps:
        module.steps[key] = tuple(_between(module, origin, use))
    return module.steps[key]


def _between(module: Module, origin: Origin, use: ast.expr) -> Iterator[ast.expr]:
    home = module.function(origin.node)
    word = use.attr if isinstance(use, ast.Attribute) else getattr(use, "id", "")
    if origin.module is not module or not _is_of(module, use, home, word):
        return
    text = written(use)
    uses = [
        item
        for item in module.loads.get(word, ())
        if _is_of(module, item, home, word) and written(item) == text
    ]
    around = set(module.ancestors(origin.node))
    loops = [
        item
        for item in module.ancestors(use)
        if isinstance(item, ast.For | ast.AsyncFor | ast.While) and item not in around
    ]
    for item in sorted(uses, key=lambda item: (item.lineno, item.col_offset)):
        comes_round = item is not use and any(loop in module.ancestors(item) for loop in loops)
        if before(origin.node, item) and (before(item, use) or comes_round):
            yield item


def _is_of(module: Module, node: ast.expr, home: Function | None, word: str) -> bool:
    """Say whether a name is the variable of a function; JavaScript's callbacks have it too."""
    function = module.function(node)
    while function is not home and function is not None and not module.is_python:
        known = {item.arg for item in ast.walk(function.args) if isinstance(item, ast.arg)}
        if home is None or word in known or (function, word) in module.bindings:
            return False
        function = module.function(function)
    return function is home


def changed(module: Module, origin: Origin, payload: Payload, use: ast.expr, depth: int) -> Payload:
    """Apply ``d[k] = v``, ``del d[k]``, ``d.update()``, ``d.pop()``, ``d.setdefault()``."""
    steps = _later(module, origin, use)
    for item in steps:
        parent = module.parent(item)
        if not isinstance(parent, ast.Subscript | ast.Attribute) or _only_reads(parent):
            continue
        certain = module.dominates(item, use) or on_all_ways(module, item, steps, use)
        certain = certain or _fills_in(module, parent, use)
        if isinstance(parent, ast.Subscript) and parent.value is item:
            payload = _stepped(module, payload, parent, is_certain=certain)
        call = module.parent(parent)
        if not isinstance(parent, ast.Attribute):
            continue
        if isinstance(call, ast.Call) and call.func is parent:
            payload = _method(module, payload, call, parent.attr, certain, depth)
        elif not isinstance(parent.ctx, ast.Load):
            payload = _stepped(module, payload, parent, is_certain=certain)
    return payload


def _fills_in(module: Module, slot: ast.Subscript | ast.Attribute, use: ast.AST) -> bool:
    """Recognise ``if d["k"] is None: d["k"] = v``: after it there is something on every way."""
    choice = module.parent(module.statement(slot))
    if not isinstance(choice, ast.If) or not module.dominates(choice, use):
        return False
    text, base = written(slot), written(slot.value)
    key = written(slot.slice) if isinstance(slot, ast.Subscript) else ""
    asked = (text, f"{base}.get({key})") if key else (text,)
    tests = {form for x in asked for form in (f"{x} is None", f"not {x}")}
    is_first = module.field(module.statement(slot)) == "body"
    return is_first and written(choice.test) in tests


def _only_reads(node: ast.Subscript | ast.Attribute) -> bool:
    is_method = isinstance(node, ast.Attribute) and node.attr in _METHODS
    return isinstance(node.ctx, ast.Load) and not is_method


def on_all_ways(module: Module, item: ast.expr, steps: Sequence[ast.expr], use: ast.AST) -> bool:
    """Say whether ``if a: d["k"] = 1 else: d["k"] = 2`` sets the same key either way."""
    choices = [
        choice
        for choice in module.ancestors(item)
        if isinstance(choice, ast.If) and choice.orelse and module.dominates(choice, use)
    ]
    if not choices:
        return False
    target = written(module.parent(item) or item)
    same: list[ast.AST] = [s for s in steps if written(module.parent(s) or s) == target]
    return any(module.is_settled_by(choice, same) for choice in choices)


def _stepped(
    module: Module, payload: Payload, node: ast.Subscript | ast.Attribute, *, is_certain: bool
) -> Payload:
    if isinstance(node.ctx, ast.Load):
        return payload
    if isinstance(node, ast.Attribute):
        key: object = node.attr
    else:
        key = _key(module, node.slice)
    if not isinstance(key, str):
        return _for_each(module, payload, node)
    if isinstance(node.ctx, ast.Del):
        return _without(payload, key, is_certain=is_certain)
    statement = module.parent(node)
    value = statement.value if isinstance(statement, ast.Assign | ast.AnnAssign) else None
    return with_entry(payload, key, Entry(module, value, node, is_certain))


def _key(module: Module, node: ast.expr) -> object:
    """Read the key of ``d["k"] = v``, ``d[Run.plan_id] = v`` and ``d[key] = v`` of a known key."""
    if isinstance(node, ast.Constant):
        return node.value
    named = column_named(node)
    return text_of(module, node) if named is None and isinstance(node, ast.Name) else named


def _for_each(module: Module, payload: Payload, node: ast.Subscript | ast.Attribute) -> Payload:
    """Read ``for key in ("a", "b"): d[key] = ...``; a number is an item, not a key."""
    slot = node.slice if isinstance(node, ast.Subscript) else None
    if isinstance(slot, ast.Constant) or _is_rewritten(module, node):
        return payload
    found = origins(module, slot) if isinstance(slot, ast.Name) else ()
    loop = found[0].iterated if len(found) == 1 else None
    if not isinstance(loop, ast.List | ast.Tuple | ast.Set):
        return with_unseen_key(module, payload, node)
    for key in loop.elts:
        if isinstance(key, ast.Constant) and isinstance(key.value, str):
            payload = with_entry(payload, key.value, Entry(module, None, node, is_certain=False))
    return payload


def _is_rewritten(module: Module, node: ast.AST) -> bool:
    """Recognise ``for k, v in d.items(): if isinstance(v, datetime): d[k] = v.isoformat()``."""
    for item in module.ancestors(node):
        if isinstance(item, ast.For | ast.AsyncFor):
            return False
        if isinstance(item, ast.If) and "isinstance(" in written(item.test):
            return True
    return False


def _without(payload: Payload, key: str, *, is_certain: bool) -> Payload:
    entries = dict(payload.entries)
    if is_certain:
        entries.pop(key, None)
    elif key in entries:
        entries[key] = replace(entries[key], is_certain=False)
    return replace(payload, entries=entries)


def _method(
    module: Module, payload: Payload, call: ast.Call, name: str, certain: bool, depth: int
) -> Payload:
    first = call.args[0] if call.args else None
    key = first.value if isinstance(first, ast.Constant) else None
    if name == "update":
        change = of_keywords(module, call, depth)
        entries = {
            k: replace(e, is_certain=e.is_certain and certain) for k, e in change.entries.items()
        }
        return overlaid(payload, replace(change, entries=entries))
    if name in ("pop", "popitem", "clear") and not isinstance(key, str):
        is_of_list = isinstance(key, int) or (name == "pop" and not call.args)
        return payload if is_of_list else _emptied(payload, name)
    if name == "pop" and isinstance(key, str):
        return _without(payload, key, is_certain=certain)
    if name == "setdefault" and isinstance(key, str) and key not in payload.entries:
        value = call.args[1] if len(call.args) > 1 else None
        return with_entry(payload, key, Entry(module, value, call, certain))
    return payload


def _emptied(payload: Payload, name: str) -> Payload:
    return replace(payload, entries={}, is_open=f"{name}() takes keys away")


def appended(module: Module, origin: Origin, use: ast.expr, depth: int) -> Iterator[Payload]:
    """Read the rows that are appended to a list before it is sent."""
    may_be_list = origin.value is None or isinstance(origin.value, ast.List | ast.Call)
    for item in _later(module, origin, use):
        parent = module.parent(item)
        call = module.parent(parent) if parent is not None else None
        if may_be_list and isinstance(parent, ast.Call) and item in parent.args:
            yield from _filled(module, parent, parent.args.index(item), depth)
        if not isinstance(parent, ast.Attribute) or not isinstance(call, ast.Call):
            continue
        if parent.attr in _ADDING:
            for argument in call.args:
                yield from rows(module, argument, depth + 1)
        if parent.attr == "insert" and len(call.args) == 2:
            yield from rows(module, call.args[1], depth + 1)


def _filled(module: Module, call: ast.Call, index: int, depth: int) -> Iterator[Payload]:
    """Read what a function of the project appends to a list that it is handed."""
    for there, frame in callees(module, call)[:1] if depth < MAX_DEPTH else ():
        names = [item.arg for item in (*frame.function.args.posonlyargs, *frame.function.args.args)]
        shift = 1 if names[:1] in (["self"], ["cls"]) else 0
        name = names[index + shift] if index + shift < len(names) else ""
        with entered(frame) as is_new:
            for load in there.loads.get(name, ()) if is_new else ():
                method = there.parent(load)
                made = there.parent(method) if isinstance(method, ast.Attribute) else None
                is_own = isinstance(made, ast.Call) and there.function(load) is frame.function
                if isinstance(made, ast.Call) and is_own and called_name(made) in _ADDING:
                    yield from rows(there, made.args[-1], depth + 1)
