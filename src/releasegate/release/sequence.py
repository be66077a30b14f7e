"""The runbook as code: the gates in their order, and what their answers come to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from releasegate import gates
from releasegate.gates import Gate, GateInputs, questions
from releasegate.model import GateResult, GateStatus, Level, Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import Future

    from releasegate.release.inputs import Request

#: the documented sequence; runbooks/apply-v1-hardening.md has a heading for each
GATES = (
    questions.RELEASE_TAG,
    questions.APP_CODE,
    questions.PARSE_ONLY,
    questions.REHEARSAL,
    questions.LIVE_DATABASE,
    questions.WINDOW,
)

#: they try things out on the throwaway server
_ON_A_SERVER = (questions.PARSE_ONLY, questions.REHEARSAL)

EXIT_DONE, EXIT_BLOCKED, EXIT_STOPPED, EXIT_UNKNOWN = 0, 1, 3, 4


def ask_gates(
    request: Request, inputs: GateInputs, asked: Sequence[Gate] = GATES
) -> tuple[GateResult, ...]:
    """Ask all of them even when one blocks: one run shows everything."""
    unasked = {gate.id: _why_not(request, inputs, gate) for gate in asked}
    wanted = [gate for gate in _ON_A_SERVER if gate in asked and not unasked[gate.id]]
    beside: dict[Gate, Future[GateResult]] = {}
    if wanted:
        # It starts, and the first of them is asked, beside all the others. The longer one stays in
        # our own thread, where an interrupt reaches it.
        _ = inputs.laying
        beside = {gate: inputs.beside.submit(gates.run, gate, inputs) for gate in wanted[:1]}
    answers = {
        gate: _answer(request, inputs, gate, unasked[gate.id])
        for gate in asked
        if gate not in beside
    }
    for gate, future in beside.items():
        answers[gate] = _told(request, inputs, future.result())
    return tuple(answers[gate] for gate in asked)


def _why_not(request: Request, inputs: GateInputs, gate: Gate) -> str | None:
    if request.only and gate.id not in (*request.only, *request.require):
        return "not among the gates asked for"
    if inputs.migration.draft and gate not in _for_drafts(inputs):
        return "a draft is checked and never applied"
    return None


def _answer(
    request: Request,
    inputs: GateInputs,
    gate: Gate,
    why_not: str | None,
) -> GateResult:
    if why_not is not None:
        return gates.not_asked(gate, why_not)
    return _told(request, inputs, gates.run(gate, inputs))


def _told(request: Request, inputs: GateInputs, result: GateResult) -> GateResult:
    request.log.info(
        "gate.answered",
        migration=inputs.migration.name,
        gate=result.gate,
        status=result.status.value,
        findings=[finding.code for finding in result.findings],
        duration_s=result.duration_s,
    )
    return result


def _for_drafts(inputs: GateInputs) -> tuple[Gate, ...]:
    """Check what is not to be released; to whoever would apply it say first that it is a draft."""
    if inputs.is_apply:
        return (questions.RELEASE_TAG,)
    return tuple(gate for gate in GATES if gate.is_for_drafts)


_WEIGHT = {Level.NOTE: 0, Level.WARNING: 1, Level.ERROR: 2}


def judge(request: Request, results: Sequence[GateResult]) -> tuple[int, Verdict, str]:
    """Turn the answers into exit code, verdict and one sentence."""
    unasked = [r.gate for r in results if r.status is GateStatus.NOT_ASKED]
    rest = f" Not asked: {', '.join(unasked)}." if unasked else ""
    blocking = [_named(result) for result in results if _blocks(request, result)]
    if blocking:
        summary = f"Blocked by {', '.join(blocking)}.{rest}"
        return EXIT_BLOCKED, Verdict.BLOCKED, summary
    if len(unasked) == len(results):
        # Not having looked is never a pass.
        return EXIT_BLOCKED, Verdict.BLOCKED, f"No gate could be asked.{rest}"
    return EXIT_DONE, Verdict.PASSED, f"Every gate that was asked passed.{rest}"


def _named(result: GateResult) -> str:
    """Name a gate that blocks; one that was not asked has no finding to tell the reason."""
    is_unasked = result.status is GateStatus.NOT_ASKED
    return f"{result.gate} ({result.reason})" if is_unasked else result.gate


def _blocks(request: Request, result: GateResult) -> bool:
    if result.status is GateStatus.NOT_ASKED:
        return result.gate in request.require
    if result.status in (GateStatus.BLOCKED, GateStatus.ERRORED):
        return True
    limit = _WEIGHT[request.fail_on]
    return any(_WEIGHT[finding.level] >= limit for finding in result.findings)
