"""A call that begins a statement -> the calls that go on with it, through names and returns."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from releasegate.appcode.flow.frames import frame_of
from releasegate.appcode.flow.names import origins

if TYPE_CHECKING:
    from collections.abc import Iterator

    from releasegate.appcode.source.module import Module

MAX_CALLS = 30


@dataclass(frozen=True, slots=True)
class Step:
    """A call in a chain that starts with the statement."""

    name: str
    call: ast.Call
    module: Module


def steps(module: Module, node: ast.AST) -> list[Step]:
    """List the calls that follow in the chain."""
    return [
        Step(call.func.attr, call, there)
        for there, start in _starts(module, node, set())
        for call in _calls(there, start)
        if isinstance(call.func, ast.Attribute)
    ]


def ends(module: Module, node: ast.AST) -> list[tuple[Module, ast.AST]]:
    """List the places where the statement stands, as it begins and as it is after its calls."""
    found: list[tuple[Module, ast.AST]] = []
    for there, start in _starts(module, node, set()):
        found.append((there, start))
        found += [(there, call) for call in _calls(there, start)[-1:]]
    return found


def _starts(module: Module, node: ast.AST, seen: set[ast.AST]) -> Iterator[tuple[Module, ast.AST]]:
    """Yield the call, the readings of the variable that keeps it, and where it is given back."""
    if node in seen:
        return
    seen.add(node)
    yield module, node
    calls = _calls(module, node)
    last = _whole(module, calls[-1] if calls else node)
    for load in _loads(module, last):
        yield from _starts(module, load, seen)
    function = module.function(last)
    frame = frame_of(module, function) if function is not None else None
    if frame is not None and isinstance(module.parent(last), ast.Return):
        yield from _starts(frame.module, frame.call, seen)


def _calls(module: Module, node: ast.AST) -> list[ast.Call]:
    """List the calls on the statement itself: ``insert(Run).values(...).returning(...)``."""
    found: list[ast.Call] = []
    current = node
    while len(found) < MAX_CALLS:
        holder = module.parent(_whole(module, current))
        call = module.parent(holder) if isinstance(holder, ast.Attribute) else None
        if not isinstance(call, ast.Call) or call.func is not holder:
            break
        found.append(call)
        current = call
    return found


def _whole(module: Module, node: ast.AST) -> ast.AST:
    """Climb out of ``pg_insert(Run) if is_pg else sqlite_insert(Run)``."""
    while isinstance(module.parent(node), ast.IfExp):
        node = module.parent(node) or node
    return node


def _loads(module: Module, node: ast.AST) -> list[ast.expr]:
    holder = module.parent(node)
    target = holder.targets[0] if isinstance(holder, ast.Assign) else None
    target = holder.target if isinstance(holder, ast.AnnAssign) else target
    if not isinstance(target, ast.Name):
        return []
    function = module.function(node)
    loads = (x for x in module.loads.get(target.id, ()) if module.function(x) is function)
    return [x for x in loads if any(origin.node is holder for origin in origins(module, x))]
