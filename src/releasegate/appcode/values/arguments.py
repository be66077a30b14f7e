"""A call that runs SQL -> the Python expression behind each placeholder."""

from __future__ import annotations

import ast
import itertools
import re
from typing import TYPE_CHECKING

from releasegate.appcode.flow.names import origins
from releasegate.appcode.source.module import FUNCTIONS, returned
from releasegate.appcode.values.appends import appended, concatenated, pushed_into, rows_appended
from releasegate.appcode.values.mapped import Given, entry_at, named, valued
from releasegate.appcode.values.nullness import called_name
from releasegate.appcode.values.payloads import rows
from releasegate.counted import counted

if TYPE_CHECKING:
    from releasegate.appcode.flow.parameters import Origin
    from releasegate.appcode.flow.uses import Use
    from releasegate.appcode.source.module import Module
    from releasegate.statements.binds import Key

MAX_DEPTH = 6
_MANY = {"executemany", "execute_values", "execute_batch", "execute_many"}
_PARAMETERS = {"params", "parameters", "vars", "args", "argslist", "values", "vars_list"}
_DOLLAR = re.compile(r"\$\d")


def given(
    use: Use, key: Key, binds: tuple[Key, ...], index: int | None = None
) -> tuple[Given, ...]:
    """Find what a placeholder may get; nothing found means that it is hidden.

    ``index`` is the place in a row where one placeholder brings whole rows.
    """
    if use.call is None:
        return ()
    keyword = next((item for item in _keywords(use) if item.arg == key), None)
    if keyword is not None:
        return (Given(use.module, keyword.value, keyword.value),)
    spread = _spread(use, key, binds)
    if spread is not None:
        return spread
    parameters = _parameters(use)
    if parameters is None:
        return ()
    is_many = called_name(use.call) in _MANY or index is not None
    wanted, count = (key, len(set(binds))) if index is None else (index, None)
    whole = [(use.module, parameters)]
    sets = parameter_sets(use.module, parameters) if is_many else whole
    return tuple(x for module, node in sets for x in _pick(module, node, wanted, count, 0))


def in_text(use: Use, index: int) -> tuple[Given, ...]:
    """Find what the rows of postgres.js, ``VALUES ${sql(rows)}``, have at a place."""
    parts = () if use.module.is_python else getattr(use.node, "values", ())
    holes = [part.value for part in parts if isinstance(part, ast.FormattedValue)]
    listed = holes[0] if len(holes) == 1 else None
    if not isinstance(listed, ast.Call) or len(listed.args) != 1:
        return ()
    sets = parameter_sets(use.module, listed.args[0])
    return tuple(x for module, row in sets for x in _pick(module, row, index, None, 0))


def _keywords(use: Use) -> list[ast.keyword]:
    """Give the call's own keywords, and those that the text was bound to before."""
    made = (item for item in ast.walk(use.node) if isinstance(item, ast.Call))
    calls = [item for item in made if called_name(item) == "bindparams"]
    return [word for call in (use.call, *calls) if call for word in call.keywords]


def _spread(use: Use, key: Key, binds: tuple[Key, ...]) -> tuple[Given, ...] | None:
    """Read asyncpg's way: the values stand in the call itself, one for each ``$n``."""
    rest = _rest(use)
    if len(rest) == 1 and isinstance(rest[0], ast.Starred):
        # ``*data.values()`` or ``*values``: one for each placeholder.
        return _pick(use.module, rest[0].value, key, None, 0) if isinstance(key, int) else None
    is_tuple = len(rest) == 1 and isinstance(rest[0], ast.Tuple | ast.List)
    if not isinstance(key, int) or not _DOLLAR.search(use.text) or not rest or is_tuple:
        return None
    if called_name(use.call) in _MANY if use.call else False:
        return None
    if _is_list_of_all(use, rest, len(set(binds))):
        return None
    if any(isinstance(item, ast.Starred) for item in rest):
        return ()
    if key < len(rest):
        # One name for several placeholders may be a tuple of them all.
        is_hidden = len(rest) == 1 and len(set(binds)) > 1
        return None if is_hidden else (Given(use.module, rest[key], rest[key]),)
    if len(rest) == 1:
        return None
    missing = f"there is no value for ${key + 1}"
    return (Given(use.module, rest[-1], missing=missing),)


def _is_list_of_all(use: Use, rest: list[ast.expr], count: int) -> bool:
    """Recognise ``run(sql, [a, b], userId)``: the list has a value for each placeholder.

    A template's own values follow it one by one, and so does ``ANY($1)`` with its list.
    """
    if use.module.is_python or hasattr(use.call, "is_tagged"):
        return False
    if isinstance(rest[0], ast.List):
        return len(rest[0].elts) == count or len(rest) != count
    found = origins(use.module, rest[0]) if isinstance(rest[0], ast.Name) else ()
    return bool(found) and all(isinstance(item.value, ast.List) for item in found)


