"""A table of Drizzle -> the shape of the rows that are put into it, or read from it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from releasegate.appcode.fields import Field, Shape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from releasegate.appcode.module import Module


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
    for key, value in zip(listed.keys, listed.values, strict=True):
        if not isinstance(key, ast.Constant):
            continue
        words = {item.attr for item in ast.walk(value) if isinstance(item, ast.Attribute)}
        is_sure = bool(words & {"notNull", "primaryKey"})
        has_default = any(word.lstrip("$").startswith(("default", "onUpdate")) for word in words)
        yield Field(
            module=module,
            node=value,
            owner="the table",
            name=str(key.value),
            may_be_none=not is_sure,
            is_required=not is_insert or (is_sure and not has_default),
        )
