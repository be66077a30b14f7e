"""Parts of a file's statements -> refusals of those that get in each other's way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from releasegate.rewrite.parts import Column, Draft, Online, Phase, Refusal, alter
from releasegate.statements.effects import effects
from releasegate.statements.parser import enum, parse

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from releasegate.model import CatalogObject, Effect
    from releasegate.rewrite.parts import Item, Known

_DROP_NOT_NULL = enum("AlterTableType", "AT_DropNotNull")
_SET_NOT_NULL = enum("AlterTableType", "AT_SetNotNull")
_NAMED = ("constraint", "index")


def times(items: Sequence[Item]) -> Iterator[Refusal]:
    """Refuse a second step whose rows would get another time than the first one's."""
    timed = [i for i in items if isinstance(i.part, Column) and i.part.is_timed]
    for item in timed:
        if item.action.statement is not timed[0].action.statement:
            why = "Its rows would get another time than those of the other new columns."
            yield Refusal(item.action, why, "Give the columns a constant default.")


def indexes_anew(items: Sequence[Item]) -> Iterator[Refusal]:
    """Refuse an index under the name of another that the same transaction drops."""
    dropped: set[CatalogObject] = set()
    for item in items:
        found = [effect for effect in _effects(item) if effect.object.kind == "index"]
        if dropped & {effect.object for effect in found if effect.present}:
            why = "An index can take the place of another only under a name of its own."
            yield Refusal(item.action, why, "Give the new index another name.")
        dropped |= {effect.object for effect in found if not effect.present}


def passing(items: Sequence[Item]) -> Iterator[Refusal]:
    """Refuse a constraint that the same transaction drops again: nobody was to meet it."""
    made: set[CatalogObject] = set()
    for item in items:
        found = [effect for effect in _effects(item) if effect.object.kind == "constraint"]
        for effect in found:
            if not effect.present and not effect.is_renamed and effect.object in made:
                why = f"The same transaction makes {effect.object} and drops it again."
                yield Refusal(item.action, why, "Take both out.")
        if isinstance(item.part, Column | Online):
            made |= {effect.object for effect in found if effect.present and effect.is_new}


def nulls_let_in(items: Sequence[Item]) -> Iterator[Refusal]:
    """Refuse SET NOT NULL behind DROP NOT NULL: a NULL could enter between the two."""
    dropped = set()
    for item in items:
        command = item.action.command
        if command is None or command.subtype not in (_DROP_NOT_NULL, _SET_NOT_NULL):
            continue
        column = item.action.table, command.name
        if command.subtype == _DROP_NOT_NULL:
            dropped.add(column)
        elif column in dropped:
            why = "Between DROP NOT NULL and SET NOT NULL a NULL could enter."
            yield Refusal(item.action, why, "Take both out.")


def names(items: Sequence[Item], known: Known) -> Iterator[Refusal]:
    """Refuse a name that PostgreSQL makes and that is taken: it would choose another one."""
    taken = set(known.names)
    # SET NOT NULL and the primary key beside it ask for the same proof, once.
    for item in _each_once(items):
        found = [effect for effect in _effects(item) if effect.object.kind in _NAMED]
        taken -= {_key(effect) for effect in found if not effect.present}
        made = [_key(effect) for effect in found if effect.present and effect.is_new]
        twice = [key for key in _constraints_of(item) if _constraints_of(item).count(key) > 1]
        if (taken & {*made} or twice) and not _is_lenient(item):
            why = f"The name {(twice or [key for key in made if key in taken])[0][1]} is taken."
            yield Refusal(item.action, why, "Give it a name of its own.")
        taken |= {*made}


def _each_once(items: Sequence[Item]) -> list[Item]:
    """Leave out a proof that is asked for again."""
    found: list[Item] = []
    for item in items:
        is_proof = isinstance(item.part, Online) and item.part.phase is Phase.NOT_NULL
        if not is_proof or item.part not in [other.part for other in found]:
            found.append(item)
    return found


def _key(effect: Effect) -> tuple[str, str]:
    return effect.object.schema, effect.object.name


def _constraints_of(item: Item) -> list[tuple[str, str]]:
    """List the constraints that come with a new column, one statement each."""
    if not isinstance(item.part, Column):
        return []
    texts = [alter(item.part.table, command) for command in item.part.commands]
    found = [effect for text in texts for effect in effects(parse(text))]
    return [_key(effect) for effect in found if effect.object.kind == "constraint"]


def _effects(item: Item) -> tuple[Effect, ...]:
    if isinstance(item.part, Column):
        texts: list[str] = [alter(item.part.table, *item.part.commands)]
    elif isinstance(item.part, Online):
        texts = [text for draft in item.part.drafts for text in draft.sql]
    else:
        texts = [*getattr(item.part, "sql", ())]
    return effects([statement for text in texts for statement in parse(text)])


def _is_lenient(item: Item) -> bool:
    drafts: Sequence[Draft] = item.part.drafts if isinstance(item.part, Online) else ()
    return any(draft.is_lenient for draft in drafts)
