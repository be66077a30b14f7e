"""Baseline and live catalogs -> how what the plan touches differs, object by object."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from releasegate import catalog, facts, findings
from releasegate.model import CatalogObject, Level, Relation
from releasegate.statements.parser import quote_relation

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from releasegate.catalog import Snapshot
    from releasegate.gates.live_database.scope import Scope
    from releasegate.model import Effect, Finding

#: of a table, and weighing as much as the table itself
_OF_TABLES = frozenset({"column", "constraint", "trigger", "rule", "policy", "constraint settings"})
#: of a table, where a difference changes no row and no answer
_TUNING = frozenset({"table settings", "column settings", "index settings"})
_TYPES = frozenset({"type", "domain", "domain constraint"})
_ROUTINES = frozenset({"function", "procedure"})
#: in a table's settings: what is shape, and no tuning
_SHAPE = re.compile(r"INHERITS|FOR VALUES|PARTITION BY|DEFAULT\b")
_UNSOUND = re.compile(r" (INVALID|NOT VALID)\Z")


def asked(scope: Scope) -> Iterator[Finding]:
    """Compare with the baseline, plus what the ledger knows of steps that are done."""
    if scope.before is None:
        return
    wanted = _concerned(scope.before, scope)
    held = _concerned(catalog.snapshot(scope.connection), scope)
    wanted = _with_record(wanted, held, scope)
    for thing in sorted({*wanted, *held}):
        yield from _difference(scope, thing, wanted.get(thing), held.get(thing))


def missing(scope: Scope) -> Iterator[Finding]:
    # A view may stand there too: ALTER TABLE takes those.
    for name in sorted(scope.needed - scope.there.keys()):
        yield findings.make("RG506", f"There is no table {name} in {scope.live.target.database}.")


def taken(scope: Scope) -> Iterator[Finding]:
    """Find what the plan is to make and the target has already, whatever else has its name."""
    if scope.is_begun:
        return
    before = scope.before or {}
    promised = {e.object for e in _promises(scope) if e.is_new and e.present} - before.keys()
    held = catalog.describe(scope.connection, promised)
    for thing in sorted(promised):
        definition = held[str(thing)]
        if definition is not None:
            yield _taken(scope, f"{thing} exists, but no run of releasegate made it", definition)
    named = {Relation(thing.schema, thing.name): thing for thing in promised if _has_file(thing)}
    for name, kind in facts.relation_kinds(scope.connection, named.keys()).items():
        if held[str(named[name])] is None and not _is_known(before, name):
            what = _KINDS.get(kind, "relation")
            yield _taken(scope, f"{named[name]} cannot be made: a {what} has its name", "")


def _promises(scope: Scope) -> list[Effect]:
    steps = scope.plan.steps if scope.plan else ()
    return [*scope.promised, *(effect for step in steps for effect in step.effects)]


_KINDS = {
    "r": "table",
    "p": "table",
    "v": "view",
    "m": "materialized view",
    "i": "index",
    "I": "index",
    "S": "sequence",
    "c": "type",
    "f": "foreign table",
}


def _has_file(thing: CatalogObject) -> bool:
    """Names of tables and indexes are of one kind in a schema, those of columns are not."""
    return thing.kind in ("table", "index")


def _is_known(before: Mapping[CatalogObject, str], name: Relation) -> bool:
    return any((t.schema, t.name) == (name.schema, name.name) and not t.table for t in before)


def _taken(scope: Scope, message: str, definition: str) -> Finding:
    unsound = _UNSOUND.search(definition)
    rest = f", and it is {unsound[1]}" if unsound else ""
    return findings.make("RG508", f"{message}{rest}.", path=scope.inputs.migration.path)


def _concerned(held: Snapshot, scope: Scope) -> Snapshot:
    """Keep what is of the touched tables, and the types and trigger functions that they use."""
    names = {(name.schema, name.name) for name in scope.there}
    indexes = _indexes(held, names)
    own = {
        thing: text
        for thing, text in held.items()
        if (thing.kind in _OF_TABLES | _TUNING and (thing.schema, thing.table) in names)
        or (thing.kind in ("table", "table settings") and (thing.schema, thing.name) in names)
        or (thing.kind in ("index", "index settings") and (thing.schema, thing.name) in indexes)
    }
    used = "\n".join(text for thing, text in own.items() if thing.kind in ("column", "trigger"))
    words = set(re.findall(r"[\w.\"]+", used))
    for thing, text in held.items():
        is_type = thing.kind in _TYPES and f"{thing.schema}.{thing.table or thing.name}" in words
        name = f"{thing.schema}.{thing.name.partition('(')[0]}"
        if is_type or (thing.kind in _ROUTINES and name in words):
            own[thing] = text
    return {thing: text for thing, text in own.items() if not text.startswith("NOT NULL ")}


def _indexes(held: Snapshot, tables: set[tuple[str, str]]) -> set[tuple[str, str]]:
    places = {f" ON {quote_relation(Relation(*name))} " for name in tables}
    places |= {f" ON ONLY {quote_relation(Relation(*name))} " for name in tables}
    return {
        (thing.schema, thing.name)
        for thing, text in held.items()
        if thing.kind == "index" and any(place in text for place in places)
    }


def _with_record(wanted: Snapshot, held: Snapshot, scope: Scope) -> Snapshot:
    """Lay over the baseline what runs of this and earlier migrations have left.

    A way back that was cut off has left a check that no file names.
    """
    known = {str(thing): thing for thing in (*wanted, *held)}
    made = {str(e.object): e.object for e in _promises(scope)}
    result = dict(wanted)
    for number in sorted(scope.ledger.objects):
        for label, definition in scope.ledger.objects[number].items():
            thing = known.get(label) or made.get(label)
            if thing is None:
                continue
            result.pop(thing, None)
            if definition is not None:
                result[thing] = definition
    return result


def _difference(
    scope: Scope, thing: CatalogObject, was: str | None, now: str | None
) -> Iterator[Finding]:
    if was == now or (was is None and thing in _made(scope)):
        return
    for line in catalog.difference({str(thing): was}, {str(thing): now}):
        if _matters(thing, was, now):
            yield findings.make("RG516", f"{line}.")
        else:
            yield findings.make("RG517", f"{line}.", level=Level.NOTE)


def _made(scope: Scope) -> frozenset[CatalogObject]:
    """What the plan makes is told as taken, or is a step's of ours that has not ended."""
    return frozenset(e.object for e in _promises(scope))


def _matters(thing: CatalogObject, was: str | None, now: str | None) -> bool:
    if thing.kind in _TUNING:
        return bool(_SHAPE.search(was or "")) != bool(_SHAPE.search(now or ""))
    if thing.kind == "index" and was is None and now is not None:
        return now.startswith("CREATE UNIQUE") or bool(_UNSOUND.search(now))
    return True
