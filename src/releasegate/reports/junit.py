"""Report -> JUnit's XML, in which each gate and each step is a test case."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from releasegate.model import GateStatus, OutcomeStatus
from releasegate.reports import source, wording

if TYPE_CHECKING:
    from releasegate.model import Finding, GateResult, Outcome, Report


def render(report: Report) -> str:
    """Write one suite: a gate that blocks is a failure, one that could not look an error."""
    suite = Element("testsuite", name=f"releasegate {report.command}")
    suite.set("timestamp", report.started_at.isoformat())
    for result in report.gates:
        _gate(suite, result)
    for outcome in report.outcomes:
        _outcome(suite, outcome)
    for name, kind in (("tests", "testcase"), ("failures", "failure"), ("errors", "error")):
        suite.set(name, str(len(list(suite.iter(kind)))))
    suite.set("skipped", str(len(list(suite.iter("skipped")))))
    indent(suite)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(suite, encoding="unicode") + "\n"


def _gate(suite: Element, result: GateResult) -> None:
    case = SubElement(suite, "testcase", classname="releasegate.gates", name=result.gate)
    case.set("time", f"{result.duration_s:.3f}")
    text = "\n".join(map(_finding, result.findings))
    kinds = {GateStatus.ERRORED: "error", GateStatus.NOT_ASKED: "skipped"}
    if result.status is GateStatus.BLOCKED:
        SubElement(case, "failure", message="blocked").text = _legal(text)
    elif result.status in kinds:
        SubElement(case, kinds[result.status], message=_legal(result.reason or ""))
    elif text:
        SubElement(case, "system-out").text = _legal(text)


def _finding(finding: Finding) -> str:
    waived = f" ({wording.waiver(finding.waiver)})" if finding.waiver else ""
    told = f"{source.place(finding)} {finding.code} {finding.message} -> {finding.help}{waived}"
    return told.strip()


def _outcome(suite: Element, outcome: Outcome) -> None:
    name = f"step {outcome.ordinal}"
    case = SubElement(suite, "testcase", classname="releasegate.steps", name=name)
    case.set("time", f"{outcome.duration_s:.3f}")
    if outcome.status is OutcomeStatus.NOT_RUN:
        SubElement(case, "skipped", message=_legal(outcome.message or "not run"))
    elif outcome.status in (OutcomeStatus.FAILED, OutcomeStatus.UNKNOWN):
        text = _legal(outcome.message or outcome.status.value)
        SubElement(case, "failure", message=text)


def _legal(text: str) -> str:
    """Replace what XML 1.0 has no way to write."""
    return "".join(c if c.isprintable() or c in "\t\n" else "\ufffd" for c in text)
