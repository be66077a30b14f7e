"""A table of Drizzle -> the shape of the rows that are put into it, or read from it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from releasegate.appcode.declared.fields import Field, Shape
from releasegate.appcode.flow.definitions import definitions
from releasegate.appcode.models.drizzle import declared
from releasegate.appcode.source.module import FUNCTIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from releasegate.appcode.source.module import Module


def of_table(module: Module, table: str, kind: str) -> Shape | None:
    """Read the columns where the table is declared; ``kind`` begins with Insert or Select."""
    models = module.project.models
    made = ast.Name(table.rsplit(".", 1)[-1], ast.Load())
    module.adopt(made, module.tree)
    model = models.of(module, made) if models is not None else None
    if model is None or not isinstance(model.node, ast.Call) or len(model.node.args) < 2:
        return None
    listed = model.node.args[1]
    listed = listed.body if isinstance(listed, ast.Lambda) else listed
    if not isinstance(listed, ast.Dict):
        return None
    found = _columns(model.module, listed, is_insert=kind.startswith("Insert"))
    return Shape({item.name: item for item in found}, is_mapping=True)


def _columns(module: Module, listed: ast.Dict, *, is_insert: bool) -> Iterator[Field]:
    for there, name, value in declared(module, listed):
        words = set(_words(there, value))
        is_sure = bool(words & {"notNull", "primaryKey"})
        has_default = any(word.lstrip("$").startswith(("default", "onUpdate")) for word in words)
        yield Field(
            module=there,
            node=value,
            owner="the table",
            name=name,
            may_be_none=not is_sure,
            is_required=not is_insert or (is_sure and not has_default),
        )


def _words(module: Module, value: ast.expr) -> Iterator[str]:
    """List what is called on a column, and in the function of the project that makes it."""
    for item in ast.walk(value):
        if isinstance(item, ast.Attribute):
            yield item.attr
        if isinstance(item, ast.Call) and isinstance(item.func, ast.Name):
            for _, binding in definitions(module, item.func.id):
                inside = ast.walk(binding.node) if isinstance(binding.node, FUNCTIONS) else ()
                yield from (part.attr for part in inside if isinstance(part, ast.Attribute))
