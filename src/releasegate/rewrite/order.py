"""Parts of a file's statements -> drafts in the order in which they may commit."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from releasegate.rewrite.parts import Column, Draft, Kept, Online, Phase, Refusal, alter
from releasegate.statements.effects import effects
from releasegate.statements.parser import enum, parse, strings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from releasegate.model import CatalogObject
    from releasegate.rewrite.parts import Item, Part
    from releasegate.statements.actions import Action

_DROP_CONSTRAINT = enum("AlterTableType", "AT_DropConstraint")
_DROP_COLUMN = enum("AlterTableType", "AT_DropColumn")
_PARTS = {enum("ObjectType", name) for name in ("OBJECT_INDEX", "OBJECT_TABCONSTRAINT")}


def has_kept(items: Sequence[Item]) -> bool:
    return any(isinstance(item.part, Kept) for item in items)


def one_by_one(items: Sequence[Item]) -> Iterator[Draft]:
    """Keep the file's order around statements as written; each commits alone, as it did there."""
    for is_kept, group in itertools.groupby(items, lambda item: isinstance(item.part, Kept)):
        parts = [item for item in group if not isinstance(item.part, Refusal)]
        if is_kept:
            yield from (_together([item]) for item in parts)
        else:
            yield from _between_drops(parts)


def _between_drops(items: Sequence[Item]) -> Iterator[Draft]:
    """Keep DROP INDEX before what is made under the dropped name: it was free again there."""
    start = 0
    for number, item in enumerate(items):
        dropped = _objects(items[start:number], present=False)
        if dropped & _objects([item], present=True):
            yield from _by_phase(items[start:number])
            start = number
    yield from _by_phase(items[start:])


def _objects(items: Sequence[Item], *, present: bool) -> set[CatalogObject]:
    """List what parts that may commit alone make, or remove."""
    parts = [item.part for item in items if isinstance(item.part, Online)]
    texts = [text for part in parts for draft in part.drafts for text in draft.sql]
    found = effects([statement for text in texts for statement in parse(text)])
    return {effect.object for effect in found if effect.present is present}


def atomic(items: Sequence[Item]) -> Iterator[Draft]:
    """Put what must commit together in the middle, what may commit alone before or behind it."""
    items, comments = _without_late_comments(items)
    middle = _middle(items)
    is_before = _placed_before(items)
    rest = [item for item in items if item not in middle]
    yield from _by_phase([item for item in rest if is_before(item)])
    if middle:
        yield _together(middle)
    yield from _by_phase([item for item in rest if not is_before(item)])
    yield from (_together([item]) for item in comments)


def _middle(items: Sequence[Item]) -> list[Item]:
    """Find the statements as written, and the columns that must not be seen without them."""
    kept = [number for number, item in enumerate(items) if isinstance(item.part, Kept)]
    if not kept:
        return []
    commands = [items[number].action for number in kept if items[number].action.command]
    tables = {a.table for a in commands if a.command and a.command.subtype != _DROP_CONSTRAINT}
    return [
        item
        for number, item in enumerate(items)
        if number in kept
        or (
            isinstance(item.part, Column)
            and (kept[0] < number < kept[-1] or item.part.table in tables)
        )
    ]


def _placed_before(items: Sequence[Item]) -> Callable[[Item], bool]:
    """Tell what goes before the middle: what is written there, and what the middle names."""
    kept = [number for number, item in enumerate(items) if isinstance(item.part, Kept)]
    named = {word for number in kept for word in _words(items[number].action)}
    late = [item for item in _middle(items) if isinstance(item.part, Column)]
    is_index_last = bool(kept) and _is_replaced_late(items[kept[0] :])

    def is_before(item: Item) -> bool:
        if not kept:
            return True
        if (is_index_last and _is_dropped_index(item)) or _is_behind(item, late, items):
            return False
        if items.index(item) < kept[0]:
            return True
        made = {thing.name for thing in _objects([item], present=True)}
        return items.index(item) < kept[-1] and not made.isdisjoint(named)

    return is_before


def _is_behind(item: Item, late: Sequence[Item], items: Sequence[Item]) -> bool:
    """Tell whether a part may be about a column that is added in the middle."""
    tables = [other.action.table for other in late if items.index(other) < items.index(item)]
    is_of_table = item.action.statement.kind in ("alter_table_stmt", "index_stmt")
    return is_of_table and item.action.table in tables


def _is_dropped_index(item: Item) -> bool:
    return isinstance(item.part, Online) and item.part.phase is Phase.DROP_INDEX


def _is_replaced_late(later: Sequence[Item]) -> bool:
    """Tell whether an index is built behind the middle, and no index goes with its column there."""
    is_built = any(isinstance(i.part, Online) and i.part.phase is Phase.INDEX for i in later)
    kept = [item.action for item in later if isinstance(item.part, Kept)]
    is_gone = any(a.command and a.command.subtype == _DROP_COLUMN for a in kept)
    return is_built and not is_gone and all(a.statement.kind != "drop_stmt" for a in kept)


def _words(action: Action) -> Iterator[str]:
    """Yield the names and other words of a statement."""
    source = action.statement.source.bytes
    for token in action.statement.tokens:
        yield source[token.start : token.end].decode().strip('"')


def _without_late_comments(items: Sequence[Item]) -> tuple[list[Item], list[Item]]:
    """Set comments on indexes and constraints apart that are only made by steps of their own."""
    made = {thing.name for thing in _objects(items, present=True)}
    late = [item for item in items if _commented(item) in made]
    return [item for item in items if item not in late], late


def _commented(item: Item) -> str | None:
    """Name the index or the constraint that a comment is on."""
    statement = item.action.statement
    if statement.kind != "comment_stmt" or statement.node.objtype not in _PARTS:
        return None
    return strings(statement.node.object.list.items)[-1]


def _by_phase(items: Sequence[Item]) -> Iterator[Draft]:
    """Columns first, indexes before the keys that they support; else the file's order."""
    columns_ = [item for item in items if isinstance(item.part, Column)]
    for _, group in itertools.groupby(columns_, lambda item: id(item.action.statement)):
        yield _added([item.part for item in group if isinstance(item.part, Column)])
    online = [item.part for item in items if isinstance(item.part, Online)]
    # SET NOT NULL and the primary key beside it ask for the same proof.
    in_order = dict.fromkeys(sorted(online, key=lambda part: part.phase))
    for part in in_order:
        yield from part.drafts


def _added(found: Sequence[Column]) -> Draft:
    """Add columns of one statement under one lock."""
    table = found[0].table
    names = ", ".join(f"{table.name}.{column.name}" for column in found)
    commands = [command for column in found for command in column.commands]
    return Draft(
        title=f"add {'columns' if len(found) > 1 else 'column'} {names}",
        sql=(alter(table, *commands, only=found[0].only),),
        is_lenient=all(column.is_lenient for column in found),
    )


def _together(items: Sequence[Item]) -> Draft:
    sql = tuple(text for item in items for text in _texts(item.part))
    if len(sql) == 1:
        return Draft(f"{' '.join(sql[0].split()[:3]).lower()} ..., as written", sql)
    return Draft(f"{len(sql)} statements together, as written", sql)


def _texts(part: Part) -> tuple[str, ...]:
    if isinstance(part, Column):
        return (alter(part.table, *part.commands, only=part.only),)
    assert isinstance(part, Kept)
    return part.sql
