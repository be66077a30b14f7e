"""A write in a module -> whether what stands around it hides that it failed."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from releasegate.appcode.values.nullness import called_name

if TYPE_CHECKING:
    from releasegate.appcode.source.module import Module

_LOGGING = {
    *("debug", "info", "warning", "warn", "error", "exception", "critical", "log", "print"),
    *("rollback", "print_exc", "capture_exception", "format_exc", "captureException", "str"),
    *("type", "repr", "trace", "getLogger"),
}


def swallowed(module: Module, node: ast.AST) -> int | None:
    """Give the line of the handler that only logs the failure of a write."""
    child: ast.AST = node
    for parent in module.ancestors(node):
        if isinstance(parent, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            return None
        if isinstance(parent, ast.Try) and module.field(child) == "body":
            for handler in parent.handlers:
                if _only_logs(handler):
                    return handler.lineno
        child = parent
    return None


def _only_logs(handler: ast.ExceptHandler) -> bool:
    for node in ast.walk(handler):
        if isinstance(node, ast.Raise | ast.Continue | ast.Break | ast.Assign | ast.AugAssign):
            return False
        if isinstance(node, ast.Return) and not _is_plain(node.value):
            return False
        if isinstance(node, ast.Call) and called_name(node) not in _LOGGING:
            return False
    return True


def _is_plain(node: ast.expr | None) -> bool:
    """Say whether a returned value tells nobody of the failure."""
    if node is None or isinstance(node, ast.Constant):
        return True
    return isinstance(node, ast.List | ast.Dict | ast.Tuple) and not list(
        ast.iter_child_nodes(node)
    )
