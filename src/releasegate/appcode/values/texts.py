"""An expression -> its text, as far as it can be seen; the rest is a hole."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from releasegate.appcode.flow.frames import entered
from releasegate.appcode.flow.names import origins, single_value
from releasegate.appcode.source.module import returned
from releasegate.appcode.values.lists import items
from releasegate.appcode.values.nullness import called_name
from releasegate.statements.binds import HOLE

if TYPE_CHECKING:
    from releasegate.appcode.flow.parameters import Origin
    from releasegate.appcode.source.module import Module

MAX_DEPTH = 12
#: calls that give their first argument's text: psycopg, SQLAlchemy, textwrap, postgres.js
WRAPPERS = {"SQL", "text", "dedent", "cleandoc", "Template", "RawSQL", "raw", "unsafe", "literal"}
#: methods that leave the text as it is, for our purpose
_UNCHANGED = {
    *("strip", "lstrip", "rstrip", "encode", "bindparams", "as_string", "lower", "columns"),
    *("trim", "toString", "trimEnd", "trimStart", "execution_options", "trimIndent"),
}
#: a statement that may be read with all of its parts: what it sets on some ways only counts
_CHANGES = re.compile(r"\s*(update|delete)\b", re.IGNORECASE)
_INSERTS = re.compile(r"\binsert\s+(?:or\s+\w+\s+|ignore\s+)?into\b", re.IGNORECASE)
_SETTINGS = ("Settings", "Config", "Options")
_FIELD = re.compile(r"\{\{|\}\}|\{([^{}]*)\}")
_PRINTF = re.compile(r"%%|%(?:\((?P<name>[^)]*)\))?[sdrif]")


def text_of(module: Module, node: ast.AST, depth: int = 0) -> str | None:
    """Read an expression as text; None where it is none, or none that can be seen."""
    if depth > MAX_DEPTH:
        return None
    if isinstance(node, ast.Constant):
        return _constant(node)
    if isinstance(node, ast.JoinedStr):
        return _template(module, node, depth)
    if isinstance(node, ast.BinOp):
        return _operator(module, node, depth)
    if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or):
        # What counts where nothing else is configured.
        last = node.values[-1]
        return _constant(last) if isinstance(last, ast.Constant) else None
    if isinstance(node, ast.Call):
        return _call(module, node, depth)
    if isinstance(node, ast.Name | ast.Attribute):
        found = _of_origins(module, origins(module, node), depth)
        if found is not None or isinstance(node, ast.Name):
            return found
        return _member(module, node) or _setting(module, node)
    if isinstance(node, ast.List):
        return _lines(module, node, depth)
    return _member(module, node) if isinstance(node, ast.Subscript) else None


def _lines(module: Module, node: ast.List, depth: int) -> str | None:
    """Read ``db.execute(["UPDATE runs SET", "  state = ?", "WHERE id = ?"])``: a text in lines."""
    call = module.parent(node)
    if not isinstance(call, ast.Call) or call.args[:1] != [node] or not node.elts:
        return None
    first = node.elts[0]
    is_opening = isinstance(first, ast.Constant) and isinstance(first.value, str)
    if not called_name(call).startswith("execute") or not is_opening:
        return None
    return "\n".join(_part(module, item, depth) for item in node.elts)


def _template(module: Module, node: ast.JoinedStr, depth: int) -> str:
    """Put a text together; a row that is inserted has what every way gives it, and no more."""
    project = module.project
    before, plain = (
        project.is_sure_only,
        (x.value for x in node.values if isinstance(x, ast.Constant)),
    )
    project.is_sure_only = before or bool(_INSERTS.search("".join(map(str, plain))))
    try:
        return "".join(_part(module, part, depth) for part in node.values)
    finally:
        project.is_sure_only = before


def _member(module: Module, node: ast.Attribute | ast.Subscript) -> str | None:
    """Read ``T.runs`` and ``TABLES["runs"]`` of a mapping that is written down."""
    origin = single_value(module, node.value)
    if origin is None or not isinstance(origin[1], ast.Dict):
        return None
    slot = node.slice if isinstance(node, ast.Subscript) else None
    wanted = node.attr if isinstance(node, ast.Attribute) else getattr(slot, "value", None)
    for key, value in zip(origin[1].keys, origin[1].values, strict=True):
        if isinstance(key, ast.Constant) and key.value == wanted:
            return _constant(value) if isinstance(value, ast.Constant) else None
    return None


def _setting(module: Module, node: ast.Attribute) -> str | None:
    """Read ``settings.runs_table``: what its class says counts where nothing else is configured."""
    from releasegate.appcode.declared.shapes import of_class
    from releasegate.appcode.flow.instances import instances

    for there, owner in instances(module, node.value) if module.is_python else ():
        if not owner.name.endswith(_SETTINGS):
            continue
        field = of_class((there, owner)).fields.get(node.attr)
        default = field.default if field is not None else None
        return _constant(default) if isinstance(default, ast.Constant) else None
    return None


def _of_origins(module: Module, found: tuple[Origin, ...], depth: int) -> str | None:
    """Read a name's one value, and what ``+=`` adds to it."""
    if not found or found[0].value is None:
        return _of_constructor(found[0]) if len(found) == 1 else None
    text = text_of(found[0].module, found[0].value, depth + 1)
    for origin in found[1:]:
        added = origin.node
        if not isinstance(added, ast.AugAssign) or text is None:
            return None
        is_sure = module.parent(added) is module.parent(found[0].node)
        is_known = is_sure or bool(_CHANGES.match(text))
        more = text_of(origin.module, added.value, depth + 1) if is_known else None
        text += HOLE if more is None else more
    return text


