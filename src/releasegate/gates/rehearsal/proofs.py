"""One migration on copies of the baseline -> what was proven of its plan, and what was not."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import psycopg

from releasegate import catalog, database, findings, ledger
from releasegate.executor.attempt import is_in_the_way
from releasegate.gates.ground import snapshot
from releasegate.gates.rehearsal.trial import (
    Measured,
    Trial,
    after_a_cut,
    after_steps,
    connected,
    created_by_steps,
    failure,
    session_on,
)
from releasegate.model import OutcomeStatus
from releasegate.plan import ONLINE
from releasegate.specimens import demands
from releasegate.statements.locks import MODES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from releasegate.catalog import Snapshot
    from releasegate.gates.ground import Ground
    from releasegate.model import Finding, Outcome, Relation, Step
    from releasegate.specimens.demands import Demand
    from releasegate.throwaway import Database

_SHOWN = 20


@dataclass
class Case:
    """What is rehearsed, and what has been found out so far."""

    ground: Ground
    #: the file as written, in one transaction where it has one
    reference: Trial
    #: the plan that is to be executed
    planned: Trial
    #: the catalogs before, and after the file as written
    before: Snapshot
    wanted: Snapshot
    #: pg_dump's statements after the file as written
    wanted_dump: frozenset[str]
    #: what the file demands of rows that was not demanded before
    to_come: tuple[Demand, ...]
    evidence: dict[str, Any] = field(default_factory=dict)
    #: ordinal -> object -> definition after the step
    expected: dict[int, dict[str, str | None]] = field(default_factory=dict)

    def finding(self, code: str, message: str, step: Step | None = None, **rest: Any) -> Finding:
        place = f"Step {step.ordinal} ({step.title}): " if step else ""
        path = self.planned.migration.path
        return findings.make(code, f"{place}{message}", path=path, **rest)


def begin(ground: Ground, reference: Trial, planned: Trial) -> Case | None:
    """Run the file as written: what it gives is what the plan must give. None: it fails."""
    with ground.copy() as made:
        before = snapshot(made)
        with connected(made) as connection:
            demanded = demands.held(connection)
        if failure(reference.run(made)) is not None:
            return None
        with connected(made) as connection:
            to_come = tuple(sorted(demands.held(connection) - demanded, key=demands.in_order))
        wanted, dump = snapshot(made), _dumped(ground, made)
    return Case(ground, reference, planned, before, wanted, dump, to_come)


def same_catalogs(case: Case, ground: Ground) -> Iterator[Finding]:
    """(1) The plan gives what the file gives, and (2) a second run executes nothing."""
    measured = Measured()
    with ground.copy() as made:
        failed = failure(case.planned.run(made, probe=measured.probe()))
        if failed is not None:
            yield _failed(case, failed)
            return
        once = snapshot(made)
        yield from _differences(case, "RG402", case.wanted, once)
        yield from _dumps(case, made)
        case.expected = after_steps(made)
        again = case.planned.run(made, expected=case.expected)
        if any(outcome.status is not OutcomeStatus.ALREADY_APPLIED for outcome in again):
            yield case.finding("RG403", "A second run executes a step again.")
        yield from _differences(case, "RG403", once, snapshot(made))
        yield from _drift(case, made)
        yield from undo(case, made)
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


def _differences(case: Case, code: str, left: Snapshot, right: Snapshot) -> Iterator[Finding]:
    """Print what differs object by object."""
    was, now = ({str(thing): text for thing, text in held.items()} for held in (left, right))
    lines = catalog.difference(was, now)
    for line in lines[:_SHOWN]:
        yield case.finding(code, f"{line}.")
    if len(lines) > _SHOWN:
        yield case.finding(code, f"{len(lines) - _SHOWN} more objects differ.")


def _dumps(case: Case, made: Database) -> Iterator[Finding]:
    """Ask pg_dump too: what the snapshot does not know, it may."""
    got = _dumped(case.ground, made)
    for line in sorted(case.wanted_dump ^ got)[:_SHOWN]:
        side = "file" if line in case.wanted_dump else "plan"
        yield case.finding("RG402", f"pg_dump shows only after the {side}: {_short(line)}.")
    case.evidence["dump_statements"] = len(got)


def _dumped(ground: Ground, made: Database) -> frozenset[str]:
    text = ground.server.dump(made.owner, "--schema-only", "--exclude-schema=releasegate")
    return frozenset(catalog.dump_lines(text))


def _short(line: str) -> str:
    return " ".join(line.split())[:200]


def undo(case: Case, made: Database) -> Iterator[Finding]:
    """(4) What the plan has made, taken back in reverse order, leaves the baseline."""
    created = created_by_steps(made)
    steps = case.planned.plan.steps
    partly = [
        s
        for s in steps
        if not (s.is_reversible and _is_undoable(s, created.get(s.ordinal, frozenset())))
    ]
    failures = list(_take_all_back(case, made, created))
    if partly:
        named = ", ".join(str(step.ordinal) for step in partly)
        # What has no undo can keep another thing's from working.
        yield case.finding("RG411", f"There is no undo for all that these steps do: {named}.")
        return
    yield from failures
    yield from _differences(case, "RG405", case.before, snapshot(made))
    case.evidence["undo"] = "gives the baseline back"


def _take_all_back(
    case: Case, made: Database, created: dict[int, frozenset[str]]
) -> Iterator[Finding]:
    with database.connect(made.owner, application_name="releasegate") as connection:
        connection.execute("SET search_path = pg_catalog")
        for step in reversed(case.planned.plan.steps):
            yield from _take_back(case, connection, step, created.get(step.ordinal, frozenset()))


def _take_back(
    case: Case, connection: database.Connection, step: Step, created: frozenset[str]
) -> Iterator[Finding]:
    """Undo what a step has made and what is still there: a later undo may have taken it along."""
    for item in step.undo:
        held = catalog.describe(connection, [item.thing])
        is_ours = not item.is_of_made or str(item.thing) in created
        if not is_ours or held[str(item.thing)] is None:
            continue
        try:
            database.send(connection, item.sql)
        except psycopg.Error as error:
            meaning = database.meaning(error)
            yield case.finding("RG405", f"{item.sql} fails: {meaning}.", step)


def _is_undoable(step: Step, created: frozenset[str]) -> bool:
    """Tell whether all that a step has made has an undo, or goes with its table's."""
    undone = {str(item.thing) for item in step.undo}
    tables = {(t.schema, t.name) for t in (i.thing for i in step.undo) if t.kind == "table"}
    things = [e.object for e in step.effects if str(e.object) in created]
    return all(str(t) in undone or (t.schema, t.table) in tables for t in things)


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
    yield from _differences(case, "RG404", case.wanted, snapshot(made))
    case.evidence["boundaries"] = len(case.planned.plan.steps)


def _rewritten(before: Mapping[Relation, int], after: Mapping[Relation, int]) -> list[str]:
    return sorted(str(name) for name in before if after.get(name, before[name]) != before[name])


def _taken(case: Case, measured: Measured) -> Iterator[Finding]:
    """(7) Each step took the locks that were planned, and read no row under one in the way."""
    if case.planned.plan.strategy != ONLINE:
        return
    for step in case.planned.plan.steps:
        taken = measured.by_ordinal.get(step.ordinal)
        if taken is None:
            continue
        strong = [lock for lock in step.locks if MODES.index(lock.mode) > 0]
        if {*taken.locks} != {lock for lock in strong if lock.relation in taken.known}:
            held = ", ".join(f"{lock.mode} on {lock.relation}" for lock in taken.locks) or "none"
            yield case.finding("RG408", f"it took other locks than planned: {held}.", step)
        if is_in_the_way(step.locks):
            for name, count in taken.rows_read.items():
                message = f"it read {count} rows of {name} while the app would wait."
                yield case.finding("RG408", message, step)
    case.evidence["locks_compared"] = len(measured.by_ordinal)
