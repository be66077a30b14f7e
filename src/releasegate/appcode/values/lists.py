"""An expression for a list of words -> the words, where they can be seen: columns, binds, SETs."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from releasegate.appcode.flow.names import origins
from releasegate.appcode.source.module import FUNCTIONS, returned
from releasegate.appcode.source.written import written
from releasegate.appcode.values.appends import appended
from releasegate.appcode.values.nullness import called_name
from releasegate.statements.binds import HOLE

if TYPE_CHECKING:
    from releasegate.appcode.flow.parameters import Origin
    from releasegate.appcode.source.module import Module

MAX_DEPTH = 12
_SAME = {"list", "tuple", "sorted", "keys", "map", "reversed", "from", "concat"}
_PAIRS = {"items", "entries"}


def items(module: Module, node: ast.expr, depth: int = 0) -> list[str] | None:
    """Read every item; a hole for one that is no visible text, None for no visible list."""
    if depth > MAX_DEPTH:
        return None
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        return _written(module, node, depth)
    if isinstance(node, ast.ListComp | ast.GeneratorExp):
        return _comprehended(module, node, depth)
    if isinstance(node, ast.BinOp):
        return _operated(module, node, depth)
    if isinstance(node, ast.Name | ast.Attribute):
        return _stored(module, node, depth)
    if isinstance(node, ast.Call):
        return _called(module, node, depth)
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice):
        return _sliced(module, node.value, node.slice, depth)
    return keys(module, node, depth) if isinstance(node, ast.Dict) else None


def _written(module: Module, node: ast.List | ast.Tuple | ast.Set, depth: int) -> list[str] | None:
    from releasegate.appcode.values.texts import text_of

    found: list[str] = []
    for item in node.elts:
        if isinstance(item, ast.Starred):
            spread = items(module, item.value, depth + 1)
            found += [HOLE] if spread is None else spread
        else:
            text = text_of(module, item, depth + 1)
            found.append(HOLE if text is None else text)
    return found


def _comprehended(
    module: Module, node: ast.ListComp | ast.GeneratorExp, depth: int
) -> list[str] | None:
    """Read ``f'"{c}"' for c in columns``: the element's text for each item."""
    first = node.generators[0]
    if len(node.generators) > 1:
        return None
    counted = _counted(module, first.iter, depth)
    listed = counted if counted is not None else items(module, first.iter, depth + 1)
    if first.ifs and listed is not None:
        listed = _kept(first, listed)
    if listed is None:
        return None
    return [
        _with(module, node.elt, _bound(first, item, number), depth)
        for number, item in enumerate(listed)
    ]


def _sliced(module: Module, node: ast.expr, part: ast.Slice, depth: int) -> list[str] | None:
    """Read ``columns[1:]``."""
    ends = [getattr(end, "value", None) for end in (part.lower, part.upper)]
    is_plain = part.step is None and all(
        end is None or isinstance(value, int)
        for end, value in zip((part.lower, part.upper), ends, strict=True)
    )
    listed = items(module, node, depth + 1) if is_plain else None
    return listed[ends[0] : ends[1]] if listed is not None and HOLE not in listed else None


def _kept(loop: ast.comprehension, listed: list[str]) -> list[str] | None:
    """Read ``for c in columns if c != "id"``: which words stay."""
    target = loop.target.elts[0] if isinstance(loop.target, ast.Tuple) else loop.target
    named = named_keys(loop.ifs, written(target)) if len(loop.ifs) == 1 else None
    if named is None:
        return None
    return [item for item in listed if (item in named[0]) == named[1]]


def _bound(loop: ast.comprehension, item: str, number: int) -> dict[str, str]:
    """Say what a comprehension's variables hold for one item."""
    target = loop.target
    if isinstance(target, ast.Name):
        return {target.id: item}
    if not isinstance(target, ast.Tuple):
        return {}
    names = [part.id if isinstance(part, ast.Name) else "" for part in target.elts]
    if isinstance(loop.iter, ast.Call) and called_name(loop.iter) == "enumerate":
        words = (word.value for word in loop.iter.keywords if word.arg == "start")
        start = loop.iter.args[1] if len(loop.iter.args) > 1 else next(words, None)
        first = start.value if isinstance(start, ast.Constant) else 0
        return {names[0]: str(number + int(str(first))), names[-1]: item}
    return {names[0]: item}


