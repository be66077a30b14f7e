"""A string in a module -> the writes in its SQL."""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from releasegate.appcode.families.sites import Found, riddle, site
from releasegate.appcode.families.tagged import has_rows
from releasegate.appcode.flow.uses import Use, uses
from releasegate.appcode.values.sql_values import row_of, update_of
from releasegate.appcode.values.texts import text_of
from releasegate.appcode.verdicts import Row
from releasegate.model import Proof
from releasegate.statements.binds import HOLE, HOLE_NAME
from releasegate.statements.parser import SqlError
from releasegate.statements.writes import SqlWrite, in_order, writes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from releasegate.appcode.contract import Contract
    from releasegate.appcode.source.module import Module
    from releasegate.model import Relation

_VERB = re.compile(
    r"\b(insert\s+(?:or\s+\w+\s+|ignore\s+)?into|update|delete\s+from|merge\s+into|copy|truncate)\b",
    re.IGNORECASE,
)
_NAME = r'(?:only\s+|table\s+)?(?:"?[\w\ue000]+"?\s*\.\s*)?"?(?P<table>[\w\ue000]+)"?(?P<rest>.*)'
_TARGET = re.compile(_VERB.pattern + r"\s+" + _NAME, re.IGNORECASE | re.DOTALL)
#: what makes a text that the grammar refuses look like a statement all the same
_STATEMENT = re.compile(
    r"\s*\Z|\s*[(\ue000]|.*\b(values|select|set|where|using|from)\b", re.IGNORECASE | re.DOTALL
)
_OPENING = re.compile(
    r"\s*(insert|update|delete|merge|copy|truncate|with|begin|do)\b", re.IGNORECASE
)
#: a text that another one goes on
_OPEN_ENDS = ("into", "update", "from", "{}", "copy", "truncate", '"', ".", "{0}")
#: what hides the rest of a list of columns
PUT_IN = "some of the columns are put in at run time"
_SETS = re.compile(r"(?i)\bset\b|\ue000")
_BLOCK = re.compile(r"\s*do\b", re.IGNORECASE)
_OPERATIONS = {"insert": "insert", "update": "update", "merge": "upsert", "copy": "copy"}


def sites(module: Module, node: ast.AST, contract: Contract) -> Iterator[Found]:
    """Find the write sites in a string literal, whatever it is called with."""
    if not isinstance(node, ast.Constant | ast.JoinedStr):
        return
    if isinstance(node, ast.Constant) and not isinstance(node.value, str | bytes):
        return
    if isinstance(module.parent(node), ast.JoinedStr):
        return
    if isinstance(node, ast.JoinedStr) and not _VERB.search(_plain(node)):
        return
    text = text_of(module, node)
    if text is not None and _names_table(text, contract) and _VERB.search(text):
        others = module.project.importers(module, node) if _is_shared(module, node) else ()
        for use in uses(module, node, others):
            yield from _of_use(module, node, use, contract)


def _plain(node: ast.JoinedStr) -> str:
    """Give the parts of a text that are written down."""
    parts = (part.value if isinstance(part, ast.Constant) else HOLE for part in node.values)
    return "".join(map(str, parts))


def _names_table(text: str, contract: Contract) -> bool:
    """Say whether a text speaks of a table, or of one that is put in: most speak of none."""
    lower = text.lower()
    return (
        HOLE in text
        or "%" in text
        or "{" in text
        or any(r.name.lower() in lower for r in contract.relations)
        or (lower.rstrip().endswith(_OPEN_ENDS))
    )


def _is_shared(module: Module, node: ast.AST) -> bool:
    """Say whether a literal stands where another file may import it from."""
    return module.function(node) is None


@lru_cache(maxsize=4096)
def _read(text: str) -> tuple[SqlWrite, ...] | SqlError:
    """Parse a text once, however often it stands in the sources."""
    try:
        return writes(text)
    except SqlError as error:
        return error


def _writes(text: str) -> tuple[SqlWrite, ...]:
    found = _read(text)
    if isinstance(found, SqlError):
        raise found
    return found


def _of_use(module: Module, leaf: ast.expr, use: Use, contract: Contract) -> Iterator[Found]:
    try:
        found = _writes(use.text)
    except SqlError as error:
        if has_rows(leaf, use.text):
            return
        yield from _unparsed(module, leaf, use, contract, str(error))
        return
    if _BLOCK.match(use.text):
        yield from _unparsed(module, leaf, use, contract, "a DO block")
    for write in found:
        relation = contract.find(write.schema, write.table) if write.table else None
        relation = relation or contract.ending(write.ending)
        if (
            relation is None
            and write.table is None
            and (has_rows(leaf, use.text) or not _may_be(write, contract))
        ):
            continue
        if relation is None and write.table is None:
            what = "the table's name is put in at run time"
            place = Proof(module.path, line_of(module, leaf, use, write.line, write.table), what)
            operation = write.operation
            yield riddle(place, relation=None, operation=operation, api="sql", contract=contract)
        elif relation is not None:
            yield _site(module, leaf, use, write, relation, contract)


