"""The relationships of SQLAlchemy's classes -> what stands for a parent, and what for children."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from releasegate.appcode.declared.annotations import last_word
from releasegate.appcode.flow.class_names import ancestry
from releasegate.appcode.models.model import Collection, Link, Model
from releasegate.appcode.models.sqlalchemy import COLUMNS, assigned
from releasegate.appcode.source.written import written
from releasegate.appcode.values.nullness import called_name
from releasegate.appcode.values.texts import text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from releasegate.appcode.contract import Contract
    from releasegate.appcode.models.registry import Models
    from releasegate.appcode.source.module import Module
    from releasegate.model import ContractColumn

RELATIONSHIPS = {"relationship", "Relationship", "dynamic_loader"}
_FOREIGN = re.compile(r"foreign\(\s*[\w.]*?(\w+)\s*\)")
_NAME = re.compile(r"\w+")
_LISTS = {"list", "List", "set", "Set", "WriteOnlyMapped", "DynamicMapped", "Sequence"}


def link(model: Model, models: Models, contract: Contract) -> None:
    """Connect a class's relationships with the columns that they fill in."""
    assert isinstance(model.node, ast.ClassDef)
    for there, owner in reversed(ancestry((model.module, model.node))):
        declared = {
            item.target.id: item.annotation
            for item in owner.body
            if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name)
        }
        for attribute, value in assigned(owner):
            if isinstance(value, ast.Call) and called_name(value) in RELATIONSHIPS:
                annotation = declared.get(attribute)
                relate(model, there, attribute, value, annotation, models, contract)


def relate(
    model: Model,
    module: Module,
    attribute: str,
    value: ast.Call,
    annotation: ast.expr | None,
    models: Models,
    contract: Contract,
) -> None:
    """Read one relationship: what it fills in on this side, and by its name on the other."""
    other = _target(module, value, annotation, models)
    if other is None or any(word.arg == "secondary" for word in value.keywords):
        # Through a table between the two, no column of either is filled in.
        return
    back = _backref(module, value)
    is_many = annotation is not None and bool(_words(annotation) & _LISTS)
    is_query = "dynamic" in _words(value) or called_name(value) == "dynamic_loader"
    own = _columns(model, other, value, contract)
    theirs = _columns(other, model, value, contract)
    if _is_named(other, theirs, value) and not _is_named(model, own, value):
        # A join that names the children's key makes none of the parent's own.
        own = ()
    if model.relation == other.relation:
        is_many = not any(word.arg == "remote_side" for word in value.keywords)
    if own and not is_many:
        model.links[attribute] = Link(own)
        if back:
            other.collections[back] = Collection(model.relation, own, is_query)
    elif theirs:
        model.collections[attribute] = Collection(other.relation, theirs, is_query)
        if back:
            other.links[back] = Link(theirs)


def _target(
    module: Module, value: ast.Call, annotation: ast.expr | None, models: Models
) -> Model | None:
    """Find the class that a relationship points to, by its argument or its annotation."""
    first = value.args[0] if value.args else None
    given = first or next((w.value for w in value.keywords if w.arg == "argument"), None)
    if isinstance(given, ast.Lambda):
        given = given.body
    found = models.of(module, given)
    if found is not None:
        return found
    words = _words(given) if given is not None else set()
    if annotation is not None:
        words |= _words(annotation)
    named = [
        item for item in models if isinstance(item.node, ast.ClassDef) and item.node.name in words
    ]
    return named[0] if named else None


def _words(node: ast.expr) -> set[str]:
    """List the names in an annotation, those in quotes too."""
    found: set[str] = set()
    for item in ast.walk(node):
        if isinstance(item, ast.Name | ast.Attribute):
            found.add(last_word(item))
        elif isinstance(item, ast.Constant) and isinstance(item.value, str):
            parts = (
                item.value.replace("[", " ").replace("]", " ").replace('"', " ").replace("'", " ")
            )
            found.update(part.rsplit(".", 1)[-1] for part in parts.replace("|", " ").split())
    return found


def _columns(child: Model, parent: Model, value: ast.Call, contract: Contract) -> tuple[str, ...]:
    """List the child's columns that refer to the parent, as foreign_keys narrows them down."""
    found = [c for c in contract.of_child(child.relation) if c.parent == parent.relation]
    named = _foreign_keys(value)
    narrowed = [c for c in found if _attribute(child, c) in named or c.column in named]
    if not narrowed and named & _attributes(child):
        # It goes by a column of its own that is none of the contract's.
        return ()
    return tuple(column.column for column in (narrowed or found))


def _is_named(child: Model, columns: tuple[str, ...], value: ast.Call) -> bool:
    """Say whether a relationship names one of the columns that it goes by."""
    names = {attribute for attribute, column in child.columns.items() if column in columns}
    return bool(_foreign_keys(value) & {*names, *columns})


def _attributes(model: Model) -> set[str]:
    if not isinstance(model.node, ast.ClassDef):
        return set(model.columns)
    return {
        name
        for _, owner in ancestry((model.module, model.node))
        for name, value in assigned(owner)
        if not isinstance(value, ast.Call) or called_name(value) in COLUMNS
    } - {"id"}


def _attribute(model: Model, column: ContractColumn) -> str:
    names = {held: attribute for attribute, held in model.columns.items()}
    return names.get(column.column, column.column)


def _foreign_keys(value: ast.Call) -> set[str]:
    """Name what ``foreign_keys`` or a join refers to; what a join marks as foreign is all of it."""
    found: set[str] = set()
    for name, given in _joins(value):
        if name in ("foreign_keys", "primaryjoin"):
            text = " ".join(_texts(given))
            found |= set(_FOREIGN.findall(text)) or set(_NAME.findall(text))
    return found


def _joins(value: ast.Call) -> Iterator[tuple[str | None, ast.expr]]:
    """Give the settings of a relationship, SQLModel's ``sa_relationship_kwargs`` too."""
    for word in value.keywords:
        inner = word.value if word.arg == "sa_relationship_kwargs" else None
        if isinstance(inner, ast.Call):
            yield from ((more.arg, more.value) for more in inner.keywords)
        elif isinstance(inner, ast.Dict):
            for key, held in zip(inner.keys, inner.values, strict=True):
                yield getattr(key, "value", None), held
        else:
            yield word.arg, word.value


def _texts(node: ast.expr) -> Iterator[str]:
    """Give an expression as text, and the texts in it."""
    yield written(node)
    for item in ast.walk(node):
        if isinstance(item, ast.Constant) and isinstance(item.value, str):
            yield item.value


def _backref(module: Module, value: ast.Call) -> str | None:
    for word in value.keywords:
        if word.arg == "backref":
            inner = word.value
            if isinstance(inner, ast.Call) and inner.args:
                inner = inner.args[0]
            return text_of(module, inner)
    return None
