"""A call in a module -> the rows that a model writes: constructors, managers, create()."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from releasegate.appcode.declared.annotations import last_word
from releasegate.appcode.families.sites import Found, call_line, riddle, site
from releasegate.appcode.families.targets import Target, at_root, named
from releasegate.appcode.flow.calls import callees
from releasegate.appcode.flow.flows import is_stored
from releasegate.appcode.source.written import written
from releasegate.appcode.values.added_to import with_parent
from releasegate.appcode.values.constructors import constructed
from releasegate.appcode.values.judged_rows import row_of, rows_of
from releasegate.appcode.values.made import after
from releasegate.appcode.values.nullness import called_name
from releasegate.appcode.values.objects import fields
from releasegate.appcode.values.payloads import (
    Entry,
    Payload,
    one,
    overlaid,
    rows,
    with_entry,
    with_keywords,
)
from releasegate.model import Proof

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from releasegate.appcode.contract import Contract
    from releasegate.appcode.models.model import Collection, Model
    from releasegate.appcode.source.module import Module

_CREATES = {"create", "acreate", "get_or_create", "aget_or_create"}
_UPSERTS = {"update_or_create", "aupdate_or_create", "replace"}
VALIDATES = {"model_validate", "from_orm", "parse_obj", "validate", "model_construct"}
#: calls that are read by what they are called
READ_BY_NAME = {*_CREATES, *_UPSERTS, *VALIDATES, "insert", "insert_many", "update", "delete"}
_NOT_COLUMNS = {"defaults", "create_defaults", "commit", "session", "db", "using", "using_db"}


def sites(module: Module, node: ast.AST, contract: Contract) -> Iterator[Found]:
    """Find ``session.add(Run(...))``, ``Run.objects.create(...)``, ``plan.runs.create(...)``."""
    if not isinstance(node, ast.Call) or not module.is_python:
        return
    target = named(module, node.func)
    if target is not None:
        yield from _constructed(module, node, target, contract)
    elif isinstance(node.func, ast.Attribute):
        yield from _called(module, node, node.func, contract)


def _constructed(
    module: Module, node: ast.Call, target: Target, contract: Contract
) -> Iterator[Found]:
    is_table = target.model is not None and isinstance(target.model.node, ast.Call)
    is_elsewhere = _is_read_at_calls(module, node, target)
    if is_elsewhere or is_table or not is_stored(module, node):
        return
    if target.model is None:
        yield hidden(module, node, "insert", contract)
        return
    payload = constructed(module, node, target.model) or named_values(module, node, target.model)
    payload = after(module, node, payload)
    yield inserted(module, node, target.model, [payload], contract)


def _is_read_at_calls(module: Module, node: ast.Call, target: Target) -> bool:
    """Say whether ``cls(...)`` is read where the method is called.

    So is what a create() makes, and what a class makes for the models that are made from it.
    """
    if not isinstance(node.func, ast.Name) or node.func.id != "cls":
        return False
    name = getattr(module.function(node), "name", "")
    own = target.model.node if target.model is not None else None
    return name in READ_BY_NAME or module.class_of(node) is not own


def named_values(module: Module, node: ast.Call, model: Model) -> Payload:
    """Read the keywords of a constructor, and the one mapping that it takes."""
    payload = with_keywords(module, Payload(module, node), node, 0)
    if len(node.args) != 1 or model.kind == "sqlalchemy":
        return payload
    return overlaid(payload, one(module, node.args[0], 0))


def _called(
    module: Module, node: ast.Call, function: ast.Attribute, contract: Contract
) -> Iterator[Found]:
    name = function.attr
    if name == "replace" and len(node.args) > 1:
        # A text's: peewee's takes the row.
        return
    if name in _CREATES | _UPSERTS | VALIDATES:
        yield from _created(module, node, function, contract)
    elif name in ("bulk_insert_mappings", "bulk_update_mappings") and len(node.args) > 1:
        target = named(module, node.args[0])
        if target is not None:
            yield from _mapped(module, node, target, contract)


def _created(
    module: Module, node: ast.Call, function: ast.Attribute, contract: Contract
) -> Iterator[Found]:
    if isinstance(function.value, ast.Attribute) and function.value.attr == "__table__":
        # ``Run.__table__.create(engine)`` makes the table.
        return
    collection = _collection(module, function.value)
    if collection is not None:
        yield from _of_collection(module, node, function, collection, contract)
        return
    target = at_root(module, function.value)
    if target is None or _is_read_inside(module, node) or takes_arguments(module, node):
        return
    is_validated = function.attr in VALIDATES
    if is_validated and not is_stored(module, node):
        return
    if target.model is None:
        yield hidden(module, node, "insert", contract)
        return
    payloads = _validated(module, node) if is_validated else [_keywords(module, node)]
    if is_validated:
        payloads = [after(module, node, payload) for payload in payloads]
    operation = "upsert" if function.attr in _UPSERTS else "insert"
    yield inserted(module, node, target.model, payloads, contract, operation=operation)


def takes_arguments(module: Module, node: ast.Call) -> bool:
    """Say whether ``Run.create(plan, user)`` is the project's own: its body tells what is sent."""
    given = [
        item
        for item in node.args
        if not isinstance(item, ast.Dict | ast.Starred) and not _is_session(item)
    ]
    return bool(given) and bool(callees(module, node))


