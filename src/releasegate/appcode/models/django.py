"""A Django model -> its table, the columns of its fields, and its foreign keys."""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from releasegate.appcode.declared.annotations import last_word
from releasegate.appcode.flow.class_names import ancestry
from releasegate.appcode.models.model import Collection, Link, Model
from releasegate.appcode.source.written import written
from releasegate.appcode.values.nullness import called_name
from releasegate.appcode.values.payloads import Entry
from releasegate.appcode.values.texts import text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from releasegate.appcode.contract import Contract
    from releasegate.appcode.models.registry import Models
    from releasegate.appcode.source.module import Module
    from releasegate.model import Relation

_LIBRARIES = ("django.", "model_utils", "mptt")
_KEYS = {"ForeignKey", "OneToOneField", "ParentalKey", "TreeForeignKey"}


def model(module: Module, node: ast.ClassDef, contract: Contract) -> Model | None:
    """Read a Django class of one of the contract's tables."""
    line = ancestry((module, node))
    if not _is_django(line, node):
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
            column = keyword_text(there, call, "db_column")
            column = column or (f"{attribute}_id" if key else attribute)
            columns[f"{attribute}_id" if key else attribute] = column
            if key:
                links[attribute] = Link((column,))
            if has_default(call):
                filled.add(column)
    made = Model(relation, module, node, "django", columns, links, {}, frozenset(filled))
    return replace(made, on_save=dict(_set_on_save(line)))


def _set_on_save(line: tuple[tuple[Module, ast.ClassDef], ...]) -> Iterator[tuple[str, Entry]]:
    """Read ``if not self.plan_id: self.plan = Plan.current()`` in the class's own ``save()``."""
    for there, owner in reversed(line):
        saves = [item for item in owner.body if getattr(item, "name", None) in ("save", "asave")]
        for node in (node for save in saves for node in ast.walk(save)):
            target = node.targets[0] if isinstance(node, ast.Assign) else None
            if not isinstance(target, ast.Attribute) or written(target.value) != "self":
                continue
            if isinstance(node, ast.Assign) and _fills_in(there, node, target.attr):
                yield target.attr, Entry(there, node.value, node)


def _fills_in(module: Module, node: ast.Assign, attribute: str) -> bool:
    """Say whether a line of ``save()`` runs for every row that lacks the attribute."""
    around = module.parent(node)
    if isinstance(around, ast.FunctionDef | ast.AsyncFunctionDef):
        return True
    test = written(around.test) if isinstance(around, ast.If) else ""
    asks = (f"not self.{attribute}", f"self.{attribute} is None", f"self.{attribute}_id is None")
    is_new = test in ("not self.pk", "not self.id", "self.pk is None", "self._state.adding")
    is_whole = isinstance(module.parent(around), ast.FunctionDef | ast.AsyncFunctionDef)
    return is_whole and (is_new or test.startswith(asks))


def _is_django(line: tuple[tuple[Module, ast.ClassDef], ...], node: ast.ClassDef) -> bool:
    if any(_is_true(meta, "abstract") for meta in _metas(node)):
        return False
    for there, owner in line:
        if any(written(base).endswith("models.Model") for base in owner.bases):
            return True
        is_imported = any(name.startswith(_LIBRARIES) for name in there.sources)
        if is_imported and any(
            isinstance(call.func, ast.Attribute) and written(call.func.value) == "models"
            for _, call in fields(owner)
        ):
            return True
    return False


def users(models: Iterable[Model]) -> Iterator[tuple[Module, ast.ClassDef]]:
    """Find the project's own class of users, which ``get_user_model()`` gives."""
    for model in models:
        owner = model.node
        line = ancestry((model.module, owner)) if isinstance(owner, ast.ClassDef) else ()
        bases = {last_word(base) for _, node in line for base in node.bases}
        if isinstance(owner, ast.ClassDef) and bases & {"AbstractUser", "AbstractBaseUser"}:
            yield model.module, owner


def fields(node: ast.ClassDef) -> Iterator[tuple[str, ast.Call]]:
    """Yield the attributes that are given a field."""
    for item in node.body:
        value = item.value if isinstance(item, ast.Assign | ast.AnnAssign) else None
        if not isinstance(value, ast.Call) or not called_name(value).endswith(("Field", "Key")):
            continue
        target = item.targets[0] if isinstance(item, ast.Assign) else getattr(item, "target", None)
        if isinstance(target, ast.Name):
            yield target.id, value


