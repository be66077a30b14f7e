"""A call that takes a table's name and rows -> a write: ``simple_upsert(table=, values=)``."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from releasegate.appcode.declared.annotations import last_word
from releasegate.appcode.families.sites import Found, call_line, riddle, site
from releasegate.appcode.flow.calls import callees
from releasegate.appcode.flow.names import single_value
from releasegate.appcode.values.arguments import parameter_sets
from releasegate.appcode.values.judged_rows import rows_of
from releasegate.appcode.values.lists import items
from releasegate.appcode.values.nullness import called_name
from releasegate.appcode.values.payloads import Entry, Payload, rows, with_entry, with_keywords
from releasegate.appcode.values.put_in import is_unnamed
from releasegate.appcode.values.texts import text_of
from releasegate.appcode.verdicts import Row
from releasegate.model import Proof, Relation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from releasegate.appcode.contract import Contract
    from releasegate.appcode.source.module import Module

#: verbs that are said of other things than rows too
_WEAK = re.compile(r"(?i)^(?!.*(insert|upsert|update|delete))")
_VERB = re.compile(
    r"insert|upsert|update|delete|save|create|add|write|store|copy|bulk|to_sql", re.IGNORECASE
)
_NO_WRITE = re.compile(
    r"select|fetch|get|find|count|exists|list|index|constraint|foreign|column|create_table|"
    r"add_column|drop|trigger|listener|handler|route|view|policy|Table$|callback|subscri",
    re.IGNORECASE,
)
_INSERTS = ("insert", "upsert", "copy")
_TABLES = {"table", "table_name", "tablename", "tableName", "relation", "into", "from_table"}
_FILTERS = {"keyvalues", "where", "filters", "conditions", "match", "key_values", "filter", "keys"}
_VALUES = {
    *("values", "insertion_values", "updatevalues", "data", "row", "rows", "record", "records"),
    *("payload", "value_values", "attributes", "fields", "params", "obj", "doc", "item", "items"),
}

#: a driver's call -> which argument is the table's name, and the keywords that tell it from others'
_DRIVERS: dict[str, tuple[int, frozenset[str]]] = {
    **dict.fromkeys(("batchInsert", "bulkInsert"), (0, frozenset())),
    **dict.fromkeys(("copy_records_to_table", "copy_to_table"), (0, frozenset())),
    "copy_from": (1, frozenset({"columns"})),
}
#: what a call in the browser says of a row beside the row
_AROUND = {"data", "id", "ids", "previousData", "meta", "where"}


def sites(module: Module, node: ast.AST, contract: Contract) -> Iterator[Found]:
    """Find calls of a table API that is not the project's own, or hides in a library."""
    if not isinstance(node, ast.Call):
        return
    name = called_name(node)
    if not _VERB.search(name) or (_NO_WRITE.search(name) and not name.startswith("copy")):
        return
    relation, index = _table(module, node, contract)
    if relation is None and _takes_any_table(module, node, name):
        place = Proof(module.path, call_line(node), "the table's name is put in at run time")
        operation = _operation(name)
        yield riddle(place, relation=None, operation=operation, api="helper", contract=contract)
    if relation is None or (_is_known(module, node) and not _is_api(name)):
        return
    operation = _operation(name)
    line = call_line(node)
    payloads = _whole(module, node, name) or _payloads(module, node, operation, index)
    if payloads is None or (_WEAK.search(name) and not _fits(payloads, relation, contract)):
        return
    made = rows_of(payloads, relation, contract)
    if operation == "update" and not made:
        place = Proof(module.path, line, "set here")
        made = (Row(place, is_open="the values are not visible here"),)
    yield site(
        path=module.path,
        line=line,
        end_line=node.end_lineno or line,
        relation=relation,
        operation=operation,
        api="helper",
        rows=made if operation in _INSERTS else (),
        updates=made if operation == "update" else (),
        contract=contract,
        scope=module.function(node),
    )


