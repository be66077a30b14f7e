"""A tree -> how it is written, to be compared and shown."""

from __future__ import annotations

import ast


def written(node: ast.AST) -> str:
    """Write a tree as Python does; what Python has no words for is written as its structure."""
    try:
        return ast.unparse(node)
    except ValueError:
        # A template inside a template may hold what an f-string of Python 3.11 cannot.
        return ast.dump(node)
