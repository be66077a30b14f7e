"""A dump of an object and its keywords -> the fields that are left: exclude, exclude_unset."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from releasegate.appcode.flow.names import single_value
from releasegate.appcode.values.lists import items
from releasegate.appcode.values.nullness import nullness
from releasegate.appcode.values.payloads import Entry, Payload, left_out, opaque

if TYPE_CHECKING:
    from releasegate.appcode.source.module import Module


def chosen(module: Module, payload: Payload, call: ast.Call, depth: int) -> Payload:
    """Apply exclude, include, exclude_none, exclude_unset and by_alias."""
    words = {word.arg: _plain(module, word.value) for word in call.keywords if word.arg}
    entries = dict(payload.entries)
    for key in ("exclude", "include"):
        if key not in words or _is_false(words[key]):
            continue
        named = _names(module, words[key], depth)
        if named is None:
            return opaque(module, call, f"which fields {key}= names is not visible here")
        entries = {k: e for k, e in entries.items() if (k in named) == (key == "include")}
    if _is_on(words, "exclude_none"):
        entries = {name: _without_none(entry) for name, entry in entries.items()}
    if _is_on(words, "exclude_unset") or _is_on(words, "exclude_defaults"):
        entries = {name: _only_set(entry) for name, entry in entries.items()}
        entries = {name: entry for name, entry in entries.items() if entry.is_set is not False}
    if _is_on(words, "by_alias"):
        entries = {entry.alias or name: entry for name, entry in entries.items()}
    return replace(payload, entries=entries)


def _plain(module: Module, node: ast.expr) -> ast.expr:
    """Follow a keyword that is only handed on to the constant that the caller gives."""
    origin = single_value(module, node)
    return origin[1] if origin is not None and isinstance(origin[1], ast.Constant) else node


def _names(module: Module, node: ast.expr, depth: int) -> set[str] | None:
    found = items(module, node, depth + 1)
    return set(found) if found is not None and "\ue000" not in found else None


def _is_on(words: dict[str, ast.expr], key: str) -> bool:
    return key in words and not _is_false(words[key])


def _is_false(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and not node.value


def _without_none(entry: Entry) -> Entry:
    value = entry.value
    may = nullness(entry.module, value).may_be_none if value is not None else entry.may_be_none
    return left_out(entry) if may else entry


def _only_set(entry: Entry) -> Entry:
    return entry if entry.is_set else replace(entry, is_certain=False)
