"""A call of Prisma's client -> the rows that it writes, nested ones too."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from releasegate.appcode.families import orm
from releasegate.appcode.models.prisma import client_name
from releasegate.appcode.source.written import written
from releasegate.appcode.values.payloads import Entry, Payload, rows, with_entry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from releasegate.appcode.contract import Contract
    from releasegate.appcode.families.sites import Found
    from releasegate.appcode.models.model import Model
    from releasegate.appcode.models.prisma import Client
    from releasegate.appcode.source.module import Module

_OPERATIONS = {
    **dict.fromkeys(("create", "createMany", "createManyAndReturn"), "insert"),
    **dict.fromkeys(("update", "updateMany", "updateManyAndReturn"), "update"),
    **dict.fromkeys(("delete", "deleteMany"), "delete"),
    "upsert": "upsert",
}
_NESTED = {"create", "createMany", "connectOrCreate", "upsert"}
#: Wasp's context has the models of Prisma by their own names
_ENTITIES = "entities"
_CLIENTS = (
    _ENTITIES,
    "prisma",
    "db",
    "tx",
    "trx",
    "client",
    "database",
    "transaction",
    "orm",
    "pc",
    "p",
)


def sites(module: Module, node: ast.AST, contract: Contract) -> Iterator[Found]:
    """Find ``prisma.run.create({ data: {...} })`` and its like."""
    if not isinstance(node, ast.Call) or (module.is_python and not node.keywords):
        return
    function = node.func
    if not isinstance(function, ast.Attribute) or function.attr not in _OPERATIONS:
        return
    model = _model(module, function.value, contract)
    given = node.args[0] if node.args else None
    if module.is_python and model is not None:
        given = _of_words(module, node)
    if model is None or (given is None and function.attr != "deleteMany"):
        return
    operation = _OPERATIONS[function.attr]
    if operation == "delete":
        yield orm.deleted(module, node, model, contract)
        return
    yield from _written(module, node, model, operation, given, contract)


def _of_words(module: Module, node: ast.Call) -> ast.Dict:
    """Write the Python client's ``create(data={...})`` as TypeScript has it."""
    words = [word for word in node.keywords if word.arg]
    keys: list[ast.expr | None] = [
        ast.copy_location(ast.Constant(word.arg), word.value) for word in words
    ]
    made = ast.Dict(keys, [word.value for word in words])
    module.adopt(made, node)
    return made


def _model(module: Module, node: ast.expr, contract: Contract) -> Model | None:
    if not isinstance(node, ast.Attribute):
        return None
    base = written(node.value).lower()
    if not base.rsplit(".", 1)[-1].rstrip("()").endswith(_CLIENTS):
        return None
    client = module.project.prisma(contract)
    is_known = client.is_declared or (not module.is_python and ("prisma" in base or client.is_used))
    name = client_name(node.attr) if base.endswith(_ENTITIES) else node.attr
    return client.by_name.get(name) if is_known else None


def _written(
    module: Module,
    node: ast.Call,
    model: Model,
    operation: str,
    given: ast.expr | None,
    contract: Contract,
) -> Iterator[Found]:
    client = module.project.prisma(contract)
    outer = rows(module, given) if given is not None else ()
    for argument in outer[:1]:
        key = "create" if operation == "upsert" else "data"
        entry = argument.entries.get(key)
        payloads = list(rows(entry.module, entry.value)) if entry and entry.value else [argument]
        plain = [_flattened(payload, model) for payload in payloads]
        if operation == "update":
            yield orm.updated(module, node, model, plain, contract)
        else:
            yield orm.inserted(module, node, model, plain, contract, operation=operation)
        for payload in payloads:
            yield from _nested(module, node, model, payload, client, contract)


def _flattened(payload: Payload, model: Model) -> Payload:
    """Turn ``plan: { connect: { id: x } }`` into the key that it sets."""
    result = Payload(payload.module, payload.node, {}, payload.is_open)
    for key, entry in payload.entries.items():
        if key in model.links:
            made = _connected(entry)
            columns = model.links[key].columns
            is_id = made is not entry and made.value is not None and len(columns) == 1
            names = (name for name, column in model.columns.items() if column == columns[0])
            result = with_entry(result, next(names, key) if is_id else key, made)
        elif key not in model.collections:
            result = with_entry(result, key, entry)
    return result


