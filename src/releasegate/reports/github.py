"""Report -> workflow commands: annotations at the lines that findings are about."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from releasegate import findings
from releasegate.model import GateStatus, Level
from releasegate.reports import wording
from releasegate.reports.following import next_step

if TYPE_CHECKING:
    from collections.abc import Iterator

    from releasegate.model import Finding, Report

#: GitHub shows this many of each kind for a step, and drops the rest without a word
MOST_OF_A_KIND = 10
_COMMANDS = {Level.ERROR: "error", Level.WARNING: "warning", Level.NOTE: "notice"}


def render(report: Report, *, prefix: str = "") -> str:
    """Write one command a finding, the gravest first, and a line that counts what is left out.

    ``prefix`` leads from the repository to the project, as in ``services/api/``.
    """
    return "\n".join(_lines(report, prefix)) + "\n"


def _lines(report: Report, prefix: str) -> Iterator[str]:
    shown: Counter[str] = Counter()
    for command, annotation in _annotations(report, prefix):
        shown[command] += 1
        if shown[command] <= MOST_OF_A_KIND:
            yield annotation
    rest = {name: count - MOST_OF_A_KIND for name, count in shown.items() if count > MOST_OF_A_KIND}
    for name, count in rest.items():
        yield f"releasegate: {count} more of kind {name} in the report"
    verdict = report.verdict.value.replace("_", " ").upper()
    yield _plain(f"releasegate {report.command}: {verdict}. {report.summary}")
    following = next_step(report)
    if following:
        yield _plain(f"next: {following}")


def _annotations(report: Report, prefix: str) -> Iterator[tuple[str, str]]:
    """Give each with its command; a gate that could not look comes before all findings."""
    for result in report.gates:
        if result.status is GateStatus.ERRORED:
            yield "error", f"::error title=releasegate {result.gate}::{_data(result.reason or '')}"
    for finding in _gravest_first(report):
        command = _COMMANDS[finding.level]
        yield command, _annotation(command, finding, prefix)


def _gravest_first(report: Report) -> list[Finding]:
    order = list(_COMMANDS)
    found = [finding for result in report.gates for finding in result.findings]
    return sorted(found, key=lambda finding: order.index(finding.level))


def _annotation(command: str, finding: Finding, prefix: str) -> str:
    row = findings.lookup(finding.code)
    title = f"{finding.code} {row.title}" if row else finding.code
    path = f"{prefix}{finding.path}" if finding.path else None
    where = {"file": path, "line": finding.line, "col": finding.column, "title": title}
    properties = ",".join(f"{k}={_property(str(v))}" for k, v in where.items() if v is not None)
    told = f"{finding.message}\n-> {finding.help}"
    if finding.waiver:
        told += f"\n{wording.waiver(finding.waiver)}"
    text = _data(told)
    return f"::{command} {properties}::{text}"


def _data(text: str) -> str:
    """Escape as the runner unescapes; what else could steer a log is replaced."""
    kept = "".join(c if c.isprintable() or c in "\r\n\t" else "\ufffd" for c in text)
    return kept.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _plain(text: str) -> str:
    """Write a line that is no command: the runner also looks for ``##[`` inside of one."""
    kept = "".join(c if c.isprintable() else "\ufffd" for c in text)
    return kept.replace("##[", "# #[")
