"""A tagged template of postgres.js -> the rows behind ``INSERT INTO runs ${sql(rows)}``."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from releasegate.appcode.families.sites import Found, site
from releasegate.appcode.values.judged_rows import row_of, rows_of
from releasegate.appcode.values.nullness import called_name
from releasegate.appcode.values.payloads import Payload, rows
from releasegate.appcode.values.texts import text_of
from releasegate.statements.binds import HOLE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from releasegate.appcode.contract import Contract
    from releasegate.appcode.source.module import Module

_TABLE = r'(?:"?(?P<schema>\w+)"?\s*\.\s*)?"?(?P<table>\w+)"?'
_INSERT = re.compile(rf"\binsert\s+into\s+{_TABLE}\s*{HOLE}", re.IGNORECASE)
_UPDATE = re.compile(rf"\bupdate\s+{_TABLE}\s+set\s+{HOLE}", re.IGNORECASE)


def has_rows(node: ast.AST, text: str) -> bool:
    """Say whether a text is one whose rows stand in its holes."""
    is_one = isinstance(node, ast.JoinedStr) and _rows_call(node) is not None
    return is_one and bool(_INSERT.search(text) or _UPDATE.search(text))


def sites(module: Module, node: ast.AST, contract: Contract) -> Iterator[Found]:
    """Find the inserts and updates whose columns a helper of the driver writes out."""
    if not isinstance(node, ast.JoinedStr) or module.is_python:
        return
    text = text_of(module, node) or ""
    for pattern, operation in ((_INSERT, "insert"), (_UPDATE, "update")):
        match = pattern.search(text)
        relation = contract.find(match["schema"], match["table"]) if match else None
        given = _rows_call(node)
        if match is None or relation is None or given is None:
            continue
        payloads = _chosen(module, given)
        is_insert = operation == "insert"
        line = node.lineno + text[: match.start()].count("\n")
        conflict = re.search(r"on\s+conflict.*do\s+update", text, re.IGNORECASE | re.DOTALL)
        yield site(
            path=module.path,
            line=line,
            end_line=node.end_lineno or node.lineno,
            relation=relation,
            operation="upsert" if is_insert and conflict else operation,
            api="sql",
            rows=rows_of(payloads, relation, contract) if is_insert else (),
            updates=() if is_insert else (row_of(payloads[0], relation, contract),),
            contract=contract,
            scope=module.function(node),
        )


def _rows_call(node: ast.JoinedStr) -> ast.Call | None:
    """Find the call in the text that stands for rows, not for a name."""
    for part in node.values:
        inner = part.value if isinstance(part, ast.FormattedValue) else None
        is_call = isinstance(inner, ast.Call) and inner.args and called_name(inner) != "raw"
        if isinstance(inner, ast.Call) and is_call and not isinstance(inner.args[0], ast.Constant):
            return inner
    return None


def _chosen(module: Module, call: ast.Call) -> list[Payload]:
    """Read ``sql(row, "plan_id", "paper_id")``: the named keys only."""
    named: set[str] = set()
    for argument in call.args[1:]:
        parts = argument.elts if isinstance(argument, ast.List | ast.Tuple) else [argument]
        named |= {
            p.value for p in parts if isinstance(p, ast.Constant) and isinstance(p.value, str)
        }
    found = list(rows(module, call.args[0])) or [Payload(module, call)]
    if not named:
        return found
    return [
        Payload(
            payload.module,
            payload.node,
            {key: entry for key, entry in payload.entries.items() if key in named},
            payload.is_open if named - set(payload.entries) else None,
        )
        for payload in found
    ]