def _is_session(node: ast.expr) -> bool:
    """Tell ``Run.create(db, plan_id=x)`` from a method whose arguments are the row."""
    return last_word(node).lower().endswith(("session", "db", "conn", "connection"))


def _is_read_inside(module: Module, node: ast.Call) -> bool:
    """Say whether a class's own ``create()`` writes in a way that is read through this call."""
    return any(
        isinstance(item, ast.Attribute) and written(item) == "cls.objects"
        for _, frame in callees(module, node)
        for item in ast.walk(frame.function)
    )


def _keywords(module: Module, node: ast.Call) -> Payload:
    """Read ``create(plan=plan)`` and ``update_or_create(plan=plan, defaults={...})``."""
    payload = with_keywords(module, Payload(module, node), node, 0)
    kept = {
        key: entry
        for key, entry in payload.entries.items()
        if "__" not in key and key not in _NOT_COLUMNS
    }
    result = Payload(module, node, kept, payload.is_open)
    for argument in node.args[:1]:
        if isinstance(argument, ast.Dict):
            result = overlaid(result, one(module, argument, 0))
    words = {word.arg: word.value for word in node.keywords}
    more = words.get("create_defaults") or words.get("defaults")
    return overlaid(result, one(module, more, 0)) if more is not None else result


def _validated(module: Module, node: ast.Call) -> list[Payload]:
    """Read ``Run.model_validate(run_in, update={...})``."""
    if not node.args:
        return [Payload(module, node, is_open="what it is made of is not visible here")]
    source = node.args[0]
    dumped = rows(module, source) if isinstance(source, ast.Call | ast.Dict) else ()
    is_clear = dumped and not any(payload.is_open for payload in dumped)
    known = dumped if is_clear else fields(module, source) or rows(module, source)
    more = next((word.value for word in node.keywords if word.arg == "update"), None)
    if more is None:
        return list(known)
    return [overlaid(payload, one(module, more, 0)) for payload in known]


def _mapped(module: Module, node: ast.Call, target: Target, contract: Contract) -> Iterator[Found]:
    is_insert = called_name(node) == "bulk_insert_mappings"
    if target.model is None:
        yield hidden(module, node, "insert" if is_insert else "update", contract)
    elif is_insert:
        yield inserted(module, node, target.model, rows(module, node.args[1]), contract)
    else:
        yield updated(module, node, target.model, rows(module, node.args[1]), contract)


def _collection(module: Module, node: ast.expr) -> Collection | None:
    """Recognise ``plan.runs`` and ``plan.run_set`` as a parent's children."""
    models = module.project.models
    if models is None or not isinstance(node, ast.Attribute) or named(module, node.value):
        return None
    found = models.collection(module, node)
    return found if found is not None and found.is_manager else None


def _of_collection(
    module: Module,
    node: ast.Call,
    function: ast.Attribute,
    collection: Collection,
    contract: Contract,
) -> Iterator[Found]:
    models = module.project.models
    owners = models.of_relation(collection.child) if models is not None else ()
    if not owners or not isinstance(function.value, ast.Attribute):
        return
    payload = _keywords(module, node)
    for column in collection.columns:
        entry = Entry(module, function.value.value, function.value)
        attribute = next((k for k, v in owners[0].links.items() if column in v.columns), column)
        payload = with_entry(payload, attribute, entry)
    yield inserted(module, node, owners[0], [payload], contract)


def inserted(
    module: Module,
    node: ast.Call,
    model: Model,
    payloads: Iterable[Payload],
    contract: Contract,
    *,
    operation: str = "insert",
) -> Found:
    """Make the site of rows that a model inserts."""
    hidden_rows = [Payload(module, node, is_open="the rows are not visible here")]
    found = list(rows_of(tuple(payloads) or hidden_rows, model.relation, contract, model))
    found = [with_parent(module, node, row, model) for row in found]
    return site(
        path=module.path,
        line=call_line(node),
        end_line=node.end_lineno or node.lineno,
        relation=model.relation,
        operation=operation,
        api=model.kind,
        rows=found,
        contract=contract,
        scope=module.function(node),
    )


def updated(
    module: Module, node: ast.Call, model: Model, payloads: Iterable[Payload], contract: Contract
) -> Found:
    """Make the site of columns that a model sets in rows that exist."""
    bare = replace(model, filled=frozenset(), on_save={})
    made = [row_of(payload, model.relation, contract, bare) for payload in payloads]
    return site(
        path=module.path,
        line=call_line(node),
        end_line=node.end_lineno or node.lineno,
        relation=model.relation,
        operation="update",
        api=model.kind,
        rows=(),
        updates=made,
        contract=contract,
        scope=module.function(node),
    )


def deleted(module: Module, node: ast.Call, model: Model, contract: Contract) -> Found:
    """Make the site of rows that go."""
    return site(
        path=module.path,
        line=call_line(node),
        end_line=node.end_lineno or node.lineno,
        relation=model.relation,
        operation="delete",
        api=model.kind,
        rows=(),
        contract=contract,
        scope=module.function(node),
    )


def hidden(module: Module, node: ast.Call, operation: str, contract: Contract) -> Found:
    place = Proof(module.path, call_line(node), "which model it is depends on the caller")
    return riddle(
        place, relation=None, operation=operation, api="orm", contract=contract, is_quiet=True
    )
