"""A peewee or Tortoise model -> its table, its columns and its foreign keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from releasegate.appcode.flow.class_names import ancestry
from releasegate.appcode.models.django import fields, has_default, keyword_text, meta_text
from releasegate.appcode.models.model import Link, Model
from releasegate.appcode.models.naming import snake
from releasegate.appcode.values.nullness import called_name

if TYPE_CHECKING:
    import ast

    from releasegate.appcode.contract import Contract
    from releasegate.appcode.source.module import Module
    from releasegate.model import Relation

_KEYS = {"ForeignKeyField", "OneToOneField"}
_LIBRARIES = {"peewee": ("peewee", "playhouse"), "tortoise": ("tortoise",)}


def model(module: Module, node: ast.ClassDef, contract: Contract) -> Model | None:
    """Read a class of one of the contract's tables."""
    line = ancestry((module, node))
    kind = _kind(line)
    if kind is None:
        return None
    relation = _relation(module, node, contract)
    if relation is None:
        return None
    columns: dict[str, str] = {}
    links: dict[str, Link] = {}
    filled: set[str] = set()
    for there, owner in reversed(line):
        for attribute, call in fields(owner):
            key = called_name(call) in _KEYS
            named = keyword_text(there, call, "column_name", "db_column", "source_field")
            column = named or _default(attribute, is_key=key)
            columns[_default(attribute, is_key=key)] = column
            if key:
                links[attribute] = Link((column,))
            else:
                columns[attribute] = column
            if has_default(call):
                filled.add(column)
    return Model(relation, module, node, kind, columns, links, {}, frozenset(filled))


def _default(attribute: str, *, is_key: bool) -> str:
    return f"{attribute}_id" if is_key and not attribute.endswith("_id") else attribute


def _kind(line: tuple[tuple[Module, ast.ClassDef], ...]) -> str | None:
    for there, owner in line:
        for kind, names in _LIBRARIES.items():
            if owner.bases and any(name.startswith(names) for name in there.sources):
                return kind
    return None


def _relation(module: Module, node: ast.ClassDef, contract: Contract) -> Relation | None:
    given = meta_text(module, node, "table_name", "db_table", "table")
    if given is not None:
        return contract.find(meta_text(module, node, "schema"), given)
    return contract.find(None, node.name.lower()) or contract.find(None, snake(node.name))
