"""A parsed file -> its write sites, family by family; helpers are read through their calls."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from releasegate.appcode.families import (
    bodies,
    builders,
    entities,
    factories,
    frameworks,
    helpers,
    literals,
    orm,
    prisma,
    rest,
    row_objects,
    statements_built,
    tagged,
    views,
)
from releasegate.appcode.families.sites import call_line
from releasegate.appcode.flow.callers import frames
from releasegate.appcode.flow.frames import Frame, entered
from releasegate.appcode.flow.names import single_value
from releasegate.appcode.flow.surroundings import swallowed
from releasegate.appcode.verdicts import worse
from releasegate.model import Proof

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from releasegate.appcode.contract import Contract
    from releasegate.appcode.families.sites import Found
    from releasegate.appcode.source.module import Module

    Family = Callable[[Module, ast.AST, Contract], Iterator[Found]]

#: no text that a write begins with is shorter: "COPY "
MIN_SQL = 5
_TEXTS = (literals.sites, tagged.sites)
_CALLS = (
    builders.sites,
    rest.sites,
    orm.sites,
    factories.sites,
    statements_built.sites,
    row_objects.sites,
    prisma.sites,
    entities.sites,
    frameworks.sites,
    helpers.sites,
)
#: what kind of node each family looks at
FAMILIES: dict[type[ast.AST], tuple[Family, ...]] = {
    ast.Constant: _TEXTS,
    ast.JoinedStr: _TEXTS,
    ast.Call: _CALLS,
    ast.Assign: (row_objects.sites,),
    ast.ClassDef: (views.sites,),
    ast.FunctionDef: (bodies.sites,),
    ast.AsyncFunctionDef: (bodies.sites,),
}


def sites(module: Module, contract: Contract) -> tuple[Found, ...]:
    """Find every write site, each once, in the order of the file."""
    found = (
        item
        for node in module.nodes
        if type(node) in FAMILIES and not _says_nothing(node)
        for item in _of_node(module, node, contract)
    )
    return merged(found)


def _of_node(module: Module, node: ast.AST, contract: Contract) -> list[Found]:
    """Ask each family; a node that has no end to follow costs itself, not the file."""
    try:
        families = FAMILIES[type(node)]
        return [x for family in families for x in _resolved(module, node, family, contract)]
    except RecursionError:
        module.project.frames.clear()
        module.project.deep.add(module.path)
        return []


def _says_nothing(node: ast.AST) -> bool:
    """Pass over the many constants that are too short to be SQL."""
    if not isinstance(node, ast.Constant):
        return False
    return not isinstance(node.value, str | bytes) or len(node.value) < MIN_SQL


def merged(found: Iterable[Found]) -> tuple[Found, ...]:
    """Make one of the sites of one place: its verdicts are the worst of theirs."""
    known: dict[tuple[str, int, str, str], Found] = {}
    listed = list(found)
    told = _helpers(listed)
    for item in listed:
        if (item.site.api == "helper") != told.get(_place(item), item.site.api == "helper"):
            continue
        key = (item.site.path, item.site.line, item.site.table, item.site.operation)
        known[key] = _joined(known[key], item) if key in known else item
    return tuple(
        sorted(known.values(), key=lambda item: (item.site.path, item.site.line, item.site.table))
    )


def _helpers(listed: list[Found]) -> dict[tuple[str, int, str], bool]:
    """Say for each call of a table API whether the call tells more than the API's own inside."""
    others = [item for item in listed if item.site.api != "helper"]
    told: dict[tuple[str, int, str], bool] = {}
    for item in (item for item in listed if item.site.api == "helper"):
        inside = [other for other in others if _place(other) == _place(item)]
        is_clear = inside and not any(
            verdict.verdict == "undecidable"
            for other in inside
            for verdict in other.site.columns.values()
        )
        told[_place(item)] = not is_clear or item.site.operation == "upsert"
    return told


def _place(item: Found) -> tuple[str, int, str]:
    return item.site.path, item.site.line, item.site.table


def _joined(one: Found, other: Found) -> Found:
    if one.riddle is not None or other.riddle is not None:
        return one if one.riddle is None else other
    columns = dict(one.site.columns)
    for name, verdict in other.site.columns.items():
        columns[name] = worse(columns[name], verdict) if name in columns else verdict
    site = replace(one.site, columns=columns, end_line=max(one.site.end_line, other.site.end_line))
    return replace(one, site=site)


def _resolved(module: Module, node: ast.AST, family: Family, contract: Contract) -> Iterator[Found]:
    """Give what can be read here; a table that is handed in is looked for at the calls."""
    module.project.begin()
    for item in family(module, node, contract):
        if item.relation is not None or item.riddle is None:
            # ``for column in ("a", "b"): execute(f"UPDATE runs SET {column} = ...")``
            each = _through_loops(module, node, family, contract)[0] if item.is_open else []
            if not each and _is_undecided(item):
                each = _as_called(module, node, family, contract)
            for found in each or [item]:
                yield replace(found, swallowed=swallowed(module, node))
            continue
        through, is_whole = _through_loops(module, node, family, contract)
        if not is_whole:
            through, is_whole = _through_calls(module, node, family, contract)
        yield from through
        if not is_whole and not item.is_quiet:
            yield item


