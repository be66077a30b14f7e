"""What a gate is: a question, and one function that answers it with findings."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import psycopg

from releasegate import database
from releasegate.errors import CouldNotLook
from releasegate.gates.excerpts import lines_about
from releasegate.gates.inputs import Baseline, GateInputs, LiveTarget, NotAsked
from releasegate.gates.waivers import waived
from releasegate.model import Finding, GateResult, GateStatus, Level

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from releasegate.model import Migration

__all__ = [
    "Answer",
    "Baseline",
    "Gate",
    "GateInputs",
    "LiveTarget",
    "NotAsked",
    "not_asked",
    "run",
]


@dataclass(frozen=True)
class Answer:
    """What a gate found out; errors among the findings block."""

    findings: tuple[Finding, ...] = ()
    evidence: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Gate:
    """One question of the documented sequence."""

    #: kebab-case, and the runbook's heading
    id: str
    title: str
    ask: Callable[[GateInputs], Answer]
    #: False: what it asks has no meaning for a migration that is not to be released
    is_for_drafts: bool = True


def run(gate: Gate, inputs: GateInputs) -> GateResult:
    """Ask one gate. Not having looked is never a pass."""
    began = time.monotonic()
    status, reason, answer = _ask(gate, inputs)
    return GateResult(
        gate=gate.id,
        title=gate.title,
        status=status,
        reason=reason,
        duration_s=round(time.monotonic() - began, 3),
        findings=answer.findings,
        evidence=_with_excerpts(answer, inputs.migration),
    )


def _with_excerpts(answer: Answer, migration: Migration) -> Mapping[str, Any]:
    """Add the lines of the migration that findings are about."""
    found = lines_about(answer.findings, migration)
    given = answer.evidence.get("excerpts", ())
    known = {(item["path"], item["line"]) for item in given}
    more = [item for item in found if (item["path"], item["line"]) not in known]
    return {**answer.evidence, "excerpts": [*given, *more]} if more else answer.evidence


def not_asked(gate: Gate, reason: str) -> GateResult:
    return GateResult(gate.id, gate.title, GateStatus.NOT_ASKED, reason)


def _ask(gate: Gate, inputs: GateInputs) -> tuple[GateStatus, str | None, Answer]:
    try:
        answer = gate.ask(inputs)
    except NotAsked as why:
        return GateStatus.NOT_ASKED, str(why), Answer()
    except CouldNotLook as why:
        return GateStatus.ERRORED, str(why), Answer()
    except psycopg.Error as error:
        reason = f"A server stopped answering: {database.meaning(error)}."
        return GateStatus.ERRORED, reason, Answer()
    answer = replace(answer, findings=waived(answer.findings, inputs.migration, inputs.now))
    is_blocked = any(finding.level is Level.ERROR for finding in answer.findings)
    return (GateStatus.BLOCKED if is_blocked else GateStatus.PASSED), None, answer
