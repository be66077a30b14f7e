"""An INSERT of what a query selects, SQLAlchemy's or Drizzle's -> its row."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from releasegate.appcode.declared.annotations import last_word
from releasegate.appcode.declared.table_rows import of_table
from releasegate.appcode.flow.names import single_value
from releasegate.appcode.source.written import written
from releasegate.appcode.values.nullness import called_name
from releasegate.appcode.values.payloads import Entry, Payload, rows, with_entry
from releasegate.appcode.values.texts import text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from releasegate.appcode.flow.chains import Step
    from releasegate.appcode.source.module import Module


def selected(step: Step) -> Payload:
    """Give each column of the list what stands at its place in the SELECT."""
    payload = Payload(step.module, step.call)
    values = _values(step)
    for index, item in enumerate(_listed(step.module, step.call.args[0])):
        key = text_of(step.module, item) or getattr(item, "attr", None)
        if key is None:
            payload = replace(payload, is_open="not all of the columns are visible here")
        else:
            entry = Entry(step.module, None, item, may_be_none=False, what="it is selected")
            if index in values:
                entry = Entry(step.module, values[index], item)
            payload = with_entry(payload, key, entry)
    return payload


def copied(step: Step) -> list[Payload]:
    """Read Drizzle's ``insert(runs).select(db.select({ planId: plans.id }).from(plans))``."""
    calls = (item for item in ast.walk(step.call.args[0]) if isinstance(item, ast.Call))
    found = (picked(step.module, call) for call in calls)
    return next((row for row in found if row), [])


def picked(module: Module, node: ast.Call) -> list[Payload]:
    """Read Drizzle's ``db.select({ planId: runs.planId }).from(runs)``, wherever the chain ends."""
    outer: set[str] = set()
    current: ast.expr = node
    while isinstance(current, ast.Call) and isinstance(current.func, ast.Attribute):
        listed = current.args[0] if current.args else None
        if called_name(current) in ("leftJoin", "fullJoin") and listed is not None:
            outer.add(last_word(listed))
        if called_name(current) in ("select", "selectDistinct") and isinstance(listed, ast.Dict):
            return [_of_columns(row, outer) for row in rows(module, listed)]
        current = current.func.value
    return []


def _of_columns(row: Payload, outer: set[str]) -> Payload:
    return replace(row, entries={k: _of_column(e, outer) for k, e in row.entries.items()})


def _of_column(entry: Entry, outer: set[str]) -> Entry:
    """Say of a column that its table, or a join, lets it be NULL."""
    column = entry.value
    if isinstance(column, ast.Call) and isinstance(column.func, ast.Attribute):
        # ``sql`null`.as("plan_id")``
        return replace(entry, value=column.func.value) if column.func.attr == "as" else entry
    if not isinstance(column, ast.Attribute):
        return entry
    table = last_word(column.value)
    shape = of_table(entry.module, table, "Select")
    field = shape.fields.get(column.attr) if shape is not None else None
    if field is None or not (field.may_be_none or table in outer):
        return entry
    what = f"{written(column)} may be NULL"
    return replace(entry, value=None, may_be_none=True, what=what)


def _values(step: Step) -> dict[int, ast.expr]:
    """Find what ``select(literal(x), rows.c.y, Run.plan_id)`` sends that is no plain column."""
    given = _assigned(step.module, step.call.args[1]) if len(step.call.args) > 1 else None
    while isinstance(given, ast.Call) and isinstance(given.func, ast.Attribute):
        if given.func.attr == "select":
            break
        given = given.func.value
    listed = given.args if isinstance(given, ast.Call) and called_name(given) == "select" else []
    found = {index: _value(step.module, item) for index, item in enumerate(listed)}
    return {index: value for index, value in found.items() if value is not None}


def _value(module: Module, item: ast.expr) -> ast.expr | None:
    item = _labelled(module, item) or item
    while isinstance(item, ast.Call) and called_name(item) in ("label", "cast"):
        item = item.func.value if isinstance(item.func, ast.Attribute) else item.args[0]
    names = ("null", "literal", "scalar_subquery")
    return item if isinstance(item, ast.Call) and called_name(item) in names else None


def _labelled(module: Module, item: ast.expr) -> ast.expr | None:
    """Find what ``rows.c.plan_id`` is called so in: ``rows = select(x.label("plan_id"))``."""
    columns = item.value if isinstance(item, ast.Attribute) else None
    if not isinstance(columns, ast.Attribute) or columns.attr not in ("c", "columns"):
        return None
    assert isinstance(item, ast.Attribute)
    calls = (x for x in ast.walk(_assigned(module, columns.value)) if isinstance(x, ast.Call))
    labels = (call for call in calls if called_name(call) == "label" and call.args)
    return next((call for call in labels if text_of(module, call.args[0]) == item.attr), None)


def _assigned(module: Module, node: ast.expr) -> ast.expr:
    origin = single_value(module, node) if isinstance(node, ast.Name) else None
    return origin[1] if origin is not None and origin[0] is module else node


def _listed(module: Module, node: ast.expr) -> Iterator[ast.expr]:
    """Yield the columns of a list, through ``*names`` too; what hides some is given as it is."""
    if isinstance(node, ast.List | ast.Tuple):
        for item in node.elts:
            yield from _listed(module, item.value) if isinstance(item, ast.Starred) else (item,)
        return
    origin = single_value(module, node)
    if origin is not None and isinstance(origin[1], ast.List | ast.Tuple):
        yield from _listed(*origin)
    else:
        yield node if not isinstance(node, ast.Attribute) else ast.Name("", ast.Load())
