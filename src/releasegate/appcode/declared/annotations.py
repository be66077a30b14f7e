"""An annotation -> whether it allows None, and the classes that it names."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from releasegate.appcode.flow.class_names import Class, resolve
from releasegate.appcode.flow.definitions import definitions

if TYPE_CHECKING:
    from releasegate.appcode.source.module import Module

MAX_DEPTH = 8
_WAITING = {"Promise", "Awaitable", "Awaited", "Readonly"}
#: types of TypeScript that stand for themselves
_PLAIN = {"string", "number", "boolean", "any", "unknown", "object", "Date", "list", "Record", ""}
#: what holds a value of the inner type, or a row of them
_HOLDERS = {
    *("Optional", "Union", "Annotated", "list", "List", "Sequence", "Iterable", "set", "Set"),
    *("tuple", "Tuple", "Array", "Promise", "Awaitable", "Iterator", "Generator", "Collection"),
    *("Mapped", "ReadonlyArray", "Readonly", "NotRequired", "Required", "Final", "ReadOnly"),
    *("Type", "type", "AsyncIterator", "AsyncGenerator", "Coroutine", "Depends"),
}


def text_as_type(node: ast.expr) -> ast.expr:
    """Read an annotation in quotes."""
    if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
        return node
    try:
        return ast.parse(node.value, mode="eval").body
    except (SyntaxError, ValueError, RecursionError):
        return node


def allows_none(annotation: ast.expr) -> bool:
    """Say whether an annotation names None: ``X | None``, ``Optional[X]``, ``Union[X, None]``."""
    annotation = text_as_type(annotation)
    if isinstance(annotation, ast.Constant):
        return annotation.value is None
    if isinstance(annotation, ast.BinOp) and isinstance(annotation.op, ast.BitOr):
        return allows_none(annotation.left) or allows_none(annotation.right)
    if isinstance(annotation, ast.Subscript):
        return _generic_allows_none(annotation)
    return False


def may_be_none(module: Module, annotation: ast.expr, depth: int = 0) -> bool:
    """Say whether an annotation allows None, if need be by an alias: ``Maybe<string>``."""
    node = text_as_type(annotation)
    if allows_none(node):
        return True
    if module.is_python or depth > MAX_DEPTH:
        return False
    if isinstance(node, ast.BinOp):
        return any(may_be_none(module, side, depth + 1) for side in (node.left, node.right))
    if isinstance(node, ast.Subscript) and last_word(node.value) in _WAITING:
        return may_be_none(module, node.slice, depth + 1)
    if isinstance(node, ast.Subscript) and (field := _field(module, node, depth)) is not None:
        is_left_out = isinstance(field[1].value, ast.Constant) and field[1].value.value is None
        return is_left_out or may_be_none(field[0], field[1].annotation, depth + 1)
    word = last_word(node.value if isinstance(node, ast.Subscript) else node)
    return any(
        binding.value is not None
        and not isinstance(binding.value, ast.Call | ast.Dict)
        and may_be_none(there, binding.value, depth + 1)
        for there, binding in (definitions(module, word) if word not in _PLAIN else ())
    )


def _field(module: Module, node: ast.Subscript, depth: int) -> tuple[Module, ast.AnnAssign] | None:
    """Find the field behind TypeScript's ``Run["planId"]``."""
    key = node.slice.value if isinstance(node.slice, ast.Constant) else None
    if not isinstance(key, str) or depth > MAX_DEPTH:
        return None
    outer = _field(module, node.value, depth + 1) if isinstance(node.value, ast.Subscript) else None
    base = (outer[0], outer[1].annotation) if outer is not None else (module, node.value)
    for there, owner in classes(*base, depth + 1):
        for item in owner.body:
            if isinstance(item, ast.AnnAssign) and getattr(item.target, "id", None) == key:
                return there, item
    return None


def _generic_allows_none(annotation: ast.Subscript) -> bool:
    name = last_word(annotation.value)
    if name == "Optional":
        return True
    inner = annotation.slice
    parts = inner.elts if isinstance(inner, ast.Tuple) else [inner]
    if name in ("Annotated", "Mapped", "NotRequired", "Required", "Promise", "Awaitable"):
        return allows_none(parts[0])
    return name == "Union" and any(allows_none(part) for part in parts)


def last_word(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def classes(module: Module, annotation: ast.expr | None, depth: int = 0) -> tuple[Class, ...]:
    """Find the classes that an annotation names, through containers, unions and aliases."""
    if annotation is None or depth > MAX_DEPTH:
        return ()
    node = text_as_type(annotation)
    if isinstance(node, ast.ClassDef):
        return ((module, node),)
    if isinstance(node, ast.BinOp):
        sides = (node.left, node.right)
        return tuple(item for side in sides for item in classes(module, side, depth + 1))
    if isinstance(node, ast.Subscript) and last_word(node.value) in _HOLDERS:
        parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        return tuple(item for part in parts for item in classes(module, part, depth + 1))
    found = resolve(module, annotation if node is not annotation and _is_word(node) else node)
    return found or _aliased(module, node, depth)


def _is_word(node: ast.expr) -> bool:
    return isinstance(node, ast.Name | ast.Attribute)


def _aliased(module: Module, node: ast.expr, depth: int) -> tuple[Class, ...]:
    """Follow ``RunIn = Annotated[RunCreate, Body()]`` and TypeScript's type aliases."""
    if not isinstance(node, ast.Name):
        return ()
    found: list[Class] = []
    for there, binding in definitions(module, node.id):
        if binding.value is not None and not isinstance(binding.value, ast.Call):
            found.extend(classes(there, binding.value, depth + 1))
    return tuple(found)
