"""Report -> JSON, as ``report.schema.json`` beside this file describes it."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from releasegate import findings
from releasegate.statements.locks import is_in_the_way

if TYPE_CHECKING:
    from collections.abc import Mapping

    from releasegate.model import (
        Effect,
        GateResult,
        Migration,
        Plan,
        Prediction,
        Report,
        Step,
    )

SCHEMA_VERSION = 1


def render(report: Report) -> str:
    """Write one JSON document with a final newline, in ASCII: a file's name need not be UTF-8."""
    return json.dumps(as_dict(report), indent=2, default=_text) + "\n"


def as_dict(report: Report) -> dict[str, Any]:
    """Arrange a report in the published shape."""
    return {
        "schema": SCHEMA_VERSION,
        "command": report.command,
        "tool_version": report.tool_version,
        "run_id": report.run_id,
        "started_at": report.started_at,
        "finished_at": report.finished_at,
        "exit_code": report.exit_code,
        "verdict": report.verdict.value,
        "summary": report.summary,
        "migration": _migration(report.migration, report.commit),
        "release": asdict(report.release) if report.release else None,
        "target": asdict(report.target) if report.target else None,
        "window": asdict(report.window) if report.window else None,
        "gates": [_gate(result) for result in report.gates],
        "not_asked": [r.gate for r in report.gates if r.status.value == "not_asked"],
        "waivers": [asdict(waiver) for waiver in report.waivers],
        "plan": _plan(report.plan, report.predictions, report.losses),
        "outcomes": [asdict(outcome) for outcome in report.outcomes],
        "timeline": [asdict(moment) for moment in report.timeline],
        "latency": [asdict(measured) for measured in report.latency],
        "objects": [asdict(state) for state in report.objects],
        "ledger": {"head": report.ledger_head, "faults": list(report.ledger_faults)},
        "migrations": [asdict(state) for state in report.migrations],
    }


def _migration(migration: Migration | None, commit: str | None) -> dict[str, Any] | None:
    if migration is None:
        return None
    return {
        "path": migration.path,
        "number": migration.number,
        "sha256": migration.sha256,
        "commit": commit,
        "draft": migration.draft,
    }


def _gate(result: GateResult) -> dict[str, Any]:
    """Add to each finding the place in the runbooks that deals with it."""
    shown = asdict(result)
    for finding in shown["findings"]:
        row = findings.lookup(finding["code"])
        finding["runbook"] = row.runbook if row else None
    return shown


def _plan(
    plan: Plan | None, predictions: Mapping[int, Prediction], losses: Mapping[str, str]
) -> dict[str, Any] | None:
    if plan is None:
        return None
    steps = [
        {
            "ordinal": step.ordinal,
            "title": step.title,
            "sql": list(step.sql),
            "transactional": step.transactional,
            "locks": [{"relation": str(k.relation), "mode": k.mode} for k in step.locks],
            "timeouts": _timeouts(step),
            "undo": [item.sql for item in step.undo],
            "losses": [
                {"undo": item.sql, "detail": losses[item.sql]}
                for item in step.undo
                if item.sql in losses
            ],
            "undo_loses_data": any(item.loses_data for item in step.undo),
            "reversible": step.is_reversible,
            "postcondition": [_promise(effect) for effect in step.effects],
            "predicted_s": asdict(predictions[step.ordinal])
            if step.ordinal in predictions
            else None,
        }
        for step in plan.steps
    ]
    return {"strategy": plan.strategy, "fingerprint": plan.fingerprint, "steps": steps}


def _timeouts(step: Step) -> dict[str, str]:
    """Name the settings that bound a step: the longest wait for its locks, and its statements."""
    if is_in_the_way(step.locks):
        return {"locks": "locks.longest-wait", "statements": "window"}
    return {"locks": "window", "statements": "locks.hard-stop"}


def _promise(effect: Effect) -> str:
    state = "is gone" if not effect.present else "is there"
    return f"{effect.object} {state}{'' if effect.is_valid else ', not valid'}"


def _text(value: object) -> str:
    return value.isoformat() if isinstance(value, (date, datetime)) else str(value)
