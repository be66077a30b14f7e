"""A function's parameter -> its default, and what the call gives it through which we read."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from releasegate.appcode.flow.frames import Frame, argument, frame_of

if TYPE_CHECKING:
    from releasegate.appcode.source.bindings import Way
    from releasegate.appcode.source.module import Function, Module


_EACH = {"map", "forEach", "flatMap", "filter", "find", "some", "every"}


@dataclass(frozen=True, slots=True)
class Origin:
    """One thing that a name may stand for."""

    module: Module
    #: where it gets its value
    node: ast.AST
    #: None where the value cannot be written down
    value: ast.expr | None = None
    #: it is this parameter, with the function's default for it
    parameter: ast.arg | None = None
    default: ast.expr | None = None
    function: Function | None = None
    #: it is each item of this in turn
    iterated: ast.expr | None = None
    #: it is one part of this, and the way to it
    unpacked: tuple[ast.expr, Way] | None = None


def parameters(function: Function) -> list[tuple[ast.arg, ast.expr | None]]:
    """List a function's parameters with their defaults."""
    arguments = function.args
    positional = [*arguments.posonlyargs, *arguments.args]
    padding: list[ast.expr | None] = [None] * (len(positional) - len(arguments.defaults))
    pairs = [
        *zip(positional, [*padding, *arguments.defaults], strict=True),
        *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True),
    ]
    return [(parameter, None if _is_unset(default) else default) for parameter, default in pairs]


def _is_unset(default: ast.expr | None) -> bool:
    return isinstance(default, ast.Constant) and default.value is ...


def parameter_origin(module: Module, function: Function, name: str) -> Origin | None:
    frame = frame_of(module, function)
    for parameter, default in parameters(function):
        if parameter.arg == name:
            return (
                _given(frame, module, parameter, default)
                or _of_each(module, function, parameter)
                or Origin(module, parameter, None, parameter, default, function)
            )
    for rest in (function.args.vararg, function.args.kwarg):
        if rest is not None and rest.arg == name:
            return _given(frame, module, rest, None) or Origin(module, rest, function=function)
    return None


def _of_each(module: Module, function: Function, parameter: ast.arg) -> Origin | None:
    """Take the first parameter of ``items.map((item) => ...)`` as each of the items."""
    call = module.parent(function)
    is_first = function.args.args[:1] == [parameter] and parameter.annotation is None
    if module.is_python or not is_first or not isinstance(call, ast.Call):
        return None
    holder = call.func if call.args[:1] == [function] else None
    if not isinstance(holder, ast.Attribute) or holder.attr not in _EACH:
        return None
    return Origin(module, parameter, iterated=holder.value)


def _given(
    frame: Frame | None, module: Module, parameter: ast.arg, default: ast.expr | None
) -> Origin | None:
    """Take what the call gives, through which the function is being read."""
    if frame is None:
        return None
    value = argument(frame, parameter.arg)
    if value is not None:
        return Origin(frame.module, value, value)
    return Origin(module, default, default) if default is not None else None


def parameter_given(module: Module, function: Function, name: str) -> bool:
    """Say whether a name is a parameter that a call, through which we read, gives a value."""
    frame = frame_of(module, function)
    return frame is not None and argument(frame, name) is not None
