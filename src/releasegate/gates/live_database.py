"""Is this the right server, writable and direct, and does its ledger agree with the file?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import psycopg

from releasegate import catalog, database, facts, findings, ledger, migrations
from releasegate.gates import Answer, Gate, GateInputs, LiveTarget, NotAsked
from releasegate.model import Finding, Level, Plan, Relation
from releasegate.statements.contract import declared_tables
from releasegate.statements.effects import effects
from releasegate.statements.locks import locks, required_tables
from releasegate.statements.parser import SqlError, parse, quote, quote_relation
from releasegate.statements.refusals import body

if TYPE_CHECKING:
    from collections.abc import Iterator

    from releasegate.model import CatalogObject, Effect, Migration


def ask(inputs: GateInputs) -> Answer:
    """Read facts over a read-only session; nothing is locked that anybody waits for."""
    if inputs.live is None:
        raise NotAsked("no database was given")
    if isinstance(inputs.live, Finding):
        return Answer((inputs.live,))
    live, found = _look(inputs, inputs.live)
    evidence = {
        "ledger": "present" if live.ledger.exists else "absent",
        "applied": sorted(live.ledger.entries),
        "clock_ahead_s": round((inputs.now - facts.now(live.connection)).total_seconds(), 1),
    }
    return Answer(tuple(found), evidence)


def _look(inputs: GateInputs, live: LiveTarget) -> tuple[LiveTarget, list[Finding]]:
    """Read ledger and catalogs as of one moment: another run may end while we look."""
    live.connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    with live.connection.transaction():
        live = replace(live, ledger=ledger.read(live.connection))
        return live, [*_place(live), *_ledger(inputs, live), *_content(inputs, live)]


def _place(live: LiveTarget) -> Iterator[Finding]:
    connection = live.connection
    major = database.major(connection)
    if major not in database.SUPPORTED_MAJORS:
        yield findings.make("RG505", f"The target is PostgreSQL {major}.")
    if database.is_pooled(connection):
        yield findings.make("RG502", "Another backend answers than the one that was dialled.")
    if facts.is_standby(connection):
        yield findings.make("RG503", "The target is in recovery: a standby takes no changes.")
    elif facts.is_read_only_by_default(connection):
        message = "Sessions of this role are read-only here: default_transaction_read_only is on."
        yield findings.make("RG504", message)
    if facts.is_superuser(connection):
        yield findings.make("RG512", f"{live.target.role} is a superuser: nothing confines it.")


def _ledger(inputs: GateInputs, live: LiveTarget) -> Iterator[Finding]:
    migration, known = inputs.migration, live.ledger
    entry = known.entries.get(migration.number)
    if entry is not None and entry.sha256 != migration.sha256:
        message = (
            f"{entry.path} was applied at {entry.applied_at:%Y-%m-%d %H:%M} UTC as "
            f"{entry.sha256[:12]}; the file is {migration.sha256[:12]} now."
        )
        yield findings.make("RG507", message, path=migration.path)
    elif entry is not None and entry.is_complete:
        yield from _drift(inputs, live)
    else:
        yield from _other_plan(inputs, live)
    yield from _earlier(inputs, live)
    holder = facts.advisory_holder(live.connection)
    if holder is not None:
        yield findings.make("RG510", describe_holder(holder, live))


def _other_plan(inputs: GateInputs, live: LiveTarget) -> Iterator[Finding]:
    """A migration that began must be finished by the same plan: ordinals mean its steps."""
    begun, made = live.ledger.begun.get(inputs.migration.number), inputs.planned
    if begun is not None and isinstance(made, Plan) and begun != made.fingerprint:
        message = (
            f"Its first step was made by plan {begun[:12]}; now it is {made.fingerprint[:12]}."
        )
        yield findings.make("RG515", message, path=inputs.migration.path)


def _earlier(inputs: GateInputs, live: LiveTarget) -> Iterator[Finding]:
    """Earlier files that no run applied: by other means, as the catalogs say, or not at all."""
    pending = [m for m in inputs.earlier if m.number not in live.ledger.entries]
    for earlier in pending:
        promised = _promised(earlier)
        held = catalog.describe(live.connection, [effect.object for effect in promised])
        is_there = all((held[str(e.object)] is not None) == e.present for e in promised)
        level = Level.WARNING if is_there else Level.ERROR
        how = "was applied by other means" if is_there else "is not applied"
        message = f"{earlier.name} is not in the ledger and {how}."
        yield findings.make("RG513", message, level=level, path=earlier.path)


def describe_holder(holder: facts.Holder, live: LiveTarget) -> str:
    """Say who is at work on the target, since when and from where."""
    runs = [run for run in live.ledger.open_runs if run.backend_pid == holder.pid]
    since = runs[0].started_at if runs else holder.since
    who = f"{runs[0].operator} as {runs[0].role}" if runs else str(holder.role or "an unknown role")
    at = f"{since:%Y-%m-%d %H:%M:%S} UTC" if since else "an unknown time"
    place = holder.client or "a local socket"
    return f"{who} is at work since {at} (pid {holder.pid}, {holder.application}, from {place})."


def _drift(inputs: GateInputs, live: LiveTarget) -> Iterator[Finding]:
    for line in drift(live, inputs.migration):
        yield findings.make("RG509", f"{line}.", path=inputs.migration.path)


def drift(live: LiveTarget, migration: Migration) -> list[str]:
    """Say how the objects of an applied migration differ from what its run left.

    What the file promises must be in the ledger's record: a row by itself proves nothing.
    """
    number = migration.number
    recorded = live.ledger.objects.get(number, {})
    held = {str(thing): text for thing, text in catalog.tables(live.connection).items()}
    promised = {str(effect.object) for effect in _promised(migration)}
    unknown = sorted(promised - live.ledger.entries[number].recorded)
    lines = [f"the ledger has no record of {name}" for name in unknown]
    return lines + catalog.difference(recorded, {name: held.get(name) for name in recorded})


def _promised(migration: Migration) -> tuple[Effect, ...]:
    try:
        return effects(body(parse(migrations.text(migration))))
    except SqlError:
        return ()


def _content(inputs: GateInputs, live: LiveTarget) -> Iterator[Finding]:
    """Look for what the plan needs, and for what must not be there yet."""
    if inputs.migration.number in live.ledger.begun:
        return
    connection = live.connection
    statements = inputs.statements()
    promised = effects(body(statements))
    locked = {lock.relation for statement in statements for lock in locks(statement)}
    made = {Relation(e.object.schema, e.object.name) for e in promised if e.present}
    locked -= made
    needed = required_tables(statements) & locked
    # A view may stand there too: ALTER TABLE takes those.
    for name in sorted(needed - facts.relation_kinds(connection, needed).keys()):
        yield findings.make("RG506", f"There is no table {name} in {live.target.database}.")
    yield from _rights(live, facts.existing_tables(connection, locked))
    made_by_it = sorted(_made(inputs, promised))
    held = catalog.describe(connection, made_by_it)
    for thing in made_by_it:
        if held[str(thing)] is not None:
            message = f"{thing} exists, but no run of releasegate made it."
            yield findings.make("RG508", message, path=inputs.migration.path)


def _rights(live: LiveTarget, tables: set[Relation]) -> Iterator[Finding]:
    role = quote(live.target.role)
    if not live.ledger.exists and not facts.may_create_schema(live.connection):
        yield findings.make(
            "RG514",
            f"{live.target.role} may not create the ledger's schema in this database.",
            help=f"GRANT CREATE ON DATABASE {quote(live.target.database)} TO {role};",
        )
    for name in facts.not_owned(live.connection, tables):
        message = f"{live.target.role} does not own {name}."
        yield findings.make(
            "RG514", message, help=f"ALTER TABLE {quote_relation(name)} OWNER TO {role};"
        )


def _made(inputs: GateInputs, promised: tuple[Effect, ...]) -> set[CatalogObject]:
    """List what the migration creates; a column that its table has already is not created."""
    before = declared_tables(inputs.baseline_statements)
    promised_new = {effect.object for effect in promised if effect.is_new}
    new_tables = {t.name for t in promised_new if t.kind == "table"}

    def is_new(thing: CatalogObject) -> bool:
        if thing.kind != "column" or thing.table in new_tables:
            return True
        table = before.get(Relation(thing.schema, thing.table))
        return table is not None and table.is_complete and thing.name not in table.columns

    return {thing for thing in promised_new if is_new(thing)}


GATE = Gate("live-database", "Is the target what the plan expects?", ask)
