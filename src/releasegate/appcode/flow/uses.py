"""A string in a module -> the calls that it is handed to, through names and wrappers."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from releasegate.appcode.flow.callers import frames
from releasegate.appcode.flow.names import origins
from releasegate.appcode.source.import_paths import DEFAULT
from releasegate.appcode.source.written import written
from releasegate.appcode.values.nullness import called_name
from releasegate.appcode.values.pg_format import filled
from releasegate.appcode.values.texts import WRAPPERS, text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from releasegate.appcode.source.module import Module

MAX_DEPTH = 4
_WRITES = re.compile(
    r"\b(insert\s+(?:or\s+\w+\s+|ignore\s+)?into|update|delete\s+from|merge\s+into|copy|truncate)\b",
    re.IGNORECASE,
)
_MESSAGES = {
    *("debug", "info", "warning", "warn", "error", "exception", "critical", "log", "fatal"),
    *("print", "echo", "secho", "fail", "skip", "xfail", "add_argument", "deprecated"),
    *("startswith", "endswith", "sub", "compile", "search", "match", "findall", "replace"),
    *("jsonify", "JSONResponse", "flash", "alert", "toast", "confirm", "include", "includes"),
    *("JsonResponse", "HTTPException", "abort", "assertEqual", "gettext", "_", "trace", "secho"),
}
_MESSAGE_KEYWORDS = {
    "help",
    "description",
    "msg",
    "message",
    "detail",
    "title",
    "summary",
    "reason",
    *("error", "errors", "err", "label", "placeholder", "hint", "tooltip", "doc", "explanation"),
    *("desc", "caption", "tip", "example", "examples"),
}


#: what a query that is an object calls its SQL, and what stands for the placeholders
_TEXTS = ("text", "sql")
_VALUES = ("values", "args", "params")


@dataclass(frozen=True, slots=True)
class Use:
    """A text at the place where it goes."""

    module: Module
    #: the whole text's expression
    node: ast.expr
    text: str
    #: None: it is written down, and where it goes is not in view
    call: ast.Call | None


def uses(module: Module, leaf: ast.expr, others: Iterable[Module]) -> tuple[Use, ...]:
    """Find where a literal goes; nothing where it is a docstring or a message."""
    listed = tuple(others)
    return tuple(dict.fromkeys(_uses(module, leaf, listed, depth=0)))


def _uses(
    module: Module, leaf: ast.expr, others: tuple[Module, ...], *, depth: int
) -> Iterator[Use]:
    node = _whole(module, leaf)
    if isinstance(node, ast.List) and _writing(node) is not leaf:
        return
    text = text_of(module, node)
    if text is not None:
        yield from _placed(module, node, others, text, depth)


def _placed(
    module: Module, node: ast.expr, others: tuple[Module, ...], text: str, depth: int
) -> Iterator[Use]:
    """Find where an expression goes that stands for the whole text."""
    parent = _through_choices(module, node)
    holder = module.parent(parent)
    if depth > MAX_DEPTH or _is_message(module, parent):
        return
    if isinstance(holder, ast.keyword):
        holder = module.parent(holder)
    if isinstance(holder, ast.Dict):
        holder = _with_values(module, holder, parent)
    if isinstance(holder, ast.Call) and holder.func is not parent:
        yield Use(module, node, *filled(module, text, holder))
        return
    if isinstance(holder, ast.Tuple) and _has_parameters(holder, parent):
        yield Use(module, node, text, _execution(module, holder))
        return
    followed = list(_followed(module, parent, others, text, depth))
    own = [use for use in followed if use.call is not None]
    yield from own or followed or [Use(module, node, text, None)]


def _has_parameters(pair: ast.Tuple, text: ast.AST) -> bool:
    """Recognise ``(sql, params)``, whatever runs it."""
    is_pair = len(pair.elts) == 2 and pair.elts[0] is text
    return is_pair and isinstance(pair.elts[1], ast.Tuple | ast.List | ast.Dict)


def _execution(module: Module, pair: ast.Tuple) -> ast.Call:
    made = ast.Call(ast.Name("execute", ast.Load()), pair.elts, [])
    module.adopt(made, pair)
    return made


def _with_values(module: Module, query: ast.Dict, text: ast.AST) -> ast.AST:
    """Read node-postgres's ``{ text, values }`` as the call that it is for."""
    known = {getattr(key, "value", None): value for key, value in _pairs(query)}
    given = next((known[word] for word in _VALUES if word in known), None)
    if given is None or all(known.get(word) is not text for word in _TEXTS):
        return query
    made = ast.Call(ast.Name("query", ast.Load()), [known[w] for w in _TEXTS if w in known], [])
    made.args.append(given)
    module.adopt(made, query)
    return made


