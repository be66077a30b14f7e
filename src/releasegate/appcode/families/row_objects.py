"""A statement in a module -> the rows that an object, fetched before, changes or takes away."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from releasegate.appcode.families import orm
from releasegate.appcode.families.bodies import is_body
from releasegate.appcode.families.deleted_rows import (
    called_like,
    deletions,
    is_called_as,
    is_class,
    model_of,
)
from releasegate.appcode.families.sites import Found, site
from releasegate.appcode.families.targets import Target, named
from releasegate.appcode.flow.calls import callees
from releasegate.appcode.flow.names import MODEL_WORDS, origins
from releasegate.appcode.models.model import Model
from releasegate.appcode.source.module import before, returned
from releasegate.appcode.source.written import written
from releasegate.appcode.values.judged_rows import row_of
from releasegate.appcode.values.nullness import called_name
from releasegate.appcode.values.payloads import Entry, Payload, rows, with_keywords

if TYPE_CHECKING:
    from collections.abc import Iterator

    from releasegate.appcode.contract import Contract
    from releasegate.appcode.flow.parameters import Origin
    from releasegate.appcode.source.module import Function, Module

_SETS = {"sqlmodel_update", "update_from_dict"}
_SAVING = re.compile(r"(?i)save|store|persist|commit")


def sites(module: Module, node: ast.AST, contract: Contract) -> Iterator[Found]:
    """Find ``session.delete(plan)``, ``plan.delete()`` and ``run.plan_id = other``."""
    if not module.is_python or module.project.models is None:
        return
    if isinstance(node, ast.Call) and "delete" in called_name(node):
        yield from deletions(module, node, contract)
    elif isinstance(node, ast.Call) and called_name(node) == "setattr" and len(node.args) == 3:
        yield from _set_in_loop(module, node, contract)
    elif isinstance(node, ast.Call) and called_name(node) in _SETS and node.args:
        yield from _taken_over(module, node, contract)
    elif isinstance(node, ast.Call) and node.keywords:
        yield from _changed(module, node, contract)
    elif isinstance(node, ast.Assign):
        for target in node.targets:
            if isinstance(target, ast.Attribute):
                yield from _assigned(module, node, target, contract)


def _text(body: list[ast.stmt]) -> str:
    return "\n".join(map(written, body))


def _set_in_loop(module: Module, node: ast.Call, contract: Contract) -> Iterator[Found]:
    """Judge ``for key, value in data.items(): setattr(run, key, value)`` on a row read before."""
    source = next((x.iter for x in module.ancestors(node) if isinstance(x, ast.For)), None)
    is_items = isinstance(source, ast.Call) and called_name(source) == "items"
    if not is_items or not isinstance(source, ast.Call) or _is_made_here(module, node.args[0]):
        return
    if not isinstance(source.func, ast.Attribute):
        return
    model = model_of(module, node.args[0])
    target = Target(model) if model is not None else _of_repository(module, node)
    if target is not None and target.model is None:
        yield orm.hidden(module, node, "update", contract)
    elif target is not None and target.model is not None:
        for found in rows(module, source.func.value):
            yield from _set(module, node, target.model, found, contract)


def _of_repository(module: Module, node: ast.Call) -> Target | None:
    """Take a row that nothing tells of for one of ``self.model``, whose repository this is."""
    for word in MODEL_WORDS if module.class_of(node) is not None else ():
        own = ast.Attribute(ast.Name("self", ast.Load()), word, ast.Load())
        module.adopt(own, node)
        module.adopt(own.value, node)
        if origins(module, own):
            return named(module, own)
    return None


def _assigned(
    module: Module, node: ast.Assign, target: ast.Attribute, contract: Contract
) -> Iterator[Found]:
    """Judge ``run.plan_id = x`` on a row that was there before; on a new one it is part of that."""
    if not _names_column(module, target.attr, contract) or _is_made_here(module, target.value):
        return
    model = model_of(module, target.value) or _by_column(module, target)
    if model is not None and _is_kept(module, node, target.value, model):
        payload = Payload(module, node, {target.attr: Entry(module, node.value, target)})
        yield from _set(module, node, model, payload, contract)


def _by_column(module: Module, target: ast.Attribute) -> Model | None:
    """Take ``run.plan = plan`` for a Run's where its name and its attribute say so."""
    model = called_like(module, target.value)
    if model is None or not is_called_as(target.value, model):
        return None
    return model if target.attr in model.links or target.attr in model.columns else None


def _is_kept(module: Module, node: ast.Assign, holder: ast.expr, model: Model) -> bool:
    """Say whether a change is stored: a session does it by itself, a Django row has to be saved."""
    if model.kind in ("sqlalchemy", "sqlmodel") or not isinstance(holder, ast.Name):
        return True
    function = module.function(node)
    loads = [x for x in module.loads.get(holder.id, ()) if module.function(x) is function]
    if any(module.function(x) is function for x in module.loads.get("bulk_update", ())):
        return True
    is_looping = any(isinstance(item, ast.For | ast.While) for item in module.ancestors(node))
    later = (x for x in loads if is_looping or before(node, x))
    return any(_may_save(module, load) for load in later)


