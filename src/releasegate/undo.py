"""A plan and what the ledger shows of it -> the steps that take it back, the last one first."""

from __future__ import annotations

import hashlib
import shlex
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from releasegate.model import CatalogObject, Effect, Plan, Relation, TakesBack
from releasegate.plan import fingerprint, number
from releasegate.rewrite.parts import Draft, alter
from releasegate.statements.locks import ROW_EXCLUSIVE, locks
from releasegate.statements.parser import parse, quote
from releasegate.statements.reach import Reach
from releasegate.statements.sections import is_concurrent

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from releasegate.model import Step, Undo
    from releasegate.statements.parser import Statement

_HEX = 12
_OPEN = " NOT VALID"
_CALLS = frozenset({"select_stmt", "do_stmt", "call_stmt"})
#: nothing is left to drop
_NOTED = Draft("count as taken back what has made nothing, or is gone already", ())


@dataclass(frozen=True, slots=True)
class Row:
    """What the ledger says of one step."""

    #: started, applied, found or undone
    status: str
    #: the objects that it made and nothing has taken back since
    made: frozenset[str]
    #: the fingerprint of its plan
    plan: str = ""

    @property
    def is_done(self) -> bool:
        return self.status in ("applied", "found")

    @property
    def is_left(self) -> bool:
        """Something of the step stands."""
        return self.status != "undone" or bool(self.made)


@dataclass(frozen=True, slots=True)
class Way:
    """How each thing is to go that would take data with it."""

    #: proven to hold no value, without a scan under the strong lock
    empty: frozenset[CatalogObject] = frozenset()
    #: whatever it holds
    discarded: frozenset[CatalogObject] = frozenset()

    def takes(self, item: Undo) -> bool:
        return not item.loses_data or item.thing in self.empty | self.discarded


def standing(plan: Plan, rows: Mapping[int, Row]) -> tuple[Step, ...]:
    """List the applied steps that do more than an undo takes back."""
    return tuple(
        step for step in plan.steps if not step.is_reversible and _is_done(rows.get(step.ordinal))
    )


def done_twice(plan: Plan, rows: Mapping[int, Row]) -> tuple[Step, ...]:
    """List the steps that were taken back in part, and whose changes of rows were not."""
    return tuple(
        step
        for step in plan.steps
        if step.ordinal in rows and rows[step.ordinal].status == "undone" and changes_rows(step)
    )


def changes_rows(step: Step) -> bool:
    """Tell whether a step writes rows, or calls what may."""
    found = [statement for text in step.sql for statement in parse(text)]
    written = any(lock.mode == ROW_EXCLUSIVE for one in found for lock in locks(one))
    return written or any(statement.kind in _CALLS for statement in found)


def _is_done(row: Row | None) -> bool:
    return row is not None and row.is_done


def name_of(thing: CatalogObject) -> str:
    """Name a column or a table as the command line does: public goes without saying."""
    return full_name(thing).removeprefix("public.")


def argument(thing: CatalogObject) -> str:
    """Write that name as a shell takes it: a name may hold anything."""
    return shlex.quote(name_of(thing))


def full_name(thing: CatalogObject) -> str:
    return ".".join(part for part in (thing.schema, thing.table, thing.name) if part)


def candidates(plan: Plan, rows: Mapping[int, Row]) -> tuple[Undo, ...]:
    """List what is to be taken back, the last first, as far as the ledger tells."""
    return tuple(item for step in reversed(plan.steps) for item in _items(step, rows))


def is_whole(step: Step, rows: Mapping[int, Row]) -> bool:
    """Tell whether all that a step has made has an undo, or goes with its table's."""
    row = rows.get(step.ordinal)
    undone = {str(item.thing) for item in step.undo}
    tables = {(t.schema, t.name) for t in (i.thing for i in step.undo) if t.kind == "table"}
    made = [e.object for e in step.effects if row is not None and str(e.object) in row.made]
    return step.is_reversible and all(
        str(t) in undone or (t.schema, t.table) in tables for t in made
    )