def _is_undecided(item: Found) -> bool:
    return any(x.verdict == "undecidable" for x in item.site.columns.values())


def _as_called(module: Module, node: ast.AST, family: Family, contract: Contract) -> list[Found]:
    """Read a write whose columns are handed in as each call in view runs it; all of them or none.

    ``def put(values): execute(f"INSERT INTO runs ({', '.join(values)}) ...")``
    """
    found: list[Found] = []
    for frame in _frames(module, node):
        with entered(frame) as is_new:
            found += family(module, node, contract) if is_new else ()
    return [] if any(_is_undecided(item) for item in found) else found


def _through_loops(
    module: Module, node: ast.AST, family: Family, contract: Contract
) -> tuple[list[Found], bool]:
    """Read ``for table in ("a", "b"):`` once for each item."""
    for loop in module.ancestors(node):
        items = _written_items(module, loop)
        if not items:
            continue
        place = loop.target if isinstance(loop, ast.comprehension) else loop
        found: list[Found] = []
        for item in items:
            module.project.chosen[place] = item
            found += family(module, node, contract)
        del module.project.chosen[place]
        if all(item.relation is not None for item in found):
            return found, True
    return [], False


def _written_items(module: Module, loop: ast.AST) -> list[ast.expr]:
    """Give the texts that a loop goes over, where they are written down."""
    if not isinstance(loop, ast.For | ast.AsyncFor) or not isinstance(loop.target, ast.Name):
        return []
    items: ast.expr = loop.iter
    origin = single_value(module, items) if isinstance(items, ast.Name | ast.Attribute) else None
    items = origin[1] if origin is not None else items
    if not isinstance(items, ast.List | ast.Tuple | ast.Set):
        return []
    is_text = all(isinstance(i, ast.Constant) and isinstance(i.value, str) for i in items.elts)
    is_named = all(isinstance(item, ast.Name | ast.Attribute) for item in items.elts)
    return list(items.elts) if is_text or is_named else []


def _through_calls(
    module: Module, node: ast.AST, family: Family, contract: Contract
) -> tuple[list[Found], bool]:
    """Read a helper as each of its calls runs it; False where none of them can be read."""
    found: list[Found] = []
    is_read = False
    for frame in _frames(module, node):
        with entered(frame) as is_new:
            items = list(family(module, node, contract)) if is_new else []
            for item in items:
                if item.relation is not None:
                    found.append(_at_call(item, frame))
                    continue
                more, is_known = _outer(module, node, family, contract, frame)
                found.extend(more)
                is_read = is_read or is_known
            is_read = is_read or all(item.relation is not None for item in items)
    return found, is_read


def _frames(module: Module, node: ast.AST) -> tuple[Frame, ...]:
    """Find the calls of the function around, or of the one that it is nested in."""
    function = module.function(node)
    while function is not None:
        found = frames(module, function)
        outer = module.function(function)
        if outer is None or (found and not _is_inside(found, outer)):
            return found
        function = outer
    return ()


def _is_inside(found: tuple[Frame, ...], function: ast.AST) -> bool:
    """Say whether a function is only called where it stands."""
    return all(
        any(item is function for item in frame.module.ancestors(frame.call)) for frame in found
    )


def _outer(
    module: Module, node: ast.AST, family: Family, contract: Contract, inner: Frame
) -> tuple[list[Found], bool]:
    """Go one call further out: the helper's caller hands the table on."""
    function = inner.module.function(inner.call)
    calls = frames(inner.module, function) if function is not None else ()
    found: list[Found] = []
    is_whole = bool(calls)
    for frame in calls:
        with entered(frame) as is_new:
            # The frames lie in the order of the calls: what is asked first is the innermost.
            items = list(family(module, node, contract)) if is_new else []
            for item in items:
                if item.relation is not None:
                    found.append(_at_call(item, frame))
                else:
                    is_whole = False
    return found, is_whole


def _at_call(item: Found, frame: Frame) -> Found:
    """Move a site to the call that decides it, and keep the place where it was found as proof."""
    path, line = frame.module.path, call_line(frame.call)
    written = Proof(item.site.path, item.site.line, "written by this function")
    columns = {
        name: replace(verdict, proof=tuple(dict.fromkeys((*verdict.proof, written))))
        for name, verdict in item.site.columns.items()
    }
    end = frame.call.end_lineno or line
    moved = replace(item.site, path=path, line=line, end_line=end, columns=columns)
    hidden = swallowed(frame.module, frame.call)
    scope = frame.module.function(frame.call)
    return replace(item, site=moved, scope=scope, swallowed=hidden)
