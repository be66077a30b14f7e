"""An expression -> the column that it stands for: ``Run.plan_id``, ``runs.c.plan_id``."""

from __future__ import annotations

import ast


def column_named(node: ast.expr) -> str | None:
    """Name the column of ``Run.plan_id``, ``runs.c.plan_id`` and ``Run.plan_id.key``."""
    if not isinstance(node, ast.Attribute):
        return None
    if _is_columns(node.value):
        return node.attr
    return column_named(node.value) if node.attr in ("key", "name") else None


def _is_columns(node: ast.expr) -> bool:
    """Say whether an attribute of it stands for a column: ``Run.plan_id``, ``runs.c.plan_id``."""
    if isinstance(node, ast.Attribute):
        return node.attr in ("c", "columns") or node.attr[:1].isupper()
    return isinstance(node, ast.Name) and node.id[:1].isupper()
