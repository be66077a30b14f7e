"""A REINDEX CONCURRENTLY -> the indexes that it leaves behind where it is cut off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from releasegate import facts
from releasegate.model import CatalogObject, Relation
from releasegate.statements.parser import parse, relation

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from releasegate.database import Connection
    from releasegate.model import Step

# The server's own names for the new and the old copy (manual, REINDEX, "Rebuilding Indexes
# Concurrently"); where one is taken it counts on.
_SUFFIXES = ("_ccnew", "_ccold")
_NUMBERS = ("", *map(str, range(1, 10)))
_NAME_BYTES = 63


def candidates(connection: Connection, step: Step) -> tuple[tuple[CatalogObject, ...], ...]:
    """List the names that copies of each index can have, in the order in which they are taken."""
    found = []
    for statement in (parsed for text in step.sql for parsed in parse(text)):
        if statement.kind == "reindex_stmt" and statement.node.HasField("relation"):
            for name in facts.indexes_of(connection, relation(statement.node.relation)):
                found += [tuple(_copies(name, suffix)) for suffix in _SUFFIXES]
    return tuple(found)


def to_be_made(connection: Connection, groups: Sequence[Sequence[CatalogObject]]) -> list[str]:
    """Tell which of these names the server will take: the first that is free in each group."""
    names = [Relation(thing.schema, thing.name) for group in groups for thing in group]
    taken = facts.relation_kinds(connection, names)
    free = (
        [thing for thing in group if Relation(thing.schema, thing.name) not in taken]
        for group in groups
    )
    return [str(things[0]) for things in free if things]


def _copies(name: Relation, suffix: str) -> Iterator[CatalogObject]:
    for number in _NUMBERS:
        room = _NAME_BYTES - len(suffix) - len(number)
        base = name.name.encode()[:room].decode(errors="ignore")
        yield CatalogObject("index", name.schema, f"{base}{suffix}{number}")
