"""A request of fetch or axios in a module -> its verb, its address and what it sends."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from releasegate.appcode.values.nullness import called_name
from releasegate.appcode.values.payloads import Payload, rows
from releasegate.appcode.values.texts import text_of

if TYPE_CHECKING:
    from releasegate.appcode.source.module import Module

_VERBS = {"post", "put", "patch", "delete"}
_REQUESTS = {"fetch", "request", "axios", "$fetch", "ofetch"}


@dataclass(frozen=True, slots=True)
class Request:
    #: get, post, put, patch or delete
    verb: str
    address: ast.expr
    #: what is sent, and the module that it stands in
    body: tuple[Module, ast.expr] | None
    #: the header ``Prefer: resolution=merge-duplicates`` is sent
    merges: bool


def request(module: Module, node: ast.Call) -> Request | None:
    """Read ``fetch(url, { method: "POST", body })`` and ``axios.post(url, row)``."""
    name = called_name(node).lower()
    if not node.args or name not in _VERBS | _REQUESTS:
        return None
    rest = node.args[1:]
    if name in _VERBS:
        return Request(name, node.args[0], (module, rest[0]) if rest else None, _merges(rest[1:]))
    options = next(iter(rows(module, rest[0])), None) if rest else None
    if options is None:
        return None
    return Request(_method(options), node.args[0], _body(options), _merges(_headers(options)))


def _method(options: Payload) -> str:
    entry = options.entries.get("method")
    word = text_of(entry.module, entry.value) if entry is not None and entry.value else None
    return (word or "get").lower()


def _body(options: Payload) -> tuple[Module, ast.expr] | None:
    entries = (options.entries.get(key) for key in ("body", "data", "json"))
    found = (entry for entry in entries if entry is not None)
    return next(((entry.module, entry.value) for entry in found if entry.value is not None), None)


def _headers(options: Payload) -> list[ast.expr]:
    entry = options.entries.get("headers")
    return [entry.value] if entry is not None and entry.value is not None else []


def _merges(places: list[ast.expr]) -> bool:
    found = (item for place in places for item in ast.walk(place))
    return any("merge-duplicates" in str(getattr(item, "value", "")) for item in found)
