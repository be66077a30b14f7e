"""A step that was taken back in part -> what of it is to be done again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from releasegate.model import Effect, Lock, Relation
from releasegate.rewrite.parts import alter
from releasegate.statements.actions import Unsplittable, actions
from releasegate.statements.effects import effects
from releasegate.statements.locks import ACCESS_EXCLUSIVE, strongest
from releasegate.statements.parser import parse, quote
from releasegate.undo import guard

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from releasegate.model import CatalogObject, Step
    from releasegate.statements.parser import Statement
    from releasegate.undo import Row


def rest(step: Step, row: Row | None) -> Step:
    """Leave out what the ledger shows to stand of a step, and free what a way back had closed."""
    if row is None or row.status != "undone" or not row.made or not step.transactional:
        return step
    guards = [g for g in map(guard, _closable(step)) if str(g) in row.made]
    sql = (*map(_free, guards), *(left for text in step.sql for left in _missing(text, row.made)))
    freed = tuple(Effect(one, False, 1, is_new=False) for one in guards)
    strong = (Lock(Relation(one.schema, one.table), ACCESS_EXCLUSIVE) for one in guards)
    locks = strongest((*step.locks, *strong)) if sql else ()
    return replace(step, sql=sql, locks=locks, effects=(*step.effects, *freed))


def _closable(step: Step) -> Iterator[CatalogObject]:
    return (e.object for e in step.effects if e.object.kind in ("column", "table"))


def _free(proof: CatalogObject) -> str:
    return alter(Relation(proof.schema, proof.table), f"DROP CONSTRAINT {quote(proof.name)}")


def _missing(text: str, made: frozenset[str]) -> Iterator[str]:
    """Yield a statement, or of an ALTER TABLE those commands, whose objects are not there."""
    (statement,) = parse(text)
    if _is_there((statement,), made):
        return
    try:
        parts = actions(statement)
    except Unsplittable:
        yield text
        return
    head = statement.source.bytes[statement.start : parts[0].start].decode()
    left = [part.text for part in parts if not _is_there(parse(head + part.text), made)]
    yield head + ", ".join(left)


def _is_there(statements: Sequence[Statement], made: frozenset[str]) -> bool:
    promised = [str(e.object) for e in effects(statements) if e.is_new and e.present]
    return bool(promised) and made.issuperset(promised)
