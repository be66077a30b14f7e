"""An import or export of TypeScript -> Python's, the module's name as it is written."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from releasegate.appcode.script import expressions, functions
from releasegate.appcode.script.places import at, child, children, name, string, text
from releasegate.appcode.source.import_paths import DEFAULT

if TYPE_CHECKING:
    from tree_sitter import Node


def imported(node: Node) -> list[ast.stmt]:
    """Translate ``import a, { b as c }, * as d from "./x"``."""
    source = child(node, "source")
    if source is None:
        return [at(node, ast.Pass())]
    path = string(source)
    taken: list[ast.alias] = []
    whole: list[ast.alias] = []
    for clause in [item for item in children(node) if item.type == "import_clause"]:
        for item in children(clause):
            if item.type == "identifier":
                taken.append(at(item, ast.alias(DEFAULT, text(item))))
            elif item.type == "namespace_import":
                whole.append(at(item, ast.alias(path, text(children(item)[0]))))
            elif item.type == "named_imports":
                taken += [_alias(part) for part in children(item)]
    return _made(node, path, taken, whole)


def _alias(node: Node) -> ast.alias:
    taken, word = text(child(node, "name")), child(node, "alias")
    return at(node, ast.alias(taken, text(word) if word is not None else None))


def _made(node: Node, path: str, taken: list[ast.alias], whole: list[ast.alias]) -> list[ast.stmt]:
    made: list[ast.stmt] = []
    if taken:
        made.append(at(node, ast.ImportFrom(path, taken, 0)))
    if whole:
        made.append(at(node, ast.Import(whole)))
    return made or [at(node, ast.Pass())]


def exports(node: Node) -> list[ast.stmt]:
    """Translate ``export { a as b } from "./x"`` and ``export * from "./x"``."""
    source = child(node, "source")
    clauses = [item for item in children(node) if item.type == "export_clause"]
    if source is None:
        return [stmt for item in clauses for part in children(item) for stmt in _renamed(part)]
    path = string(source)
    if not clauses:
        spaces = [item for item in children(node) if item.type == "namespace_export"]
        if spaces:
            return [at(node, ast.Import([at(node, ast.alias(path, text(children(spaces[0])[0])))]))]
        return [at(node, ast.ImportFrom(path, [at(node, ast.alias("*"))], 0))]
    taken = [_alias(part) for item in clauses for part in children(item)]
    return [at(node, ast.ImportFrom(path, taken, 0))]


def _renamed(node: Node) -> list[ast.stmt]:
    word, new = child(node, "name"), child(node, "alias")
    if word is None or new is None:
        return []
    return [at(node, ast.Assign([name(new, text(new), ast.Store())], name(word, text(word))))]


def default(node: Node, made: list[ast.stmt]) -> list[ast.stmt]:
    """Give what is exported as the default its second name."""
    is_default = any(item.type == "default" for item in node.children)
    if not is_default or not made:
        return []
    first = made[0]
    word = getattr(first, "name", None)
    if not isinstance(word, str):
        return []
    return [at(node, ast.Assign([name(node, DEFAULT, ast.Store())], name(node, word)))]


def default_value(node: Node, value: Node) -> list[ast.stmt]:
    made = expressions.expression(value)
    if isinstance(made, ast.FunctionDef):
        made.name = DEFAULT
        return [made]
    return [at(node, ast.Assign([name(node, DEFAULT, ast.Store())], made))]


def required(node: Node, left: Node, right: Node) -> list[ast.stmt]:
    """Translate ``const { a } = require("./x")``."""
    while right.type in ("await_expression", "parenthesized_expression") and children(right):
        right = children(right)[0]
    function, given = child(right, "function"), children(child(right, "arguments"))
    is_call = right.type == "call_expression" and text(function) in ("require", "import")
    if not is_call or not given or given[0].type != "string":
        return []
    path = string(given[0])
    if left.type == "identifier":
        return [at(node, ast.Import([at(left, ast.alias(path, text(left)))]))]
    taken: list[ast.alias] = []
    for item in children(left):
        key, value = child(item, "key") or item, child(item, "value")
        taken.append(at(item, ast.alias(text(key), text(value) if value is not None else None)))
    return [at(node, ast.ImportFrom(path, taken, 0))] if taken else []


def exported(node: Node, word: str, value: Node) -> list[ast.stmt]:
    """Translate ``module.exports = ...`` and ``exports.a = ...``."""
    last = word.rsplit(".", 1)[-1]
    called = DEFAULT if last == "exports" else last
    if value.type in ("arrow_function", "function_expression"):
        return [functions.definition(value, called)]
    made = expressions.expression(value)
    if isinstance(made, ast.Name) and made.id == called:
        return []
    return [at(node, ast.Assign([name(node, called, ast.Store())], made))]
