"""A Python expression that makes SQL -> its text, with a hole for what cannot be read."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from releasegate.appcode.names import single_value
from releasegate.appcode.nullness import called_name
from releasegate.statements.binds import HOLE

if TYPE_CHECKING:
    from releasegate.appcode.module import Module

MAX_DEPTH = 12
#: calls that give their first argument's text: psycopg, SQLAlchemy, textwrap
_WRAPPERS = {"SQL", "text", "dedent", "cleandoc", "Template", "RawSQL"}
#: methods that leave the text as it is, for our purpose
_UNCHANGED = {"strip", "lstrip", "rstrip", "encode", "bindparams", "as_string", "lower"}
_FIELD = re.compile(r"\{\{|\}\}|\{([^{}]*)\}")
_PRINTF = re.compile(r"%(?:\([^)]*\))?[sdrif]")


def text_of(module: Module, node: ast.AST, depth: int = 0) -> str | None:
    """Read an expression as text; None where it is none, or none that can be seen."""
    if depth > MAX_DEPTH:
        return None
    if isinstance(node, ast.Constant):
        return _constant(node)
    if isinstance(node, ast.JoinedStr):
        return "".join(_part(module, part, depth) for part in node.values)
    if isinstance(node, ast.BinOp):
        return _operator(module, node, depth)
    if isinstance(node, ast.Call):
        return _call(module, node, depth)
    if isinstance(node, ast.Name | ast.Attribute):
        origin = single_value(module, node)
        return text_of(*origin, depth + 1) if origin else None
    return None


def _constant(node: ast.Constant) -> str | None:
    if isinstance(node.value, bytes):
        return node.value.decode(errors="replace")
    return node.value if isinstance(node.value, str) else None


def _part(module: Module, part: ast.expr, depth: int) -> str:
    inner = part.value if isinstance(part, ast.FormattedValue) else part
    text = text_of(module, inner, depth + 1)
    return HOLE if text is None else text


def _operator(module: Module, node: ast.BinOp, depth: int) -> str | None:
    left = text_of(module, node.left, depth + 1)
    if isinstance(node.op, ast.Mod) and left is not None:
        return _PRINTF.sub(HOLE, left)
    right = text_of(module, node.right, depth + 1)
    if not isinstance(node.op, ast.Add) or (left is None and right is None):
        return None
    return (HOLE if left is None else left) + (HOLE if right is None else right)


def _call(module: Module, node: ast.Call, depth: int) -> str | None:
    name = called_name(node)
    if name == "Identifier" and node.args:
        names = [text_of(module, argument, depth + 1) for argument in node.args]
        return ".".join(HOLE if item is None else _quoted(item) for item in names)
    if name in _WRAPPERS and node.args:
        return text_of(module, node.args[0], depth + 1)
    if not isinstance(node.func, ast.Attribute):
        return None
    base = text_of(module, node.func.value, depth + 1)
    if base is None or name in _UNCHANGED:
        return base
    if name == "format":
        return _formatted(module, base, node, depth)
    return _joined(module, base, node, depth) if name == "join" else None


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _formatted(module: Module, base: str, node: ast.Call, depth: int) -> str:
    given: dict[str, str] = {}
    for index, argument in enumerate(node.args):
        given[str(index)] = _part(module, argument, depth)
    for keyword in node.keywords:
        given[keyword.arg or ""] = _part(module, keyword.value, depth)
    counter = iter(range(len(node.args)))

    def put(match: re.Match[str]) -> str:
        if match.group(1) is None:
            return match.group()[0]
        name = match.group(1).split("!")[0].split(":")[0] or str(next(counter, ""))
        return given.get(name, HOLE)

    return _FIELD.sub(put, base)


def _joined(module: Module, base: str, node: ast.Call, depth: int) -> str | None:
    if len(node.args) != 1 or not isinstance(node.args[0], ast.List | ast.Tuple):
        return None
    return base.join(_part(module, item, depth) for item in node.args[0].elts)
