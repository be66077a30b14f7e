"""Steps that are left -> for whose end each waits: by locks, and a build by snapshots."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from releasegate import facts
from releasegate.model import Lock, Relation
from releasegate.statements.locks import (
    ACCESS_EXCLUSIVE,
    CONFLICTS,
    SHARE,
    SHARE_UPDATE_EXCLUSIVE,
    is_in_the_way,
    locks,
    strongest,
)
from releasegate.statements.parser import parse, relation, strings
from releasegate.statements.sections import is_concurrent

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from releasegate.database import Connection
    from releasegate.model import Step
    from releasegate.statements.parser import Statement

#: commands that wait for every older snapshot of the database (manual, CREATE INDEX and REINDEX)
_BUILDS = frozenset({"index_stmt", "reindex_stmt"})


@dataclass(frozen=True, slots=True)
class Wait:
    """What a step waits to see gone."""

    ordinal: int
    #: whoever conflicts with these, whether the step takes them or only waits for their holders
    locks: tuple[Lock, ...]
    needs_snapshots_gone: bool = False
    #: it takes a lock that standbys repeat
    is_strong: bool = False

    def conflicts(self, held: Sequence[Lock]) -> list[Lock]:
        """Keep of somebody's locks those that are in the step's way."""
        wanted = {lock.relation: CONFLICTS[lock.mode] for lock in self.locks}
        return [lock for lock in held if lock.mode in wanted.get(lock.relation, ())]


def waits(connection: Connection, steps: Sequence[Step]) -> list[Wait]:
    """Work out for each step what it waits for, partitions and heirs included."""
    found = [(step, strongest(_locks(connection, step))) for step in steps]
    named = {lock.relation for _, locks in found for lock in locks}
    below = facts.heirs(connection, named)
    return [
        Wait(
            step.ordinal,
            strongest(one for lock in locks for one in _with_heirs(lock, below)),
            needs_snapshots_gone=not step.transactional and _statement(step).kind in _BUILDS,
            is_strong=step.transactional and any(one.mode == ACCESS_EXCLUSIVE for one in locks),
        )
        for step, locks in found
    ]


def _with_heirs(lock: Lock, below: dict[Relation, list[Relation]]) -> Iterator[Lock]:
    yield lock
    yield from (Lock(heir, lock.mode) for heir in below.get(lock.relation, ()))


def _locks(connection: Connection, step: Step) -> Iterator[Lock]:
    if not step.transactional:
        yield from _of_lone(connection, _statement(step))
        return
    yield from step.locks
    if is_in_the_way(step.locks):
        for name in facts.bound_by_dropped_keys(connection, step.effects):
            yield Lock(name, ACCESS_EXCLUSIVE)


def _of_lone(connection: Connection, statement: Statement) -> Iterator[Lock]:
    """CONCURRENTLY waits for whoever uses the table, a build for whoever writes it."""
    if statement.kind == "drop_stmt":
        for item in statement.node.objects:
            yield from _of_index(connection, strings(item.list.items), ACCESS_EXCLUSIVE)
        return
    named = list(locks(statement))
    if not named and statement.kind == "reindex_stmt" and statement.node.HasField("relation"):
        where = relation(statement.node.relation)
        named = list(_of_index(connection, (where.schema, where.name), SHARE_UPDATE_EXCLUSIVE))
    yield from named
    if is_concurrent(statement):
        mode = SHARE if statement.kind == "index_stmt" else ACCESS_EXCLUSIVE
        yield from (Lock(lock.relation, mode) for lock in named)


def _of_index(connection: Connection, words: Sequence[str], mode: str) -> Iterator[Lock]:
    index = Relation(words[-2] if len(words) > 1 else "public", words[-1])
    table = facts.table_of(connection, index)
    if table is not None:
        yield Lock(table, mode)


def _statement(step: Step) -> Statement:
    """A step outside of any transaction is one statement."""
    (statement,) = parse(step.sql[0])
    return statement


def named(ordinals: Sequence[int]) -> str:
    """Name steps: ``step 3``, ``steps 3, 4 and 7``."""
    words = [str(ordinal) for ordinal in ordinals]
    if len(words) == 1:
        return f"step {words[0]}"
    return f"steps {', '.join(words[:-1])} and {words[-1]}"
