"""A call of TypeORM, Sequelize, MikroORM or Objection -> the rows that it writes.

A class stands for the table that it names or is called like, its properties for the columns of the
same words, or for those that their decorators name. What that leaves open is undecidable.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from releasegate.appcode.families import orm
from releasegate.appcode.families.entity_columns import Renamed
from releasegate.appcode.families.entity_tables import (
    SUFFIX,
    by_word,
    class_taken,
    of_declared,
    of_made,
    receiver,
    repository,
)
from releasegate.appcode.flow.names import origins
from releasegate.appcode.models.model import Link, Model
from releasegate.appcode.models.naming import snake
from releasegate.appcode.source.module import FUNCTIONS, returned
from releasegate.appcode.values.changes import changed
from releasegate.appcode.values.nullness import called_name
from releasegate.appcode.values.payloads import Payload, rows
from releasegate.appcode.values.references import words_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from releasegate.appcode.contract import Contract
    from releasegate.appcode.families.sites import Found
    from releasegate.appcode.flow.parameters import Origin
    from releasegate.appcode.source.module import Module
    from releasegate.model import Relation

_INSERTS = {"save", "insert", "bulkCreate", "persist", "persistAndFlush", "insertMany", "create"}
_INSERTS |= {"findOrCreate", "insertGraph", "insertAndFetch", "nativeInsert"}
_OPERATIONS = {
    **dict.fromkeys(_INSERTS, "insert"),
    **dict.fromkeys(("upsert", "upsertMany"), "upsert"),
    **dict.fromkeys(("update", "patch", "nativeUpdate", "patchAndFetchById"), "update"),
    **dict.fromkeys(("delete", "remove", "destroy", "nativeDelete", "deleteById"), "delete"),
    "removeAndFlush": "delete",
}
#: what these name makes an object and stores nothing; Sequelize's create() does
_MAKES = {"create", "build", "merge"}
#: what stores objects of any class; a cache takes away what it was given as well
_MANAGER = re.compile(
    r"(?i)(manager|em|repository|repo|connection|runner|source|orm|db|session|tx)$"
)
_FOUND = re.compile(r"^(find|get|preload|save$)")


def sites(module: Module, node: ast.AST, contract: Contract) -> Iterator[Found]:
    """Find ``runRepository.save({...})``, ``Run.create({...})``, ``manager.insert(Run, {...})``."""
    if module.is_python or not isinstance(node, ast.Call) or not module.project.has_entities:
        return
    function = node.func
    if not isinstance(function, ast.Attribute) or function.attr not in _OPERATIONS:
        return
    steps = _steps(module, node)
    relation, given = _target(module, node, function, contract)
    if relation is None and steps:
        relation = class_taken(module, steps.get("into") or steps.get("from"), contract)
    if relation is None:
        return
    given = [steps[word] for word in ("values", "set") if word in steps] or given
    model, operation = _guessed(relation, contract, module), _OPERATIONS[function.attr]
    if operation == "delete":
        yield orm.deleted(module, node, model, contract)
        return
    made = [item for value in given[:1] for item in _rows(module, value)]
    if operation == "insert" and any(_is_found(module, value) for value in given[:1]):
        operation, made = "update", [_set(payload) for payload in made]
    if operation == "update":
        yield orm.updated(module, node, model, made[:1], contract)
        return
    hidden = [Payload(module, node, is_open="the values are not visible here")]
    yield orm.inserted(module, node, model, made or hidden, contract, operation=operation)


def _steps(module: Module, node: ast.Call) -> dict[str, ast.expr]:
    """Read the builder of TypeORM, ``.insert().into(Run).values({...})``: what each step takes."""
    found: dict[str, ast.expr] = {}
    current: ast.AST = node
    while isinstance(holder := module.parent(current), ast.Attribute):
        call = module.parent(holder)
        if not isinstance(call, ast.Call) or call.func is not holder:
            break
        if call.args:
            found[holder.attr] = call.args[0]
        current = call
    return found


def _target(
    module: Module, node: ast.Call, function: ast.Attribute, contract: Contract
) -> tuple[Relation | None, list[ast.expr]]:
    """Find the table by the class that is taken or called on, and what is left to send."""
    first = node.args[0] if node.args else None
    base = _before_builder(function.value)
    owner = repository(module, base)
    word, is_class = receiver(owner)
    if function.attr in _MAKES and (not is_class or isinstance(owner, ast.Call)):
        return None, []
    taken = class_taken(module, first, contract)
    if taken is not None:
        return taken, _sent(function.attr, node.args[1:])
    is_table = is_class or bool(SUFFIX.search(word)) or _is_query(function.value)
    relation = by_word(module, word, contract) if word and is_table else None
    if relation is None and not is_class:
        if first is not None and not _MANAGER.search(word):
            is_change = function.attr == "update" and isinstance(first, ast.Dict)
            is_change = is_change and not hasattr(node, "is_assigning")
            return (of_made(module, function.value, contract)[0] if is_change else None), [first]
        row = first if first is not None else function.value
        made, sent = of_made(module, row, contract)
        is_gone = _OPERATIONS[function.attr] == "delete"
        return made or (of_declared(module, row, contract) if is_gone else None), sent
    return relation, _sent(function.attr, node.args)


def _before_builder(node: ast.expr) -> ast.expr:
    """Take ``runs.createQueryBuilder().insert()`` for what the repository itself does."""
    is_builder = isinstance(node, ast.Call) and called_name(node) == "createQueryBuilder"
    function = node.func if isinstance(node, ast.Call) and is_builder else None
    return function.value if isinstance(function, ast.Attribute) else node


def _is_query(node: ast.expr) -> bool:
    """Recognise Objection's ``models.runs.query()``, whatever the model is called."""
    return isinstance(node, ast.Call) and called_name(node) == "query" and not node.args


