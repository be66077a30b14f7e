"""A Python expression -> whose id it visibly is."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from releasegate.appcode.flow.names import origins, single_value
from releasegate.appcode.source.written import written
from releasegate.appcode.values.guards import is_checked
from releasegate.appcode.values.nullness import called_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from releasegate.appcode.source.module import Module
    from releasegate.model import ContractColumn, Relation

_WRAPPERS = {"str", "UUID", "int", "cast", "not_null", "String", "Number", "parseInt", "BigInt"}
_METHODS = {"toString", "strip", "trim", "hex", "lower", "replace", "toLowerCase", "valueOf"}
_GENERATORS = {
    *("uuid1", "uuid4", "uuid7", "randomUUID", "uuidv4", "v4", "nanoid", "cuid", "createId"),
    *("ObjectId", "ulid", "token_hex", "token_urlsafe", "uuidv7", "get_uuid", "new_uuid"),
}
_SENTINELS = {
    *("", "0", "-1", "none", "null", "unknown", "default", "n/a", "todo", "nil", "undefined"),
    *("system", "anonymous", "dummy", "test", "placeholder", "temp", "tmp", "xxx", "missing"),
}
_WORD = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])")
_ID_WORDS = {"id", "uuid", "pk", "uid"}
MAX_DEPTH = 4


def peeled(node: ast.expr) -> ast.expr:
    """Take off what does not change whose id it is: str(), UUID(), await, a cast."""
    if isinstance(node, ast.Await | ast.NamedExpr):
        return peeled(node.value)
    if isinstance(node, ast.Call) and called_name(node) in _WRAPPERS and node.args:
        return peeled(node.args[-1])
    function = node.func if isinstance(node, ast.Call) else None
    if isinstance(function, ast.Attribute) and function.attr in _METHODS:
        return peeled(function.value)
    return node


def identity(node: ast.expr) -> str | None:
    """Write an expression down so that two columns with the same one can be seen."""
    inner = peeled(node)
    if isinstance(inner, ast.Name | ast.Attribute | ast.Subscript):
        return written(inner)
    return None


def stem(name: str) -> tuple[str, ...]:
    """Split a table's name into words, the last in the singular."""
    words = words_of(name)
    if not words:
        return ()
    last = words[-1]
    if last.endswith("ies"):
        last = last[:-3] + "y"
    elif last.endswith(("sses", "xes", "ches", "shes")):
        last = last[:-2]
    elif last.endswith("s") and not last.endswith("ss"):
        last = last[:-1]
    return (*words[:-1], last)


def words_of(name: str) -> tuple[str, ...]:
    return tuple(word.lower() for word in _WORD.findall(name))


def named_relation(
    module: Module, node: ast.expr, relations: Iterable[Relation], depth: int = 0
) -> Relation | None:
    """Find the table whose id an expression names: ``plan_id``, ``plan.id``, ``row["planId"]``."""
    inner = peeled(node)
    words = _id_words(inner)
    found = _longest(words, relations) if words else None
    if found is None and isinstance(inner, ast.Attribute):
        return _of_items(module, inner, relations)
    if found is not None or not isinstance(inner, ast.Name) or depth > MAX_DEPTH:
        return found
    origin = single_value(module, inner)
    return named_relation(*origin, relations, depth + 1) if origin else None


def _of_items(
    module: Module, node: ast.Attribute, relations: Iterable[Relation]
) -> Relation | None:
    """Find the table of ``item.id`` where ``item`` is each of ``project.tasks``."""
    found = origins(module, node.value) if words_of(node.attr) == ("id",) else ()
    listed = found[0].iterated if len(found) == 1 else None
    return _longest(stem(listed.attr), relations) if isinstance(listed, ast.Attribute) else None


def contradicted(
    module: Module, node: ast.expr, column: ContractColumn, relations: tuple[Relation, ...]
) -> Relation | None:
    """Find another table whose id the expression visibly is, by its name or its only origin."""
    inner, depth = node, 0
    while depth < MAX_DEPTH:
        named = named_relation(module, inner, relations)
        is_other = named is not None and named != column.parent
        if named is not None and is_other and not _agrees(inner, column.column, named):
            return named
        origin = single_value(module, peeled(inner))
        if origin is None:
            return None
        module, inner = origin
        depth += 1
    return None


