"""Report -> the one thing to do next, the same in every format."""

from __future__ import annotations

from typing import TYPE_CHECKING

from releasegate.model import GateStatus, Level, OutcomeStatus, Verdict

if TYPE_CHECKING:
    from releasegate.model import Report

_STOPS = frozenset({OutcomeStatus.FAILED, OutcomeStatus.UNKNOWN})
#: SQLSTATE classes of what passes: connection, rollback, lock not available, operator's doing
_PASSING = ("08", "40", "55P03", "57")


def next_step(report: Report) -> str | None:
    """Name the one thing to do now, a command where there is one; None: nothing is left."""
    cure = _first_cure(report)
    if cure is not None:
        return cure
    number = f" {report.migration.number:03}" if report.migration else ""
    if report.verdict is Verdict.BLOCKED:
        return _again(report, number)
    if report.verdict is Verdict.PASSED and report.command == "plan":
        return f"releasegate preflight{number}"
    if report.verdict is Verdict.PASSED and report.command == "preflight":
        return _after_preflight(report, number)
    if report.verdict in (Verdict.APPLIED, Verdict.ADOPTED):
        return "releasegate status --exit-code"
    if report.verdict is Verdict.STOPPED and _is_worth_another_run(report):
        return f"releasegate {report.command} --window START/DURATION{number}"
    if report.verdict in (Verdict.UNKNOWN, Verdict.STOPPED, Verdict.ROLLED_BACK):
        return "releasegate status"
    return None


def _first_cure(report: Report) -> str | None:
    """Take the first error's help; a warning's where nothing else blocks a gate."""
    found = [(result, finding) for result in report.gates for finding in result.findings]
    errors = [finding.help for _, finding in found if finding.level is Level.ERROR]
    warnings = [
        finding.help
        for result, finding in found
        if result.status is GateStatus.BLOCKED and finding.level is Level.WARNING
    ]
    return next(iter(errors + warnings), None)


def _is_worth_another_run(report: Report) -> bool:
    """Tell whether time alone may help: a lock, the close or a lost connection stopped it."""
    states = [outcome.sqlstate for outcome in report.outcomes if outcome.status in _STOPS]
    return all(state is None or state.startswith(_PASSING) for state in states)


def _again(report: Report, number: str) -> str | None:
    """Ask again what was not answered: a gate that could not look, or was wanted and not asked."""
    if report.command not in ("preflight", "apply"):
        return None
    errored = [result.gate for result in report.gates if result.status is GateStatus.ERRORED]
    if errored:
        return f"releasegate preflight{number} --gate {errored[0]}"
    is_unasked = any(
        result.status is GateStatus.NOT_ASKED and result.gate != "window" for result in report.gates
    )
    return _after_preflight(report, number) if is_unasked else None


def _after_preflight(report: Report, number: str) -> str:
    unasked = [result.gate for result in report.gates if result.status is GateStatus.NOT_ASKED]
    if "live-database" in unasked:
        return f"releasegate preflight{number} --require live-database --database-url URL"
    if set(unasked) - {"window"}:
        return f"releasegate preflight{number}"
    return f"releasegate apply --window START/DURATION{number}"
