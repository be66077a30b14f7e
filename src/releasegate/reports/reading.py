"""A report as JSON, of any run -> the Report that every renderer takes."""

from __future__ import annotations

from typing import Any

import msgspec

from releasegate.errors import UsageError
from releasegate.model import Report
from releasegate.reports.json import SCHEMA_VERSION


def read(text: bytes) -> Report:
    """Read what ``--format json`` wrote. Only what renderers show comes back.

    Raises:
        UsageError: it is no JSON, of another schema, or has another shape.
    """
    try:
        document = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
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


def _arranged(document: dict[str, Any]) -> dict[str, Any]:
    """Put what the published shape flattens back to where the model has it."""
    migration, plan = document["migration"], document["plan"]
    return {
        **document,
        "migration": migration and {**migration, "content": "", "directives": {}},
        "commit": migration and migration["commit"],
        "plan": plan and {**plan, "steps": [_step(step) for step in plan["steps"]]},
        "ledger_head": document["ledger"]["head"],
        "ledger_faults": document["ledger"]["faults"],
    }


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
