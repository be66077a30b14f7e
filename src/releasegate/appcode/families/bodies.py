"""A request handler that is given a row whole -> the site where it is stored: SQLModel's way."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from releasegate.appcode.families import orm
from releasegate.appcode.flow.flows import is_stored
from releasegate.appcode.flow.parameters import parameters
from releasegate.appcode.source.module import NAMED_FUNCTIONS
from releasegate.appcode.values.nullness import called_name
from releasegate.appcode.values.objects import fields

if TYPE_CHECKING:
    from collections.abc import Iterator

    from releasegate.appcode.contract import Contract
    from releasegate.appcode.families.sites import Found
    from releasegate.appcode.source.module import Function, Module

_WRITING = {"post", "put", "patch"}


def sites(module: Module, node: ast.AST, contract: Contract) -> Iterator[Found]:
    """Find ``@router.post("/runs") def create(run: Run, ...): session.add(run)``."""
    models = module.project.models
    if models is None or not isinstance(node, NAMED_FUNCTIONS) or not node.decorator_list:
        return
    for parameter, default in parameters(node):
        model = models.of(module, parameter.annotation) if is_body(node, default) else None
        if model is None or model.kind != "sqlmodel":
            continue
        for load in module.loads.get(parameter.arg, ()):
            call = module.parent(load)
            is_here = module.function(load) is node and isinstance(call, ast.Call)
            if not is_here or not isinstance(call, ast.Call) or load not in call.args:
                continue
            if called_name(call) not in orm.VALIDATES and is_stored(module, load):
                yield orm.inserted(module, call, model, fields(module, load), contract)
                break


def is_body(function: Function, default: ast.expr | None) -> bool:
    """Say whether a request's body becomes the argument: what a Depends() gives was there."""
    if default is not None and not (
        isinstance(default, ast.Call) and called_name(default) == "Body"
    ):
        return False
    return any(
        isinstance(word, ast.Call) and called_name(word) in _WRITING
        for word in getattr(function, "decorator_list", ())
    )
