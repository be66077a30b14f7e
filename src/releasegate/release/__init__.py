"""What each command does: gates asked, plans made, one migration applied, the state told."""

from __future__ import annotations

from releasegate.gates import parse_only, rehearsal
from releasegate.model import GateResult, GateStatus, Level, Plan, Report, Verdict
from releasegate.release import approval
from releasegate.release.adopting import adopt
from releasegate.release.applying import apply
from releasegate.release.initializing import init_ledger
from releasegate.release.inputs import Request, prepare
from releasegate.release.losing import losses
from releasegate.release.rolling_back import rollback
from releasegate.release.sequence import EXIT_BLOCKED, EXIT_DONE, GATES, ask_gates, judge
from releasegate.release.status import status
from releasegate.release.timeline import Timeline

__all__ = [
    "GATES",
    "Request",
    "Timeline",
    "adopt",
    "apply",
    "init_ledger",
    "plan",
    "preflight",
    "rollback",
    "status",
]


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
        gate = parse_only.GATE
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
            gate, faults = rehearsal.GATE, made.findings
        result = GateResult(gate.id, gate.title, GateStatus.BLOCKED, findings=faults)
        return prepared.report(
            EXIT_BLOCKED, Verdict.BLOCKED, "The file cannot be planned.", gates=(result,)
        )
