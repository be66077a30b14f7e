"""A call that looks something up, ``data.get("plan_id")`` -> whether it can be None."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from releasegate.appcode.source.written import written
from releasegate.appcode.values.nullness import Nullness, called_name, nullness, shown

if TYPE_CHECKING:
    from releasegate.appcode.source.module import Module

#: methods that give their second argument, or None, where nothing is found
_LOOKUPS = {"get", "pop"}
_ENDS = {"at", "pop", "shift"}
#: what a request may lack, in h3 and Hono
_ABSENT = {"getRouterParam", "getCookie", "getHeader", "getRequestHeader"}
_OF_REQUEST = ("req.query", "req.header")
#: what marks a text as SQL: Drizzle's, Kysely's and Knex's
_FRAGMENTS = {"sql", "raw", "literal"}
#: what a subquery of Kysely's may end with
_STEPS = {"select", "where", "limit"}
_EMPTY = re.compile(r"\s*(null\b|\(\s*select\b)", re.IGNORECASE)


def looked_up(module: Module, node: ast.Call, name: str, depth: int) -> Nullness | None:
    """Judge ``get()``, ``pop()``, ``getattr()``, ``next()`` and ``literal()``; None for others."""
    is_method = isinstance(node.func, ast.Attribute) and bool(node.args)
    if not module.is_python and (known := _of_script(module, node, name)) is not None:
        return known
    if name in _LOOKUPS and _is_context(module, node):
        return Nullness(None, f"{shown(node)} is sent", module, node)
    if name == "literal" and module.is_python and node.args:
        return nullness(module, node.args[0], depth + 1)
    if name == "null" and not node.args:
        return Nullness(True, "it is NULL", module, node)
    if name in ("get", "aget") and _is_manager(node):
        return Nullness(False, f"{shown(node)} raises where nothing is found", module, node)
    if name in _LOOKUPS and is_method:
        return _looked_up(module, node, name, node.args[1:], depth)
    if name == "getattr" and len(node.args) == 3:
        return _looked_up(module, node, name, node.args[2:], depth)
    if name == "next" and len(node.args) == 2:
        return _looked_up(module, node, name, node.args[1:], depth)
    return None


def _of_script(module: Module, node: ast.Call, name: str) -> Nullness | None:
    """Judge JavaScript's ends of lists, parts of requests, SQL's fragments, Kysely's subqueries."""
    if name in _ENDS and _is_end_of_list(node):
        return Nullness(True, f"{shown(node)} is undefined where the list is empty", module, node)
    if name in _ABSENT or (node.args and written(node.func).endswith(_OF_REQUEST)):
        return Nullness(True, f"{shown(node)} is undefined where it is not given", module, node)
    if name in _STEPS and ".selectFrom(" in written(node):
        return Nullness(True, f"{shown(node)} is NULL where nothing is found", module, node)
    return _of_sql(module, node) if name in _FRAGMENTS and node.args else None


def _is_end_of_list(node: ast.Call) -> bool:
    """Recognise ``rows.at(0)`` and ``rows.pop()``."""
    is_method = isinstance(node.func, ast.Attribute)
    return is_method and len(node.args) == (called_name(node) == "at")


def _of_sql(module: Module, node: ast.Call) -> Nullness | None:
    """Judge ``sql`null` `` and ``knex.raw("(select ...)")``, which stand for a value."""
    from releasegate.appcode.values.texts import text_of

    text = text_of(module, node.args[0]) or ""
    if not _EMPTY.match(text):
        return None
    return Nullness(True, f"{text.strip()[:40]} is or may be NULL", module, node)


def _looked_up(
    module: Module, node: ast.Call, name: str, rest: list[ast.expr], depth: int
) -> Nullness:
    defaults = [*rest, *(item.value for item in node.keywords if item.arg == "default")]
    if not defaults or not _is_plain_lookup(node):
        known = _given_key(module, node, depth)
        if known is not None:
            return known
        is_pop = name == "pop"
        what = f"{shown(node)} is None where the key is missing"
        return Nullness(None if is_pop else True, what, module, node)
    default = nullness(module, defaults[0], depth + 1)
    if default.may_be_none:
        known = _given_key(module, node, depth)
        return known or Nullness(True, f"{shown(node)} may be None", module, node)
    return Nullness(None, "its value is not visible here", module, node)


def _is_manager(node: ast.Call) -> bool:
    """Recognise Django's ``Run.objects.get(...)``, with what narrows it down before."""
    base = node.func.value if isinstance(node.func, ast.Attribute) else node
    return "objects" in written(base).split("(")[0].split(".")


def _is_context(module: Module, node: ast.Call) -> bool:
    """Recognise Hono's ``c.get("userId")``: a middleware has set it."""
    base = node.func.value if isinstance(node.func, ast.Attribute) else node
    return not module.is_python and written(base) in ("c", "ctx", "context")


def _is_plain_lookup(node: ast.Call) -> bool:
    """Tell ``mapping.get(key, default)`` from ``session.get(Run, key)``."""
    first = node.args[0] if node.args else None
    return not (isinstance(first, ast.Name) and first.id[:1].isupper())


def _given_key(module: Module, node: ast.Call, depth: int) -> Nullness | None:
    """Judge ``data.get("k")`` of a mapping that is written down in view."""
    from releasegate.appcode.values.members import member

    key = node.args[0] if node.args else None
    if not isinstance(node.func, ast.Attribute) or not isinstance(key, ast.Constant):
        return None
    return member(module, node.func.value, str(key.value), depth)