def _counted(module: Module, node: ast.expr, depth: int) -> list[str] | None:
    """Read ``range(1, len(columns) + 1)``, and ``enumerate(columns)`` as its columns."""
    if not isinstance(node, ast.Call) or not node.args:
        return None
    if called_name(node) == "enumerate":
        return items(module, node.args[0], depth + 1)
    if called_name(node) != "range":
        return None
    numbers = [_number(module, argument, depth) for argument in node.args[:2]]
    if any(number is None for number in numbers):
        return None
    return [str(number) for number in range(*(n for n in numbers if n is not None))][:200]


def _number(module: Module, node: ast.expr, depth: int) -> int | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, int):
        return node.value
    if isinstance(node, ast.Call) and called_name(node) == "len" and node.args:
        listed = items(module, node.args[0], depth + 1)
        return len(listed) if listed is not None else None
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = (_number(module, side, depth) for side in (node.left, node.right))
        return left + right if left is not None and right is not None else None
    return None


def _with(module: Module, node: ast.expr, bound: dict[str, str], depth: int) -> str:
    """Read an element with its loop variables put in."""
    from releasegate.appcode.values.texts import text_of

    if isinstance(node, ast.Name) and node.id in bound:
        return bound[node.id]
    if isinstance(node, ast.JoinedStr):
        parts = [
            part.value if isinstance(part, ast.FormattedValue) else part for part in node.values
        ]
        return "".join(_with(module, part, bound, depth) for part in parts)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _sum(module, node, bound, depth)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
        left = text_of(module, node.left, depth + 1) or HOLE
        return left.replace("%s", _with(module, node.right, bound, depth), 1)
    if isinstance(node, ast.Call) and node.args and called_name(node) in _QUOTING:
        inner = _with(module, node.args[0], bound, depth)
        return f"%({inner})s" if called_name(node) == "Placeholder" else inner
    text = text_of(module, node, depth + 1)
    return HOLE if text is None else text


def _sum(module: Module, node: ast.BinOp, bound: dict[str, str], depth: int) -> str:
    left = _with(module, node.left, bound, depth)
    is_count = isinstance(node.right, ast.Constant) and isinstance(node.right.value, int)
    if is_count and left.isdigit() and isinstance(node.right, ast.Constant):
        return str(int(left) + int(str(node.right.value)))
    if is_count:
        return HOLE
    return left + _with(module, node.right, bound, depth)


_QUOTING = {"Identifier", "SQL", "quote_ident", "str", "Placeholder", "quote", "escape"}


def _operated(module: Module, node: ast.BinOp, depth: int) -> list[str] | None:
    """Read ``a + b`` and ``["%s"] * len(columns)``."""
    left = items(module, node.left, depth + 1)
    if isinstance(node.op, ast.Add):
        right = items(module, node.right, depth + 1)
        return None if left is None or right is None else left + right
    count = node.right
    if isinstance(count, ast.Call) and called_name(count) == "len" and count.args:
        counted = items(module, count.args[0], depth + 1)
        return None if left is None or counted is None else left * len(counted)
    if isinstance(count, ast.Constant) and isinstance(count.value, int) and left is not None:
        return left * min(count.value, 100)
    return None


def _stored(module: Module, node: ast.Name | ast.Attribute, depth: int) -> list[str] | None:
    found = origins(module, node)
    value = found[0].value if len(found) == 1 else None
    if value is None or isinstance(value, ast.Dict):
        return keys(module, node, depth)
    listed = items(found[0].module, value, depth + 1)
    if listed is None:
        return keys(module, node, depth)
    is_local_list = isinstance(node, ast.Name) and isinstance(value, ast.List)
    return _extended(module, node, found[0], listed, depth) if is_local_list else listed