def _takes_any_table(module: Module, node: ast.Call, name: str) -> bool:
    """Say whether a driver's own call, as ``copy_records_to_table``, is given a table's name."""
    if name not in _DRIVERS:
        return False
    place, needed = _DRIVERS[name]
    words = {word.arg: word.value for word in node.keywords if word.arg}
    given = node.args[place] if place < len(node.args) else words.get("table_name")
    return given is not None and needed <= set(words) and is_unnamed(module, given)


def _fits(payloads: list[Payload], relation: Relation, contract: Contract) -> bool:
    """Say whether a payload looks like a row of the table."""
    table = contract.table(relation)
    known = {column.column for column in contract.of_child(relation)}
    known |= set(table.columns) if table is not None else set()
    return any(known & set(payload.entries) for payload in payloads)


def _whole(module: Module, node: ast.Call, name: str) -> list[Payload] | None:
    """Read ``frame.to_sql("runs", ...)``, ``copy_from(file, "runs", columns=(...))`` and such."""
    words = {word.arg: word.value for word in node.keywords if word.arg}
    if name == "to_sql" and isinstance(node.func, ast.Attribute):
        return list(rows(module, node.func.value))
    if _is_pg_promise(node):
        return list(rows(module, node.args[0]))
    if "copy" not in name:
        return None
    columns = words.get("columns")
    named = items(module, columns) if columns is not None else None
    if named is None:
        return [Payload(module, node, is_open="the columns are not listed")]
    records = words.get("records")
    return _copied(module, node, named, records) or [_listed(module, node, named)]


def _listed(module: Module, node: ast.Call, named: list[str]) -> Payload:
    what = "listed; the rows are not in view"
    entries = {key: Entry(module, None, node, may_be_none=False, what=what) for key in named}
    return Payload(module, node, entries)


def _copied(
    module: Module, node: ast.Call, named: list[str], records: ast.expr | None
) -> list[Payload]:
    """Read asyncpg's ``copy_records_to_table("runs", records=[(a, b)], columns=[...])``."""
    found: list[Payload] = []
    for there, row in parameter_sets(module, records) if records is not None else ():
        if not isinstance(row, ast.Tuple | ast.List) or len(row.elts) != len(named):
            return []
        entries = {k: Entry(there, v, v) for k, v in zip(named, row.elts, strict=True)}
        found.append(Payload(there, node, entries))
    return found


def _operation(name: str) -> str:
    lower = name.lower()
    for word in ("upsert", "update", "delete", "copy"):
        if word in lower:
            return word
    return "insert"


def _table(
    module: Module, node: ast.Call, contract: Contract
) -> tuple[Relation | None, int | None]:
    """Find the table's name: a keyword, or one of the first two arguments."""
    for word in node.keywords:
        if word.arg in _TABLES:
            return _named(module, word.value, contract), None
    for index, argument in enumerate(node.args[:3]):
        found = _named(module, argument, contract) or _of_column_set(module, argument, contract)
        if found is not None:
            return found, index
    return None, None


def _is_pg_promise(node: ast.Call) -> bool:
    """Recognise ``pgp.helpers.insert(rows, columns, "runs")``."""
    owner = node.func.value if isinstance(node.func, ast.Attribute) else None
    return owner is not None and last_word(owner) == "helpers" and bool(node.args)


def _of_column_set(module: Module, node: ast.expr, contract: Contract) -> Relation | None:
    """Find the table of pg-promise's ``new ColumnSet(["a", "b"], { table: "runs" })``."""
    origin = None if module.is_python else single_value(module, node)
    made = origin[1] if origin is not None else None
    if origin is None or not isinstance(made, ast.Call) or called_name(made) != "ColumnSet":
        return None
    options = rows(origin[0], made.args[1]) if len(made.args) > 1 else ()
    table = options[0].entries.get("table") if options else None
    return _named(table.module, table.value, contract) if table and table.value else None


