"""Report -> its plan as a commented SQL script, to be read; steps are executed by apply alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from releasegate.reports import console

if TYPE_CHECKING:
    from collections.abc import Iterator

    from releasegate.model import Plan, Report, Step


def render(report: Report) -> str:
    """Write the plan's statements in order; a report without a plan is written for people."""
    if report.plan is None:
        return console.render(report)
    return "\n".join(_lines(report, report.plan)) + "\n"


def _lines(report: Report, plan: Plan) -> Iterator[str]:
    name = report.migration.path if report.migration else "the migration"
    yield f"-- {name}, {plan.strategy}, plan {plan.fingerprint[:16]}"
    yield "-- To be read: releasegate apply adds the locks' ladder, the checks and the ledger."
    for step in plan.steps:
        yield ""
        yield from step_lines(step)


def step_lines(step: Step) -> Iterator[str]:
    """Write one step: its title, its locks, its statements and its undo."""
    yield f"-- step {step.ordinal}: {step.title}"
    yield from (f"--   {lock.mode} on {lock.relation}" for lock in step.locks)
    yield from ["BEGIN;"] if step.transactional else []
    yield from (f"{statement};" for statement in step.sql)
    yield from ["COMMIT;"] if step.transactional else []
    yield from (f"-- undo: {item.sql};" for item in step.undo)
