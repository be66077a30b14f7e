"""A call of a method that models inherit -> the row that it makes of the class and stores."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from releasegate.appcode.families import orm
from releasegate.appcode.families.targets import named
from releasegate.appcode.flow.calls import callees
from releasegate.appcode.flow.flows import is_stored
from releasegate.appcode.flow.frames import entered
from releasegate.appcode.source.written import written
from releasegate.appcode.values.constructors import constructed
from releasegate.appcode.values.made import after
from releasegate.appcode.values.nullness import called_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from releasegate.appcode.contract import Contract
    from releasegate.appcode.families.sites import Found
    from releasegate.appcode.models.model import Model
    from releasegate.appcode.source.module import Function, Module

_STORES = re.compile(r"\.(add|add_all|merge|save|asave)\(")


def sites(module: Module, node: ast.AST, contract: Contract) -> Iterator[Found]:
    """Find ``Run.new(plan_id=x)`` whose method does ``run = cls(...); session.add(run)``."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return
    target = named(module, node.func.value) if module.is_python else None
    model = target.model if target is not None else None
    is_known = called_name(node) in orm.READ_BY_NAME
    if model is None or (is_known and not orm.takes_arguments(module, node)):
        return
    for there, frame in callees(module, node)[:1]:
        for made in ast.walk(frame.function):
            is_own = isinstance(made, ast.Call) and written(made.func) == "cls"
            if not isinstance(made, ast.Call) or not is_own:
                continue
            if there.class_of(made) is model.node and not is_known:
                # A model's own method is the place that writes.
                continue
            if not _is_stored(there, made, frame.function) and not is_stored(module, node):
                continue
            with entered(frame) as is_new:
                if is_new:
                    yield _made(module, node, there, made, model, contract)


def _is_stored(module: Module, made: ast.Call, function: Function) -> bool:
    """Say whether the method stores what it makes, and does not only give it back."""
    return bool(_STORES.search(written(function))) and is_stored(module, made)


def _made(
    module: Module,
    node: ast.Call,
    there: Module,
    made: ast.Call,
    model: Model,
    contract: Contract,
) -> Found:
    payload = constructed(there, made, model) or orm.named_values(there, made, model)
    return orm.inserted(module, node, model, [after(there, made, payload)], contract)