def _rest(use: Use) -> list[ast.expr]:
    """Give the positional arguments after the SQL."""
    if use.call is None:
        return []
    for index, argument in enumerate(use.call.args):
        if any(item is use.node for item in ast.walk(argument)):
            return use.call.args[index + 1 :]
    return use.call.args


def _parameters(use: Use) -> ast.expr | None:
    rest = _rest(use)
    if rest:
        return rest[0]
    keywords = use.call.keywords if use.call else []
    return next((item.value for item in keywords if item.arg in _PARAMETERS), None)


def parameter_sets(module: Module, node: ast.expr, depth: int = 0) -> list[tuple[Module, ast.expr]]:
    """Read the parameter sets of executemany; hidden ones are left out."""
    if depth > MAX_DEPTH:
        return []
    if isinstance(node, ast.List | ast.Tuple):
        return [(module, item) for item in node.elts]
    if isinstance(node, ast.ListComp | ast.GeneratorExp):
        return [(module, node.elt)]
    if isinstance(node, ast.Call) and called_name(node) == "map" and node.args:
        made = returned(module, node.args[0]) if isinstance(node.args[0], FUNCTIONS) else ()
        return [(module, value) for value in made if value is not None]
    if isinstance(node, ast.Name):
        found = [item for item in origins(module, node) if item.value is not None]
        known = [parameter_sets(o.module, o.value, depth + 1) for o in found if o.value is not None]
        return [row for part in known for row in part] + rows_appended(module, node)
    return []


def _pick(
    module: Module, node: ast.expr, key: Key, count: int | None, depth: int
) -> tuple[Given, ...]:
    """Take one parameter out of a tuple, a dict, or a variable that holds such."""
    if depth > MAX_DEPTH:
        return ()
    if isinstance(key, str):
        return named(module, node, key)
    if isinstance(node, ast.Tuple | ast.List):
        return _positioned(module, node, key, count, depth)
    if isinstance(node, ast.BinOp):
        return _added(module, node, key, count)
    if isinstance(node, ast.IfExp):
        sides = _fitting([node.body, node.orelse], count)
        return tuple(g for side in sides for g in _pick(module, side, key, count, depth + 1))
    if isinstance(node, ast.Call):
        same = concatenated(module, node) or _same_list(node)
        if same is not None:
            return _pick(module, same, key, count, depth + 1)
        return _flattened(module, node, key, count) or valued(module, node, key)
    if isinstance(node, ast.Dict):
        # ``run(sql, {"id": id})`` that hands on ``*params.values()``: in the order of the keys.
        return entry_at(rows(module, node), key)
    if isinstance(node, ast.Name):
        return tuple(
            item
            for origin in origins(module, node)
            if origin.value is not None
            for item in _stored(module, node, origin, key, count, depth)
        )
    return ()


def _fitting(sides: list[ast.expr], count: int | None) -> list[ast.expr]:
    """Leave out the list that is for another text: ``id ? [a, b, id] : [a, b]``."""
    lists = [side for side in sides if isinstance(side, ast.List | ast.Tuple)]
    fits: list[ast.expr] = [side for side in lists if len(side.elts) == count]
    return fits if fits and len(lists) == len(sides) else sides


def _same_list(node: ast.Call) -> ast.expr | None:
    """Find the list in ``tuple(values)``, and in ``[a, b].map((value) => value ?? null)``."""
    if called_name(node) in ("tuple", "list") and node.args:
        return node.args[0]
    if called_name(node) != "map" or not isinstance(node.func, ast.Attribute) or not node.args:
        return None
    is_value = isinstance(getattr(node.args[0], "body", None), ast.BoolOp | ast.IfExp)
    return node.func.value if is_value else None


def _stored(
    module: Module, node: ast.Name, origin: Origin, key: int, count: int | None, depth: int
) -> tuple[Given, ...]:
    """Read a variable; a list that is pushed to goes on with what is pushed."""
    if origin.value is None:
        return ()
    if not isinstance(origin.value, ast.List) or origin.module is not module:
        return _pick(origin.module, origin.value, key, count, depth + 1)
    pushed = appended(module, node, origin)
    if count is not None and count != len(origin.value.elts) + len(pushed):
        sure = _surely(module, node, origin)
        pushed = sure if count == len(origin.value.elts) + len(sure) else pushed
    whole = ast.copy_location(ast.List([*origin.value.elts, *pushed], ast.Load()), origin.value)
    width = len(whole.elts)
    is_pushed = bool(pushed) and not origin.value.elts
    if is_pushed and count != width and _are_choices(module, pushed, origin):
        return tuple(Given(module, item, item) for item in pushed)
    is_row = is_pushed and (count or width) % width == 0
    place, expected = (key % width, width) if is_row else (key, count)
    return _positioned(module, whole, place, expected, depth)


