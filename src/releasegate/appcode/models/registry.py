"""The project and the contract -> the models and tables of the contract, found by expression."""

from __future__ import annotations

import ast
import re
from functools import cached_property
from typing import TYPE_CHECKING

from releasegate.appcode.declared.annotations import last_word
from releasegate.appcode.flow.class_names import Class, ancestry, resolve
from releasegate.appcode.flow.definitions import definitions
from releasegate.appcode.flow.instances import instances
from releasegate.appcode.flow.names import origins
from releasegate.appcode.models import (
    django,
    drizzle,
    imperative,
    peewee,
    relationships,
    spoken,
    sqlalchemy,
)
from releasegate.appcode.models.model import Collection
from releasegate.appcode.models.naming import class_names
from releasegate.appcode.source.import_paths import PYTHON, SCRIPT
from releasegate.appcode.values.references import named_object

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from releasegate.appcode.contract import Contract
    from releasegate.appcode.models.model import Model
    from releasegate.appcode.source.module import Module
    from releasegate.appcode.source.prefilter import Marks
    from releasegate.appcode.source.project import Project
    from releasegate.model import Relation

_CLASS = re.compile(rb"^[ \t]*(?:export\s+)?class\s+(\w+)", re.MULTILINE)
_NAMING = (b"Table(", b"__tablename__", b"db_table", b"table_name", b"table=True", b"table =")
_HINTS = (b"Table(", b".table(", b"TableCreator", b"Entity(", b"define(")
#: gives every table's name the same prefix, so that no file has the whole name
_CREATOR = b"TableCreator("
#: what a class of tables is called where it is used
_HOLDERS = {"model", "models", "db", "tables", "schema", "database"}
#: attributes of a model's class that stand for its table
_INNER = ("__table__", "__mapper__", "_meta", "c")
_FAMILIES = (sqlalchemy, django, peewee)
#: how many names may stand between a table and its use; ``a = b; b = a`` has no end
MAX_DEPTH = 6


