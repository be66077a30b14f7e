"""A call of an HTTP client in a module -> the write that PostgREST makes of it."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from releasegate.appcode.families.sites import Found, call_line, riddle, site
from releasegate.appcode.flow.names import single_value
from releasegate.appcode.source.written import written
from releasegate.appcode.values.fetched import request
from releasegate.appcode.values.judged_rows import rows_of
from releasegate.appcode.values.nullness import called_name
from releasegate.appcode.values.payloads import rows
from releasegate.appcode.values.texts import returned_text, text_of
from releasegate.appcode.verdicts import Row
from releasegate.model import Proof, Relation
from releasegate.statements.binds import HOLE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from releasegate.appcode.contract import Contract
    from releasegate.appcode.source.module import Module

_OPERATIONS = {"post": "insert", "put": "upsert", "patch": "update", "delete": "delete"}
_PATH = re.compile(r"rest/v1/(?!rpc/)(?P<table>[\w\ue000]+)")
_FIRST = re.compile(r"/?(?!rpc/)(?P<table>[\w\ue000]+)(?:[?/]|\Z)")
_PAYLOADS = ("json", "data", "content")
_MERGES = "merge-duplicates"


def sites(module: Module, node: ast.AST, contract: Contract) -> Iterator[Found]:
    """Find ``httpx.post(f"{url}/rest/v1/runs", json={...})``, and ``fetch`` to such an address."""
    if not isinstance(node, ast.Call):
        return
    if not module.is_python:
        yield from _fetched(module, node, contract)
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
        yield _unnamed(module, node, operation, contract)
    elif relation is not None:
        words = [word.value for word in node.keywords if word.arg in _PAYLOADS]
        given = [(module, value) for value in (words or arguments[1:])[:1]]
        yield _site(module, node, given, relation, operation, contract)


def _fetched(module: Module, node: ast.Call, contract: Contract) -> Iterator[Found]:
    made = request(module, node)
    operation = _OPERATIONS.get(made.verb) if made is not None else None
    if made is None or operation is None:
        return
    match = _PATH.search(text_of(module, made.address) or "")
    relation = contract.find(None, match["table"]) if match is not None else None
    if match is not None and HOLE in match["table"]:
        yield _unnamed(module, node, operation, contract)
    elif relation is not None:
        operation = "upsert" if made.merges and operation == "insert" else operation
        yield _site(module, node, [made.body] if made.body else [], relation, operation, contract)


def _unnamed(module: Module, node: ast.Call, operation: str, contract: Contract) -> Found:
    place = Proof(module.path, call_line(node), "the table's name is put in at run time")
    return riddle(place, relation=None, operation=operation, api="postgrest", contract=contract)


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
    given: list[tuple[Module, ast.expr]],
    relation: Relation,
    operation: str,
    contract: Contract,
) -> Found:
    made: tuple[Row, ...] = ()
    if operation != "delete":
        place = Proof(module.path, call_line(node), "sent here")
        made = (Row(place, is_open="the payload is not visible here"),)
    for there, value in given if made else ():
        made = rows_of(rows(there, _undumped(value)), relation, contract)
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
    """Read ``json.dumps(row)`` and ``JSON.stringify(row)`` as the row."""
    if isinstance(node, ast.Call) and node.args and called_name(node) in ("dumps", "stringify"):
        return node.args[0]
    return node
