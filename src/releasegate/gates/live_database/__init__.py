"""Is the target what the plan expects, and what could it still say against it?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import psycopg

from releasegate import facts, findings, ledger
from releasegate.appcode.contract import derive
from releasegate.gates import Answer, GateInputs, NotAsked
from releasegate.gates.live_database import (
    bookkeeping,
    cascades,
    company,
    data,
    deployed,
    keeping,
    new_rows,
    place,
    record,
    rights,
    room,
    row_security,
)
from releasegate.gates.live_database import drift as changes
from releasegate.gates.live_database.again import counts_of
from releasegate.gates.live_database.record import describe_holder, drift
from releasegate.gates.live_database.scope import Scope, scope
from releasegate.model import Finding, Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from releasegate.gates import LiveTarget
    from releasegate.model import Step

_WEIGHT = {Level.ERROR: 0, Level.WARNING: 1, Level.NOTE: 2}


def ask(inputs: GateInputs) -> Answer:
    """Read facts over a read-only session; nothing is locked that anybody waits for."""
    if inputs.live is None:
        raise NotAsked("no database was given")
    if isinstance(inputs.live, Finding):
        return Answer((inputs.live,))
    try:
        asked, found = _look(inputs, inputs.live)
    except psycopg.errors.LockNotAvailable:
        return _shut(scope(inputs, inputs.live, inputs.live.ledger))
    with keeping.opened(inputs.looking) as kept:
        return _counted(asked, found, kept)


def _counted(asked: Scope, found: list[Finding], kept: keeping.Keys) -> Answer:
    """Look at rows too."""
    inputs = asked.inputs
    found += row_security.asked(inputs, asked.live, kept)
    counted, running = data.Counted(), dict[str, Any]()
    expected = None
    if not record.is_applied(inputs, asked.live):
        counted = data.count(asked, kept)
        found += data.judged(asked, counted)
        running = _running(asked, found)
        # The count has brought into memory what the steps will find there.
        expected = inputs.forecast
        found += room.asked(asked)
    # Last, for counting takes its time: this is about now.
    present = company.asked(asked, _to_be_run(asked))
    found += present.findings
    evidence = {
        "ledger": "present" if asked.ledger.exists else "absent",
        "applied": sorted(asked.ledger.entries),
        "clock_ahead_s": round((inputs.now - facts.now(asked.connection)).total_seconds(), 1),
        "counted": counted.evidence,
        "cascades": cascades.evidence(counted.radii),
        **room.evidence(expected),
        "deployed": running,
        "looked_at": dict(present.looked_at),
    }
    return Answer(tuple(sorted(dict.fromkeys(found), key=lambda one: _WEIGHT[one.level])), evidence)


def _shut(asked: Scope) -> Answer:
    """Say who holds a table against readers, for nothing else can be read."""
    message = "The schema was not read: somebody holds a table of the plan against readers."
    present = company.asked(asked, _to_be_run(asked))
    found = (findings.make("RG568", message), *present.findings)
    return Answer(found, {"looked_at": dict(present.looked_at)})


def _to_be_run(asked: Scope) -> tuple[Step, ...]:
    """The steps that are left; none of a draft, which is never applied."""
    is_done = record.is_applied(asked.inputs, asked.live)
    return () if is_done or asked.inputs.migration.draft else asked.pending


def _running(asked: Scope, found: list[Finding]) -> dict[str, Any]:
    """Look for what runs and does not keep the contract; HEAD is not what runs."""
    contract = derive(asked.statements, asked.inputs.baseline_statements)
    if not contract.columns or asked.inputs.migration.draft:
        return {}
    running, made = deployed.look(asked, contract), new_rows.look(asked, contract)
    found += [*deployed.told(asked, running), *new_rows.told(asked, made)]
    return {**deployed.evidence(running), "new_rows": new_rows.evidence(made)}


def _look(inputs: GateInputs, live: LiveTarget) -> tuple[Scope, list[Finding]]:
    """Read ledger and catalogs as of one moment: another run may end while we look."""
    live.connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    try:
        with live.connection.transaction():
            asked = scope(inputs, live, ledger.read(live.connection))
            return asked, [*_at_one_moment(asked)]
    finally:
        live.connection.isolation_level = None


def _at_one_moment(asked: Scope) -> Iterator[Finding]:
    yield from place.asked(asked)
    yield from bookkeeping.asked(asked)
    yield from record.agrees(asked.inputs, asked.live)
    if record.is_applied(asked.inputs, asked.live):
        return
    yield from changes.missing(asked)
    yield from changes.taken(asked)
    if not asked.inputs.migration.draft:
        yield from rights.asked(asked)
        yield from changes.asked(asked)


__all__ = ["ask", "counts_of", "describe_holder", "drift"]