def _connected(entry: Entry) -> Entry:
    if entry.value is None or isinstance(entry.value, ast.BoolOp | ast.Constant):
        return entry
    if isinstance(entry.value, ast.IfExp):
        return _chosen(entry, entry.value)
    found = rows(entry.module, entry.value)
    for payload in found[:1]:
        for how in ("connect", "create", "connectOrCreate"):
            inner = payload.entries.get(how)
            if inner is None:
                continue
            if how != "connect" or inner.value is None:
                return Entry(
                    entry.module, None, inner.node, entry.is_certain, False, "it is made here"
                )
            keys = rows(inner.module, inner.value)
            held = list(keys[0].entries.values()) if keys else []
            if held and held[0].value is not None:
                return Entry(held[0].module, held[0].value, held[0].node, entry.is_certain)
        if "disconnect" in payload.entries:
            return Entry(
                entry.module, ast.copy_location(ast.Constant(None), entry.value), entry.node
            )
    return entry


def _chosen(entry: Entry, choice: ast.IfExp) -> Entry:
    """Read ``planId ? { connect: { id: planId } } : undefined``, and ``{ disconnect: true }``."""
    sides = (choice.body, choice.orelse)
    body, orelse = (_connected(replace(entry, value=side)).value or side for side in sides)
    made = ast.copy_location(ast.IfExp(choice.test, body, orelse), choice)
    entry.module.adopt(made, choice)
    return replace(entry, value=made)


def _nested(
    module: Module,
    node: ast.Call,
    model: Model,
    payload: Payload,
    client: Client,
    contract: Contract,
) -> Iterator[Found]:
    """Find the rows in ``data: { runs: { create: [...] } }``, and a parent that is made with it."""
    for key, entry in payload.entries.items():
        target, columns = _target(model, key, client, contract)
        if target is None or entry.value is None:
            continue
        for inner in rows(entry.module, entry.value)[:1]:
            for how, made in inner.entries.items():
                if how in _NESTED and made.value is not None:
                    listed = _listed(made)
                    # A parent without keys of its own has nothing to send.
                    if columns or contract.of_child(target.relation):
                        yield from _made_with(module, node, target, made, listed, columns, contract)
                    for item in listed:
                        yield from _nested(module, node, target, item, client, contract)


def _target(
    model: Model, key: str, client: Client, contract: Contract
) -> tuple[Model | None, tuple[str, ...]]:
    """Find whose rows a relation makes, and the columns that the row around gives them."""
    collection, link = model.collections.get(key), model.links.get(key)
    if collection is not None:
        return client.of_relation(collection.child), collection.columns
    columns = contract.of_child(model.relation) if link is not None else ()
    parents = (c.parent for c in columns if link is not None and c.column in link.columns)
    parent = next(parents, None)
    return (client.of_relation(parent), ()) if parent is not None else (None, ())


def _listed(made: Entry) -> list[Payload]:
    """Read the rows of ``create``, ``createMany: { data }`` and ``connectOrCreate``."""
    found: list[Payload] = []
    for payload in rows(made.module, made.value) if made.value is not None else ():
        data = payload.entries.get("data") or payload.entries.get("create")
        found += rows(data.module, data.value) if data and data.value is not None else (payload,)
    return found


def _made_with(
    module: Module,
    node: ast.Call,
    model: Model,
    made: Entry,
    listed: list[Payload],
    columns: tuple[str, ...],
    contract: Contract,
) -> Iterator[Found]:
    found: list[Payload] = []
    for item in listed:
        plain = _flattened(item, model)
        for column in columns:
            sent = Entry(module, None, made.node, True, False, "the parent gives the key")
            name = next((k for k, v in model.columns.items() if v == column), column)
            plain = with_entry(plain, name, sent)
        found.append(plain)
    place = ast.copy_location(ast.Name(model.relation.name, ast.Load()), made.node)
    call = ast.Call(place, [], [])
    module.adopt(call, node)
    ast.copy_location(call, made.node)
    if found:
        yield orm.inserted(module, call, model, found, contract)