def _sent(verb: str, given: list[ast.expr]) -> list[ast.expr]:
    """Give what is sent: TypeORM's update() takes the filter first, Sequelize's the values."""
    has_filter_first = verb in ("update", "nativeUpdate", "patchAndFetchById") and len(given) > 1
    options = given[1] if has_filter_first else None
    listed = options.keys if isinstance(options, ast.Dict) else []
    is_options = "where" in [getattr(key, "value", None) for key in listed]
    if verb == "findOrCreate" and given and isinstance(given[0], ast.Dict):
        return [_found_or_made(given[0])]
    return given[1:] if has_filter_first and not is_options else given


def _found_or_made(options: ast.Dict) -> ast.expr:
    """Make one row of ``{ where: {...}, defaults: {...} }``."""
    pairs = zip(options.keys, options.values, strict=True)
    known = {getattr(key, "value", None): value for key, value in pairs}
    parts = [known[word] for word in ("where", "defaults") if word in known]
    return ast.copy_location(ast.Dict([None] * len(parts), parts), options)


def _rows(module: Module, node: ast.expr) -> list[Payload]:
    """Read an object, or the one that ``repository.create({...})`` made of it."""
    if isinstance(node, ast.Await):
        return _rows(module, node.value)
    if isinstance(node, ast.Call) and called_name(node) == "map" and node.args:
        values = returned(module, node.args[0]) if isinstance(node.args[0], FUNCTIONS) else ()
        return [row for value in values if value is not None for row in _rows(module, value)]
    if isinstance(node, ast.Call) and called_name(node) in _MAKES and node.args:
        return list(rows(module, node.args[-1]))
    made = [item for origin in origins(module, node) for item in _of_maker(module, origin, node)]
    return made or list(rows(module, node))


def _of_maker(module: Module, origin: Origin, node: ast.expr) -> list[Payload]:
    """Read ``const run = repository.create({...})``, and what is set on it afterwards."""
    value = origin.value.value if isinstance(origin.value, ast.Await) else origin.value
    if isinstance(value, ast.Call) and called_name(value) == "map":
        return _rows(origin.module, value)
    if not isinstance(value, ast.Call) or called_name(value) not in _MAKES or not value.args:
        return []
    found = rows(origin.module, value.args[-1])
    return [changed(module, origin, item, node, 0) for item in found]


def _is_found(module: Module, node: ast.expr) -> bool:
    """Say whether an object was read before, so that saving it changes a row."""
    values = [origin.value for origin in origins(module, node)]
    calls = [value.value if isinstance(value, ast.Await) else value for value in values]
    return any(isinstance(call, ast.Call) and _FOUND.match(called_name(call)) for call in calls)


def _set(payload: Payload) -> Payload:
    return Payload(payload.module, payload.node, payload.entries)


def _guessed(relation: Relation, contract: Contract, module: Module) -> Model:
    """Take a property for the column of the same words: ``planId`` and ``plan`` for ``plan_id``."""
    table = contract.table(relation)
    listed = [*(table.columns if table else ()), *(c.column for c in contract.of_child(relation))]
    columns = {_camel(name): name for name in listed}
    links = {
        _camel(snake(c.column).removesuffix("_id")): Link((c.column,))
        for c in contract.of_child(relation)
        if snake(c.column).endswith("_id")
    }
    known = module.project.entity_columns(contract).get(relation, Renamed())
    columns |= known.columns
    links |= {word: Link((column,)) for word, column in known.links.items()}
    return Model(relation, module, ast.Pass(), "entity", columns, links)


def _camel(name: str) -> str:
    first, *rest = words_of(name) or (name,)
    return first + "".join(word.capitalize() for word in rest)
