"""What is known of a model: its table, its attributes' columns, its relationships."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from releasegate.appcode.source.module import Module
    from releasegate.appcode.values.payloads import Entry
    from releasegate.model import Relation


@dataclass(frozen=True, slots=True)
class Link:
    """An attribute that stands for another row: ``plan`` for ``plan_id``."""

    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Collection:
    """An attribute of a parent that stands for its children: ``plan.runs``."""

    child: Relation
    #: the children's columns that adding a row fills in
    columns: tuple[str, ...]
    #: it has a manager's methods, ``plan.runs.create()``; a list of SQLAlchemy's has none
    is_manager: bool = True


@dataclass(frozen=True, eq=False)
class Model:
    relation: Relation
    module: Module
    #: the class, or the call that makes the table
    node: ast.AST
    #: the family: sqlalchemy, sqlmodel, django, peewee, tortoise, drizzle, prisma
    kind: str
    #: attribute -> column, where the names may differ
    columns: dict[str, str] = field(default_factory=dict)
    links: dict[str, Link] = field(default_factory=dict)
    collections: dict[str, Collection] = field(default_factory=dict)
    #: columns to which the program itself gives a value that is not None
    filled: frozenset[str] = frozenset()
    #: attributes to which the class's own ``save()`` gives a value where they have none
    on_save: dict[str, Entry] = field(default_factory=dict)

    def column(self, attribute: str) -> str:
        return self.columns.get(attribute, attribute)

    def is_nullable(self, attribute: str) -> bool:
        """Say whether the field behind an attribute is declared with ``null=True``."""
        names = {attribute, *(name for name in self.links if attribute == f"{name}_id")}
        if not isinstance(self.node, ast.ClassDef):
            return False
        return any(
            isinstance(item, ast.Assign)
            and isinstance(item.value, ast.Call)
            and getattr(item.targets[0], "id", None) in names
            and any(_says_null(word) for word in item.value.keywords)
            for item in self.node.body
        )


def _says_null(word: ast.keyword) -> bool:
    is_named = word.arg in ("null", "nullable")
    return is_named and isinstance(word.value, ast.Constant) and word.value.value is True
