"""One migration on copies of the baseline -> what was proven of its plan, and what was not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from releasegate import catalog, ledger
from releasegate.gates.ground import snapshot
from releasegate.gates.rehearsal.case import SHOWN, Case
from releasegate.gates.rehearsal.trial import (
    Measured,
    Trial,
    after_a_cut,
    after_steps,
    connected,
    failure,
    session_on,
)
from releasegate.model import OutcomeStatus
from releasegate.plan import ONLINE
from releasegate.specimens import demands

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from releasegate.gates.ground import Ground
    from releasegate.model import Finding, Outcome, Relation, Step
    from releasegate.statements.parser import Statement
    from releasegate.throwaway import Database


def begin(
    ground: Ground, reference: Trial, planned: Trial, *, baseline: Sequence[Statement] = ()
) -> Case | None:
    """Run the file as written: what it gives is what the plan must give. None: it fails.

    ``baseline`` are the statements that made what the ground holds.
    """
    with ground.copy() as made, connected(made) as connection:
        demanded = demands.held(connection)
        if failure(reference.run(made)) is not None:
            return None
        to_come = tuple(sorted(demands.held(connection) - demanded, key=demands.in_order))
        wanted, dump = snapshot(made), _dumped(ground, made)
    return Case(ground, reference, planned, ground.held, wanted, dump, to_come, tuple(baseline))


def same_catalogs(case: Case, made: Database) -> Iterator[Finding]:
    """(1) The plan gives what the file gives, and (2) a second run executes nothing."""
    measured = Measured()
    failed = failure(case.planned.run(made, probe=measured.probe()))
    if failed is not None:
        yield _failed(case, failed)
        return
    once = snapshot(made)
    yield from case.differences("RG402", case.wanted, once)
    yield from _dumps(case, made)
    case.expected = after_steps(made)
    again = case.planned.run(made, expected=case.expected)
    if any(outcome.status is not OutcomeStatus.ALREADY_APPLIED for outcome in again):
        yield case.finding("RG403", "A second run executes a step again.")
    yield from case.differences("RG403", once, snapshot(made))
    yield from _drift(case, made)
    yield from _taken(case, measured)


def _drift(case: Case, made: Database) -> Iterator[Finding]:
    """What the ledger has of it must be what is there, or it would count as changed at once."""
    with connected(made) as connection:
        known = ledger.read(connection).objects.get(case.planned.migration.number, {})
        held = {str(thing): text for thing, text in catalog.tables(connection).items()}
    for line in catalog.difference(known, {name: held.get(name) for name in known}):
        yield case.finding("RG403", f"Once it is applied it would count as changed: {line}.")


def _failed(case: Case, outcome: Outcome) -> Finding:
    step = case.planned.plan.steps[outcome.ordinal - 1]
    return case.finding("RG409", f"{outcome.message}", step)


def _dumps(case: Case, made: Database) -> Iterator[Finding]:
    """Ask pg_dump too: what the snapshot does not know, it may."""
    got = _dumped(case.ground, made)
    for line in sorted(case.wanted_dump ^ got)[:SHOWN]:
        side = "file" if line in case.wanted_dump else "plan"
        yield case.finding("RG402", f"pg_dump shows only after the {side}: {_short(line)}.")
    case.evidence["dump_statements"] = len(got)


def _dumped(ground: Ground, made: Database) -> frozenset[str]:
    text = ground.server.dump(made.owner, "--schema-only", "--exclude-schema=releasegate")
    return frozenset(catalog.dump_lines(text))


def _short(line: str) -> str:
    return " ".join(line.split())[:200]


def converges(
    case: Case, made: Database, play: Callable[[Step], Iterator[Finding]]
) -> Iterator[Finding]:
    """(3) A run that stops at a boundary and starts again ends where an uncut one does.

    At every boundary the run ends and another one begins; ``play`` is called between the two.
    """
    is_online = case.planned.plan.strategy == ONLINE
    with session_on(made) as session:
        files = catalog.relfilenodes(session.observer)
        for step in case.planned.plan.steps:
            with after_a_cut(session):
                outcomes = case.planned.run_in(session, last=step.ordinal, expected=case.expected)
            failed = failure(outcomes[: step.ordinal])
            if failed is not None:
                yield case.finding("RG404", f"{failed.message}", step)
                return
            before, files = files, catalog.relfilenodes(session.observer)
            for name in _rewritten(before, files) if is_online else ():
                yield case.finding("RG408", f"it rewrites the table {name}.", step)
            yield from play(step)
    yield from case.differences("RG404", case.wanted, snapshot(made))
    case.evidence["boundaries"] = len(case.planned.plan.steps)


def _rewritten(before: Mapping[Relation, int], after: Mapping[Relation, int]) -> list[str]:
    return sorted(str(name) for name in before if after.get(name, before[name]) != before[name])


def _taken(case: Case, measured: Measured) -> Iterator[Finding]:
    """(7) Each step took the locks that were planned, and read no row under one in the way."""
    if case.planned.plan.strategy != ONLINE:
        return
    for step in case.planned.plan.steps:
        yield from case.unlike(step, measured.by_ordinal.get(step.ordinal))
    case.evidence["locks_compared"] = len(measured.by_ordinal)
