"""A Python expression at its place -> whether a check before it rules None out."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from releasegate.appcode.module import Module, before

if TYPE_CHECKING:
    from collections.abc import Iterator

_LEAVING = (ast.Raise, ast.Return, ast.Continue, ast.Break)


def is_checked(module: Module, node: ast.expr) -> bool:
    """Say whether None has left, or cannot have come here: guards and enclosing conditions."""
    wanted = ast.unparse(node)
    for child in module.ancestors(node):
        parent = module.parent(child)
        if isinstance(parent, ast.If | ast.IfExp | ast.While):
            field = module.field(child)
            if field == "body" and _implies(parent.test, wanted, is_true=True):
                return not _is_rebound(module, parent, node)
            if field == "orelse" and _implies(parent.test, wanted, is_true=False):
                return not _is_rebound(module, parent, node)
    return any(
        _guards(guard, wanted) and not _is_rebound(module, guard, node)
        for guard in _earlier(module, node)
    )


def filled_in(module: Module, node: ast.expr) -> ast.expr | None:
    """Find the value of ``if x is None: x = value`` before a use of x."""
    wanted = ast.unparse(node)
    for guard in _earlier(module, node):
        if not isinstance(guard, ast.If) or not _implies(guard.test, wanted, is_true=False):
            continue
        last = guard.body[-1]
        if isinstance(last, ast.Assign) and ast.unparse(last.targets[0]) == wanted:
            return None if _is_rebound(module, last.value, node) else last.value
    return None


def _earlier(module: Module, node: ast.expr) -> Iterator[ast.AST]:
    """Yield what surely ran before a place, in its function."""
    function = module.function(node)
    for item in ast.walk(function or module.tree):
        is_check = isinstance(item, ast.If | ast.Assert)
        if is_check and module.function(item) is function and module.dominates(item, node):
            yield item


def _guards(guard: ast.AST, wanted: str) -> bool:
    if isinstance(guard, ast.Assert):
        return _implies(guard.test, wanted, is_true=True)
    leaves = isinstance(guard, ast.If) and isinstance(guard.body[-1], _LEAVING)
    return leaves and isinstance(guard, ast.If) and _implies(guard.test, wanted, is_true=False)


def _implies(test: ast.expr, wanted: str, *, is_true: bool) -> bool:
    """Say whether a condition's outcome means that ``wanted`` is not None."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return _implies(test.operand, wanted, is_true=not is_true)
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And) == is_true:
        return any(_implies(part, wanted, is_true=is_true) for part in test.values)
    if isinstance(test, ast.NamedExpr):
        return is_true and ast.unparse(test.target) == wanted
    if isinstance(test, ast.Compare) and len(test.ops) == 1:
        operand, other = test.left, test.comparators[0]
        operand = operand.target if isinstance(operand, ast.NamedExpr) else operand
        is_none = isinstance(other, ast.Constant) and other.value is None
        wants = ast.IsNot if is_true else ast.Is
        return is_none and isinstance(test.ops[0], wants) and ast.unparse(operand) == wanted
    return is_true and ast.unparse(test) == wanted


def _is_rebound(module: Module, guard: ast.AST, use: ast.expr) -> bool:
    name = ast.unparse(use)
    base = name.split(".")[0].split("[")[0]
    test = getattr(guard, "test", None)
    return any(
        before(guard, node)
        and before(node, use)
        and not any(item is test for item in module.ancestors(node))
        for node in ast.walk(module.function(use) or module.tree)
        if isinstance(node, ast.Name | ast.Attribute | ast.Subscript)
        and isinstance(node.ctx, ast.Store)
        and ast.unparse(node) in (name, base)
    )
