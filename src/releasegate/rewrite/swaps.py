"""What a transaction drops and adds again -> the new one proven before the old one goes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from releasegate.rewrite import columns, constraints
from releasegate.rewrite.parts import Column, Item, Kept, Online, alter
from releasegate.statements.parser import enum, kind_of, quote, relation, strings, walk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from releasegate.rewrite.parts import Known

_SUBTYPE = partial(enum, "AlterTableType")
_DROP, _ADD = _SUBTYPE("AT_DropConstraint"), _SUBTYPE("AT_AddConstraint")
_DEFAULT, _NOT_NULL = _SUBTYPE("AT_ColumnDefault"), _SUBTYPE("AT_SetNotNull")


def arranged(items: Sequence[Item], known: Known) -> list[Item]:
    """Leave no moment in which neither the old constraint holds nor the new one."""
    result = _help_first(items)
    for item in items:
        drop = _dropped_before(item, result)
        if drop is None or item not in result:
            continue
        if drop.action.command.name == constraints.name_of(item.action):  # type: ignore[union-attr]
            _swap(item, drop, result, known)
        elif _is_about_old_columns(item, items):
            _bring_forward(item, result, known)
    return result


def _dropped_before(item: Item, items: Sequence[Item]) -> Item | None:
    """Find the constraint in whose place another one may be added: of its name if there is one."""
    command = item.action.command
    if command is None or command.subtype != _ADD or item not in items:
        return None
    before = [other for other in items[: items.index(item)] if _is_drop(other, item)]
    name = constraints.name_of(item.action)
    same = [drop for drop in before if drop.action.command.name == name]  # type: ignore[union-attr]
    return next(iter([*same, *before]), None)


def _is_drop(other: Item, item: Item) -> bool:
    command = other.action.command
    is_same_table = command is not None and other.action.table == item.action.table
    return is_same_table and command.subtype == _DROP and isinstance(other.part, Kept)  # type: ignore[union-attr]


def _swap(item: Item, drop: Item, result: list[Item], known: Known) -> None:
    """Prove the new constraint under a name of ours; the old one goes when the new one is there."""
    table, name = item.action.table, drop.action.command.name  # type: ignore[union-attr]
    proxy = columns.temporary_name("swap", str(table), name)
    rename = alter(table, f"RENAME CONSTRAINT {quote(proxy)} TO {quote(name)}")
    assert isinstance(drop.part, Kept)
    result[result.index(drop)] = Item(drop.action, Kept((*drop.part.sql, rename)))
    _remove(item, result)
    needed = [other for other in result if _is_needed(other, item)]
    result[:] = [
        *needed,
        Item(item.action, constraints.replaced(item.action, proxy, known)),
        *(other for other in result if other not in needed),
    ]


def _is_needed(other: Item, item: Item) -> bool:
    """Tell whether another part adds a column that a constraint is about."""
    part = other.part
    is_column = isinstance(part, Column) and part.table == item.action.table
    return is_column and part.name in _columns(item)  # type: ignore[union-attr]


def _bring_forward(item: Item, result: list[Item], known: Known) -> None:
    """Prove the new constraint first: what enters without the old one might break it."""
    refusal = constraints.only_one(item.action, known)
    own = [other for other in result if other.action == item.action]
    _remove(item, result)
    result[:0] = own if refusal is None else [Item(item.action, refusal)]


def _remove(item: Item, result: list[Item]) -> None:
    result[:] = [other for other in result if other.action != item.action]


def _is_about_old_columns(item: Item, items: Sequence[Item]) -> bool:
    """Tell whether a constraint needs nothing that the same transaction adds to its table."""
    if not isinstance(item.part, Online):
        return False
    parts = [other.part for other in items if isinstance(other.part, Column)]
    new = {part.name for part in parts if part.table == item.action.table}
    return new.isdisjoint(_columns(item))


def _columns(item: Item) -> set[str]:
    if item.action.command.subtype != _ADD:  # type: ignore[union-attr]
        return set()
    node = item.action.definition.constraint
    named = [strings(n.fields)[-1:] for n in walk(node) if kind_of(n) == "ColumnRef"]
    return {
        *strings(node.keys),
        *strings(node.fk_attrs),
        *(name for names in named for name in names),
    }


def _help_first(items: Sequence[Item]) -> list[Item]:
    """Demand something of rows after the default or the trigger that the app will meet it by."""
    result = list(items)
    for item in items:
        if not _demands(item):
            continue
        later = [number for number, other in enumerate(result) if _helps(other, item)]
        if later and later[-1] > result.index(item):
            result.remove(item)
            result.insert(later[-1], item)
    return result


def _demands(item: Item) -> bool:
    command = item.action.command
    return command is not None and command.subtype in (_NOT_NULL, _ADD)


def _helps(other: Item, item: Item) -> bool:
    """Tell whether a statement fills in what another one demands."""
    statement, command = other.action.statement, other.action.command
    if statement.kind == "create_trig_stmt":
        return relation(statement.node.relation) == item.action.table
    if command is None or command.subtype != _DEFAULT or other.action.table != item.action.table:
        return False
    return command.name in (item.action.command.name, *_columns(item))  # type: ignore[union-attr]