def _pairs(node: ast.Dict) -> Iterable[tuple[ast.expr | None, ast.expr]]:
    return zip(node.keys, node.values, strict=True)


def _writing(node: ast.List) -> ast.expr | None:
    """Take the first line that writes: it stands for the whole text."""
    lines = (item for item in node.elts if isinstance(item, ast.Constant | ast.JoinedStr))
    return next((item for item in lines if _WRITES.search(written(item))), None)


def _whole(module: Module, leaf: ast.expr) -> ast.expr:
    """Climb to the largest expression that is still one text."""
    best = leaf
    current: ast.AST = leaf
    while True:
        parent = module.parent(current)
        if isinstance(parent, ast.List) and text_of(module, parent) is not None:
            return parent
        if isinstance(
            parent, ast.keyword | ast.FormattedValue | ast.Attribute | ast.List | ast.Tuple
        ):
            current = parent
            continue
        if not isinstance(parent, ast.JoinedStr | ast.BinOp | ast.Call):
            return best
        if hasattr(parent, "is_tagged"):
            # The values of SQL`... ${x}` stand in the call itself.
            return best
        if text_of(module, parent) is None or _has_binds(parent):
            return best
        best = current = parent


def _has_binds(node: ast.AST) -> bool:
    """Recognise Knex's ``raw(sql, [a, b])``, which is handed what its placeholders stand for."""
    return isinstance(node, ast.Call) and called_name(node) == "raw" and len(node.args) > 1


def _through_choices(module: Module, node: ast.expr) -> ast.AST:
    current: ast.AST = node
    parent = module.parent(current)
    while isinstance(parent, ast.IfExp | ast.BoolOp):
        current, parent = parent, module.parent(parent)
    return current


def _is_message(module: Module, node: ast.AST) -> bool:
    """Say whether a text is a docstring, raised, logged, printed or compared."""
    parent = module.parent(node)
    if isinstance(parent, ast.Expr | ast.Compare | ast.Raise | ast.Assert | ast.JoinedStr):
        return True
    if isinstance(parent, ast.keyword) and parent.arg in _MESSAGE_KEYWORDS:
        return True
    if isinstance(parent, ast.Dict) and _is_message_key(parent, node):
        return True
    holder = module.parent(parent) if isinstance(parent, ast.keyword) else parent
    if not isinstance(holder, ast.Call):
        return False
    # Only the call that takes the text itself counts: print(cursor.execute("...")) runs it.
    return called_name(holder) in _MESSAGES or isinstance(module.parent(holder), ast.Raise)


def _is_message_key(parent: ast.Dict, node: ast.AST) -> bool:
    """Recognise ``{"error": "update of runs failed"}``."""
    for key, value in _pairs(parent):
        if value is node and isinstance(key, ast.Constant):
            return key.value in _MESSAGE_KEYWORDS
    return False


def _followed(
    module: Module,
    value: ast.AST,
    others: tuple[Module, ...],
    text: str,
    depth: int,
    keys: list[object] | None = None,
) -> Iterator[Use]:
    """Follow a text to where the name, mapping or function that holds it is read."""
    value, around = _mapped(module, value)
    keys = [*around, *(keys or ())]
    for place, load in _loads(module, value, others) if depth <= MAX_DEPTH else ():
        taken, rest = _taken(place, load, keys)
        if not rest:
            yield from _read(place, taken, others, text, depth)
        elif isinstance(place.parent(taken), ast.Assign):
            # ``const { add } = queries.runs``
            yield from _followed(place, taken, others, text, depth + 1, rest)