def _of_constructor(origin: Origin) -> str | None:
    """Read ``def __init__(self, table="runs")``: what counts where no call in view says more."""
    is_own = getattr(origin.function, "name", "") == "__init__"
    default = origin.default if is_own else None
    return _constant(default) if isinstance(default, ast.Constant) else None


def _constant(node: ast.Constant) -> str | None:
    if isinstance(node.value, bytes):
        return node.value.decode(errors="replace")
    return node.value if isinstance(node.value, str) else None


def _part(module: Module, part: ast.expr, depth: int) -> str:
    inner = part.value if isinstance(part, ast.FormattedValue) else part
    text = text_of(module, inner, depth + 1)
    if text is None and not module.is_python and isinstance(inner, ast.Name | ast.Attribute):
        text = _of_table(module, inner)
    if text is None and isinstance(inner, ast.IfExp):
        text = _shorter(module, inner, depth)
    if text is None and isinstance(inner, ast.Name):
        there, inner = single_value(module, inner) or (module, inner)
        text = returned_text(there, inner, depth) if isinstance(inner, ast.Call) else None
    elif text is None and isinstance(inner, ast.Call):
        text = returned_text(module, inner, depth)
    return HOLE if text is None else text


def returned_text(module: Module, node: ast.Call, depth: int = 0) -> str | None:
    """Read ``{self._table("runs")}`` through the function that may put a schema before it."""
    from releasegate.appcode.flow.calls import callees

    found = callees(module, node)
    if not found and len(node.args) == 1 and not node.keywords and module.is_python:
        # What a library makes of a name, ``{qualified("runs")}``, names the same table.
        named = text_of(module, node.args[0], depth + 1)
        return named if named is not None and named.isidentifier() else None
    for there, frame in found[:1]:
        values = [value for value in returned(there, frame.function) if value is not None]
        with entered(frame) as is_new:
            texts = [_made(there, value, depth + 1) for value in values[:3] if is_new]
        shortest = min((text for text in texts if text), key=len, default=None)
        is_same = shortest is not None and all(shortest in (text or "") for text in texts)
        return shortest if is_same else None
    return None


def _made(module: Module, node: ast.expr, depth: int) -> str | None:
    text = text_of(module, node, depth)
    is_call = text is None and isinstance(node, ast.Call) and depth < MAX_DEPTH
    return returned_text(module, node, depth) if is_call and isinstance(node, ast.Call) else text


def _shorter(module: Module, node: ast.IfExp, depth: int) -> str | None:
    """Read ``{'customer = %s' if customer else 'customer IS NULL'}``.

    Of two lists of columns the shorter counts: what only one of them sends may be left out.
    """
    ways = [text_of(module, way, depth + 1) or "" for way in (node.body, node.orelse)]
    is_list = all(ways) and any(not way.strip().isidentifier() for way in ways)
    return min(ways, key=len) if is_list else None


