"""A function and a call of it -> what each parameter is given there."""

from __future__ import annotations

import ast
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from releasegate.appcode.source.module import Function, Module

#: so many calls may be looked through, one inside the other
MAX_HOPS = 3


@dataclass(frozen=True, slots=True)
class Frame:
    """A call through which a function's body is being read."""

    function: Function
    #: where the call stands
    module: Module
    call: ast.Call
    #: what the method is called on
    receiver: ast.expr | None = None


@contextmanager
def entered(frame: Frame) -> Iterator[bool]:
    """Read a function as this call runs it; False where that would go on for ever."""
    frames = frame.module.project.frames
    is_new = len(frames) < MAX_HOPS and all(item.function is not frame.function for item in frames)
    frames.append(frame)
    try:
        yield is_new
    finally:
        frames.pop()


@contextmanager
def left(frame: Frame) -> Iterator[None]:
    """Read what stands at a call, where the call itself says nothing yet."""
    frames = frame.module.project.frames
    place = next(index for index, item in enumerate(frames) if item is frame)
    del frames[place]
    try:
        yield
    finally:
        frames.insert(place, frame)


def frame_of(module: Module, function: Function) -> Frame | None:
    for frame in reversed(module.project.frames):
        if frame.function is function:
            return frame
    return None


def argument(frame: Frame, name: str) -> ast.expr | None:
    """Find what a call gives a parameter; None where it gives nothing, or hides it."""
    arguments = frame.function.args
    positional = [item.arg for item in (*arguments.posonlyargs, *arguments.args)]
    skipped = 1 if _has_self(frame, positional) else 0
    if name in positional and _index(frame, positional, name, skipped) is not None:
        return _index(frame, positional, name, skipped)
    for keyword in frame.call.keywords:
        if keyword.arg == name:
            return keyword.value
    if arguments.kwarg is not None and arguments.kwarg.arg == name:
        return _rest(frame, {*positional, *(item.arg for item in arguments.kwonlyargs)})
    if arguments.vararg is not None and arguments.vararg.arg == name:
        made = ast.Tuple(frame.call.args[len(positional) - skipped :], ast.Load())
        return _adopted(frame, made)
    return _spread(frame, name)


def _has_self(frame: Frame, positional: list[str]) -> bool:
    if not positional or positional[0] not in ("self", "cls", "klass", "mcs"):
        return False
    return isinstance(frame.call.func, ast.Attribute) or positional[0] == "self"


def _index(frame: Frame, positional: list[str], name: str, skipped: int) -> ast.expr | None:
    index = positional.index(name) - skipped
    given = frame.call.args
    if not 0 <= index < len(given):
        return None
    if any(isinstance(item, ast.Starred) for item in given[: index + 1]):
        return None
    return given[index]


def _rest(frame: Frame, named: set[str]) -> ast.expr:
    """Write down what ``**kwargs`` holds: the call's keywords that no parameter takes."""
    keys: list[ast.expr | None] = []
    values: list[ast.expr] = []
    for keyword in frame.call.keywords:
        if keyword.arg in named:
            continue
        key = ast.Constant(keyword.arg) if keyword.arg else None
        keys.append(ast.copy_location(key, keyword.value) if key else None)
        values.append(keyword.value)
    return _adopted(frame, ast.Dict(keys, values))


def _spread(frame: Frame, name: str) -> ast.expr | None:
    """Take a parameter out of ``**mapping`` in the call."""
    for keyword in frame.call.keywords:
        if keyword.arg is None:
            key = ast.copy_location(ast.Constant(name), frame.call)
            return _adopted(frame, ast.Subscript(keyword.value, key, ast.Load()))
    return None


def _adopted(frame: Frame, made: ast.expr) -> ast.expr:
    frame.module.adopt(made, frame.call)
    return made