def _loads(
    module: Module, value: ast.AST, others: tuple[Module, ...]
) -> Iterator[tuple[Module, ast.expr]]:
    """Find the readings of what a value is bound to, and the calls of what returns it."""
    statement = module.parent(value)
    function = module.function(value) if isinstance(statement, ast.Return) else None
    for frame in frames(module, function) if function is not None else ():
        yield frame.module, frame.call
    targets: list[ast.expr] = getattr(statement, "targets", [])
    if isinstance(statement, ast.AnnAssign | ast.NamedExpr):
        targets = [statement.target]
    for target in targets if isinstance(statement, ast.stmt | ast.NamedExpr) else ():
        name = getattr(target, "id", getattr(target, "attr", None))
        for place in (module, *others) if name else ():
            loads = (x for word in _names(place, str(name)) for x in place.loads.get(word, ()))
            for load in loads:
                is_it = any(origin.value is value for origin in origins(place, load))
                if is_it or (name == DEFAULT and _is_whole(place, load, module)):
                    yield place, load


def _is_whole(place: Module, load: ast.expr, module: Module) -> bool:
    """Say whether a name stands for all that another file hands out: ``require("./queries")``."""
    is_name = isinstance(load, ast.Name) and place is not module
    return is_name and isinstance(load, ast.Name) and place.module_named(load) is module


def _mapped(module: Module, value: ast.AST) -> tuple[ast.AST, list[object]]:
    """Climb out of ``{ runs: { add: text } }`` and ``[text]``; the keys lead back to the text."""
    keys: list[object] = []
    while isinstance(holder := module.parent(value), ast.Dict | ast.List | ast.Call):
        if isinstance(holder, ast.Dict):
            pairs = _pairs(holder)
            keys += [getattr(key, "value", None) for key, item in pairs if item is value]
        elif isinstance(holder, ast.List):
            keys.append(holder.elts.index(value))  # type: ignore[arg-type]
        elif called_name(holder) != "freeze":
            break
        value = holder
    return value, keys[::-1]


def _taken(module: Module, load: ast.expr, keys: list[object]) -> tuple[ast.expr, list[object]]:
    """Find the whole of ``queries.runs.add`` around the mapping's name, and the keys left over."""
    current = load
    for number, key in enumerate(keys):
        part = module.parent(current)
        is_named = isinstance(part, ast.Attribute) and part.attr == key
        is_listed = isinstance(part, ast.Subscript) and getattr(part.slice, "value", None) == key
        if key == "text" and isinstance(part, ast.Call):
            # The object is one of node-postgres: ``query({ name, text }, values)``.
            return current, []
        if not isinstance(part, ast.expr) or not (is_named or is_listed):
            return current, keys[number:]
        current = part
    return current, []


def _names(place: Module, name: str) -> list[str]:
    """List the names under which a file speaks of another's constant."""
    renamed = [
        binding.name
        for bindings in place.bindings.values()
        for binding in bindings
        if binding.imported is not None
        and (binding.imported[1] == name or (name == DEFAULT and not binding.imported[1]))
    ]
    return list(dict.fromkeys([name, *renamed]))


def _read(
    module: Module, load: ast.expr, others: tuple[Module, ...], text: str, depth: int
) -> Iterator[Use]:
    if text_of(module, load) is not None:
        yield from _uses(module, load, others, depth=depth + 1)
        return
    holder = module.parent(load)
    is_wrapped = isinstance(holder, ast.Call) and called_name(holder) in WRAPPERS
    whole = holder if isinstance(holder, ast.Call) and is_wrapped else load
    yield from _placed(module, whole, others, text, depth + 1)