def guard(thing: CatalogObject) -> CatalogObject:
    """Name the check by which no row gets a value any more before a column or a table goes."""
    digest = hashlib.sha256(str(thing).encode()).hexdigest()[:_HEX]
    return CatalogObject(
        "constraint", thing.schema, f"releasegate_gone_{digest}", thing.table or thing.name
    )


def make_undo(
    plan: Plan,
    rows: Mapping[int, Row],
    *,
    held: Mapping[str, str],
    way: Way,
    baseline: Sequence[Statement] = (),
) -> Plan:
    """Plan the way back, each object by itself; ``held`` are the objects that are there."""
    idle = _idle(plan, rows, held, way)
    parts = tuple(_parts(plan, rows, held, way)) or _noted(plan, rows, idle)
    forward = [parsed for step in plan.steps for text in step.sql for parsed in parse(text)]
    numbered = number((part.draft for part in parts), Reach((*baseline, *forward)))
    made = [effect.object for step in plan.steps for effect in step.effects]
    takes_back = _takes_back(parts, idle)
    steps = tuple(
        _finished(step, (*part.gone, *_along(step, made)), how)
        for step, part, how in zip(numbered, parts, takes_back, strict=True)
    )
    return Plan(plan.strategy, fingerprint(["undo", plan.fingerprint], steps), steps)


def renumbered(way: Plan, *, after: int) -> Plan:
    """Let a way back go on where another one ended."""
    steps = tuple(replace(step, ordinal=after + step.ordinal) for step in way.steps)
    return replace(way, steps=steps)


def _stands(step: Step, rows: Mapping[int, Row]) -> bool:
    return step.ordinal in rows and rows[step.ordinal].status != "undone"


def _items(step: Step, rows: Mapping[int, Row]) -> Iterator[Undo]:
    row = rows.get(step.ordinal)
    for item in step.undo if row else ():
        assert row is not None
        is_ours = str(item.thing) in row.made if item.is_of_made else row.status == "applied"
        if is_ours:
            yield item


@dataclass(frozen=True, slots=True)
class _Part:
    draft: Draft
    #: the forward step that made what it is about
    ordinal: int
    #: the object is gone after it
    is_last: bool = True
    #: what the ledger is to know as gone beside
    gone: tuple[CatalogObject, ...] = ()


def _parts(
    plan: Plan, rows: Mapping[int, Row], held: Mapping[str, str], way: Way
) -> Iterator[_Part]:
    for step in reversed(plan.steps):
        for item in _items(step, rows):
            if str(item.thing) not in held and not _is_cut_off(item, rows[step.ordinal]):
                continue
            if item.loses_data:
                yield from _data(item, step.ordinal, held, way)
            else:
                yield _Part(_plain(item), step.ordinal)


def _noted(plan: Plan, rows: Mapping[int, Row], idle: Sequence[int]) -> tuple[_Part, ...]:
    """Where nothing is left to drop the ledger still has to learn it."""
    return tuple(
        _Part(_NOTED, step.ordinal, gone=tuple(item.thing for item in _items(step, rows)))
        for step in plan.steps
        if step.ordinal in idle[:1]
    )


def _is_cut_off(item: Undo, row: Row) -> bool:
    """Tell whether an index has gone that the ledger shows as on its way: that is to be recorded.

    It goes in no transaction, so a run can end between the two.
    """
    (statement,) = parse(item.sql)
    return row.status == "undone" and is_concurrent(statement)


def _plain(item: Undo) -> Draft:
    thing = item.thing
    if not item.is_of_made:
        return Draft(f"change {thing.table}.{thing.name} back", (item.sql,))
    title = f"drop {thing.kind} {thing.name}"
    (statement,) = parse(item.sql)
    return Draft(title, (item.sql,), transactional=not is_concurrent(statement))


