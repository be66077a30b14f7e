"""Report -> the one thing to do next, the same in every format."""

from __future__ import annotations

from typing import TYPE_CHECKING

from releasegate.model import GateStatus, Level, Verdict

if TYPE_CHECKING:
    from releasegate.model import Report


def next_step(report: Report) -> str | None:
    """Name the one thing to do now, a command where there is one; None: nothing is left."""
    for result in report.gates:
        for finding in result.findings:
            if finding.level is Level.ERROR:
                return finding.help
    number = f" {report.migration.number:03}" if report.migration else ""
    if report.verdict is Verdict.PASSED and report.command == "plan":
        return f"releasegate preflight{number}"
    if report.verdict is Verdict.PASSED and report.command == "preflight":
        return _after_preflight(report, number)
    if report.verdict is Verdict.APPLIED:
        return "releasegate status --exit-code"
    if report.verdict is Verdict.UNKNOWN:
        return "releasegate status"
    return None


def _after_preflight(report: Report, number: str) -> str:
    unasked = [result.gate for result in report.gates if result.status is GateStatus.NOT_ASKED]
    if "live-database" in unasked:
        return f"releasegate preflight{number} --require live-database --database-url URL"
    if set(unasked) - {"window"}:
        return f"releasegate preflight{number}"
    return f"releasegate apply --window START/DURATION{number}"
