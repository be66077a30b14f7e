"""A TypeScript or JavaScript file -> a module in the shape of Python's syntax tree."""

from __future__ import annotations

import ast
from functools import cache
from typing import TYPE_CHECKING

import tree_sitter_typescript
from tree_sitter import Language, Parser

from releasegate.appcode.script import statements

if TYPE_CHECKING:
    from collections.abc import Callable


def lower(path: str, content: bytes) -> ast.Module:
    """Parse and translate; what has no counterpart keeps its parts, as a tuple of them.

    Raises:
        RecursionError: the file is nested too deeply.
    """
    # JSX is refused by the one grammar, ``<Type>value`` by the other.
    has_jsx = path.endswith((".tsx", ".jsx", ".js", ".mjs", ".cjs"))
    tree = _parser(tsx=has_jsx).parse(content)
    return ast.Module(statements.block(tree.root_node), [])


@cache
def _parser(*, tsx: bool) -> Parser:
    language: Callable[[], object] = (
        tree_sitter_typescript.language_tsx if tsx else tree_sitter_typescript.language_typescript
    )
    return Parser(Language(language()))
