"""A call in a module -> the INSERT, UPDATE or DELETE that it builds from a table or a model.

SQLAlchemy's ``insert(Run).values(...)``, peewee's ``Run.insert(...)``, Drizzle's
``db.insert(runs).values(...)``, Kysely's ``db.insertInto("runs")``, and queries' ``.update()``.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from releasegate.appcode.declared.annotations import last_word
from releasegate.appcode.families import orm
from releasegate.appcode.families.sites import Found, call_line, riddle
from releasegate.appcode.families.targets import Target, at_root, named
from releasegate.appcode.flow import chains
from releasegate.appcode.flow.calls import method_of
from releasegate.appcode.flow.class_names import resolve
from releasegate.appcode.flow.names import single_value
from releasegate.appcode.models.model import Model
from releasegate.appcode.source.written import written
from releasegate.appcode.values.nullness import called_name
from releasegate.appcode.values.payloads import Entry, Payload, of_keywords, rows
from releasegate.appcode.values.put_in import (
    BY_NAME,
    is_called_on_database,
    is_library,
    is_listed,
    is_on_any_table,
)
from releasegate.appcode.values.selected import copied, selected
from releasegate.appcode.values.texts import text_of
from releasegate.model import Proof

if TYPE_CHECKING:
    from collections.abc import Iterator

    from releasegate.appcode.contract import Contract
    from releasegate.appcode.flow.chains import Step
    from releasegate.appcode.source.module import Module

_INSERTS = {"insert", "pg_insert", "insertInto", "insert_many", "replace", "replace_many", "Insert"}
_UPDATES = {"update", "updateTable", "aupdate", "Update"}
_DELETES = {"delete", "deleteFrom", "adelete", "Delete", "_raw_delete", "delete_by_id"}
_SET = {"values", "set", "from_select", "columns"}
_CONFLICT = {
    "on_conflict_do_update",
    "onConflictDoUpdate",
    "on_conflict",
    "onConflict",
    "doUpdateSet",
}
_MODEL_WORDS = ("model_class", "model", "model_cls", "entity_class")
_RUNS = ("execute", "exec", "fetch", "run", "scalar", "stream")


def sites(module: Module, node: ast.AST, contract: Contract) -> Iterator[Found]:
    """Find the statements that are built where this call stands."""
    if not isinstance(node, ast.Call):
        return
    name = _name(module, node)
    operation = _operation(name)
    if operation is None or _is_own(module, node) or (name == "replace" and len(node.args) > 1):
        return
    target, payload = _target(module, node, name, contract)
    if target is None:
        if is_on_any_table(module, node, name):
            place = Proof(module.path, call_line(node), "the table is put in at run time")
            yield riddle(place, relation=None, operation=operation, api="orm", contract=contract)
        return
    if target.model is None:
        place = Proof(module.path, node.lineno, "which model it is depends on the caller")
        yield riddle(
            place, relation=None, operation=operation, api="orm", contract=contract, is_quiet=True
        )
    elif operation == "delete":
        yield orm.deleted(module, node, target.model, contract)
    else:
        yield from _written(module, node, target.model, operation, payload, contract)


def _is_own(module: Module, node: ast.Call) -> bool:
    """Say whether ``Run.insert(run)`` is a method of the project's own, which is read itself."""
    owners = resolve(module, node.func.value) if isinstance(node.func, ast.Attribute) else ()
    found = method_of(owners[0], called_name(node)) if owners else None
    return found is not None and f"super().{called_name(node)}" not in written(found[1])


def _name(module: Module, node: ast.Call) -> str:
    """Name the call, through ``import insert as pg_insert`` and a mapping of such functions."""
    name = called_name(node)
    if isinstance(node.func, ast.Subscript):
        origin = single_value(module, node.func.value)
        if origin is None or not isinstance(origin[1], ast.Dict):
            return ""
        words = map(last_word, origin[1].values)
        names = {origin[0].renamed.get(word, word) for word in words}
        return names.pop() if len(names) == 1 else ""
    is_known = _operation(name) is not None or not isinstance(node.func, ast.Name)
    return name if is_known else module.renamed.get(name, name)


def _operation(name: str) -> str | None:
    if name in _INSERTS:
        return "insert"
    if name in _UPDATES:
        return "update"
    return "delete" if name in _DELETES else None


def _target(
    module: Module, node: ast.Call, name: str, contract: Contract
) -> tuple[Target | None, list[ast.expr]]:
    """Find the table: what the call takes, or what it is called on; the rest is payload."""
    first = node.args[0] if node.args else None
    if name in BY_NAME:
        return _by_text(module, first, contract), node.args[1:]
    if isinstance(node.func, ast.Name | ast.Subscript):
        return named(module, first), node.args[1:]
    if not module.is_python:
        taken = named(module, first)
        return (taken if taken is not None and _is_database(module, node) else None), []
    if first is not None and not node.keywords and len(node.args) == 1:
        taken = named(module, first)
        if taken is not None and name in ("insert", "update", "delete"):
            # ``sa.insert(Run)``; ``session.delete(run)`` takes an object and is read elsewhere.
            return (taken, []) if name == "insert" or is_library(node.func) else (None, [])
    if name == "delete" and (generic := _of_any_model(module, node)) is not None:
        return generic, []
    assert isinstance(node.func, ast.Attribute)
    if _is_objects(name) and not _is_query(node.func.value):
        return None, []
    target = at_root(module, node.func.value) or _by_key(module, node.func.value, contract)
    is_mapping = name in _UPDATES and bool(node.args) and _takes_keywords(target)
    return (None if is_mapping else target), node.args