def _extended(
    module: Module, node: ast.expr, origin: Origin, listed: list[str], depth: int
) -> list[str] | None:
    """Add what is appended; on some paths only, it is a hole beside its text."""
    from releasegate.appcode.values.texts import text_of

    if appended(module, node, origin, "extend"):
        return None
    for value in appended(module, node, origin):
        text = None if isinstance(value, ast.Starred) else text_of(module, value, depth + 1)
        in_turn = _in_turn(module, value, depth) if text is None or HOLE in text else []
        listed = [*listed, *(in_turn or [HOLE if text is None else text])]
    return listed


def _in_turn(module: Module, value: ast.expr, depth: int) -> list[str]:
    """Read ``for (const field of ["a", "b"]) sets.push(`${field} = $${n}`)`` for each item."""
    names = {item.id for item in ast.walk(value) if isinstance(item, ast.Name)}
    for loop in module.ancestors(value):
        target = loop.target if isinstance(loop, ast.For) else None
        if isinstance(loop, ast.For) and isinstance(target, ast.Name) and target.id in names:
            listed = items(module, loop.iter, depth + 1) or []
            return [_with(module, value, {target.id: item}, depth) for item in listed]
    return []


def _called(module: Module, node: ast.Call, depth: int) -> list[str] | None:
    name = called_name(node)
    if name in _PAIRS and isinstance(node.func, ast.Attribute):
        return keys(module, node.args[0] if node.args else node.func.value, depth)
    if name in _SAME and node.args and name != "map":
        inner = node.args[0]
        return keys(module, inner, depth) if name == "keys" else items(module, inner, depth + 1)
    if name == "keys" and isinstance(node.func, ast.Attribute):
        return keys(module, node.func.value, depth)
    if name == "map" and isinstance(node.func, ast.Attribute) and node.args:
        return _mapped(module, node, depth)
    if name == "map" and len(node.args) == 2:
        return items(module, node.args[1], depth + 1)
    return None


def _mapped(module: Module, node: ast.Call, depth: int) -> list[str] | None:
    """Read JavaScript's ``columns.map((c, i) => `$${i + 1}`)``."""
    function = node.args[0]
    base = node.func.value if isinstance(node.func, ast.Attribute) else node
    listed = items(module, base, depth + 1)
    made = returned(module, function) if isinstance(function, FUNCTIONS) else ()
    body = made[0] if len(made) == 1 else None
    if not isinstance(function, FUNCTIONS) or body is None:
        return None
    names = [item.arg for item in function.args.args]
    padded = [*names, "", ""][:2]
    if listed is None:
        # However many there are, each becomes such a row of a VALUES list.
        row = _with(module, body, dict.fromkeys(padded, HOLE), depth)
        return [row] if row.lstrip().startswith("(") else None
    return [
        _with(module, body, {padded[0]: item, padded[1]: str(number)}, depth)
        for number, item in enumerate(listed)
    ]


def named_keys(tests: list[ast.expr], key: str) -> tuple[set[str], bool] | None:
    """Read ``if k not in ("a", "b")``: the names, and whether they stay."""
    for test in tests:
        if not isinstance(test, ast.Compare) or written(test.left) != key:
            continue
        other = test.comparators[0]
        parts = other.elts if isinstance(other, ast.Tuple | ast.List | ast.Set) else [other]
        names = {p.value for p in parts if isinstance(p, ast.Constant) and isinstance(p.value, str)}
        if isinstance(test.ops[0], ast.In | ast.Eq):
            return names, True
        if isinstance(test.ops[0], ast.NotIn | ast.NotEq):
            return names, False
    return None


def keys(module: Module, node: ast.expr, depth: int) -> list[str] | None:
    """Read a mapping's keys: one that is there on some paths only may be left out, so it is."""
    from releasegate.appcode.values.payloads import rows

    found = rows(module, node, depth + 1)
    if len(found) != 1 or found[0].is_open:
        return None
    return [key for key, entry in found[0].entries.items() if entry.is_certain]