def _may_be(write: SqlWrite, contract: Contract) -> bool:
    """Say whether a table of the contract may be put in: one that has all the columns named."""
    named = {name for name in (*(write.columns or ()), *write.updates) if HOLE_NAME not in name}
    tables = [contract.table(relation) for relation in contract.relations]
    return any(table is None or named <= set(table.columns) for table in tables)


def _site(
    module: Module,
    leaf: ast.expr,
    use: Use,
    write: SqlWrite,
    relation: Relation,
    contract: Contract,
) -> Found:
    write = in_order(write, contract.columns_of(relation))
    line = line_of(module, leaf, use, write.line, write.table)
    lines = (line - write.line, leaf.end_lineno or line)
    rows: list[Row] = []
    if write.operation in ("insert", "upsert", "copy"):
        what = f"the columns of {relation.name} are listed here"
        place = Proof(module.path, line, what)
        rows = [row_of(use, row, write, relation, contract, place, lines) for row in write.rows]
        if write.columns is None:
            rows = [Row(place, is_open="the columns are not listed")]
        elif write.hides_columns:
            rows = [replace(row, is_open=PUT_IN) for row in rows]
        rows = rows or [Row(place)]
    updates: tuple[Row, ...] = ()
    if write.updates:
        place = Proof(module.path, line, "set here")
        updates = (update_of(use, write, relation, contract, place, lines),)
    made = site(
        path=module.path,
        line=line,
        end_line=max(line, leaf.end_lineno or line),
        relation=relation,
        operation=write.operation,
        api="sql",
        rows=rows,
        updates=updates,
        contract=contract,
        scope=use.module.function(use.node),
    )
    return replace(made, truncates=write.truncates)


def _unparsed(
    module: Module, leaf: ast.expr, use: Use, contract: Contract, error: str
) -> Iterator[Found]:
    """Keep what looks like a write of a contract table although it is no whole statement."""
    runs = use.call is not None and _runs_sql(use.call)
    for match in _TARGET.finditer(use.text):
        name = match["table"]
        relation = contract.find(None, name) or contract.find(None, name.lower())
        if relation is None and HOLE not in name:
            continue
        if not _STATEMENT.match(match["rest"]) or not (runs or _OPENING.match(use.text)):
            continue
        if not match["rest"] and not runs and not _goes_on(module, leaf):
            # "Insert into note" is what a button says.
            continue
        if relation is None and not runs and _is_sentence(match):
            continue
        verb = match.group(1).split()[0].lower()
        line = (leaf.lineno if leaf.end_lineno else 1) + use.text[: match.start()].count("\n")
        line = min(line, leaf.end_lineno or line)
        what = f"the SQL is put together at run time and cannot be read ({error})"
        yield riddle(
            Proof(module.path, line, what),
            relation=relation,
            operation=_OPERATIONS.get(verb, "delete"),
            api="sql",
            contract=contract,
        )


def _is_sentence(match: re.Match[str]) -> bool:
    """Tell "Update {article} {resource}" and "Insert into {place}" from SQL."""
    is_update = match.group(1).lower() == "update"
    return match.group(1) == match.group(1).capitalize() or (
        is_update and not _SETS.search(match["rest"])
    )


def _goes_on(module: Module, leaf: ast.expr) -> bool:
    """Say whether a text that ends with the table's name is put together with others."""
    return isinstance(module.parent(leaf), ast.BinOp | ast.AugAssign | ast.JoinedStr)


def _runs_sql(call: ast.Call) -> bool:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    return name.startswith(("execute", "fetch", "query", "run", "exec", "copy", "stream"))


def _line_of_item(module: Module, node: ast.List, number: int) -> int:
    """Find a line of a text that is a list of its lines."""
    passed = 0
    for item in node.elts:
        passed += 1 + (text_of(module, item) or "").count("\n")
        if number <= passed:
            return item.lineno
    return node.lineno


def line_of(module: Module, leaf: ast.expr, use: Use, number: int, table: str | None) -> int:
    """Find the file's line of a text's line: counted where the literal shows its line ends."""
    if isinstance(use.node, ast.List):
        return _line_of_item(module, use.node, number)
    start, end = leaf.lineno, leaf.end_lineno or leaf.lineno
    text = text_of(module, leaf) or ""
    if text == use.text and text.count("\n") == end - start:
        return start + number - 1
    lines = range(start, min(end, len(module.lines)) + 1)
    verbs = [place for place in lines if _VERB.search(module.lines[place - 1])]
    named = [place for place in verbs if (table or "") in module.lines[place - 1]]
    return (named or verbs or [start])[0]