def _data(item: Undo, ordinal: int, held: Mapping[str, str], way: Way) -> Iterator[_Part]:
    """Drop what could hold data: nothing is read under the strong lock."""
    thing, proof = item.thing, guard(item.thing)
    table = Relation(thing.schema, thing.table or thing.name)
    unguard = alter(table, f"DROP CONSTRAINT {quote(proof.name)}")
    label = f"{thing.table}.{thing.name}" if thing.table else thing.name
    is_guarded = str(proof) in held
    if thing in way.discarded or not way.takes(item):
        if is_guarded:
            yield _Part(Draft(f"let {label} take values again", (unguard,)), ordinal, is_last=False)
        if not way.takes(item):
            return
        yield _Part(Draft(f"drop {thing.kind} {label}", (item.sql,)), ordinal)
        return
    condition = f"{quote(thing.name)} IS NULL" if thing.kind == "column" else "false"
    demand = f"ADD CONSTRAINT {quote(proof.name)} CHECK ({condition}) NOT VALID"
    prove = alter(table, f"VALIDATE CONSTRAINT {quote(proof.name)}")
    if not is_guarded:
        draft = Draft(f"let {label} take no value any more", (alter(table, demand),))
        yield _Part(draft, ordinal, is_last=False)
    if held.get(str(proof), _OPEN).endswith(_OPEN):
        yield _Part(Draft(f"check that {label} holds no value", (prove,)), ordinal, is_last=False)
    yield _Part(Draft(f"drop {thing.kind} {label}", (unguard, item.sql)), ordinal)


def _idle(plan: Plan, rows: Mapping[int, Row], held: Mapping[str, str], way: Way) -> list[int]:
    """List the steps that only prove or find, or whose objects somebody else took away.

    Before a step that stands, and has no undo, things may be there under another name: only what
    is proven of something that goes is idle there.
    """
    last = max((step.ordinal for step in standing(plan, rows)), default=0)
    ours = [item for item in candidates(plan, rows) if str(item.thing) in held]
    going = {item.thing for item in ours if way.takes(item)}
    return [
        step.ordinal
        for step in plan.steps
        if _stands(step, rows)
        and step.is_reversible
        and not any(str(item.thing) in held for item in _items(step, rows))
        and (step.ordinal > last or going.issuperset(e.object for e in step.effects))
    ]


def _takes_back(parts: Sequence[_Part], idle: list[int]) -> Iterator[TakesBack]:
    """Let an idle step count as undone with the next thing that goes."""
    ends = [number for number, part in enumerate(parts) if part.is_last]
    for number_, part in enumerate(parts):
        if not part.is_last:
            # With a check on it the object is not what the step has made: it counts no more.
            yield TakesBack(part.ordinal, (part.ordinal,))
            continue
        gone = [o for o in idle if o > part.ordinal or number_ == ends[-1]]
        idle = [ordinal for ordinal in idle if ordinal not in gone]
        yield TakesBack(part.ordinal, tuple(dict.fromkeys((part.ordinal, *gone))))


def _along(step: Step, made: Sequence[CatalogObject]) -> Iterator[CatalogObject]:
    """Name what the text does not: a column takes its check along, a table all its parts."""
    for effect in step.effects:
        thing = effect.object
        if effect.present or thing.kind not in ("column", "table"):
            continue
        if any(guard(thing).name in text for text in step.sql):
            yield guard(thing)
        if thing.kind == "table":
            yield from (o for o in made if (o.schema, o.table) == (thing.schema, thing.name))


def _finished(step: Step, gone: Sequence[CatalogObject], takes_back: TakesBack) -> Step:
    """Make it a step of a way back, which has no undo itself."""
    effects = {effect.object: effect for effect in step.effects}
    effects |= {thing: Effect(thing, False, 1, is_new=False) for thing in gone}
    return replace(step, undo=(), effects=tuple(effects.values()), takes_back=takes_back)
