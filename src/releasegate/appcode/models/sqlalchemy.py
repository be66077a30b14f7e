"""A SQLAlchemy or SQLModel class or table -> a model."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from releasegate.appcode.flow.class_names import ancestry
from releasegate.appcode.flow.names import single_value
from releasegate.appcode.models.model import Model
from releasegate.appcode.models.naming import fits, snake
from releasegate.appcode.source.written import written
from releasegate.appcode.values.nullness import called_name
from releasegate.appcode.values.texts import text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from releasegate.appcode.contract import Contract
    from releasegate.appcode.source.module import Module
    from releasegate.model import Relation

COLUMNS = {"Column", "mapped_column", "Field", "column_property", "deferred"}


def model(module: Module, node: ast.ClassDef, contract: Contract) -> Model | None:
    """Read a declarative class of one of the contract's tables."""
    is_sqlmodel = any(word.arg == "table" for word in node.keywords)
    name, schema = _table_name(module, node, is_sqlmodel=is_sqlmodel)
    if name is None:
        return None
    relation = contract.find(schema, name) or _by_class(node, contract)
    if relation is None:
        return None
    made = _made_of(module, node)
    whole = table(*made, contract) if made is not None else None
    columns: dict[str, str] = dict(whole.columns) if whole is not None else {}
    filled: set[str] = set()
    for there, owner in reversed(ancestry((module, node))):
        for attribute, value in assigned(owner):
            column = _column_name(there, value)
            if column is not None:
                columns[attribute] = column
            if _has_default(value):
                filled.add(column or attribute)
    kind = "sqlmodel" if is_sqlmodel else "sqlalchemy"
    return Model(relation, module, node, kind, columns, {}, {}, frozenset(filled))


def _table_name(
    module: Module, node: ast.ClassDef, *, is_sqlmodel: bool
) -> tuple[str | None, str | None]:
    for attribute, value in assigned(node):
        if attribute == "__tablename__":
            text = text_of(module, value)
            return (text.rsplit(".", 1)[-1] if text else None), _schema(module, node)
        if attribute == "__table__":
            made = _made_of(module, node)
            if made is not None:
                return text_of(made[0], made[1].args[0]), _keyword_text(*made, "schema")
    if is_sqlmodel:
        return node.name.lower(), _schema(module, node)
    bases = {written(base) for base in node.bases}
    if any(base.endswith("db.Model") for base in bases):
        return snake(node.name), _schema(module, node)
    return (_declared_name(module, node), _schema(module, node))


def _made_of(module: Module, node: ast.ClassDef) -> tuple[Module, ast.Call] | None:
    """Find the ``Table(...)`` of ``__table__ = tables.runs``."""
    for attribute, value in assigned(node):
        if attribute != "__table__":
            continue
        origin = (module, value) if isinstance(value, ast.Call) else single_value(module, value)
        if origin is not None and isinstance(origin[1], ast.Call) and origin[1].args:
            return origin[0], origin[1]
    return None


def _declared_name(module: Module, node: ast.ClassDef) -> str | None:
    """Give a name to a class whose base makes the table's name of the class's."""
    for _, owner in ancestry((module, node))[1:]:
        for item in owner.body:
            if isinstance(item, ast.FunctionDef) and item.name == "__tablename__":
                return snake(node.name)
            if isinstance(item, ast.Assign) and written(item.targets[0]) == "__tablename__":
                return None
    has_columns = any(
        isinstance(value, ast.Call) and called_name(value) in ("Column", "mapped_column")
        for _, value in assigned(node)
    )
    is_flask = any(written(base).endswith("Model") for base in node.bases)
    return snake(node.name) if has_columns and is_flask else None


def _by_class(node: ast.ClassDef, contract: Contract) -> Relation | None:
    """Find the table of a class whose name is only derived: singular or plural."""
    if any(attribute == "__tablename__" for attribute, _ in assigned(node)):
        return None
    return next((item for item in contract.relations if fits(item.name, node.name)), None)


def _schema(module: Module, node: ast.ClassDef) -> str | None:
    for attribute, value in assigned(node):
        if attribute != "__table_args__":
            continue
        for item in ast.walk(value):
            for key, held in (
                zip(item.keys, item.values, strict=True) if isinstance(item, ast.Dict) else ()
            ):
                if isinstance(key, ast.Constant) and key.value == "schema":
                    return text_of(module, held)
    return None


def assigned(node: ast.ClassDef) -> Iterator[tuple[str, ast.expr]]:
    for item in node.body:
        if isinstance(item, ast.Assign) and isinstance(item.targets[0], ast.Name):
            yield item.targets[0].id, item.value
        elif isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name):
            yield item.target.id, item.value or ast.Constant(None)
        elif isinstance(item, ast.FunctionDef) and _is_declaring(item):
            yield from ((item.name, value) for value in _given_back(item))


def _is_declaring(node: ast.FunctionDef) -> bool:
    """Recognise a mixin's ``@declared_attr def plan_id(cls): return Column(...)``."""
    return any("declared_attr" in written(word) for word in node.decorator_list)


def _given_back(node: ast.FunctionDef) -> Iterator[ast.expr]:
    for item in node.body:
        if isinstance(item, ast.Return) and isinstance(item.value, ast.Call):
            yield item.value


def _column_name(module: Module, value: ast.expr) -> str | None:
    """Read the column's own name out of ``Column("plan_uuid", ...)``."""
    if not isinstance(value, ast.Call) or called_name(value) not in COLUMNS:
        return None
    for word in value.keywords:
        if word.arg == "sa_column":
            return _column_name(module, word.value)
        if word.arg == "name":
            return text_of(module, word.value)
        if word.arg == "sa_column_kwargs" and isinstance(word.value, ast.Dict):
            for key, held in zip(word.value.keys, word.value.values, strict=True):
                if isinstance(key, ast.Constant) and key.value == "name":
                    return text_of(module, held)
    first = value.args[0] if value.args else None
    if called_name(value) == "deferred" and first is not None:
        return _column_name(module, first)
    if isinstance(first, ast.Constant) and isinstance(first.value, str):
        return first.value
    return None


def _has_default(value: ast.expr) -> bool:
    if not isinstance(value, ast.Call) or called_name(value) not in COLUMNS:
        return False
    words = {word.arg: word.value for word in value.keywords}
    given = words.get("default") or words.get("default_factory") or words.get("insert_default")
    return given is not None and not (isinstance(given, ast.Constant) and given.value is None)


def _keyword_text(module: Module, call: ast.Call, name: str) -> str | None:
    return next((text_of(module, w.value) for w in call.keywords if w.arg == name), None)


def table(module: Module, node: ast.Call, contract: Contract) -> Model | None:
    """Read ``runs = Table("runs", metadata, Column("plan_id", ...))``."""
    if called_name(node) != "Table" or not node.args:
        return None
    name = text_of(module, node.args[0])
    if name is None:
        return None
    relation = contract.find(_keyword_text(module, node, "schema"), name)
    if relation is None:
        return None
    columns: dict[str, str] = {}
    filled: set[str] = set()
    for item in node.args[1:]:
        column = _column_name(module, item)
        key = _keyword_text(module, item, "key") if isinstance(item, ast.Call) else None
        if column is not None:
            columns[key or column] = column
            if _has_default(item):
                filled.add(column)
    return Model(relation, module, node, "sqlalchemy", columns, {}, {}, frozenset(filled))