def _of_table(module: Module, node: ast.Name | ast.Attribute) -> str | None:
    """Read Drizzle's ``${runs}`` and ``${runs.planId}`` in a template."""
    models = module.project.models
    if models is None:
        return None
    found = models.of(module, node)
    if found is not None:
        return f"{found.relation.schema}.{found.relation.name}"
    owner = models.of(module, node.value) if isinstance(node, ast.Attribute) else None
    return owner.column(node.attr) if owner and isinstance(node, ast.Attribute) else None


def _operator(module: Module, node: ast.BinOp, depth: int) -> str | None:
    left = text_of(module, node.left, depth + 1)
    if isinstance(node.op, ast.Mod) and left is not None:
        return _printed(module, left, node.right, depth)
    right = text_of(module, node.right, depth + 1)
    if not isinstance(node.op, ast.Add) or (left is None and right is None):
        return None
    return (HOLE if left is None else left) + (HOLE if right is None else right)


def _printed(module: Module, text: str, given: ast.expr, depth: int) -> str:
    """Put values into ``%s``; what is no text stays a hole."""
    listed = given.elts if isinstance(given, ast.Tuple) else [given]
    counter = iter(listed)

    def put(match: re.Match[str]) -> str:
        if match.group() == "%%":
            return "%"
        if match["name"] is not None:
            return HOLE
        value = next(counter, None)
        return HOLE if value is None else _part(module, value, depth)

    return _PRINTF.sub(put, text)


def _call(module: Module, node: ast.Call, depth: int) -> str | None:
    name = called_name(node)
    if name == "Identifier" and node.args:
        names = [text_of(module, argument, depth + 1) for argument in node.args]
        return ".".join(HOLE if item is None else _quoted(item) for item in names)
    if name == "Placeholder":
        named = text_of(module, node.args[0], depth + 1) if node.args else None
        return f"%({named})s" if named else "%s"
    if name in WRAPPERS and node.args:
        return text_of(module, node.args[0], depth + 1)
    if name in ("sql", "id", "identifier", "table") and len(node.args) == 1:
        return _identifier(module, node, depth)
    if not isinstance(node.func, ast.Attribute):
        return None
    base = text_of(module, node.func.value, depth + 1) if name != "Composed" else ""
    if name in ("join", "Composed"):
        return _joined(module, node, base, depth)
    if base is None or name in _UNCHANGED:
        return base
    return _formatted(module, base, node, depth) if name == "format" else None


def _identifier(module: Module, node: ast.Call, depth: int) -> str | None:
    """Read postgres.js's ``sql("runs")``, or a text that is marked as SQL."""
    text = text_of(module, node.args[0], depth + 1)
    if text is None or " " in text.strip() or not text.strip():
        return text
    return _quoted(text)


def _quoted(name: str) -> str:
    return name if HOLE in name else '"' + name.replace('"', '""') + '"'


def _formatted(module: Module, base: str, node: ast.Call, depth: int) -> str:
    given: dict[str, str] = {}
    for index, argument in enumerate(node.args):
        given[str(index)] = _part(module, argument, depth)
    for keyword in node.keywords:
        given[keyword.arg or ""] = _part(module, keyword.value, depth)
    counter = iter(range(len(node.args)))

    def put(match: re.Match[str]) -> str:
        if match.group(1) is None:
            return match.group()[0]
        name = match.group(1).split("!")[0].split(":")[0] or str(next(counter, ""))
        return given.get(name, HOLE)

    return _FIELD.sub(put, base)


def _joined(module: Module, node: ast.Call, base: str | None, depth: int) -> str | None:
    """Read ``", ".join(parts)`` and JavaScript's ``parts.join(", ")``."""
    if module.is_python:
        separator, parts = base, node.args[0] if node.args else None
    else:
        separator = text_of(module, node.args[0], depth + 1) if node.args else ","
        parts = node.func.value if isinstance(node.func, ast.Attribute) else None
    if separator is None or parts is None:
        return None
    listed = items(module, parts, depth + 1)
    if listed is None:
        return HOLE if module.is_python else None
    return separator.join(listed)
