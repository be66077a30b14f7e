"""Report -> one HTML file that needs nothing else: verdict, gates, findings, plan, timeline."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace
from importlib import resources
from typing import TYPE_CHECKING, Any

from releasegate import exit_codes, findings
from releasegate.model import Level
from releasegate.reports import chart, console_app_code, plan_table, source, wording
from releasegate.reports.following import next_step
from releasegate.window import describe

if TYPE_CHECKING:
    from collections.abc import Mapping

    from releasegate.model import Finding, GateResult, Report

#: bytes; a browser on a phone, a mail and a chat all take a file of this size
LARGEST = 150_000
#: how much of each kind is shown, and of a text: all that one wants, then less and less
_BUDGETS = ((400, 4000), (150, 600), (40, 300), (10, 120))
_ORDER = {Level.ERROR: 0, Level.WARNING: 1, Level.NOTE: 2}


def render(report: Report) -> str:
    """Write the page; of what would make it too large a part is shown and the rest counted."""
    for most, longest in _BUDGETS:
        text = _rendered(report, most, longest)
        if len(text.encode(errors="backslashreplace")) < LARGEST:
            break
    return text


def _rendered(report: Report, most: int, longest: int) -> str:
    import jinja2

    folder = resources.files("releasegate.reports")
    style = folder.joinpath("report.css").read_text(encoding="utf-8")
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    environment.trim_blocks = environment.lstrip_blocks = True
    cut = _Cut(longest)
    environment.filters |= {
        "cut": cut,
        "duration": wording.length,
        "words": wording.words,
        "outcome": wording.outcome,
        "weight": wording.weight,
        "waiver": wording.waiver,
    }
    environment.globals |= {"place": source.place, "lookup": findings.lookup}
    template = environment.from_string(
        folder.joinpath("report.html.j2").read_text(encoding="utf-8")
    )
    return template.render(**_view(report, most), style=style, style_hash=_hash(style)) + "\n"


class _Cut:
    """Shortens a text, and replaces what would steer whoever reads it."""

    def __init__(self, longest: int) -> None:
        self._longest = longest

    def __call__(self, text: object) -> str:
        shown = str(text)
        if len(shown) > self._longest:
            shown = f"{shown[: self._longest]} …"
        return "".join(c if c.isprintable() or c == "\n" else "\ufffd" for c in shown.expandtabs(4))


def _hash(style: str) -> str:
    """Name the one style sheet that the page's policy lets in."""
    return base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()


def _view(report: Report, most: int) -> Mapping[str, Any]:
    found = sorted(
        ((finding, result) for result in report.gates for finding in result.findings),
        key=lambda pair: _ORDER[pair[0].level],
    )
    steps = report.plan.steps if report.plan else ()
    drawn = chart.draw(_shortened(report, most))
    return {
        "report": report,
        "verdict": report.verdict.value.replace("_", " "),
        "window": describe(report.window) if report.window else None,
        "next_step": next_step(report),
        "exit_code": exit_codes.lookup(str(report.exit_code)),
        "counts": {result.gate: _counts(result) for result in report.gates},
        "coverage": {r.gate: list(console_app_code.coverage(r)) for r in report.gates},
        "findings": [(f, r.gate, _source(f, r), _proofs(f, r)) for f, r in found[:most]],
        "findings_left": len(found[most:]),
        "steps": steps[:most],
        "steps_left": len(steps[most:]),
        "undo": {step.ordinal: plan_table.undo(step) for step in steps},
        "outcomes": {outcome.ordinal: outcome for outcome in report.outcomes},
        "objects": report.objects[:most],
        "objects_left": len(report.objects[most:]),
        "chart": drawn,
        "moments": report.timeline[:most],
        "moments_left": len(report.timeline[most:]),
        "app": chart.draw_latency(report.latency[-2 * most :], drawn, report),
        "geometry": chart,
    }


def _shortened(report: Report, most: int) -> Report:
    """Keep the first steps' moments: a drawing of a thousand rows shows nothing."""
    ordinals = list(dict.fromkeys(m.step for m in report.timeline if m.step))[: most // 4 + 1]
    kept = tuple(moment for moment in report.timeline if moment.step in ordinals)
    return replace(report, timeline=kept[: 2 * most])


def _counts(result: GateResult) -> str:
    counts = [(level, sum(f.level is level for f in result.findings)) for level in Level]
    return ", ".join(f"{n} {level.value}{'s' if n != 1 else ''}" for level, n in counts if n)


def _source(finding: Finding, result: GateResult) -> tuple[str, str] | None:
    excerpt = source.excerpts(result).get((finding.path, finding.line))
    return source.marked(excerpt) if excerpt else None


def _proofs(finding: Finding, result: GateResult) -> list[str]:
    return list(console_app_code.proofs(finding, result.evidence))