def _of_any_model(module: Module, node: ast.Call) -> Target | None:
    """Read ``store.delete(Run, filters={...})`` and ``store.delete(filters, model_class=Run)``."""
    words = {word.arg: word.value for word in node.keywords}
    given = next((words[word] for word in _MODEL_WORDS if word in words), None)
    first = node.args[0] if node.args and words else None
    word = given or first
    found = named(module, word) if isinstance(word, ast.Name | ast.Attribute) else None
    return found if found is not None and found.model is not None else None


def _takes_keywords(target: Target | None) -> bool:
    """Tell Django's ``runs.update(plan=plan)`` from ``run.meta.update({...})``."""
    return target is not None and target.model is not None and target.model.kind == "django"


def _is_database(module: Module, node: ast.Call) -> bool:
    """Tell Drizzle's ``db.delete(runs)`` from ``cache.delete(runs)``."""
    return isinstance(module.parent(node), ast.Attribute) or is_called_on_database(node)


def _is_objects(name: str) -> bool:
    return name in ("delete", "adelete", "update", "aupdate")


def _is_query(node: ast.expr) -> bool:
    """Tell ``Run.objects.filter().delete()`` from ``run.delete()`` and ``mapping.update()``."""
    if isinstance(node, ast.Call | ast.Await):
        return True
    return isinstance(node, ast.Name | ast.Attribute)


def _by_key(module: Module, node: ast.expr, contract: Contract) -> Target | None:
    """Read SQLAlchemy's ``metadata.tables["runs"]``."""
    if not isinstance(node, ast.Subscript) or not is_listed(node):
        return None
    return _by_text(module, node.slice, contract)


def _by_text(module: Module, node: ast.expr | None, contract: Contract) -> Target | None:
    text = text_of(module, node) if node is not None else None
    *schema, name = (text or "").split(".")
    relation = contract.find(schema[-1] if schema else None, name)
    if relation is None or node is None:
        return None
    models = module.project.models
    known = models.of_relation(relation) if models is not None else ()
    return Target(
        known[0]
        if known and known[0].kind != "drizzle"
        else Model(relation, module, node, "kysely")
    )


def _written(
    module: Module,
    node: ast.Call,
    model: Model,
    operation: str,
    given: list[ast.expr],
    contract: Contract,
) -> Iterator[Found]:
    steps = chains.steps(module, node)
    payloads = _given(module, node, given)
    for step in steps:
        if step.name in _SET:
            payloads += _of_step(step)
        elif step.name == "select" and step.call.args and not module.is_python:
            payloads += copied(step)
    payloads = payloads or _run_with(module, node)
    is_upsert = any(step.name in _CONFLICT and not _is_left(step) for step in steps)
    if operation == "update":
        yield orm.updated(module, node, model, payloads, contract)
        return
    if not payloads:
        payloads = [Payload(module, node, is_open="the values are not visible here")]
    kind = "upsert" if is_upsert else "insert"
    yield orm.inserted(module, node, model, payloads, contract, operation=kind)


def _is_left(step: Step) -> bool:
    """Read Kysely's ``onConflict((oc) => oc.doNothing())``."""
    return step.name == "onConflict" and "doNothing" in written(step.call)


def _given(module: Module, node: ast.Call, given: list[ast.expr]) -> list[Payload]:
    """Read ``Run.insert(plan=plan)``, ``Run.insert({...})`` and ``Run.insert_many([...])``."""
    found = [item for value in given[:1] for item in rows(module, value)]
    if node.keywords and called_name(node) not in ("insert_many", "replace_many"):
        words = [
            w for w in node.keywords if w.arg not in ("synchronize_session", "values", "fields")
        ]
        if words:
            made = ast.Call(node.func, [], words)
            module.adopt(made, node)
            found.append(of_keywords(module, made, 0))
        found += [row for w in node.keywords if w.arg == "values" for row in rows(module, w.value)]
    return found


def _of_step(step: Step) -> list[Payload]:
    """Read ``.values({...})``, ``.values(plan_id=x)``, ``.set({...})``, ``.from_select([...])``."""
    call = step.call
    if step.name in ("from_select", "columns") and call.args:
        return [selected(step)]
    word = text_of(step.module, call.args[0]) if len(call.args) == 2 else None
    if word is not None:
        # Kysely's ``set("plan_id", x)``
        entry = Entry(step.module, call.args[1], call.args[1])
        return [Payload(step.module, call, {word: entry})]
    found = [row for value in call.args[:1] for row in rows(step.module, value)]
    if call.keywords:
        made = ast.Call(call.func, [], call.keywords)
        step.module.adopt(made, call)
        found.append(of_keywords(step.module, made, 0))
    return found


def _run_with(module: Module, node: ast.Call) -> list[Payload]:
    """Read ``session.execute(insert(Run), [{...}])`` and ``execute(query=..., values={...})``."""
    for there, place in chains.ends(module, node):
        holder = there.parent(place)
        holder = there.parent(holder) if isinstance(holder, ast.keyword) else holder
        if not isinstance(holder, ast.Call) or not called_name(holder).startswith(_RUNS):
            continue
        given = [value for value in holder.args if value is not place]
        given += [w.value for w in holder.keywords if w.arg in ("values", "params", "parameters")]
        if given:
            return list(rows(there, given[0]))
    return []
