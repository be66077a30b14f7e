"""Preflight and plan: the gates asked, the steps written down, and nothing changed."""

from __future__ import annotations

from releasegate.gates import parse_only, questions
from releasegate.model import GateResult, GateStatus, Level, Plan, Report, Verdict
from releasegate.release import approval
from releasegate.release.inputs import Request, prepare
from releasegate.release.losing import losses
from releasegate.release.sequence import EXIT_BLOCKED, EXIT_DONE, ask_gates, judge


def preflight(request: Request) -> Report:
    """Ask every gate that the inputs allow; never write to the target."""
    with prepare(request) as prepared:
        results = ask_gates(request, prepared.inputs)
        made = approval.plan_of(prepared.inputs)
        return prepared.report(
            *judge(request, results), gates=results, plan=made, predictions=prepared.predictions
        )


def plan(request: Request) -> Report:
    """Plan the steps; blocked when the file cannot be planned."""
    with prepare(request) as prepared:
        inputs = prepared.inputs
        faults = tuple(parse_only.read(inputs))
        gate = questions.PARSE_ONLY
        if not any(finding.level is Level.ERROR for finding in faults):
            made = inputs.planned
            if isinstance(made, Plan):
                count = len(made.steps)
                summary = f"{count} step{'s' if count != 1 else ''}, {made.strategy}."
                return prepared.report(
                    EXIT_DONE,
                    Verdict.PASSED,
                    summary,
                    plan=made,
                    predictions=prepared.predictions,
                    losses=losses(inputs),
                )
            gate, faults = questions.REHEARSAL, made.findings
        result = GateResult(gate.id, gate.title, GateStatus.BLOCKED, findings=faults)
        return prepared.report(
            EXIT_BLOCKED, Verdict.BLOCKED, "The file cannot be planned.", gates=(result,)
        )
