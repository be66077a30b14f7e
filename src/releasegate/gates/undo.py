"""The gates as the way back asks them: the app in reverse, the target for what is to go."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from releasegate import appcode, catalog, facts, findings, ledger
from releasegate.executor.undoing import undo_of
from releasegate.gates import Answer, Gate, GateInputs, NotAsked
from releasegate.gates import app_code as forward
from releasegate.gates.live_database import company, describe_holder, place
from releasegate.gates.live_database.scope import scope
from releasegate.model import Finding, Level, Plan, Relation
from releasegate.statements.contract import declared_tables
from releasegate.undo import Way, candidates, changes_rows, name_of, standing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from releasegate.gates.live_database.scope import Scope
    from releasegate.model import CatalogObject

_BY_HAND = "Write a migration that takes them back."


def app_code(things: Sequence[CatalogObject]) -> Gate:
    return Gate("app-code", "Does nothing in the app name what is to go?", partial(_named, things))


def live_database(things: Sequence[CatalogObject] = ()) -> Gate:
    ask = partial(_undoable, things)
    return Gate("live-database", "Is on the target what is to be taken back?", ask)


# -- the app ---------------------------------------------------------------------------------------


def _named(things: Sequence[CatalogObject], inputs: GateInputs) -> Answer:
    """Look for each name in what the app sends; what cannot be read counts as naming it."""
    sites = forward.ask(inputs).evidence["write_sites"]
    found = [finding for thing in things for finding in _names(inputs, thing, sites)]
    if not inputs.app_files:
        found.append(findings.make("RG212", "There is no file to read."))
    return Answer(tuple(found), {"looked_for": [name_of(thing) for thing in things]})


def _names(inputs: GateInputs, thing: CatalogObject, sites: Sequence[dict]) -> Iterator[Finding]:  # type: ignore[type-arg]
    table = Relation(thing.schema, thing.table or thing.name)
    word = re.compile(rf"\b{re.escape(thing.name)}\b")
    places = {
        (query.path, query.line)
        for query in appcode.queries(inputs.app_files, [table])
        if word.search(query.sql)
    }
    key = f"{thing.table}.{thing.name}"
    for site in sites:
        verdict = site["columns"].get(key) or site["columns"].get(thing.name)
        is_here = site["table"] in (table.name, str(table))
        if is_here and verdict and verdict["verdict"] != "omitted":
            places.add((site["path"], site["line"]))
    if not _is_shared(inputs, thing):
        places |= set(_words(inputs, word))
    for path, line in sorted(places):
        message = f"{name_of(thing)} is to go, and this names it."
        yield findings.make("RG224", message, path=path, line=line)


def _words(inputs: GateInputs, word: re.Pattern[str]) -> Iterator[tuple[str, int]]:
    for path, content in inputs.app_files.items():
        if content is None:
            yield path, 1
            continue
        for number, line in enumerate(content.decode(errors="replace").splitlines(), 1):
            if word.search(line):
                yield path, number


def _is_shared(inputs: GateInputs, thing: CatalogObject) -> bool:
    """Tell whether other tables have a column of that name: the word alone proves nothing then."""
    tables = declared_tables(inputs.baseline_statements)
    own = Relation(thing.schema, thing.table)
    return any(thing.name in table.columns for name, table in tables.items() if name != own)


# -- the target ------------------------------------------------------------------------------------


def _undoable(things: Sequence[CatalogObject], inputs: GateInputs) -> Answer:
    if inputs.live is None:
        raise NotAsked("no database was given")
    if isinstance(inputs.live, Finding):
        return Answer((inputs.live,))
    asked = scope(inputs, inputs.live, ledger.read(inputs.live.connection))
    found = [*place.asked(asked), *_agrees(asked)]
    present = company.Company()
    if asked.plan is not None and not any(one.level is Level.ERROR for one in found):
        number, way = inputs.migration.number, Way(discarded=frozenset(things))
        back = undo_of(asked.connection, asked.plan, number, way=way)
        present = company.asked(asked, back.steps)
    evidence = {
        "ledger": "present" if asked.ledger.exists else "absent",
        "looked_at": dict(present.looked_at),
    }
    return Answer((*found, *present.findings), evidence)


def _agrees(asked: Scope) -> Iterator[Finding]:
    """Ask whether this file made what is to go, and whether anything builds on it since."""
    migration, known = asked.inputs.migration, asked.ledger
    rows = known.rows.get(migration.number, {})
    entry = known.entries.get(migration.number)
    if entry is not None and entry.sha256 != migration.sha256:
        message = f"{entry.path} was applied as {entry.sha256[:12]}; the file is another now."
        yield findings.make("RG507", message, path=migration.path)
    elif entry is not None and entry.adopted_by:
        message = "It was adopted: no run made its objects, so none takes them back."
        yield findings.make("RG515", message, path=migration.path, help=_BY_HAND)
    elif asked.plan is None or {r.plan for r in rows.values() if r.is_left} != {
        asked.plan.fingerprint
    }:
        message = "The steps in the ledger belong to another plan than this file gives now."
        yield findings.make("RG515", message, path=migration.path)
    else:
        yield from _changed(asked, asked.plan)
        yield from _standing(asked, asked.plan)
    for number in sorted(known.rows):
        if number > migration.number and any(r.is_left for r in known.rows[number].values()):
            message = f"Migration {number:03} was applied later and stands."
            help_ = f"releasegate rollback --window WINDOW {number:03}"
            yield findings.make("RG540", message, help=help_, path=migration.path)
    holder = facts.advisory_holder(asked.connection)
    if holder is not None:
        yield findings.make("RG510", describe_holder(holder, asked.live))


def _changed(asked: Scope, plan: Plan) -> Iterator[Finding]:
    """What somebody has changed since is not ours to drop; what is gone already is no matter."""
    number = asked.inputs.migration.number
    things = [item.thing for item in candidates(plan, asked.ledger.rows[number])]
    recorded = asked.ledger.objects.get(number, {})
    held = catalog.describe(asked.connection, things)
    for name, now in held.items():
        was = recorded.get(name)
        if was is None or now is None or _sound(was) == _sound(now):
            continue
        yield findings.make(
            "RG509", f"{name} was {was}; is {now}.", path=asked.inputs.migration.path
        )


def _standing(asked: Scope, plan: Plan) -> Iterator[Finding]:
    """What no undo takes back stays, and may keep the migration from being applied again."""
    migration = asked.inputs.migration
    for step in standing(plan, asked.ledger.rows[migration.number]):
        rest = "what else it does stands"
        if changes_rows(step):
            rest += ", and it would change rows a second time if it were applied again"
        message = f"Step {step.ordinal} ({step.title}) is taken back in part at most: {rest}."
        yield findings.make("RG544", message, path=migration.path)


def _sound(definition: str) -> str:
    """An index that is half dropped, or a key that is not proven yet, is still ours."""
    return definition.removesuffix(" INVALID").removesuffix(" NOT VALID")