def _are_choices(module: Module, pushed: list[ast.expr], origin: Origin) -> bool:
    """Say whether each turn of a loop pushes one of these: they stand in the ways of one ``if``."""
    block = module.parent(origin.node)
    chosen: set[ast.AST | None] = set()
    for node in pushed:
        way = list(itertools.takewhile(lambda item: item is not block, module.ancestors(node)))
        is_looped = any(isinstance(item, ast.For | ast.AsyncFor | ast.While) for item in way)
        ifs = [item for item in way if isinstance(item, ast.If)] if is_looped else []
        chosen.add(ifs[-1] if ifs else None)
    return len(pushed) > 1 and len(chosen) == 1 and None not in chosen


def _surely(module: Module, node: ast.Name, origin: Origin) -> list[ast.expr]:
    """List what every way pushes."""
    module.project.is_sure_only = True
    try:
        return appended(module, node, origin)
    finally:
        module.project.is_sure_only = False


def _flattened(module: Module, node: ast.Call, key: int, count: int | None) -> tuple[Given, ...]:
    """Read ``rows.flatMap((row) => [row.a, row.b])``: the values of every row in turn."""
    name, inner = called_name(node), node
    if name == "flat" and isinstance(node.func, ast.Attribute):
        base = node.func.value
        inner = base if isinstance(base, ast.Call) and called_name(base) == "map" else node
        if inner is node:
            sets = parameter_sets(module, base)
            return tuple(g for there, row in sets for g in _of_row(there, row, key, count))
    elif name != "flatMap":
        return ()
    function = inner.args[0] if inner.args else None
    values = returned(module, function) if isinstance(function, FUNCTIONS) else ()
    return tuple(g for value in values for g in _of_row(module, value, key, count))


def _of_row(module: Module, row: ast.expr | None, key: int, count: int | None) -> tuple[Given, ...]:
    """Take a value out of a row, of which there are as many as the placeholders need."""
    if not isinstance(row, ast.List) or not row.elts or (count or 0) % len(row.elts):
        return ()
    return _positioned(module, row, key % len(row.elts), None)


def _added(module: Module, node: ast.BinOp, key: int, count: int | None) -> tuple[Given, ...]:
    left, right = node.left, node.right
    if not isinstance(left, ast.Tuple | ast.List) or not isinstance(node.op, ast.Add):
        return ()
    if isinstance(right, ast.Tuple | ast.List):
        whole = ast.Tuple([*left.elts, *right.elts], ast.Load())
        return _positioned(module, ast.copy_location(whole, node), key, count)
    return _positioned(module, left, key, None) if key < len(left.elts) else ()


def _positioned(
    module: Module, node: ast.Tuple | ast.List, key: int, count: int | None, depth: int = 0
) -> tuple[Given, ...]:
    if isinstance(node, ast.List) and (pushed := pushed_into(module, node)):
        node = ast.copy_location(ast.List([*node.elts, *pushed], ast.Load()), node)
    stars = [place for place, item in enumerate(node.elts) if isinstance(item, ast.Starred)]
    if stars and stars[0] <= key:
        return _behind(module, node, key, count, depth) if len(stars) == 1 else ()
    if key >= len(node.elts) or (count is not None and count != len(node.elts) and not stars):
        found, wanted = counted(len(node.elts), "value"), counted(count or key + 1, "placeholder")
        return (Given(module, node, missing=f"{found} for {wanted}"),)
    return (Given(module, node.elts[key], node.elts[key]),)


def _behind(
    module: Module, node: ast.Tuple | ast.List, key: int, count: int | None, depth: int
) -> tuple[Given, ...]:
    """Read ``(*values, run_id)``: the star has what the others leave of the placeholders."""
    first, star = next(
        (place, item) for place, item in enumerate(node.elts) if isinstance(item, ast.Starred)
    )
    after = len(node.elts) - 1 - first
    width = count - first - after if count is not None else None
    if (width is None and after) or (width is not None and width < 0):
        return ()
    if width is None or key < first + width:
        return _pick(module, star.value, key - first, width, depth + 1)
    value = node.elts[key - width + 1]
    return (Given(module, value, value),)
