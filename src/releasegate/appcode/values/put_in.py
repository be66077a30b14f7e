"""A table in a module, or a statement on one -> whether only the run decides which table it is."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from releasegate.appcode.declared.annotations import last_word
from releasegate.appcode.flow.names import origins, single_value
from releasegate.appcode.source.written import written
from releasegate.appcode.values.nullness import called_name
from releasegate.appcode.values.texts import text_of
from releasegate.statements.binds import HOLE

if TYPE_CHECKING:
    from releasegate.appcode.flow.parameters import Origin
    from releasegate.appcode.source.module import Module

#: calls that look a table up by its name, and which argument names it
_LOOKUPS = {"getattr": 1, "Table": 0, "table": 0, "get_model": 1}
MAX_DEPTH = 3
#: Kysely's, which take the table's name
BY_NAME = ("insertInto", "updateTable", "deleteFrom")
_DATABASES = ("db", "tx", "trx", "database", "drizzle", "client", "conn")
#: what follows where a statement is built
_NEXT = {
    **dict.fromkeys(("insert", "pg_insert"), ("values", "from_select")),
    "update": ("set", "values", "where"),
    "delete": ("where", "returning"),
}


def is_put_in(module: Module, node: ast.expr, depth: int = 0) -> bool:
    """Say whether a table is a parameter, or looked up by a name that is none of the file's."""
    if depth > MAX_DEPTH:
        return False
    if isinstance(node, ast.Subscript):
        origin = single_value(module, node.value)
        is_listed = origin is not None and isinstance(origin[1], ast.Dict)
        return not is_listed and is_unnamed(module, node.slice)
    if isinstance(node, ast.Call):
        index = _LOOKUPS.get(called_name(node), len(node.args))
        return any(is_unnamed(module, given) for given in node.args[index : index + 1])
    found = origins(module, node) if isinstance(node, ast.Name | ast.Attribute) else ()
    return any(_is_open(item, depth) for item in found)


def is_unnamed(module: Module, node: ast.expr) -> bool:
    """Say whether a name, as a text, is put in at run time."""
    text = text_of(module, node)
    return HOLE in text if text is not None else not isinstance(node, ast.Constant)


def _is_open(origin: Origin, depth: int) -> bool:
    if origin.value is not None:
        is_lookup = isinstance(origin.value, ast.Call | ast.Subscript | ast.Name)
        return is_lookup and is_put_in(origin.module, origin.value, depth + 1)
    return origin.parameter is not None


def is_on_any_table(module: Module, node: ast.Call, name: str) -> bool:
    """Say whether it is a statement, and on a table that is handed in."""
    if name in BY_NAME:
        # A function of the same name is the app's own, and is read itself.
        is_method = isinstance(node.func, ast.Attribute)
        return is_method and bool(node.args) and is_unnamed(module, node.args[0])
    table = _given_table(module, node, name)
    return table is not None and is_put_in(module, table)


def _given_table(module: Module, node: ast.Call, name: str) -> ast.expr | None:
    """Give ``t`` of ``insert(t)``, ``t.insert()`` and Drizzle's ``db.insert(t).values(...)``."""
    first, holder = next(iter(node.args), None), module.parent(node)
    is_built = isinstance(holder, ast.Attribute) and holder.attr in _NEXT.get(name, ())
    if not module.is_python:
        return first if is_built and is_called_on_database(node) else None
    if isinstance(node.func, ast.Name):
        return first if _is_from_alchemy(module, node.func.id) else None
    if not isinstance(node.func, ast.Attribute) or is_library(node.func):
        return None if written(node.func) == "db.delete" else first
    # A list's ``insert`` takes arguments, a mapping's and a set's ``update`` does too.
    is_known = is_listed(node.func.value) or any(map(_is_alchemy, module.sources))
    is_bare = not node.args and not node.keywords and written(node.func.value) != "self"
    is_statement = is_bare and (is_built or (name == "insert" and is_known))
    return node.func.value if is_statement else None


def _is_from_alchemy(module: Module, name: str) -> bool:
    found = (item.imported for item in module.of_module(name))
    return any(_is_alchemy(item[0]) for item in found if item is not None)


def _is_alchemy(source: str) -> bool:
    return source.split(".")[0] in ("sqlalchemy", "sqlmodel")


def is_called_on_database(node: ast.Call) -> bool:
    """Recognise ``db``, ``this.tx`` and ``drizzle(env)``."""
    owner = node.func.value if isinstance(node.func, ast.Attribute) else None
    base = called_name(owner) if isinstance(owner, ast.Call) else written(owner) if owner else ""
    return base.rsplit(".", 1)[-1].lower().endswith(_DATABASES)


def is_library(function: ast.expr) -> bool:
    """Say whether ``insert`` is taken from SQLAlchemy itself: ``sa.insert``."""
    base = written(function.value) if isinstance(function, ast.Attribute) else ""
    return base in ("sa", "sqlalchemy", "sql", "postgresql", "pg", "dialect", "sqlmodel", "db")


def is_listed(node: ast.expr) -> bool:
    return isinstance(node, ast.Subscript) and last_word(node.value) == "tables"