def _agrees(node: ast.expr, column: str, named: Relation) -> bool:
    """Say whether an id is called like the column itself, or short for it.

    ``strategy_id`` may be a ``feature_strategy_id``; a ``test_plan_id`` is no ``plan_id``.
    """
    words, base = _id_words(peeled(node)), _base(column)
    is_short = bool(words) and base[-len(words) :] == words
    return is_short or (len(base) >= len(stem(named.name)) and words[-len(base) :] == base)


def is_called_like(node: ast.expr, column: str) -> bool:
    """Say whether an object is called like the column: ``dataset`` for ``dataset_id``."""
    name, base = _last_name(peeled(node)), _base(column)
    return bool(name) and bool(base) and words_of(name or "")[-len(base) :] == base


def _base(column: str) -> tuple[str, ...]:
    words = words_of(column)
    return words[:-1] if words[-1:] and words[-1] in _ID_WORDS else words


def named_object(node: ast.expr, relations: Iterable[Relation]) -> Relation | None:
    """Find the table whose row a variable's name says it is: ``plan``, ``self.plan``."""
    name = _last_name(peeled(node))
    words = words_of(name) if name else ()
    return _longest(words, relations) if words else None


def _id_words(node: ast.expr) -> tuple[str, ...]:
    """Give the words before ``id``; nothing where the expression names no id."""
    name = _last_name(node)
    words = words_of(name) if name else ()
    if not words or words[-1] not in _ID_WORDS:
        return ()
    if len(words) > 1:
        return words[:-1]
    holder = peeled(node.value) if isinstance(node, ast.Attribute | ast.Subscript) else node
    if isinstance(holder, ast.Attribute) and holder.attr == "data":
        # What supabase-js answers: ``plan.data.id``
        holder = peeled(holder.value)
    owner = _last_name(holder) if holder is not node else None
    return words_of(owner) if owner else ()


def _last_name(node: ast.expr) -> str | None:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        return node.slice.value if isinstance(node.slice.value, str) else None
    return None


def _longest(words: tuple[str, ...], relations: Iterable[Relation]) -> Relation | None:
    # ``machine_token_id`` names ``machinetoken`` too.
    endings = {"".join(words[start:]) for start in range(len(words))}
    fitting = [relation for relation in relations if "".join(stem(relation.name)) in endings]
    return max(fitting, key=lambda relation: len(stem(relation.name)), default=None)


def is_sentinel(text: str) -> bool:
    """Say whether a constant stands for no row: empty, zero, "unknown", the nil UUID."""
    return text.strip().lower() in _SENTINELS or not text.strip("0-")


def no_row(module: Module, node: ast.expr) -> str | None:
    """Say why a value can be no other row's id: a sentinel, or an id made on the spot."""
    inner = peeled(node)
    if isinstance(inner, ast.Call) and called_name(inner) in _GENERATORS:
        return "an id made on the spot, which no row has"
    if isinstance(inner, ast.Name | ast.Attribute):
        origin = single_value(module, inner)
        inner = peeled(origin[1]) if origin else inner
    if isinstance(inner, ast.BoolOp) and isinstance(inner.op, ast.Or):
        return no_row(module, inner.values[-1])
    if isinstance(inner, ast.Constant) and inner.value is not None:
        is_filled_in = inner.value == "" and is_checked(module, node)
        if is_sentinel(str(inner.value)) and not is_filled_in:
            return "a constant that is no row"
    return None


def is_alias(key: str, column: str) -> bool:
    """Say whether a payload's key is a column under another name: paperId, paper, paper_uuid."""
    words, wanted = words_of(key), words_of(column)
    if not words or key == column:
        return False
    if "".join(words) == "".join(wanted):
        return True
    base = wanted[:-1] if wanted[-1] in _ID_WORDS else wanted
    own = words[:-1] if words[-1] in {*_ID_WORDS, "fk", "ref"} else words
    return bool(base) and "".join(own) == "".join(base)
