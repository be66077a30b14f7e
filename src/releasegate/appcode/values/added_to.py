"""A row that is added to a parent's children -> the row with the key that this fills in."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from releasegate.appcode.flow.callers import frames
from releasegate.appcode.verdicts import Row, Value
from releasegate.model import Proof

if TYPE_CHECKING:
    from releasegate.appcode.models.model import Collection, Model
    from releasegate.appcode.models.registry import Models
    from releasegate.appcode.source.module import Module

#: so many functions may give a row back, one to the other, and so many callers are asked
MAX_HOPS = 3
MAX_CALLERS = 20
#: what a row may stand in without being another thing
_AROUND = (
    *(ast.List, ast.Tuple, ast.ListComp, ast.GeneratorExp, ast.Starred, ast.IfExp, ast.BoolOp),
    *(ast.BinOp, ast.Await),
)


def with_parent(module: Module, node: ast.Call, row: Row, model: Model) -> Row:
    """Fill in what being appended to a parent's children fills in: ``plan.runs.append(run)``."""
    columns = _given_by_parent(module, node, model)
    missing = {
        column
        for column in columns
        if column not in row.values
        or column in row.uncertain
        or row.values[column].verdict in ("maybe_null", "undecidable")
    }
    if not missing:
        return row
    proof = Proof(module.path, node.lineno, "the parent that it is added to gives the key")
    values = {**row.values, **{column: Value("sent", (proof,)) for column in missing}}
    return Row(row.place, values, row.uncertain - missing, row.is_open)


def _given_by_parent(
    module: Module, node: ast.Call, model: Model, depth: int = 0
) -> tuple[str, ...]:
    here = _given_here(module, node, model)
    return here or _given_by_callers(module, node, model, depth)


def _given_by_callers(module: Module, node: ast.Call, model: Model, depth: int) -> tuple[str, ...]:
    """Follow a row that a function gives back to what each of its callers adds it to."""
    function = module.function(node)
    places = [node, *_kept(module, node)]
    is_returned = any(isinstance(_around(module, place), ast.Return) for place in places)
    if function is None or not is_returned or depth >= MAX_HOPS:
        return ()
    first: tuple[str, ...] = ()
    for frame in frames(module, function)[:MAX_CALLERS]:
        given = _given_by_parent(frame.module, frame.call, model, depth + 1)
        if not given:
            return ()
        first = first or given
    return first


def _around(module: Module, place: ast.AST) -> ast.AST | None:
    holder = module.parent(place)
    while isinstance(holder, _AROUND):
        holder = module.parent(holder)
    return holder


def _given_here(module: Module, node: ast.Call, model: Model) -> tuple[str, ...]:
    models = module.project.models
    places: list[ast.AST] = [node]
    places += _kept(module, node)
    for place in list(places):
        # ``rows.append(run)``, and later ``plan.runs = rows``
        call = module.parent(place)
        holder = call.func if isinstance(call, ast.Call) else None
        if isinstance(holder, ast.Attribute) and holder.attr == "append":
            places += _loads(module, holder.value)
        elif isinstance(call, ast.List | ast.ListComp):
            places += _kept(module, call)
    for place in places:
        word = _parents_word(module, place)
        if models is not None and isinstance(word, ast.Attribute):
            found = models.collection(module, word)
        elif models is not None and isinstance(word, ast.keyword):
            found = _of_keyword(module, word, model, models)
        else:
            continue
        if found is not None and found.child == model.relation:
            return found.columns
    return ()


def _of_keyword(
    module: Module, word: ast.keyword, model: Model, models: Models
) -> Collection | None:
    """Find the children that ``Plan(runs=runs)`` gives its plan."""
    call, name = module.parent(word), word.arg or ""
    parent = models.of(module, call.func) if isinstance(call, ast.Call) else None
    if parent is not None and name in parent.collections:
        return parent.collections[name]
    return models.with_collection(name, model.relation)


def _kept(module: Module, node: ast.AST) -> list[ast.expr]:
    """Find the readings of the variable that something is kept in."""
    statement = module.parent(node)
    while isinstance(statement, _AROUND):
        statement = module.parent(statement)
    if not isinstance(statement, ast.Assign) or not isinstance(statement.targets[0], ast.Name):
        return []
    return _loads(module, statement.targets[0])


def _loads(module: Module, node: ast.expr) -> list[ast.expr]:
    if not isinstance(node, ast.Name):
        return []
    function = module.function(node)
    return [x for x in module.loads.get(node.id, ()) if module.function(x) is function]


def _parents_word(module: Module, place: ast.AST) -> ast.Attribute | ast.keyword | None:
    """Name the collection in ``plan.runs.append(x)``, ``Plan(runs=[x])``, ``plan.runs = [x]``."""
    current: ast.AST | None = place
    parent = module.parent(current)
    while isinstance(parent, _AROUND):
        current, parent = parent, module.parent(parent)
    if isinstance(parent, ast.keyword):
        return parent
    if isinstance(parent, ast.Assign) and isinstance(parent.targets[0], ast.Attribute):
        return parent.targets[0]
    if isinstance(parent, ast.Call) and isinstance(parent.func, ast.Attribute):
        is_adding = parent.func.attr in ("append", "extend", "add", "insert")
        holder = parent.func.value
        return holder if is_adding and isinstance(holder, ast.Attribute) else None
    return None
