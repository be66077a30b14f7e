"""JSON that a run, or a measurement beside it, has left -> what every renderer takes."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from releasegate.errors import UsageError
from releasegate.model import Latency, Report
from releasegate.reports.json import SCHEMA_VERSION


def read(text: bytes) -> Report:
    """Read what ``--format json`` wrote. Only what renderers show comes back.

    Raises:
        UsageError: it is no JSON, of another schema, or has another shape.
    """
    try:
        # Unlike msgspec it reads the name of a file that is no UTF-8, as json.dumps has written it.
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"The report is not JSON: {error}.") from None
    version = document.get("schema") if isinstance(document, dict) else None
    if version != SCHEMA_VERSION:
        raise UsageError(
            f"The report's schema is {version!r}; this program reads {SCHEMA_VERSION}."
        )
    try:
        return msgspec.convert(_arranged(document), Report)
    except (msgspec.ValidationError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(f"The file is no report of releasegate: {error}.") from None


class _Measured(msgspec.Struct):
    """What the example app's worker and others write of a load; the rest of it is passed over."""

    timeline: tuple[Latency, ...]


def read_latency(text: bytes) -> tuple[Latency, ...]:
    """Read what an app felt: ``{"timeline": [{"at": TIME, "max_ms": NUMBER}, ...]}``.

    Raises:
        UsageError: it is no JSON, or has another shape.
    """
    try:
        return msgspec.json.decode(text, type=_Measured).timeline
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UsageError(f"The latencies cannot be read: {error}.") from None


def _arranged(document: dict[str, Any]) -> dict[str, Any]:
    """Put what the published shape flattens back to where the model has it."""
    migration, plan = document["migration"], document["plan"]
    return {
        **document,
        "migration": migration and {**migration, "content": "", "directives": {}},
        "commit": migration and migration["commit"],
        "plan": plan and {**plan, "steps": [_step(step) for step in plan["steps"]]},
        "predictions": _predictions(plan),
        "losses": _losses(plan),
        "ledger_head": document["ledger"]["head"],
        "ledger_faults": document["ledger"]["faults"],
    }


def _predictions(plan: dict[str, Any] | None) -> dict[int, Any]:
    steps = plan["steps"] if plan else ()
    return {step["ordinal"]: step["predicted_s"] for step in steps if step["predicted_s"]}


def _losses(plan: dict[str, Any] | None) -> dict[str, str]:
    steps = plan["steps"] if plan else ()
    return {one["undo"]: one["detail"] for step in steps for one in step.get("losses", ())}


def _step(step: dict[str, Any]) -> dict[str, Any]:
    nothing = {"kind": "", "schema": "", "name": ""}
    undo = [
        {"thing": nothing, "sql": sql, "loses_data": step["undo_loses_data"]}
        for sql in step["undo"]
    ]
    locks = [{**lock, "relation": _relation(lock["relation"])} for lock in step["locks"]]
    shown = {"effects": [], "is_reversible": step["reversible"]}
    return {**step, "locks": locks, "undo": undo, **shown}


def _relation(text: str) -> dict[str, str]:
    schema, _, name = text.partition(".")
    return {"schema": schema, "name": name}