def _named(module: Module, node: ast.expr, contract: Contract) -> Relation | None:
    if not isinstance(node, ast.Constant | ast.Name | ast.Attribute):
        return None
    text = text_of(module, node)
    if not text or not re.fullmatch(r"[\w.\"]+", text):
        return None
    *schema, name = text.replace('"', "").split(".")
    return contract.find(schema[-1] if schema else None, name)


def _is_api(name: str) -> bool:
    """Say whether a function's name says that it writes a row as it is given."""
    return bool(re.search(r"(?i)simple|insert|upsert|rows?\b|_row|record|^update$", name))


def _is_known(module: Module, node: ast.Call) -> bool:
    """Say whether the call runs a function of the project, which is read itself."""
    return bool(callees(module, node))


def _payloads(
    module: Module, node: ast.Call, operation: str, index: int | None
) -> list[Payload] | None:
    """Read the rows; None where nothing in the call can be one."""
    words = {word.arg: word.value for word in node.keywords if word.arg}
    if operation == "delete":
        return [] if len(node.args) + len(node.keywords) > 1 else None
    if "key_names" in words or "value_names" in words or ("keys" in words and "values" in words):
        many = _by_names(module, node, words)
        if many is not None:
            return many
    payload = Payload(module, node)
    wanted = _VALUES | (_FILTERS if operation == "upsert" else set())
    given = [value for name, value in words.items() if name in wanted]
    if given:
        for value in given:
            found = rows(module, value)
            if len(given) == 1:
                return list(found)
            for item in found[:1]:
                entries = {**payload.entries, **item.entries}
                is_open = payload.is_open or item.is_open
                payload = Payload(module, node, entries, is_open)
        return [payload]
    rest = node.args[(index + 1 if index is not None else 0) :]
    mappings = [value for value in rest if _may_be_rows(module, value)]
    if mappings:
        return [item for payload in rows(module, mappings[0]) for item in _unwrapped(payload)]
    spread = [word for word in node.keywords if word.arg is None]
    if index is not None and (spread or (node.keywords and not rest)):
        return [with_keywords(module, Payload(module, node), node, 0)]
    return None


def _unwrapped(payload: Payload) -> list[Payload]:
    """Read ``update("runs", { id, data: {...} })``: the row stands among what goes with it."""
    entry = payload.entries.get("data")
    if entry is None or entry.value is None or not set(payload.entries) <= _AROUND:
        return [payload]
    return list(rows(entry.module, entry.value))


def _may_be_rows(module: Module, node: ast.expr) -> bool:
    if isinstance(node, ast.Dict | ast.List | ast.ListComp | ast.DictComp):
        return True
    if isinstance(node, ast.Constant | ast.JoinedStr | ast.Lambda | ast.Compare):
        return False
    return isinstance(node, ast.Name | ast.Attribute | ast.Call) and text_of(module, node) is None


def _by_names(module: Module, node: ast.Call, words: dict[str, ast.expr]) -> list[Payload] | None:
    """Read ``keys=("a", "b"), values=[(x, y)]``: names beside tuples."""
    names: list[tuple[str, ast.expr]] = []
    for key in ("key_names", "value_names", "keys"):
        listed = words.get(key)
        for item in listed.elts if isinstance(listed, ast.Tuple | ast.List) else ():
            text = text_of(module, item)
            if text is None:
                return None
            names.append((text, item))
    if not names:
        return None
    payload = Payload(module, node)
    tuples = _tuples(words.get("values") if "keys" in words else None)
    for index, (name, item) in enumerate(names):
        value = tuples[index] if tuples is not None and index < len(tuples) else None
        entry = Entry(
            module, value, item, may_be_none=False, what="listed; the rows are not in view"
        )
        payload = with_entry(payload, name, entry)
    return [payload]


def _tuples(node: ast.expr | None) -> list[ast.expr] | None:
    if isinstance(node, ast.ListComp | ast.GeneratorExp):
        return _tuples(ast.List([node.elt], ast.Load()))
    if isinstance(node, ast.List | ast.Tuple) and node.elts:
        first = node.elts[0]
        return first.elts if isinstance(first, ast.Tuple | ast.List) else None
    return None
