"""A Python expression for rows -> their keys: always or maybe there, and what each holds."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from releasegate.appcode.module import Module, before
from releasegate.appcode.names import Origin, origins
from releasegate.appcode.nullness import called_name

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_DEPTH = 8


@dataclass(frozen=True, slots=True)
class Entry:
    module: Module
    #: None where the key is there and its value is hidden
    value: ast.expr | None
    node: ast.AST
    #: the key is there on every path
    is_certain: bool = True


@dataclass(frozen=True, slots=True)
class Payload:
    module: Module
    node: ast.AST
    entries: dict[str, Entry] = field(default_factory=dict)
    #: why there may be other keys than these
    is_open: str | None = None


def rows(module: Module, node: ast.expr, depth: int = 0) -> tuple[Payload, ...]:
    """Read what may be sent: one payload for each row, and for each path to one."""
    if depth > MAX_DEPTH:
        return (_opaque(module, node),)
    if isinstance(node, ast.Dict):
        return (_of_dict(module, node, depth),)
    if isinstance(node, ast.List | ast.Tuple):
        return tuple(row for item in node.elts for row in rows(module, item, depth + 1))
    if isinstance(node, ast.ListComp | ast.GeneratorExp):
        return rows(module, node.elt, depth + 1)
    if isinstance(node, ast.IfExp):
        return rows(module, node.body, depth + 1) + rows(module, node.orelse, depth + 1)
    if isinstance(node, ast.Await | ast.Starred | ast.NamedExpr):
        return rows(module, node.value, depth + 1)
    if isinstance(node, ast.Name):
        return _of_name(module, node, depth)
    return _made(module, node, depth)


def _made(module: Module, node: ast.expr, depth: int) -> tuple[Payload, ...]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return (_merged(module, node, [node.left, node.right], depth),)
    if isinstance(node, ast.Call) and called_name(node) == "dict":
        return (_of_keywords(module, node, depth),)
    if isinstance(node, ast.Call) and called_name(node) in ("list", "tuple") and node.args:
        return rows(module, node.args[0], depth + 1)
    return (_opaque(module, node),)


def _opaque(module: Module, node: ast.AST) -> Payload:
    text = " ".join(ast.unparse(node).split())
    return Payload(module, node, is_open=f"what {text[:60]} holds is not visible here")


def _of_dict(module: Module, node: ast.Dict, depth: int) -> Payload:
    payload = Payload(module, node)
    for key, value in zip(node.keys, node.values, strict=True):
        if key is None:
            payload = _overlaid(payload, _one(module, value, depth))
        elif isinstance(key, ast.Constant) and isinstance(key.value, str):
            payload = _with(payload, key.value, Entry(module, value, key))
        else:
            payload = _overlaid(payload, _opaque(module, key))
    return payload


def _of_keywords(module: Module, node: ast.Call, depth: int) -> Payload:
    payload = Payload(module, node)
    for argument in node.args:
        payload = _overlaid(payload, _one(module, argument, depth))
    for keyword in node.keywords:
        if keyword.arg is None:
            payload = _overlaid(payload, _one(module, keyword.value, depth))
        else:
            payload = _with(payload, keyword.arg, Entry(module, keyword.value, keyword.value))
    return payload


def _merged(module: Module, node: ast.AST, parts: list[ast.expr], depth: int) -> Payload:
    payload = Payload(module, node)
    for part in parts:
        payload = _overlaid(payload, _one(module, part, depth))
    return payload


def _one(module: Module, node: ast.expr, depth: int) -> Payload:
    """Read a payload that goes into another; several paths make its keys uncertain."""
    found = rows(module, node, depth + 1)
    if len(found) == 1:
        return found[0]
    return _opaque(module, node)


def _with(payload: Payload, key: str, entry: Entry) -> Payload:
    known = payload.entries.get(key)
    if known is not None and known.is_certain and not entry.is_certain:
        entry = Entry(entry.module, None, entry.node)
    return replace(payload, entries={**payload.entries, key: entry})


def _overlaid(below: Payload, above: Payload) -> Payload:
    """Lay one payload over another; what an open one may replace is hidden."""
    entries = dict(below.entries)
    if above.is_open:
        entries = {key: replace(entry, value=None) for key, entry in entries.items()}
    payload = replace(below, entries=entries, is_open=below.is_open or above.is_open)
    for key, entry in above.entries.items():
        payload = _with(payload, key, entry)
    return payload


def _of_name(module: Module, node: ast.Name, depth: int) -> tuple[Payload, ...]:
    found = origins(module, node)
    if not found:
        return (_opaque(module, node),)
    payloads: list[Payload] = []
    for origin in found:
        if origin.value is None:
            payloads.append(_opaque(module, node))
            continue
        is_empty_list = isinstance(origin.value, ast.List) and not origin.value.elts
        made = () if is_empty_list else rows(origin.module, origin.value, depth + 1)
        payloads.extend(_changed(module, origin, payload, node, depth) for payload in made)
        payloads.extend(_appended(module, origin, node, depth))
    return tuple(payloads) or (_opaque(module, node),)


def _later(module: Module, origin: Origin, use: ast.Name) -> Iterator[ast.AST]:
    """Yield what happens to a local variable between a binding and a use, in order."""
    function = module.function(use)
    if origin.module is not module or module.function(origin.node) is not function:
        return
    uses = [item for item in module.loads.get(use.id, ()) if module.function(item) is function]
    loops = [
        item
        for item in module.ancestors(use)
        if isinstance(item, ast.For | ast.AsyncFor | ast.While)
        and item not in module.ancestors(origin.node)
    ]
    for item in sorted(uses, key=lambda item: (item.lineno, item.col_offset)):
        comes_round = item is not use and any(loop in module.ancestors(item) for loop in loops)
        if before(origin.node, item) and (before(item, use) or comes_round):
            yield item


def _changed(
    module: Module, origin: Origin, payload: Payload, use: ast.Name, depth: int
) -> Payload:
    """Apply ``d[k] = v``, ``del d[k]``, ``d.update()``, ``d.pop()``, ``d.setdefault()``."""
    for item in _later(module, origin, use):
        parent = module.parent(item)
        certain = module.dominates(item, use)
        if isinstance(parent, ast.Subscript) and parent.value is item:
            payload = _subscript(module, payload, parent, is_certain=certain)
        call = module.parent(parent) if parent is not None else None
        if isinstance(parent, ast.Attribute) and isinstance(call, ast.Call):
            payload = _method(module, payload, call, parent.attr, certain, depth)
    return payload


def _subscript(
    module: Module, payload: Payload, node: ast.Subscript, *, is_certain: bool
) -> Payload:
    if isinstance(node.ctx, ast.Load):
        return payload
    key = node.slice.value if isinstance(node.slice, ast.Constant) else None
    if not isinstance(key, str):
        return _overlaid(payload, _opaque(module, node))
    if isinstance(node.ctx, ast.Del):
        return _without(payload, key, is_certain=is_certain)
    statement = module.parent(node)
    value = statement.value if isinstance(statement, ast.Assign | ast.AnnAssign) else None
    return _with(payload, key, Entry(module, value, node, is_certain))


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
        change = _of_keywords(module, call, depth)
        entries = {
            k: replace(e, is_certain=e.is_certain and certain) for k, e in change.entries.items()
        }
        return _overlaid(payload, replace(change, entries=entries))
    if name in ("pop", "popitem", "clear") and not isinstance(key, str):
        return replace(payload, entries={}, is_open=f"{name}() takes keys away")
    if name == "pop" and isinstance(key, str):
        return _without(payload, key, is_certain=certain)
    if name == "setdefault" and isinstance(key, str) and key not in payload.entries:
        value = call.args[1] if len(call.args) > 1 else None
        return _with(payload, key, Entry(module, value, call, certain))
    return payload


def _appended(module: Module, origin: Origin, use: ast.Name, depth: int) -> Iterator[Payload]:
    """Read the rows that are appended to a list before it is sent."""
    for item in _later(module, origin, use):
        parent = module.parent(item)
        call = module.parent(parent) if parent is not None else None
        if not isinstance(parent, ast.Attribute) or not isinstance(call, ast.Call):
            continue
        if parent.attr in ("append", "extend") and call.args:
            yield from rows(module, call.args[0], depth + 1)
        if parent.attr == "insert" and len(call.args) == 2:
            yield from rows(module, call.args[1], depth + 1)
