"""A preflight's report that was approved and what an apply finds -> each difference, a finding."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from releasegate import findings
from releasegate.gates import LiveTarget, NotAsked, questions
from releasegate.model import GateStatus, Plan, Verdict
from releasegate.repository import Repository

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from releasegate.gates import GateInputs
    from releasegate.model import Finding, GateResult, Report

#: gates that an approval may lack: apply alone asks the one, and the other leaves no target
_MAY_LACK = (questions.WINDOW.id, questions.LIVE_DATABASE.id)


def plan_of(inputs: GateInputs) -> Plan | None:
    """Give the plan where there is one."""
    try:
        made = inputs.planned
    except NotAsked:
        return None
    return made if isinstance(made, Plan) else None


def hold_against(
    approved: Report | None, inputs: GateInputs, results: Sequence[GateResult]
) -> tuple[GateResult, ...]:
    """Add what differs from the approved report to the gate that asks for the release."""
    if approved is None:
        return tuple(results)
    found = tuple(_differences(approved, inputs))
    tag = questions.RELEASE_TAG.id
    return tuple(_with(r, found, approved) if r.gate == tag else r for r in results)


def _with(result: GateResult, found: tuple[Finding, ...], approved: Report) -> GateResult:
    status = GateStatus.BLOCKED if found else result.status
    evidence = {**result.evidence, "approved_run": approved.run_id}
    return replace(result, status=status, findings=(*result.findings, *found), evidence=evidence)


def _differences(approved: Report, inputs: GateInputs) -> Iterator[Finding]:
    yield from _worth(approved)
    migration, was = inputs.migration, approved.migration
    if was is None or was.sha256 != migration.sha256:
        digest = was.sha256[:12] if was else "none"
        message = f"The file is {migration.sha256[:12]}, and {digest} was approved."
        yield findings.make("RG132", message, path=migration.path)
    yield from _commits(approved, inputs)
    yield from _target(approved, inputs)
    made, approved_plan = plan_of(inputs), approved.plan
    if made and (approved_plan is None or approved_plan.fingerprint != made.fingerprint):
        told = approved_plan.fingerprint[:12] if approved_plan else "none"
        message = f"The plan is {made.fingerprint[:12]}, and {told} was approved."
        yield findings.make("RG136", message, path=migration.path)


def _worth(approved: Report) -> Iterator[Finding]:
    """A report approves what it says only if it is a preflight that passed, every gate of it."""
    if approved.command != "preflight" or approved.verdict is not Verdict.PASSED:
        message = f"It is the report of {approved.command}, whose verdict is {approved.verdict}."
        yield findings.make("RG131", message)
    passed = {r.gate for r in approved.gates if r.status is GateStatus.PASSED}
    asked = [r.gate for r in approved.gates if r.gate not in _MAY_LACK]
    lacking = [gate for gate in asked if gate not in passed]
    if lacking or not asked:
        gates = ", ".join(lacking) or "any gate"
        yield findings.make("RG131", f"It does not say that {gates} passed.")


def _commits(approved: Report, inputs: GateInputs) -> Iterator[Finding]:
    repository, was, now = inputs.repository, approved.release, inputs.release
    head = repository.head if isinstance(repository, Repository) else None
    if head != approved.commit:
        message = f"HEAD is {_short(head)}, and {_short(approved.commit)} was approved."
        yield findings.make("RG133", message)
    if was is None or (was.tag, was.commit) != (now.tag, now.commit):
        told = f"{was.tag} at {_short(was.commit)}" if was else "no tag"
        message = f"{now.tag} is at {_short(now.commit)}, and {told} was approved."
        yield findings.make("RG134", message)
    elif was.object != now.object:
        message = f"{now.tag} was made again: it is another tag at the same commit."
        yield findings.make("RG130", message)


def _target(approved: Report, inputs: GateInputs) -> Iterator[Finding]:
    """Compare what cannot be chosen by whoever dials: the server's own name for itself."""
    if not isinstance(inputs.live, LiveTarget):
        return
    was, now = approved.target, inputs.live.target
    if was is None:
        yield findings.make("RG135", "The approved preflight looked at no database.")
    elif (was.system_identifier, was.database) != (now.system_identifier, now.database):
        message = (
            f"The target is {now.database} on server {now.system_identifier}, and "
            f"{was.database} on server {was.system_identifier} was approved."
        )
        yield findings.make("RG135", message)


def _short(commit: str | None) -> str:
    return commit[:12] if commit else "none"
