"""Report -> text for a person at a terminal."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from releasegate.model import GateStatus, Level
from releasegate.reports import console_app_code, plan_table
from releasegate.window import describe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from releasegate.model import Finding, GateResult, MigrationState, Outcome, Report

_MIN_WIDTH, _MAX_WIDTH = 60, 100
_INDENT = " " * 11
_STATUS = {
    GateStatus.PASSED: "passed",
    GateStatus.BLOCKED: "BLOCKED",
    GateStatus.ERRORED: "ERRORED",
    GateStatus.NOT_ASKED: "not asked",
}


def render(report: Report, *, width: int = 100) -> str:
    """Write the report in lines of at most ``width`` columns, where words allow it."""
    width = min(max(width, _MIN_WIDTH), _MAX_WIDTH)
    parts = [
        *_head(report, width),
        *(line for result in report.gates for line in _gate(result, width)),
        *(line for state in report.migrations for line in _state(state, width)),
        *(plan_table.lines(report.plan, width) if report.plan and report.command == "plan" else ()),
        *(line for outcome in report.outcomes for line in _outcome(outcome, width)),
        *_foot(report, width),
    ]
    return "\n".join(map(_printable, parts)) + "\n"


def _head(report: Report, width: int) -> Iterator[str]:
    yield f"releasegate {report.command}"
    if report.migration and report.command != "status":
        kind = " (draft)" if report.migration.draft else ""
        yield f"  migration  {report.migration.path}{kind}"
        yield f"  sha256     {report.migration.sha256}"
    if report.release and report.command != "status":
        commit = report.release.commit
        yield f"  release    tag {report.release.tag} ({commit[:12] if commit else 'not cut'})"
    if report.target:
        target = report.target
        yield f"  target     {target}, PostgreSQL {target.server_version}"
        yield f"             system identifier {target.system_identifier}"
    if report.window:
        for text in (describe(report.window), *report.window.remarks):
            yield from _wrapped(f"  window     {text}", width, "             ")
    yield ""


def _gate(result: GateResult, width: int) -> Iterator[str]:
    reason = f": {result.reason}" if result.reason else ""
    yield from _wrapped(f"{_STATUS[result.status]:<11}{result.gate}{reason}", width, _INDENT)
    if result.gate == "app-code":
        yield from console_app_code.lines(result, width)
        return
    for proof in result.evidence.get("proofs", ()):
        yield from _wrapped(f"{_INDENT}- {proof}", width, f"{_INDENT}  ")
    for finding in result.findings:
        yield from _finding(finding, width)


def _finding(finding: Finding, width: int) -> Iterator[str]:
    level = "" if finding.level is Level.ERROR else f" ({finding.level.value})"
    place = ":".join(str(p) for p in (finding.path, finding.line, finding.column) if p is not None)
    if place:
        yield f"{_INDENT}{place}"
    text = f"{finding.code}{level} {finding.message}"
    yield from _wrapped(_INDENT + text, width, _INDENT + "  ")
    if finding.level is not Level.NOTE:
        # Commands stay in one piece, to be copied.
        yield f"{_INDENT}  -> {finding.help}"


def _state(state: MigrationState, width: int) -> Iterator[str]:
    at = f" {state.applied_at:%Y-%m-%d %H:%M:%S %Z}" if state.applied_at else ""
    detail = f": {state.detail}" if state.detail else ""
    yield from _wrapped(f"{state.state:<11}{state.path}{at}{detail}", width, _INDENT)


def _outcome(outcome: Outcome, width: int) -> Iterator[str]:
    tries = "1 try" if outcome.attempts == 1 else f"{outcome.attempts} tries"
    waited = f"{outcome.lock_wait_s * 1000:.0f} ms waiting for locks"
    text = f"step {outcome.ordinal}     {outcome.status.value}, {tries}, {outcome.duration_s:.2f} s"
    yield from _wrapped(f"{text}, {waited}", width, _INDENT)
    if outcome.message:
        yield from _wrapped(f"{_INDENT}{outcome.message}", width, _INDENT)


def _foot(report: Report, width: int) -> Iterator[str]:
    if report.gates or report.migrations or report.outcomes:
        yield ""
    yield from _wrapped(f"{_verdict(report)}. {report.summary}", width, "  ")
    if report.ledger_head:
        yield f"ledger head {report.ledger_head}"
    following = _next(report)
    if following:
        yield f"next: {following}"


def _verdict(report: Report) -> str:
    return report.verdict.value.replace("_", " ").upper()


def _next(report: Report) -> str | None:
    """Name the one thing to do now."""
    for result in report.gates:
        for finding in result.findings:
            if finding.level is Level.ERROR:
                return finding.help
    return None


def _wrapped(text: str, width: int, indent: str) -> list[str]:
    return textwrap.wrap(
        text,
        width,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
        drop_whitespace=True,
    ) or [""]


def _printable(line: str) -> str:
    """Keep what comes from repository and server from steering the terminal."""
    return "".join(c if c.isprintable() else "\ufffd" for c in line.expandtabs(4))
