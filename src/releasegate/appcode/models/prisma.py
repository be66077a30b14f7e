"""Prisma's schema, in one file or several -> its models, by the names that its client gives."""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from releasegate.appcode.declared.fields import Field, Shape
from releasegate.appcode.models.model import Collection, Link, Model
from releasegate.appcode.values.references import stem, words_of

if TYPE_CHECKING:
    from releasegate.appcode.contract import Contract
    from releasegate.appcode.source.module import Module
    from releasegate.appcode.source.project import Project
    from releasegate.model import Relation

_MODEL = re.compile(r"^\s*model\s+(\w+)\s*\{(.*?)^\s*\}", re.MULTILINE | re.DOTALL)
_FIELD = re.compile(r"^\s*(\w+)\s+(\w+)(\[\])?(\?)?[ \t]*(.*)$", re.MULTILINE)
_MAP = re.compile(r'@map\(\s*(?:name:\s*)?"([^"]+)"')
_TABLE = re.compile(r'@@map\(\s*(?:name:\s*)?"([^"]+)"')
_SCHEMA = re.compile(r'@@schema\(\s*"([^"]+)"')
_USED = re.compile(rb"""@prisma/|PrismaClient|/prisma(?:/client)?['\"]""")
_RELATION = re.compile(r"fields:\s*\[([^\]]*)\]")


class Client:
    """The models of a project, by the names that its client gives them."""

    def __init__(self, project: Project, contract: Contract) -> None:
        self.by_name: dict[str, Model] = {}
        #: the same names, with what the schema declares
        self.bodies: dict[str, str] = {}
        #: False where the names are guessed
        self.is_declared = any(path.endswith(".prisma") for path in project.contents)
        self._project = project
        module = next(project.parsed(), None)
        if module is None:
            return
        declared = _MODEL.findall(_text(project))
        for name, body in declared:
            self._declare(name, body, contract, module)
        for name, body in declared:
            self._connect(name, body)
        if not self.is_declared:
            self._guess(contract, module)

    @cached_property
    def is_used(self) -> bool:
        """Whether anything takes Prisma's client in; other clients may be called ``client``."""
        return any(_USED.search(content) for content in self._project.contents.values())

    def _declare(self, name: str, body: str, contract: Contract, module: Module) -> None:
        table, schema = _TABLE.search(body), _SCHEMA.search(body)
        relation = contract.find(schema[1] if schema else None, table[1] if table else name)
        if relation is None:
            return
        columns: dict[str, str] = {}
        links: dict[str, Link] = {}
        for attribute, _, _, _, rest in _FIELD.findall(body):
            mapped = _MAP.search(rest)
            columns[attribute] = mapped[1] if mapped else attribute
        for attribute, _, _, _, rest in _FIELD.findall(body):
            given = _RELATION.search(rest)
            if given:
                names = [part.strip() for part in given[1].split(",")]
                links[attribute] = Link(tuple(columns.get(item, item) for item in names))
        filled = {
            columns[field[0]]
            for field in _FIELD.findall(body)
            if "@default(" in field[4] and field[0] in columns
        }
        made = Model(relation, module, ast.Pass(), "prisma", columns, links, {}, frozenset(filled))
        self.by_name[client_name(name)] = made
        self.bodies[client_name(name)] = body

    def _connect(self, name: str, body: str) -> None:
        """Give a parent its children: lists of them, or one whose key is unique."""
        parent = self.by_name.get(client_name(name))
        for attribute, kind, is_list, _, _ in _FIELD.findall(body) if parent else ():
            child = self.by_name.get(client_name(kind))
            if child is None or parent is None or attribute in parent.links:
                continue
            columns = self._back(kind, name, child)
            if is_list or columns:
                parent.collections[attribute] = Collection(child.relation, columns)

    def _back(self, kind: str, parent: str, child: Model) -> tuple[str, ...]:
        """Find the child's columns that refer to the parent."""
        for attribute, target, _, _, _ in _FIELD.findall(self.bodies[client_name(kind)]):
            if target == parent and attribute in child.links:
                return child.links[attribute].columns
        return ()

    def _guess(self, contract: Contract, module: Module) -> None:
        """Name the models after their tables where no schema is in view."""
        for relation in contract.relations:
            columns = {column.column: column.column for column in contract.of_child(relation)}
            columns |= {_camel(words_of(name)): name for name in columns}
            links = {
                _camel(words_of(c.column)[:-1]): Link((c.column,))
                for c in contract.of_child(relation)
                if len(words_of(c.column)) > 1
            }
            made = Model(relation, module, ast.Pass(), "prisma", columns, links)
            for name in (
                _camel(words_of(relation.name)),
                _camel(stem(relation.name)),
                relation.name,
            ):
                self.by_name.setdefault(name, made)

    def inputs(self, name: str, module: Module, *, is_checked: bool) -> Shape | None:
        """Give the fields of what Prisma's ``create`` takes for a model.

        A checked input has the relations, an unchecked one the columns behind them.
        """
        body, model = self.bodies.get(name), self.by_name.get(name)
        if body is None or model is None:
            return None
        hidden = {*model.links, *model.collections}
        if is_checked:
            behind = {column for link in model.links.values() for column in link.columns}
            hidden = {key for key, column in model.columns.items() if column in behind}
        return Shape(
            {
                attribute: Field(
                    module=module,
                    node=module.tree,
                    owner="the schema",
                    name=attribute,
                    may_be_none=bool(optional),
                    is_required=not optional and not is_list and "@default" not in rest,
                )
                for attribute, _, is_list, optional, rest in _FIELD.findall(body)
                if attribute not in hidden
            },
            is_mapping=True,
        )

    def row(self, kind: str, module: Module) -> Shape | None:
        """Give the fields of the type that Prisma generates for a model's rows."""
        found = self.inputs(client_name(kind), module, is_checked=False)
        if found is None or not kind[:1].isupper():
            return None
        return replace(
            found, fields={k: replace(f, is_required=True) for k, f in found.fields.items()}
        )

    def of_relation(self, relation: Relation) -> Model | None:
        return next((m for m in self.by_name.values() if m.relation == relation), None)


def _text(project: Project) -> str:
    files = (content for path, content in project.contents.items() if path.endswith(".prisma"))
    return "\n".join(content.decode(errors="replace") for content in files)


def client_name(name: str) -> str:
    return name[:1].lower() + name[1:]


def _camel(words: tuple[str, ...]) -> str:
    return "".join(word if not index else word.capitalize() for index, word in enumerate(words))
