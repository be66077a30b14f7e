"""A call of an HTTP client in a module -> the write that PostgREST makes of it."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from releasegate.appcode.names import single_value
from releasegate.appcode.nullness import called_name
from releasegate.appcode.payloads import rows
from releasegate.appcode.sites import Found, call_line, riddle, site
from releasegate.appcode.texts import returned_text, text_of
from releasegate.appcode.values import rows_of
from releasegate.appcode.verdicts import Row
from releasegate.appcode.written import written
from releasegate.model import Proof, Relation
from releasegate.statements.binds import HOLE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from releasegate.appcode.contract import Contract
    from releasegate.appcode.module import Module

_OPERATIONS = {"post": "insert", "put": "upsert", "patch": "update", "delete": "delete"}
_PATH = re.compile(r"rest/v1/(?!rpc/)(?P<table>[\w\ue000]+)")
_FIRST = re.compile(r"/?(?!rpc/)(?P<table>[\w\ue000]+)(?:[?/]|\Z)")
_PAYLOADS = ("json", "data", "content")
_MERGES = "merge-duplicates"


def sites(module: Module, node: ast.AST, contract: Contract) -> Iterator[Found]:
    """Find ``httpx.post(f"{url}/rest/v1/runs", json={...})`` and its like."""
    if not isinstance(node, ast.Call) or not module.is_python:
        return
    operation, arguments = _request(module, node)
    url = next((word.value for word in node.keywords if word.arg == "url"), None)
    url = url or (arguments[0] if arguments else None)
    if operation is None or url is None:
        return
    table = _table(module, node, url)
    if table is None:
        return
    if _MERGES in written(node) and operation == "insert":
        operation = "upsert"
    relation = contract.find(None, table)
    if HOLE in table:
        place = Proof(module.path, call_line(node), "the table's name is put in at run time")
        yield riddle(place, relation=None, operation=operation, api="postgrest", contract=contract)
    elif relation is not None:
        yield _site(module, node, arguments[1:], relation, operation, contract)


def _request(module: Module, node: ast.Call) -> tuple[str | None, list[ast.expr]]:
    """Give what the request does, and the arguments from the URL on."""
    name = called_name(node)
    if name != "request":
        return _OPERATIONS.get(name), node.args
    verb = text_of(module, node.args[0]) if node.args else None
    return _OPERATIONS.get((verb or "").lower()), node.args[1:]


def _table(module: Module, node: ast.Call, url: ast.expr) -> str | None:
    text = text_of(module, url)
    if text is None and isinstance(url, ast.Call):
        text = returned_text(module, url)
    if text is None:
        return None
    match = _PATH.search(text)
    if match is None and _is_based(module, node):
        match = _FIRST.match(text)
    return match["table"] if match is not None else None


def _is_based(module: Module, node: ast.Call) -> bool:
    """Recognise ``Client(base_url=f"{url}/rest/v1")``."""
    receiver = node.func.value if isinstance(node.func, ast.Attribute) else None
    origin = single_value(module, receiver) if receiver is not None else None
    made = origin[1] if origin is not None else None
    for word in made.keywords if origin is not None and isinstance(made, ast.Call) else ():
        text = text_of(origin[0], word.value) if origin and word.arg == "base_url" else None
        if text is not None and text.rstrip("/").endswith("rest/v1"):
            return True
    return False


def _site(
    module: Module,
    node: ast.Call,
    rest: list[ast.expr],
    relation: Relation,
    operation: str,
    contract: Contract,
) -> Found:
    words = [word.value for word in node.keywords if word.arg in _PAYLOADS]
    given = (words or rest)[:1]
    made: tuple[Row, ...] = ()
    if operation != "delete":
        place = Proof(module.path, call_line(node), "sent here")
        made = (Row(place, is_open="the payload is not visible here"),)
    for value in given if made else ():
        made = rows_of(rows(module, _undumped(value)), relation, contract)
    is_update = operation == "update"
    return site(
        path=module.path,
        line=call_line(node),
        end_line=node.end_lineno or node.lineno,
        relation=relation,
        operation=operation,
        api="postgrest",
        rows=() if is_update else made,
        updates=made if is_update else (),
        contract=contract,
        scope=module.function(node),
    )


def _undumped(node: ast.expr) -> ast.expr:
    """Read ``json.dumps(row)`` as the row."""
    is_dump = isinstance(node, ast.Call) and called_name(node) == "dumps" and bool(node.args)
    return node.args[0] if is_dump and isinstance(node, ast.Call) else node
