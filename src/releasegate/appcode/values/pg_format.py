"""A call of pg-format and its text -> the text with its names, and the values as a call's."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from releasegate.appcode.values.nullness import called_name
from releasegate.appcode.values.texts import text_of
from releasegate.statements.binds import HOLE

if TYPE_CHECKING:
    from releasegate.appcode.source.module import Module

_FIELD = re.compile(r"%([ILs])")
_ROWS = re.compile(r"\bvalues\s+%L", re.IGNORECASE)


def filled(module: Module, text: str, call: ast.Call) -> tuple[str, ast.Call]:
    """Read ``format("INSERT INTO %I (a) VALUES (%L)", table, a)``; any other call stays."""
    if module.is_python or called_name(call) != "format" or not _FIELD.search(text):
        return text, call
    given, values = iter(call.args[1:]), list[ast.expr]()

    def put(match: re.Match[str]) -> str:
        value = next(given, None)
        if match[1] == "I" and value is not None:
            return text_of(module, value) or HOLE
        values.extend([value] if value is not None else [])
        return match[0]

    named = _FIELD.sub(put, text)
    rows = values[0] if len(values) == 1 and _ROWS.search(named) else None
    parameters = rows if rows is not None else ast.List(values, ast.Load())
    made = ast.Call(ast.Name("query", ast.Load()), [call.args[0], parameters], [])
    module.adopt(made, call)
    return named, made
