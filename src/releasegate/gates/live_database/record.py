"""Ledger and file -> whether they agree, and what has changed since a run."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from releasegate import catalog, facts, findings, migrations
from releasegate.model import Level, Plan
from releasegate.statements.effects import effects
from releasegate.statements.parser import SqlError, parse
from releasegate.statements.refusals import body
from releasegate.undo import done_twice

if TYPE_CHECKING:
    from collections.abc import Iterator

    from releasegate.gates import GateInputs, LiveTarget
    from releasegate.model import Effect, Finding, Migration


def agrees(inputs: GateInputs, live: LiveTarget) -> Iterator[Finding]:
    """Ask whether the ledger knows this migration, and as the same file and plan."""
    migration, known = inputs.migration, live.ledger
    entry = known.entries.get(migration.number)
    if entry is not None and entry.sha256 != migration.sha256:
        message = (
            f"{entry.path} was applied at {entry.applied_at:%Y-%m-%d %H:%M} UTC as "
            f"{entry.sha256[:12]}; the file is {migration.sha256[:12]} now."
        )
        yield findings.make("RG507", message, path=migration.path)
    elif entry is not None and entry.is_complete:
        for line in drift(live, migration):
            yield findings.make("RG509", f"{line}.", path=migration.path)
    else:
        yield from _other_plan(inputs, live)
        yield from _twice(inputs, live)
    yield from _earlier(inputs, live)
    yield from _order(inputs, live)
    holder = facts.advisory_holder(live.connection)
    if holder is not None:
        yield findings.make("RG510", describe_holder(holder, live))


def is_applied(inputs: GateInputs, live: LiveTarget) -> bool:
    """Tell whether nothing of this migration is left to do."""
    entry = live.ledger.entries.get(inputs.migration.number)
    return entry is not None and entry.is_complete


def _other_plan(inputs: GateInputs, live: LiveTarget) -> Iterator[Finding]:
    """A migration that began must be finished by the same plan: ordinals mean its steps."""
    begun, made = live.ledger.begun.get(inputs.migration.number), inputs.planned
    if begun is not None and isinstance(made, Plan) and begun != made.fingerprint:
        message = (
            f"Its first step was made by plan {begun[:12]}; now it is {made.fingerprint[:12]}."
        )
        yield findings.make("RG515", message, path=inputs.migration.path)


def _twice(inputs: GateInputs, live: LiveTarget) -> Iterator[Finding]:
    """Rows that were changed stay so when a migration is taken back."""
    migration, made = inputs.migration, inputs.planned
    rows = live.ledger.rows.get(migration.number, {})
    for step in done_twice(made, rows) if isinstance(made, Plan) else ():
        message = f"Step {step.ordinal} ({step.title}) was taken back, and its changes of rows not."
        yield findings.make("RG545", message, path=migration.path)


def _earlier(inputs: GateInputs, live: LiveTarget) -> Iterator[Finding]:
    """Earlier files that no run applied: by other means, as the catalogs say, or not at all.

    A draft may be looked at before them: it is not applied.
    """
    pending = [m for m in inputs.earlier if m.number not in live.ledger.entries]
    for earlier in pending:
        promised = _promised(earlier)
        held = catalog.describe(live.connection, [effect.object for effect in promised])
        is_there = all((held[str(e.object)] is not None) == e.present for e in promised)
        level = Level.WARNING if is_there else Level.ERROR
        level = Level.NOTE if inputs.migration.draft else level
        how = "was applied by other means" if is_there else "is not applied"
        message = f"{earlier.name} is not in the ledger and {how}."
        yield findings.make("RG513", message, level=level, path=earlier.path)


def _order(inputs: GateInputs, live: LiveTarget) -> Iterator[Finding]:
    """Say where a later number was applied first; what is still to come weighs more."""
    known = [m for m in inputs.earlier if m.number in live.ledger.entries]
    for one, other in itertools.pairwise((*known, inputs.migration)):
        if one.number < other.number:
            continue
        is_done = other.number in live.ledger.entries
        what = "was applied before" if is_done else "is applied, and comes after"
        message = f"{one.name} {what} {other.name}: both are tried in that order."
        level = Level.NOTE if is_done else Level.WARNING
        yield findings.make("RG541", message, level=level, path=other.path)


def describe_holder(holder: facts.Holder, live: LiveTarget) -> str:
    """Say who is at work on the target, since when and from where."""
    runs = [run for run in live.ledger.open_runs if run.backend_pid == holder.pid]
    since = runs[0].started_at if runs else holder.since
    who = f"{runs[0].operator} as {runs[0].role}" if runs else str(holder.role or "an unknown role")
    at = f"{since:%Y-%m-%d %H:%M:%S} UTC" if since else "an unknown time"
    place = holder.client or "a local socket"
    return f"{who} is at work since {at} (pid {holder.pid}, {holder.application}, from {place})."


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
