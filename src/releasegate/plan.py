"""Migration -> Plan: the numbered steps that will be executed, as a frozen value."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from releasegate.model import Plan, Relation, Step
from releasegate.statements.effects import effects, undo
from releasegate.statements.locks import locks, strongest
from releasegate.statements.refusals import body

if TYPE_CHECKING:
    from collections.abc import Sequence

    from releasegate.model import Lock, Migration
    from releasegate.statements.parser import Statement

#: changes whenever the same file could give other steps
VERSION = 1
AS_WRITTEN = "as-written"


def make_plan(migration: Migration, statements: Sequence[Statement], *, major: int) -> Plan:
    """Plan the file as it is written: one transaction, one step.

    ``major`` is the version of the server that it is meant for.
    """
    inner = body(statements)
    promised = effects(inner)
    undone = (undo(effect) for effect in reversed(promised))
    step = Step(
        ordinal=1,
        sql=tuple(statement.text for statement in inner),
        transactional=True,
        locks=_locks_on_existing_tables(inner),
        undo=tuple(text for text in undone if text),
        effects=promised,
    )
    return Plan(AS_WRITTEN, _fingerprint(migration, (step,), major), (step,))


def _locks_on_existing_tables(statements: Sequence[Statement]) -> tuple[Lock, ...]:
    """Leave out tables that the statements themselves create: nobody else can hold those."""
    made: set[Relation] = set()
    found: list[Lock] = []
    for statement in statements:
        found += [lock for lock in locks(statement) if lock.relation not in made]
        for effect in effects([statement]):
            if effect.object.kind == "table" and effect.present:
                made.add(Relation(effect.object.schema, effect.object.name))
    return strongest(found)


def _fingerprint(migration: Migration, steps: Sequence[Step], major: int) -> str:
    parts = [migration.sha256, VERSION, major, AS_WRITTEN, [list(step.sql) for step in steps]]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
