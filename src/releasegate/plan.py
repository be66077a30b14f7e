"""Migration -> Plan: the numbered steps that will be executed, as a frozen value."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import TYPE_CHECKING

from releasegate import findings
from releasegate.model import Effect, Plan, Relation, Step
from releasegate.rewrite import Draft, know, rewrite
from releasegate.statements.effects import effects, only_makes, undo
from releasegate.statements.locks import locks, strongest
from releasegate.statements.parser import parse
from releasegate.statements.reach import Reach
from releasegate.statements.sections import runs_outside, sections

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from releasegate.model import CatalogObject, Finding, Lock, Migration, Undo
    from releasegate.statements.parser import Statement
    from releasegate.statements.sections import Section

#: changes whenever the same file could give other steps
VERSION = 2
AS_WRITTEN, ONLINE = "as-written", "online"
STRATEGIES = (ONLINE, AS_WRITTEN)


class CannotPlan(Exception):
    """Statements that have no online form; the findings say why and what to write instead."""

    def __init__(self, found: tuple[Finding, ...]) -> None:
        super().__init__("the migration cannot be executed online")
        self.findings = found


def make_plan(
    migration: Migration,
    statements: Sequence[Statement],
    *,
    major: int,
    strategy: str,
    baseline: Sequence[Statement] = (),
) -> Plan:
    """Plan a file for a server of the given major version.

    ``baseline`` are the statements that make the schema it starts from, earlier migrations too.

    Raises:
        CannotPlan: the strategy is online and some statement has no online form.
    """
    parts = sections(statements)
    if strategy == ONLINE:
        drafts = _online(migration, parts, statements, baseline, major)
    else:
        drafts = tuple(draft for part in parts for draft in _as_written(part))
    steps = tuple(number(drafts, Reach(baseline)))
    said = [migration.sha256, VERSION, major, strategy]
    return Plan(strategy, fingerprint(said, steps), steps)


def _online(
    migration: Migration,
    parts: Sequence[Section],
    statements: Sequence[Statement],
    baseline: Sequence[Statement],
    major: int,
) -> tuple[Draft, ...]:
    drafts, refusals = rewrite(parts, know(statements, baseline, major=major))
    found = []
    for refusal in refusals:
        line, column = refusal.action.place
        help_ = f"{refusal.instead} Or choose --strategy as-written: the app waits."
        finding = findings.make("RG401", refusal.why, help=help_, line=line, column=column)
        found.append(replace(finding, path=migration.path))
    if found:
        raise CannotPlan(tuple(found))
    return drafts


def _as_written(part: Section) -> Iterator[Draft]:
    """One step a transaction; outside of one every statement is a step."""
    texts = tuple(statement.text for statement in part.statements)
    if part.is_atomic:
        yield Draft("the file as written", texts)
        return
    for statement, text in zip(part.statements, texts, strict=True):
        title = " ".join(text.split()[:4]).lower()
        yield Draft(title, (text,), transactional=not runs_outside(statement))


def number(drafts: Iterable[Draft], reach: Reach) -> Iterator[Step]:
    """Number the drafts; locks, effects and undo are read off the very text that is sent."""
    made: set[CatalogObject] = set()
    for ordinal, draft in enumerate(drafts, 1):
        statements = tuple(statement for text in draft.sql for statement in parse(text))
        touched = (Effect(thing, True, 1, is_new=False, is_valid=False) for thing in draft.touches)
        promised = (*effects(statements), *touched)
        made |= {effect.object for effect in promised if effect.is_new}
        yield Step(
            ordinal=ordinal,
            title=draft.title,
            sql=draft.sql,
            transactional=draft.transactional,
            locks=_locks_on_existing_tables(statements, reach),
            undo=(*draft.undo, *_undone(promised, reach)),
            effects=promised,
            is_lenient=draft.is_lenient,
            is_reversible=bool(draft.undo) or _only_of(made, statements),
        )


def _undone(promised: Sequence[Effect], reach: Reach) -> tuple[Undo, ...]:
    """Take back what a step makes, the last first; the parts of a new table go with it."""
    new = {(e.object.schema, e.object.name) for e in promised if e.object.kind == "table"}
    found = [item for item in map(undo, reversed(promised)) if item]
    return tuple(
        _in_one(item) if reach.is_in_parts(Relation(item.thing.schema, item.thing.name)) else item
        for item in found
        if (item.thing.schema, item.thing.table) not in new
    )


def _in_one(item: Undo) -> Undo:
    return replace(item, sql=item.sql.replace(" CONCURRENTLY", "", 1))


def _only_of(made: set[CatalogObject], statements: Sequence[Statement]) -> bool:
    """Tell whether statements only make objects, or prove what the plan has made."""
    proven = [effect.object for effect in effects(statements) if not effect.is_new]
    return all(map(only_makes, statements)) and made.issuperset(proven)


def _locks_on_existing_tables(statements: Sequence[Statement], reach: Reach) -> tuple[Lock, ...]:
    """Leave out tables that the statements themselves create: nobody else can hold those."""
    made: set[Relation] = set()
    found: list[Lock] = []
    for statement in statements:
        told = (*locks(statement), *reach.locks(statement))
        implied = (*told, *(below for lock in told for below in reach.below(statement, lock)))
        found += [lock for lock in implied if lock.relation not in made]
        for effect in effects([statement]):
            if effect.object.kind == "table" and effect.present:
                made.add(Relation(effect.object.schema, effect.object.name))
        reach.learn(statement)
    return strongest(found)


def fingerprint(parts: Sequence[object], steps: Sequence[Step]) -> str:
    """Tell plans apart by what they come from and by what they send."""
    said = [[step.transactional, list(step.sql)] for step in steps]
    return hashlib.sha256(json.dumps([*parts, said]).encode()).hexdigest()