def _may_save(module: Module, load: ast.expr) -> bool:
    """Say whether an object is saved there, or handed to what may do so."""
    parent = module.parent(load)
    if isinstance(parent, ast.Attribute):
        call = module.parent(parent)
        return isinstance(call, ast.Call) and _saves(module, call)
    return isinstance(
        parent, ast.Call | ast.List | ast.Tuple | ast.Return | ast.Yield | ast.keyword
    )


def _saves(module: Module, call: ast.Call) -> bool:
    """Say whether a method saves its object, by its name or by what it does."""
    bodies = [f.function.body for _, f in callees(module, call)]
    texts = [called_name(call), *(_text(body) for body in bodies if isinstance(body, list))]
    return any(_SAVING.search(text) for text in texts)


def _names_column(module: Module, word: str | None, contract: Contract) -> bool:
    """Say whether a word is a column of the contract, or an attribute that stands for one."""
    models = module.project.models
    return any(word in m.columns or word in m.links for m in models or ()) or any(
        word == column.column for column in contract.columns
    )


def _changed(module: Module, node: ast.Call, contract: Contract) -> Iterator[Found]:
    """Judge ``run.update(plan_id=x)`` through a method that sets its keywords on the object."""
    if not isinstance(node.func, ast.Attribute):
        return
    if not any(_names_column(module, word.arg, contract) for word in node.keywords):
        return
    if any(_sets_keywords(frame.function) for _, frame in callees(module, node)):
        model = model_of(module, node.func.value)
        if model is not None and not is_class(module, node.func.value):
            payload = with_keywords(module, Payload(module, node), node, 0)
            yield from _set(module, node, model, payload, contract)


def _taken_over(module: Module, node: ast.Call, contract: Contract) -> Iterator[Found]:
    """Judge ``run.sqlmodel_update(data)``: SQLModel sets what a mapping or an object holds."""
    model = model_of(module, node.func.value) if isinstance(node.func, ast.Attribute) else None
    if model is None or (
        isinstance(node.func, ast.Attribute) and _is_made_here(module, node.func.value)
    ):
        return
    found = rows(module, node.args[0])
    if len(found) == 1:
        yield from _set(module, node, model, found[0], contract)


def _sets_keywords(function: Function) -> bool:
    """Say whether a function sets each of its keywords: ``setattr(self, name, value)``."""
    return function.args.kwarg is not None and any(
        isinstance(item, ast.Call) and called_name(item) == "setattr" for item in ast.walk(function)
    )


def _set(
    module: Module,
    node: ast.Assign | ast.Call,
    model: Model,
    payload: Payload,
    contract: Contract,
) -> Iterator[Found]:
    row = row_of(payload, model.relation, contract, _without_defaults(model))
    if not set(row.values) & {c.column for c in contract.of_child(model.relation)}:
        return
    yield site(
        path=module.path,
        line=node.lineno,
        end_line=node.end_lineno or node.lineno,
        relation=model.relation,
        operation="update",
        api=model.kind,
        rows=(),
        updates=(row,),
        contract=contract,
        scope=module.function(node),
    )


def _without_defaults(model: Model) -> Model:
    return Model(model.relation, model.module, model.node, model.kind, model.columns, model.links)


def _makes(module: Module, function: ast.expr) -> bool:
    """Say whether a call makes a new row: a constructor, or ``Run.model_validate``."""
    models = module.project.models
    if isinstance(function, ast.Attribute) and function.attr in orm.VALIDATES:
        function = function.value
    return models is not None and models.of(module, function) is not None


def _is_made_here(module: Module, node: ast.expr, depth: int = 0) -> bool:
    """Say whether the object is new: made by its constructor in view, or out of a request."""
    if isinstance(node, ast.Name) and node.id == "self":
        return True
    return any(_is_new(origin, depth) for origin in origins(module, node))


def _is_new(origin: Origin, depth: int) -> bool:
    value = origin.value.value if isinstance(origin.value, ast.Await) else origin.value
    if not isinstance(value, ast.Call):
        return origin.function is not None and is_body(origin.function, origin.default)
    if _makes(origin.module, value.func) or written(value).startswith("super().save("):
        # What a form of Django hands out before it is stored is new.
        return True
    for there, frame in callees(origin.module, value)[:1] if depth == 0 else ():
        for made in returned(there, frame.function):
            is_new = isinstance(made, ast.Call) and _makes(there, made.func)
            if is_new or (isinstance(made, ast.Name) and _is_made_here(there, made, depth + 1)):
                return True
    return False
