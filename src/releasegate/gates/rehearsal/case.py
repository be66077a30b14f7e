"""What is rehearsed, what has been found out so far, and how it is said."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from releasegate import catalog, findings
from releasegate.counted import counted
from releasegate.statements.locks import MODES, is_in_the_way

if TYPE_CHECKING:
    from collections.abc import Iterator

    from releasegate.catalog import Snapshot
    from releasegate.gates.ground import Ground
    from releasegate.gates.rehearsal.trial import Taken, Trial
    from releasegate.model import Finding, Step
    from releasegate.specimens.demands import Demand
    from releasegate.statements.parser import Statement

#: so many lines of a difference are printed
SHOWN = 20


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
    #: the statements that make the schema before
    baseline: tuple[Statement, ...] = ()
    evidence: dict[str, Any] = field(default_factory=dict)
    #: ordinal -> object -> definition after the step
    expected: dict[int, dict[str, str | None]] = field(default_factory=dict)

    def finding(self, code: str, message: str, step: Step | None = None, **rest: Any) -> Finding:
        place = f"Step {step.ordinal} ({step.title}): " if step else ""
        path = self.planned.migration.path
        return findings.make(code, f"{place}{message}", path=path, **rest)

    def differences(self, code: str, left: Snapshot, right: Snapshot) -> Iterator[Finding]:
        """Print what differs object by object."""
        was, now = ({str(thing): text for thing, text in held.items()} for held in (left, right))
        lines = catalog.difference(was, now)
        for line in lines[:SHOWN]:
            yield self.finding(code, f"{line}.")
        if len(lines) > SHOWN:
            yield self.finding(code, f"{len(lines) - SHOWN} more objects differ.")

    def unlike(self, step: Step, taken: Taken | None) -> Iterator[Finding]:
        """Say what a step took that was not planned, and what it read while the app would wait."""
        if taken is None:
            return
        strong = [lock for lock in step.locks if MODES.index(lock.mode) > 0]
        if {*taken.locks} != {lock for lock in strong if lock.relation in taken.known}:
            held = ", ".join(f"{lock.mode} on {lock.relation}" for lock in taken.locks) or "none"
            yield self.finding("RG408", f"it took other locks than planned: {held}.", step)
        if is_in_the_way(step.locks):
            for name, count in taken.rows_read.items():
                message = f"it read {counted(count, 'row')} of {name} while the app would wait."
                yield self.finding("RG408", message, step)
