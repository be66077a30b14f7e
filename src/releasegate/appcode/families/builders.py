"""A call in a module -> the write of a builder: PostgREST's, as Supabase has them, and Knex's."""

from __future__ import annotations

import ast
import re
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from releasegate.appcode.families.sites import Found, call_line, riddle, site
from releasegate.appcode.flow.calls import callees, properties
from releasegate.appcode.flow.frames import Frame, entered
from releasegate.appcode.flow.names import origins, single_value
from releasegate.appcode.source.module import returned
from releasegate.appcode.source.written import written
from releasegate.appcode.values.judged_rows import rows_of
from releasegate.appcode.values.nullness import called_name
from releasegate.appcode.values.payloads import Entry, Payload, rows
from releasegate.appcode.values.put_in import is_put_in
from releasegate.appcode.values.texts import text_of
from releasegate.appcode.verdicts import Row
from releasegate.model import Proof, Relation
from releasegate.statements.binds import HOLE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from releasegate.appcode.contract import Contract
    from releasegate.appcode.source.module import Module

_OPERATIONS = {
    **{name: name for name in ("insert", "upsert", "update", "delete")},
    **dict.fromkeys(("batchInsert", "insertGetId"), "insert"),
    "del": "delete",
}
_ALIAS = re.compile(r"\s+as\s+", re.IGNORECASE)
_TABLES = ("table", "from_", "from")
_PAYLOADS = ("json", "values", "data", "row", "rows")
#: what Knex is called where it is used
_KNEX = ("db", "knex", "trx", "tx", "client", "database", "connection", "conn", "pg")
MAX_DEPTH = 6


@dataclass(frozen=True, slots=True)
class Start:
    """The call that names the table."""

    module: Module
    call: ast.Call
    #: the functions that hand it out, each as it is called
    frames: tuple[Frame, ...] = ()

    def text(self, node: ast.expr) -> str | None:
        """Read a text where the call stands."""
        with ExitStack() as stack:
            for frame in self.frames:
                stack.enter_context(entered(frame))
            return text_of(self.module, node)


def sites(module: Module, node: ast.AST, contract: Contract) -> Iterator[Found]:
    """Find ``.table("runs").insert({...})`` and its like."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return
    if node.func.attr in _OPERATIONS and not _takes_table(module, node):
        start = _table_call(module, node.func.value, 0) or _table_after(module, node)
        if start is not None:
            yield from _of_call(module, node, start, contract)


def _takes_table(module: Module, node: ast.Call) -> bool:
    """Tell Drizzle's ``db.insert(runs).values({...})`` from a builder that takes the row."""
    holder = module.parent(node)
    return isinstance(holder, ast.Attribute) and holder.attr in ("values", "set")


def _table_after(module: Module, node: ast.Call) -> Start | None:
    """Read Knex's ``knex.insert(rows).into("runs")`` and ``knex.delete().from("runs")``."""
    holder = module.parent(node)
    if module.is_python or not isinstance(holder, ast.Attribute):
        return None
    call = module.parent(holder)
    if holder.attr not in ("into", "from") or not isinstance(call, ast.Call) or not call.args:
        return None
    is_handed = holder.attr == "into" and is_put_in(module, call.args[0])
    is_table = is_handed or text_of(module, call.args[0]) is not None
    return Start(module, call) if call.func is holder and is_table else None


def _table_call(module: Module, node: ast.expr, depth: int) -> Start | None:
    """Go down a chain of calls to ``.table(...)``; a storage bucket is no table."""
    if depth > MAX_DEPTH:
        return None
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        if node.func.attr in _TABLES:
            return None if _is_storage(module, node.func.value) else Start(module, node)
        if not module.is_python and len(node.args) == 1 and _is_knex(node):
            return Start(module, node)
        return _table_call(module, node.func.value, depth + 1) or _returned(module, node, depth)
    if isinstance(node, ast.Call):
        if _is_taken(module, node.func):
            return Start(module, node)
        is_knex = not module.is_python and len(node.args) == 1 and _names_table(module, node)
        return Start(module, node) if is_knex else _returned(module, node, depth)
    if isinstance(node, ast.Name | ast.Attribute):
        origin = single_value(module, node)
        return _table_call(*origin, depth + 1) if origin else _returned(module, node, depth)
    return None


def _is_taken(module: Module, node: ast.expr) -> bool:
    """Recognise ``table = client.table``, then ``table("runs")``; a bucket's is none."""
    origin = single_value(module, node) if isinstance(node, ast.Name) else None
    method = origin[1] if origin is not None else None
    is_table = isinstance(method, ast.Attribute) and method.attr in _TABLES
    return is_table and origin is not None and not _is_storage(*origin)


