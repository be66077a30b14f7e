"""An expression for rows -> their keys: always or maybe there, and what each holds."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from releasegate.appcode.source.written import written
from releasegate.appcode.values.column_names import column_named
from releasegate.appcode.values.nullness import called_name, nullness

if TYPE_CHECKING:
    from collections.abc import Iterable

    from releasegate.appcode.source.module import Module

MAX_DEPTH = 14
#: so many paths to one payload are told apart
MAX_PATHS = 24


@dataclass(frozen=True, slots=True)
class Entry:
    module: Module
    #: None where the key is there and its value is hidden
    value: ast.expr | None
    node: ast.AST
    #: the key is there on every path
    is_certain: bool = True
    #: what a declaration says where there is no value: None where it says nothing
    may_be_none: bool | None = None
    what: str = ""
    #: False where only a default gave the field its value, None where that is not known
    is_set: bool | None = True
    #: the name under which it is written out on demand
    alias: str | None = None


@dataclass(frozen=True, slots=True)
class Payload:
    module: Module
    node: ast.AST
    entries: dict[str, Entry] = field(default_factory=dict)
    #: why there may be other keys than these
    is_open: str | None = None
    #: keys that are not among the others
    never: frozenset[str] = frozenset()


def rows(module: Module, node: ast.expr, depth: int = 0) -> tuple[Payload, ...]:
    """Read what may be sent: one payload for each row, and for each path to one."""
    from releasegate.appcode.values.stored import of_stored

    if depth > MAX_DEPTH or module.project.is_spent():
        return (opaque(module, node),)
    if isinstance(node, ast.Dict):
        return _of_dict(module, node, depth)
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        return tuple(row for item in node.elts for row in rows(module, item, depth + 1))
    if isinstance(node, ast.ListComp | ast.GeneratorExp):
        return rows(module, node.elt, depth + 1)
    if isinstance(node, ast.IfExp):
        found = rows(module, node.body, depth + 1)
        # ``row if isinstance(row, dict) else row.model_dump()``: a mapping is what it is.
        is_settled = _asks_for_mapping(node.test) and any(row.entries for row in found)
        return found if is_settled else found + rows(module, node.orelse, depth + 1)
    if isinstance(node, ast.Await | ast.Starred | ast.NamedExpr):
        return rows(module, node.value, depth + 1)
    if isinstance(node, ast.Name | ast.Attribute | ast.Subscript):
        return of_stored(module, node, depth)
    if isinstance(node, ast.Lambda):
        # Kysely's ``values((eb) => ({ ... }))``
        return rows(module, node.body, depth + 1)
    return _made(module, node, depth)


def _asks_for_mapping(test: ast.expr) -> bool:
    is_call = isinstance(test, ast.Call) and called_name(test) == "isinstance"
    return isinstance(test, ast.Call) and is_call and written(test.args[-1]) == "dict"


def _made(module: Module, node: ast.expr, depth: int) -> tuple[Payload, ...]:
    if isinstance(node, ast.BoolOp):
        if isinstance(node.op, ast.And):
            return rows(module, node.values[-1], depth + 1)
        ways = (rows(module, value, depth + 1) for value in node.values)
        return next((found for found in ways if found), ())
    if isinstance(node, ast.BinOp):
        return _combined(module, node, depth)
    if isinstance(node, ast.DictComp):
        from releasegate.appcode.values.comprehensions import filtered

        return filtered(module, node, depth)
    if isinstance(node, ast.Call):
        from releasegate.appcode.values.same_rows import called

        return called(module, node, depth)
    return () if _is_nothing(node) else (opaque(module, node),)


def _combined(module: Module, node: ast.BinOp, depth: int) -> tuple[Payload, ...]:
    """Read ``a | b`` of mappings, and ``a + b`` of lists."""
    if isinstance(node.op, ast.BitOr):
        return overlaid_all(module, node, [node.left, node.right], depth)
    if isinstance(node.op, ast.Add):
        return rows(module, node.left, depth + 1) + rows(module, node.right, depth + 1)
    return (opaque(module, node),)


def _is_nothing(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def opaque(module: Module, node: ast.AST, why: str | None = None) -> Payload:
    """Make a payload of which nothing can be seen."""
    text = " ".join(written(node).split())
    return Payload(module, node, is_open=why or f"what {text[:60]} holds is not visible here")


def _of_dict(module: Module, node: ast.Dict, depth: int) -> tuple[Payload, ...]:
    paths = [Payload(module, node)]
    for key, value in zip(node.keys, node.values, strict=True):
        if key is None:
            paths = _spread(module, paths, value, depth)
        elif isinstance(key, ast.Constant) and isinstance(key.value, str):
            entry = Entry(module, value, key)
            paths = [with_entry(path, key.value, entry) for path in paths]
        else:
            paths = [_computed(module, path, key, value, depth) for path in paths]
    return tuple(paths)


def _computed(
    module: Module, payload: Payload, key: ast.expr, value: ast.expr, depth: int
) -> Payload:
    from releasegate.appcode.values.texts import text_of

    text = text_of(module, key, depth + 1)
    text = column_named(key) if text is None else text
    if text is not None and text.isprintable() and "\ue000" not in text:
        return with_entry(payload, text, Entry(module, value, key))
    return with_unseen_key(module, payload, key)


def with_unseen_key(module: Module, payload: Payload, node: ast.AST) -> Payload:
    """Add one key that is not in view; nobody writes it to change one that is written down."""
    return replace(payload, is_open=payload.is_open or opaque(module, node).is_open)


def _spread(module: Module, paths: list[Payload], value: ast.expr, depth: int) -> list[Payload]:
    """Lay ``**value`` over each path; ``**(x if c else {})`` makes two of one."""
    if isinstance(value, ast.BoolOp) and isinstance(value.op, ast.And):
        # JavaScript: ...(condition && { key: value })
        found = (*rows(module, value.values[-1], depth + 1), Payload(module, value))
    elif isinstance(value, ast.IfExp) and _is_nothing(value.orelse):
        found = (*rows(module, value.body, depth + 1), Payload(module, value))
    else:
        found = rows(module, value, depth + 1)
    if isinstance(value, ast.DictComp) and any(item.is_open for item in found):
        return [with_unseen_key(module, path, value) for path in paths]
    if not found or len(found) * len(paths) > MAX_PATHS:
        return [overlaid(path, opaque(module, value)) for path in paths]
    return [overlaid(path, item) for path in paths for item in found]


def of_keywords(module: Module, node: ast.Call, depth: int) -> Payload:
    """Read ``dict(a, b=c, **d)``, and the keywords of any call."""
    payload = Payload(module, node)
    for argument in node.args:
        payload = overlaid(payload, one(module, argument, depth))
    return with_keywords(module, payload, node, depth)


def with_keywords(module: Module, payload: Payload, node: ast.Call, depth: int) -> Payload:
    # A call refuses a key that comes twice, so what is named is never replaced by what is spread.
    for keyword in (word for word in node.keywords if word.arg is None):
        payload = overlaid(payload, one(module, keyword.value, depth))
    for keyword in node.keywords:
        if keyword.arg is not None:
            payload = with_entry(payload, keyword.arg, Entry(module, keyword.value, keyword.value))
    return payload


def overlaid_all(
    module: Module, node: ast.AST, parts: list[ast.expr], depth: int
) -> tuple[Payload, ...]:
    paths = [Payload(module, node)]
    for part in parts:
        paths = _spread(module, paths, part, depth)
    return tuple(paths)


def one(module: Module, node: ast.expr, depth: int) -> Payload:
    """Read a payload that goes into another; several paths make its keys uncertain."""
    found = rows(module, node, depth + 1)
    if len(found) == 1:
        return found[0]
    return joined(module, node, found) if found else opaque(module, node)


def joined(module: Module, node: ast.AST, paths: tuple[Payload, ...]) -> Payload:
    """Make one of several paths: what only some have is uncertain, what differs is hidden."""
    names = dict.fromkeys(key for path in paths for key in path.entries)
    entries: dict[str, Entry] = {}
    for key in names:
        known = [path.entries[key] for path in paths if key in path.entries]
        worst = next((item for item in known if _is_none(item)), known[0])
        certain = len(known) == len(paths) and all(item.is_certain for item in known)
        entries[key] = replace(worst, is_certain=certain)
    is_open = next((path.is_open for path in paths if path.is_open), None)
    return Payload(module, node, entries, is_open, _never(paths))


def _never(parts: Iterable[Payload]) -> frozenset[str]:
    """List the keys that no open part holds."""
    listed = [part.never for part in parts if part.is_open]
    return frozenset.intersection(*listed) if listed else frozenset()


def _is_none(entry: Entry) -> bool:
    """Say whether an entry is visibly None, or the one side of a choice is."""
    value = entry.value
    sides = [value.body, value.orelse] if isinstance(value, ast.IfExp) else [value]
    sides = [value.values[-1]] if isinstance(value, ast.BoolOp) else sides
    return bool(entry.may_be_none) or any(item is not None and _is_nothing(item) for item in sides)


def may_be_none(entry: Entry) -> bool:
    value = entry.value
    return bool(entry.may_be_none or (value and nullness(entry.module, value).may_be_none))


def with_entry(payload: Payload, key: str, entry: Entry) -> Payload:
    known = payload.entries.get(key)
    if known is not None and known.is_certain and not entry.is_certain:
        # ``{ plan: null, ...input }``: what lies below stays where the other has no such key.
        entry = replace(known if _is_none(known) else entry, is_certain=True)
    return replace(payload, entries={**payload.entries, key: entry})


def left_out(entry: Entry) -> Entry:
    """Leave a key out where its value is None: what is sent under it is something."""
    if entry.value is not None:
        return replace(entry, is_certain=False)
    return replace(entry, is_certain=False, may_be_none=False, what="None is left out")


def overlaid(below: Payload, above: Payload) -> Payload:
    """Lay one payload over another; what an open one may replace is hidden."""
    entries = dict(below.entries)
    if above.is_open:
        entries = {
            key: entry if key in above.never else replace(entry, value=None, may_be_none=None)
            for key, entry in entries.items()
        }
    is_open, never = below.is_open or above.is_open, _never((below, above))
    payload = replace(below, entries=entries, is_open=is_open, never=never)
    for key, entry in above.entries.items():
        payload = with_entry(payload, key, entry)
    return payload
