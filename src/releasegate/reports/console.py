"""Report -> text for a person at a terminal."""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING

from releasegate.model import GateStatus, Level
from releasegate.reports import (
    console_app_code,
    console_live,
    console_policies,
    plan_table,
    source,
    wording,
)
from releasegate.reports.following import next_step
from releasegate.window import describe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from releasegate.model import Finding, GateResult, MigrationState, Outcome, Report

_MIN_WIDTH, _MAX_WIDTH = 60, 100
_INDENT = " " * 11
_PAINTS = (
    (re.compile(r"^(BLOCKED|ERRORED|STOPPED|UNKNOWN|INTERRUPTED|ERROR)\b"), "1;31"),
    (
        re.compile(r"^(passed|PASSED|APPLIED|NOTHING TO DO|ROLLED BACK|ADOPTED|applied|adopted)\b"),
        "32",
    ),
    (re.compile(r"^(not asked|pending|draft)\b"), "2"),
    (re.compile(r"^ {11}RG\d{3}(?= \()"), "33"),
    (re.compile(r"^ {11}RG\d{3}(?! \()"), "31"),
    (re.compile(r"^step \d.* (FAILED|UNKNOWN)\b.*"), "31"),
    (re.compile(r"^next: .*"), "1"),
    (re.compile(r"^ +-> .*"), "36"),
)
#: before a source line
_NUMBER_ROOM = 10
_STATUS = {
    GateStatus.PASSED: "passed",
    GateStatus.BLOCKED: "BLOCKED",
    GateStatus.ERRORED: "ERRORED",
    GateStatus.NOT_ASKED: "not asked",
}


def render(report: Report, *, width: int = 100, colour: bool = False) -> str:
    """Write the report in lines of at most ``width`` columns, where words allow it.

    Colours say nothing that the words do not.
    """
    width = min(max(width, _MIN_WIDTH), _MAX_WIDTH)
    parts = [
        *_head(report, width),
        *(line for result in report.gates for line in _gate(result, width)),
        *(line for state in report.migrations for line in _state(state, width)),
        *_plan(report, width),
        *(line for outcome in report.outcomes for line in _outcome(outcome, report, width)),
        *_foot(report, width),
    ]
    lines = map(_printable, parts)
    return "\n".join(map(_painted, lines) if colour else lines) + "\n"


def _head(report: Report, width: int) -> Iterator[str]:
    yield f"releasegate {report.command}"
    if report.migration and report.command != "status":
        kind = " (draft)" if report.migration.draft else ""
        yield f"  migration  {report.migration.path}{kind}"
        yield f"  sha256     {_fitting(report.migration.sha256, width - 13)}"
    if report.release and report.command != "status":
        commit = report.release.commit
        text = f"tag {report.release.tag} ({commit[:12] if commit else 'not cut'})"
        yield from _wrapped(text, width, "             ", mark="  release    ")
    if report.target:
        target = report.target
        text = f"{target}, PostgreSQL {target.server_version}"
        yield from _wrapped(text, width, "             ", mark="  target     ")
        yield f"             system identifier {target.system_identifier}"
    if report.window:
        for text in (describe(report.window), *report.window.remarks):
            yield from _wrapped(f"  window     {text}", width, "             ")
    for held in report.waivers:
        yield from _wrapped(f"  {held.code}      {wording.waiver(held)}", width, "             ")
    yield ""


def _plan(report: Report, width: int) -> Iterator[str]:
    if report.plan and report.command == "plan":
        yield from plan_table.lines(report, report.plan, width)


def _gate(result: GateResult, width: int) -> Iterator[str]:
    reason = f": {result.reason}" if result.reason else ""
    yield from _wrapped(f"{_STATUS[result.status]:<11}{result.gate}{reason}", width, _INDENT)
    for text in console_app_code.coverage(result):
        yield from _wrapped(_INDENT + text, width, _INDENT + "  ")
    for proof in result.evidence.get("proofs", ()):
        yield from _wrapped(f"{_INDENT}- {proof}", width, f"{_INDENT}  ")
    yield from (_INDENT + line for line in console_policies.lines(result, width - len(_INDENT)))
    lines = source.excerpts(result)
    for finding in result.findings:
        excerpt = lines.get((finding.path, finding.line))
        yield from _finding(finding, excerpt, result, width)
    for text in console_live.looked_at(result):
        yield from _wrapped(_INDENT + text, width, _INDENT + "  ")