class Models:
    """Every model of the contract's tables."""

    def __init__(self, project: Project, contract: Contract, marks: Mapping[str, Marks]) -> None:
        self._project = project
        self._marks = marks
        self.contract = contract
        self._by_node: dict[ast.AST, Model] = {}
        for path in self._paths():
            module = project.module(path)
            if module is not None:
                self._read(module)
        mapped = list(self._mapped())
        self._linked()
        for module, node in mapped:
            imperative.link(module, node, self, contract)
        #: the project's own class of Django's users
        self.users = tuple(django.users(self))

    @cached_property
    def names(self) -> frozenset[str]:
        """The words by which other files speak of the models and of what is made from them."""
        own = {word for model in self._by_node.values() for word in _words(model) if word}
        declaring = self._declaring.values()
        is_django = any(model.kind == "django" for model in self)
        contents = self._project.contents
        python = (x for path, x in contents.items() if path.endswith(PYTHON) and is_django)
        users = {"get_user_model"} if self.users else set[str]()
        return frozenset(own | users | spoken.heirs(declaring, own) | spoken.forms(python, own))

    def is_named(self, word: str) -> bool:
        """Say whether a model is called so; no, while they are being read."""
        return bool(self._by_node) and word in self.names

    def __iter__(self) -> Iterator[Model]:
        yield from self._by_node.values()

    def of_relation(self, relation: Relation) -> tuple[Model, ...]:
        return tuple(model for model in self if model.relation == relation)

    def of(self, module: Module, node: ast.expr | None, depth: int = 0) -> Model | None:
        """Find the model or table that an expression names."""
        if node is None or not self._by_node or depth > MAX_DEPTH:
            return None
        if isinstance(node, ast.Attribute) and node.attr in _INNER:
            return self.of(module, node.value, depth + 1)
        for owner in resolve(module, node):
            found = self.of_class(owner)
            if found is not None:
                return found
        return self._of_value(module, node, depth)

    def of_class(self, owner: Class) -> Model | None:
        """Find a class's model; one that only inherits shares its parent's table."""
        for _, node in ancestry(owner):
            if node in self._by_node:
                return self._by_node[node]
        return None

    def of_name(self, module: Module, name: str) -> Model | None:
        """Find the one model whose class, or one made from it, has a name."""
        if not self.is_named(name):
            return None
        for owner in resolve(module, ast.Name(name, ast.Load())):
            found = self.of_class(owner)
            if found is not None:
                return found
        return self._called(name, lambda model: isinstance(model.node, ast.ClassDef))

    def lineage(self, owner: Class) -> set[Relation]:
        """List the tables that a class's row stands in: its own, and those of its parents."""
        nodes = (node for _, node in ancestry(owner))
        return {self._by_node[node].relation for node in nodes if node in self._by_node}

    def _of_value(self, module: Module, node: ast.expr, depth: int) -> Model | None:
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            there = module.module_named(node.value) or _namespace(module, node.value)
            found = definitions(there, node.attr) if there is not None else ()
        elif isinstance(node, ast.Name):
            found = definitions(module, node.id)
        elif isinstance(node, ast.Attribute):
            return self._of_holder(module, node)
        else:
            return None
        for _, binding in found:
            if binding.value is not None and binding.value in self._by_node:
                return self._by_node[binding.value]
        known = origins(module, node)
        for origin in known:
            value = origin.value
            if (
                value is not None
                and value is not node
                and isinstance(value, ast.Name | ast.Attribute)
            ):
                return self.of(origin.module, value, depth + 1)
        if isinstance(node, ast.Attribute):
            return self._of_holder(module, node)
        values = (*(origin.value for origin in known), *(binding.value for _, binding in found))
        # ``let runs;`` at the top of a bundle is given its table by a function.
        is_unseen = all(value is None or _is_nothing(value) for value in values)
        return self._called(_taken_as(module, node), _is_drizzle) if is_unseen else None

    def _of_holder(self, module: Module, node: ast.Attribute) -> Model | None:
        """Find ``self.db.model.runs``: a table that is an attribute of an object of tables."""
        values = (origin.value for origin in origins(module, node.value))
        holders = {last_word(node.value), *(last_word(value) for value in values if value)}
        return self._called(node.attr, _is_held) if holders & _HOLDERS else None

    def _called(self, word: str, fits: Callable[[Model], bool]) -> Model | None:
        """Find the one table of that name, where the way to it is not in view."""
        found = [model for model in self if word in _words(model) and fits(model)]
        return found[0] if len(found) == 1 else None

    def collection(self, module: Module, node: ast.expr, depth: int = 0) -> Collection | None:
        """Find the children that an attribute of a parent stands for: ``plan.runs``."""
        if not isinstance(node, ast.Attribute):
            return None
        owners = [model for model in self if node.attr in model.collections]
        if len(owners) > 1:
            known = {self.of_class(owner) for owner in instances(module, node.value, depth)}
            named = named_object(node.value, [model.relation for model in owners])
            owners = [m for m in owners if m in known or m.relation == named] or owners
        found = {model.collections[node.attr] for model in owners}
        if len(found) == 1:
            return found.pop()
        children = {item.child for item in found}
        is_manager = any(item.is_manager for item in found)
        return Collection(children.pop(), (), is_manager) if len(children) == 1 else None

    def with_collection(self, attribute: str, child: Relation) -> Collection | None:
        """Find an attribute that stands for children of a table, whoever has it."""
        found = {m.collections[attribute] for m in self if attribute in m.collections}
        fitting = [item for item in found if item.child == child]
        return fitting[0] if len(fitting) == 1 else None

    def _paths(self) -> list[str]:
        wanted = {n.encode() for r in self.contract.relations for n in class_names(r.name)}
        found: list[str] = []
        contents = self._project.contents
        scripts = (content for path, content in contents.items() if path.endswith(SCRIPT))
        is_prefixed = any(_CREATOR in content for content in scripts)
        for path, content in contents.items():
            if path.endswith(SCRIPT):
                may_declare_it = self._marks[path].declares or (
                    is_prefixed and b"Table(" in content
                )
                is_table = may_declare_it and any(h in content for h in _HINTS)
            elif path.endswith(PYTHON):
                is_table = self._marks[path].declares and any(h in content for h in _NAMING)
                is_table = is_table or b"__table__ = " in content
                is_table = is_table or self._may_be(path, content, wanted)
            else:
                is_table = False
            if is_table:
                found.append(path)
        return found

    @cached_property
    def _declaring(self) -> dict[str, bytes]:
        """The Python files in which a model's class may stand."""
        contents = self._project.contents
        return {
            path: content
            for path, content in contents.items()
            if path.endswith(PYTHON) and self._marks[path].models
        }

    def _may_be(self, path: str, content: bytes, wanted: set[bytes]) -> bool:
        if path not in self._declaring:
            return False
        return bool(wanted & {name.lower() for name in _CLASS.findall(content)})

    def _read(self, module: Module) -> None:
        for node in module.nodes:
            if isinstance(node, ast.ClassDef) and module.is_python:
                for family in _FAMILIES:
                    found = family.model(module, node, self.contract)
                    if found is not None:
                        self._by_node[node] = found
                        break
            elif isinstance(node, ast.Call):
                read = sqlalchemy.table if module.is_python else drizzle.table
                made = read(module, node, self.contract)
                if made is not None:
                    self._by_node[node] = made

    def _mapped(self) -> Iterator[tuple[Module, ast.Call]]:
        """Read the classes that a call maps to one of the tables, once these are known."""
        if not any(isinstance(node, ast.Call) for node in self._by_node):
            return
        for path, content in self._project.contents.items():
            is_named = path.endswith(PYTHON) and any(hint in content for hint in imperative.HINTS)
            module = self._project.module(path) if is_named else None
            for node in module.nodes if module is not None else ():
                if isinstance(node, ast.Call) and module is not None:
                    made = imperative.model(module, node, self)
                    if made is not None:
                        self._by_node[made.node] = made
                        yield module, node

    def _linked(self) -> None:
        """Connect the models: what stands for a parent, what for children."""
        for node, model in list(self._by_node.items()):
            if model.kind in ("sqlalchemy", "sqlmodel") and isinstance(node, ast.ClassDef):
                relationships.link(model, self, self.contract)
        for model in list(self):
            if model.kind in ("django", "peewee", "tortoise"):
                django.collect(model, self)


def _namespace(module: Module, node: ast.Name) -> Module | None:
    """Find the file that ``const { runs } = schema`` takes a table out of."""
    values = ((origin.module, origin.value) for origin in origins(module, node))
    named = (there.module_named(value) for there, value in values if isinstance(value, ast.Name))
    return next((found for found in named if found is not None), None)


def _is_nothing(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _is_drizzle(model: Model) -> bool:
    return model.kind == "drizzle"


def _is_held(model: Model) -> bool:
    """Say whether a table may be reached through an object: Drizzle's, or of a class of tables."""
    is_call = isinstance(model.node, ast.Call)
    is_inside = isinstance(model.module.scope(model.node), ast.ClassDef)
    return _is_drizzle(model) or (is_call and is_inside)


def _taken_as(module: Module, node: ast.Name) -> str:
    """Give the name under which a file that is not in view hands something out."""
    taken = (binding.imported[1] for binding in module.of_module(node.id) if binding.imported)
    return next(taken, node.id)


def _words(model: Model) -> Iterator[str]:
    if isinstance(model.node, ast.ClassDef):
        yield model.node.name
        return
    statement = model.module.statement(model.node)
    if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
        yield statement.targets[0].id