def _metas(node: ast.ClassDef) -> Iterator[ast.ClassDef]:
    for item in node.body:
        if isinstance(item, ast.ClassDef) and item.name == "Meta":
            yield item


def _is_true(meta: ast.ClassDef, name: str) -> bool:
    return any(
        isinstance(item, ast.Assign)
        and written(item.targets[0]) == name
        and isinstance(item.value, ast.Constant)
        and bool(item.value.value)
        for item in meta.body
    )


def meta_text(module: Module, node: ast.ClassDef, *names: str) -> str | None:
    """Read a setting of ``class Meta``."""
    for meta in _metas(node):
        for item in meta.body:
            if isinstance(item, ast.Assign) and written(item.targets[0]) in names:
                return text_of(module, item.value)
    return None


def _relation(module: Module, node: ast.ClassDef, contract: Contract) -> Relation | None:
    given = meta_text(module, node, "db_table")
    if given is not None:
        *schema, name = given.replace('"', "").split(".")
        return contract.find(schema[-1] if schema else None, name)
    label = meta_text(module, node, "app_label") or _app_label(module.path)
    name = node.name.lower()
    return contract.find(None, f"{label}_{name}") or _labelled(module, name, label, contract)


def _labelled(module: Module, name: str, label: str, contract: Contract) -> Relation | None:
    """Find the table of an app whose label is not its folder's name."""
    for relation in contract.relations:
        prefix = relation.name.removesuffix(f"_{name}")
        if prefix == relation.name:
            continue
        if (label and prefix.endswith(label)) or _is_label(module, prefix):
            return relation
    return None


def _is_label(module: Module, prefix: str) -> bool:
    """Say whether an AppConfig on the way up to the models gives the app this label."""
    parts = module.path.split("/")[:-1]
    quoted = re.compile(rf"label\s*=\s*['\"]{re.escape(prefix)}['\"]".encode())
    contents = module.project.contents
    return any(
        quoted.search(contents.get("/".join([*parts[:depth], name]), b""))
        for depth in range(len(parts), -1, -1)
        for name in ("apps.py", "__init__.py")
    )


def _app_label(path: str) -> str:
    """Name the app that a models file stands in: its folder, or the one above ``models/``."""
    parts = path.split("/")[:-1]
    while parts and parts[-1] in ("models", "model"):
        parts = parts[:-1]
    return parts[-1] if parts else ""


def keyword_text(module: Module, call: ast.Call, *names: str) -> str | None:
    return next((text_of(module, word.value) for word in call.keywords if word.arg in names), None)


def has_default(call: ast.Call) -> bool:
    given = next((word.value for word in call.keywords if word.arg == "default"), None)
    return given is not None and not (isinstance(given, ast.Constant) and given.value is None)


def collect(model: Model, models: Models) -> None:
    """Give a parent the names under which its children are reached: related_name, backref."""
    if not isinstance(model.node, ast.ClassDef):
        return
    for there, owner in ancestry((model.module, model.node)):
        for attribute, call in fields(owner):
            if attribute not in model.links or called_name(call) not in (*_KEYS, "ForeignKeyField"):
                continue
            target = call.args[0] if call.args else None
            target = target or next((w.value for w in call.keywords if w.arg == "to"), None)
            name = keyword_text(there, call, "related_name", "backref")
            name = name or f"{model.node.name.lower()}_set"
            found = Collection(model.relation, model.links[attribute].columns)
            known = list(_parents(there, target, models))
            for parent in known or _by_key(found, models):
                parent.collections.setdefault(name, found)


def _by_key(children: Collection, models: Models) -> Iterator[Model]:
    """Find the parent by the key itself: ``settings.AUTH_USER_MODEL`` names no class."""
    for column in models.contract.of_child(children.child):
        if column.column in children.columns:
            yield from models.of_relation(column.parent)


def _parents(module: Module, target: ast.expr | None, models: Models) -> Iterator[Model]:
    known = models.of(module, target)
    if known is not None:
        yield known
        return
    word = text_of(module, target) if target is not None else None
    for item in models:
        if word and isinstance(item.node, ast.ClassDef) and word.endswith(item.node.name):
            yield item
