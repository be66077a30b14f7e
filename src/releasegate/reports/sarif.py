"""Report -> SARIF 2.1.0, for code scanning and editors."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from releasegate import findings
from releasegate.model import GateStatus
from releasegate.reports import source, wording

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from releasegate.findings import Code
    from releasegate.model import Finding, GateResult, Report, Waiver

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
#: the hash below; its parts are chosen so that moved lines keep it
_FINGERPRINT = "releasegate/v1"


def render(report: Report, *, docs_url: str | None = None, prefix: str = "") -> str:
    """Write one log with one run; a finding without a place points at the migration.

    ``prefix`` leads from the repository to the project, as in ``services/api/``.
    """
    codes = sorted({f.code for result in report.gates for f in result.findings})
    rows = [row for code in codes if (row := findings.lookup(code)) is not None]
    run = {
        "tool": {"driver": _driver(report, rows, docs_url)},
        "automationDetails": {"id": f"releasegate/{report.command}/"},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"SRCROOT": {"description": {"text": "The project's root."}}},
        "invocations": [_invocation(report)],
        "results": list(_results(report, [row.code for row in rows], prefix)),
    }
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=2) + "\n"


def _driver(report: Report, rows: Sequence[Code], docs_url: str | None) -> dict[str, Any]:
    driver = {
        "name": "releasegate",
        "version": report.tool_version,
        "rules": [_rule(row, docs_url) for row in rows],
    }
    return {**driver, "informationUri": docs_url} if docs_url else driver


def _rule(row: Code, docs_url: str | None) -> dict[str, Any]:
    explain, runbook = f"releasegate explain {row.code}", f"{row.runbook} of releasegate"
    link = f"\n\n[{row.code}]({docs_url}#{row.code.lower()})" if docs_url else ""
    rule = {
        "id": row.code,
        "shortDescription": {"text": row.title},
        "fullDescription": {"text": f"{row.title}. Found by the gate {row.gate}."},
        "help": {
            "text": f"{row.help}\n{explain}; {runbook}",
            "markdown": f"{row.help}\n\n`{explain}`, {runbook}{link}",
        },
        "defaultConfiguration": {"level": row.level.value},
        "properties": {"tags": [row.gate]},
    }
    return {**rule, "helpUri": f"{docs_url}#{row.code.lower()}"} if docs_url else rule


def _invocation(report: Report) -> dict[str, Any]:
    """Say how the run ended; a gate that could not look is no result, and not nothing either."""
    return {
        "executionSuccessful": not any(r.status is GateStatus.ERRORED for r in report.gates),
        "exitCode": report.exit_code,
        "startTimeUtc": report.started_at.isoformat(),
        "endTimeUtc": report.finished_at.isoformat(),
        "toolExecutionNotifications": [
            {"level": "error", "message": {"text": f"{result.gate}: {result.reason}"}}
            for result in report.gates
            if result.status is GateStatus.ERRORED
        ],
    }


def _results(report: Report, codes: Sequence[str], prefix: str) -> Iterator[dict[str, Any]]:
    seen: Counter[str] = Counter()
    for result in report.gates:
        for finding in result.findings:
            same = _same(finding, result)
            seen[same] += 1
            yield {
                "ruleId": finding.code,
                "ruleIndex": codes.index(finding.code) if finding.code in codes else -1,
                "level": finding.level.value,
                "message": {"text": f"{finding.message}\n{finding.help}"},
                "locations": [_location(finding, report, prefix)],
                "partialFingerprints": {_FINGERPRINT: _digest(f"{same}\0{seen[same]}")},
                **({"suppressions": [_suppression(finding.waiver)]} if finding.waiver else {}),
            }


def _suppression(waiver: Waiver) -> dict[str, Any]:
    """Say why a result counts for nothing: the migration's own header waives it."""
    text = wording.waiver(waiver)
    return {"kind": "inSource", "status": "accepted", "justification": text}


def _same(finding: Finding, result: GateResult) -> str:
    """Name what makes a finding the same in the next run: its line's text, not its number."""
    excerpt = source.excerpts(result).get((finding.path, finding.line))
    text = excerpt.text.strip() if excerpt else finding.message
    return f"{finding.code}\0{finding.path}\0{text}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="backslashreplace")).hexdigest()


def _location(finding: Finding, report: Report, prefix: str) -> dict[str, Any]:
    path = finding.path or (report.migration.path if report.migration else "releasegate.toml")
    region: dict[str, int] = {"startLine": finding.line or 1}
    if finding.column is not None:
        region["startColumn"] = finding.column
    uri = quote(f"{prefix}{path}", errors="surrogateescape")
    artifact = {"uri": uri, "uriBaseId": "SRCROOT"}
    return {"physicalLocation": {"artifactLocation": artifact, "region": region}}