def _names_table(module: Module, node: ast.Call) -> bool:
    """Recognise Knex's ``db("runs")``, ``trx(T.runs)``, and ``db(tableName)`` of a caller's."""
    return _is_knex(node) or text_of(module, node.args[0]) is not None


def _is_knex(node: ast.Call) -> bool:
    return called_name(node).lower().endswith(_KNEX)


def _returned(module: Module, node: ast.expr, depth: int) -> Start | None:
    """Look into a function, or a property, that hands a builder out."""
    found = callees(module, node) if isinstance(node, ast.Call) else properties(module, node)
    for there, frame in found[:1]:
        with entered(frame) as is_new:
            values = returned(there, frame.function) if is_new else ()
            starts = [_table_call(there, value, depth + 1) for value in values if value is not None]
        start = starts[-1] if starts else None
        return replace(start, frames=(frame, *start.frames)) if start is not None else None
    return None


def _is_storage(module: Module, node: ast.expr) -> bool:
    names = {item.attr for item in ast.walk(node) if isinstance(item, ast.Attribute)}
    names |= {item.id for item in ast.walk(node) if isinstance(item, ast.Name)}
    if any("storage" in name or "bucket" in name for name in names):
        return True
    found = origins(module, node) if isinstance(node, ast.Name | ast.Attribute) else ()
    return any("storage" in written(item.value) for item in found if item.value is not None)


def _of_call(module: Module, node: ast.Call, start: Start, contract: Contract) -> Iterator[Found]:
    operation = _OPERATIONS[node.func.attr] if isinstance(node.func, ast.Attribute) else ""
    argument = start.call.args[0] if start.call.args else None
    text = start.text(argument) if argument is not None else None
    if argument is None and not start.call.keywords:
        return
    choices = _choices(start.module, argument) if text is None else {}
    if choices:
        yield from _of_choices(module, node, _schema(start), operation, choices, contract)
        return
    ending = (text or "").removeprefix(HOLE)
    relation = contract.ending(ending.lstrip(".")) if ending != text else None
    if relation is not None:
        yield _site(module, node, relation, operation, contract)
        return
    if not text or HOLE in text:
        place = Proof(module.path, call_line(node), "the table's name is put in at run time")
        yield riddle(place, relation=None, operation=operation, api="postgrest", contract=contract)
        return
    # Knex's ``db("runs as r")``
    relation = contract.find(_schema(start), _ALIAS.split(text)[0])
    if relation is not None:
        yield _site(module, node, relation, operation, contract)


def _choices(module: Module, node: ast.expr | None) -> dict[str, ast.AST]:
    """List the tables of a name that each branch gives another one, and where it does."""
    found = origins(module, node) if isinstance(node, ast.Name) else ()
    known = [(o.value.value, o.node) for o in found if isinstance(o.value, ast.Constant)]
    words = {word: place for word, place in known if isinstance(word, str)}
    return words if len(known) == len(found) else {}


def _of_choices(
    module: Module,
    node: ast.Call,
    schema: str | None,
    operation: str,
    choices: dict[str, ast.AST],
    contract: Contract,
) -> Iterator[Found]:
    """Read the call once for each table, with what its branch gives to the row."""
    for name, place in choices.items():
        relation = contract.find(schema, name)
        if relation is None:
            continue
        module.project.way = place
        try:
            made = _site(module, node, relation, operation, contract)
        finally:
            module.project.way = None
        yield made


def _schema(start: Start) -> str | None:
    for item in ast.walk(start.call.func):
        if isinstance(item, ast.Call) and called_name(item) == "schema" and item.args:
            return start.text(item.args[0])
    return None


def _site(
    module: Module, node: ast.Call, relation: Relation, operation: str, contract: Contract
) -> Found:
    inserts = operation in ("insert", "upsert")
    made = _rows(module, node, relation, contract) if operation != "delete" else ()
    return site(
        path=module.path,
        line=call_line(node),
        end_line=node.end_lineno or node.lineno,
        relation=relation,
        operation=operation,
        api="postgrest",
        rows=made if inserts else (),
        updates=made if operation == "update" else (),
        contract=contract,
        scope=module.function(node),
    )


def _rows(
    module: Module, node: ast.Call, relation: Relation, contract: Contract
) -> tuple[Row, ...]:
    given = [*node.args, *(item.value for item in node.keywords if item.arg in _PAYLOADS)]
    if not given:
        place = Proof(module.path, call_line(node), "sent here")
        return (Row(place, is_open="the payload is not visible here"),)
    word = text_of(module, given[0]) if len(given) > 1 else None
    if word is not None and called_name(node) == "update":
        entry = Entry(module, given[1], given[1])
        return rows_of((Payload(module, node, {word: entry}),), relation, contract)
    found = rows(module, given[0]) or (
        Payload(module, given[0], is_open="the payload is not visible here"),
    )
    return rows_of(found, relation, contract)
