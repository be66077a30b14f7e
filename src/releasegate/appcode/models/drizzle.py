"""A table of Drizzle -> a model: ``pgTable("runs", { planId: uuid("plan_id") })``."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from releasegate.appcode.flow.definitions import definitions
from releasegate.appcode.models.model import Model
from releasegate.appcode.models.naming import snake
from releasegate.appcode.source.module import FUNCTIONS, returned
from releasegate.appcode.values.nullness import called_name
from releasegate.appcode.values.texts import text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from releasegate.appcode.contract import Contract
    from releasegate.appcode.source.module import Module

#: how often columns may be spread into others
MAX_DEPTH = 4
_FILLED = {"$default", "$defaultFn", "default", "defaultNow", "defaultRandom"}


def table(module: Module, node: ast.Call, contract: Contract) -> Model | None:
    """Read a call that declares one of the contract's tables."""
    if len(node.args) < 2 or not _declares(node):
        return None
    name = text_of(module, node.args[0])
    relation = contract.find(_schema(module, node), name) if name else None
    if name and relation is None and isinstance(node.func, ast.Name):
        relation = contract.find(None, _created(module, node, name))
    fields = node.args[1]
    if isinstance(fields, ast.Lambda):
        fields = fields.body
    if relation is None or not isinstance(fields, ast.Dict):
        return None
    columns: dict[str, str] = {}
    filled: set[str] = set()
    for there, key, value in declared(module, fields):
        column, is_filled = _column(there, key, value)
        known = contract.table(relation)
        if known is not None and column not in known.columns and key in known.columns:
            column = key
        columns[key] = column
        if is_filled:
            filled.add(column)
    return Model(relation, module, node, "drizzle", columns, {}, {}, frozenset(filled))


def declared(
    module: Module, fields: ast.Dict, depth: int = 0
) -> Iterator[tuple[Module, str, ast.expr]]:
    """List the columns by their keys, with those of ``...timestamps``."""
    for key, value in zip(fields.keys, fields.values, strict=True):
        if isinstance(key, ast.Constant) and isinstance(key.value, str):
            yield module, key.value, value
        elif depth < MAX_DEPTH:
            for there, inner in _spread(module, value):
                yield from declared(there, inner, depth + 1)


def _spread(module: Module, node: ast.expr) -> Iterator[tuple[Module, ast.Dict]]:
    """Find the columns of ``...timestamps``, and of ``...timestamps()`` that makes them."""
    word = node.func if isinstance(node, ast.Call) else node
    for there, binding in definitions(module, word.id) if isinstance(word, ast.Name) else ():
        made: tuple[ast.expr | None, ...] = (binding.value,)
        if isinstance(node, ast.Call):
            made = returned(there, binding.node) if isinstance(binding.node, FUNCTIONS) else ()
        yield from ((there, value) for value in made if isinstance(value, ast.Dict))


def _schema(module: Module, node: ast.Call) -> str | None:
    """Find the schema's name in ``audit = pgSchema("audit")`` and ``audit.table("events")``."""
    owner = node.func.value if isinstance(node.func, ast.Attribute) else None
    found = definitions(module, owner.id) if isinstance(owner, ast.Name) else ()
    for there, binding in found:
        made = binding.value
        if isinstance(made, ast.Call) and made.args and called_name(made).endswith("Schema"):
            return text_of(there, made.args[0])
    return None


def _created(module: Module, node: ast.Call, name: str) -> str | None:
    """Give a table its prefix: ``pgTableCreator((name) => `app_${name}`)``."""
    made = [binding.value for _, binding in definitions(module, called_name(node))]
    creator = made[0] if len(made) == 1 else None
    function = creator.args[0] if isinstance(creator, ast.Call) and creator.args else None
    if not isinstance(function, ast.Lambda) or not isinstance(function.body, ast.JoinedStr):
        return None
    parts = (
        name if isinstance(part, ast.FormattedValue) else text_of(module, part)
        for part in function.body.values
    )
    return "".join(part or "" for part in parts)


def _declares(node: ast.Call) -> bool:
    name = called_name(node)
    return name.endswith("Table") or name == "table" or "table" in name.lower()


def _column(module: Module, key: str, value: ast.expr) -> tuple[str, bool]:
    """Go down ``uuid("plan_id").notNull().references(...)`` to the column's type and name."""
    current, is_filled = value, False
    while isinstance(current, ast.Call):
        is_filled = is_filled or called_name(current) in _FILLED
        inner = current.func
        if not isinstance(inner, ast.Attribute) or not isinstance(inner.value, ast.Call):
            break
        current = inner.value
    first = current.args[0] if isinstance(current, ast.Call) and current.args else None
    named = (
        text_of(module, first) if first is not None and not isinstance(first, ast.Dict) else None
    )
    # Without a name of its own the column is called like the key, or that in snake case.
    return named or snake(key), is_filled