def _finding(
    finding: Finding, excerpt: source.Excerpt | None, result: GateResult, width: int
) -> Iterator[str]:
    level = "" if finding.level is Level.ERROR else f" ({wording.weight(finding)})"
    place = source.place(finding)
    if place:
        yield f"{_INDENT}{place}"
    text = f"{finding.code}{level} {finding.message}"
    yield from _wrapped(_INDENT + text, width, _INDENT + "  ")
    if finding.waiver:
        text = f"{_INDENT}  {wording.waiver(finding.waiver)}"
        yield from _wrapped(text, width, _INDENT + "  ")
    if finding.level is not Level.NOTE:
        if excerpt is not None:
            room = max(width - len(_INDENT) - _NUMBER_ROOM, 20)
            yield from (f"{_INDENT}  {line}" for line in source.marked(excerpt, room))
            for proof in console_app_code.proofs(finding, result.evidence):
                yield from _wrapped(f"{_INDENT}  see {proof}", width, _INDENT + "    ")
        yield from _cure(f"{_INDENT}  -> ", finding.help, width)


def _cure(mark: str, text: str, width: int) -> list[str]:
    """Write what to do: a sentence in lines, and a command in one piece, to be copied."""
    if text.endswith("."):
        return _wrapped(text, width, " " * len(mark), mark=mark)
    return [mark + text]


def _state(state: MigrationState, width: int) -> Iterator[str]:
    at = f" {state.applied_at:%Y-%m-%d %H:%M:%S %Z}" if state.applied_at else ""
    detail = f": {state.detail}" if state.detail else ""
    text = f"{state.path}{at}{detail}"
    yield from _wrapped(text, width, _INDENT, mark=f"{state.state:<11}")


def _outcome(outcome: Outcome, report: Report, width: int) -> Iterator[str]:
    """Say what became of a step, and who was in its way."""
    steps = report.plan.steps if report.plan else ()
    title = next((f" {s.title}:" for s in steps if s.ordinal == outcome.ordinal), "")
    parts = [wording.outcome(outcome.status.value, report.command)]
    if outcome.attempts > 1:
        parts.append(f"{outcome.attempts} tries")
    if outcome.attempts:
        parts.append(wording.length(outcome.duration_s))
    if outcome.lock_wait_s:
        parts.append(f"{wording.length(outcome.lock_wait_s)} of it in the queue")
    if outcome.attempts and outcome.ordinal in report.predictions:
        parts.append(f"predicted {report.predictions[outcome.ordinal]}")
    head = f"step {outcome.ordinal}".ljust(len(_INDENT) - 1)
    yield from _wrapped(f"{head}{title} {', '.join(parts)}", width, _INDENT)
    if outcome.message:
        yield from _wrapped(f"{_INDENT}{outcome.message}", width, _INDENT)
    for moment in report.timeline:
        if moment.step == outcome.ordinal and (moment.held_by or moment.waits_for):
            text = f"{_INDENT}- {wording.words(moment)}{wording.who(moment)}"
            yield from _wrapped(text, width, f"{_INDENT}  ")


def _foot(report: Report, width: int) -> Iterator[str]:
    if report.gates or report.migrations or report.outcomes:
        yield ""
    yield from _wrapped(f"{_verdict(report)}. {report.summary}", width, "  ")
    for state in report.objects:
        detail = f": {state.detail}" if state.detail else ""
        yield from _wrapped(f"  {state.state:<10} {state.object}{detail}", width, "             ")
    for fault in report.ledger_faults:
        yield from _wrapped(f"  the ledger does not agree with itself: {fault}", width, "    ")
    if report.ledger_head:
        yield f"ledger head {_fitting(report.ledger_head, width - 12)}"
    following = next_step(report)
    if following:
        yield from _cure("next: ", following, width)


def _fitting(digest: str, room: int) -> str:
    """Cut a digest off where the line ends: its beginning tells it apart."""
    return digest if len(digest) <= room else f"{digest[:16]}..."


def _verdict(report: Report) -> str:
    return report.verdict.value.replace("_", " ").upper()


def _wrapped(text: str, width: int, indent: str, *, mark: str = "") -> list[str]:
    """Break at spaces alone; the first word stays beside its mark, however long it is."""
    return textwrap.wrap(
        text,
        width,
        initial_indent=mark,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
        drop_whitespace=True,
    ) or [""]


def _painted(line: str) -> str:
    for pattern, paint in _PAINTS:
        line = pattern.sub(f"\x1b[{paint}m\\g<0>\x1b[0m", line)
    return line


def _printable(line: str) -> str:
    """Keep what comes from repository and server from steering the terminal."""
    return "".join(c if c.isprintable() else "\ufffd" for c in line.expandtabs(4))
