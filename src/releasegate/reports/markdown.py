"""Report -> Markdown: a job's summary, or one comment on a pull request."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from releasegate import findings
from releasegate.counted import counted
from releasegate.model import GateStatus, Level
from releasegate.reports import plan_table, source, wording
from releasegate.reports.following import next_step

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from releasegate.model import Finding, GateResult, Report, Step

#: by this line a comment of an earlier run is found again
MARK = "<!-- releasegate -->"
#: GitHub takes 65,536 characters for a comment; some may be counted as several
_MOST_CHARACTERS = 60_000
_LONGEST_MESSAGE = 2_000
_MOST_ROWS, _LONGEST_TITLE = 100, 100
#: characters for what stands before the findings, and after them
_HEAD, _FOOT = 25_000, 15_000
_STATUS = {
    GateStatus.PASSED: "✅ passed",
    GateStatus.BLOCKED: "⛔ blocked",
    GateStatus.ERRORED: "⛔ errored",
    GateStatus.NOT_ASKED: "⚪ not asked",
}


def render(report: Report, *, docs_url: str | None = None) -> str:
    """Write verdict, gates, findings and what to do next; what does not fit is counted.

    What comes from the repository or a server stands in code alone: no link, no mention, no HTML.
    """
    foot = _fitting(_foot(report), _FOOT)
    text = _fitting(_head(report), _HEAD)
    left_out = 0
    for result in report.gates:
        lines = source.excerpts(result)
        for finding in result.findings:
            part = _finding(finding, lines.get((finding.path, finding.line)), docs_url)
            if left_out or len(text) + len(part) + len(foot) > _MOST_CHARACTERS - 200:
                left_out += 1
            else:
                text += part
    if left_out:
        text += f"\n{left_out} more findings are in the JSON report.\n"
    return text + foot


def _fitting(parts: Iterable[str], room: int) -> str:
    """Put lines and blocks together as far as there is room for them."""
    text = ""
    for part in parts:
        if len(text) + len(part) >= room:
            return f"{text}\nThe rest is in the JSON report.\n"
        text += f"{part}\n"
    return text


def _head(report: Report) -> Iterator[str]:
    yield MARK
    yield f"## releasegate {report.command}: {report.verdict.value.replace('_', ' ')}"
    yield ""
    yield _block(report.summary[:_LONGEST_MESSAGE])
    if report.migration:
        draft = " (draft)" if report.migration.draft else ""
        digest = report.migration.sha256[:12]
        yield f"Migration {_code(report.migration.path)}{draft}, sha256 `{digest}`"
    for held in report.waivers:
        yield f"\n{held.code}: {_code(wording.waiver(held))}"
    if report.gates:
        yield from ["", "| gate | answer | findings |", "|---|---|---|"]
        yield from map(_gate, report.gates)
    if report.outcomes:
        done = sum(o.status.value in ("applied", "already_applied") for o in report.outcomes)
        seconds = sum(o.duration_s for o in report.outcomes)
        word = "undone" if report.command == "rollback" else "applied"
        steps = counted(len(report.outcomes), "step is", "steps are")
        yield f"\n{done} of {steps} {word}, in {seconds:.2f} s."
    yield from _steps(report)
    for state in report.migrations[:_MOST_ROWS]:
        detail = f": {state.detail}" if state.detail else ""
        yield f"\n{state.state} {_code(f'{state.path}{detail}')}"
    if report.migrations[_MOST_ROWS:]:
        yield f"\n{len(report.migrations) - _MOST_ROWS} more migrations are in the JSON report."
    for result in report.gates:
        if result.reason and result.status is GateStatus.ERRORED:
            yield f"\n{result.gate}: {_code(result.reason)}"


def _steps(report: Report) -> Iterator[str]:
    """Show a plan with its locks; of a run, what each step took beside what was predicted."""
    steps = report.plan.steps if report.plan else ()
    predicted = ("predicted",) if report.predictions else ()
    if report.command == "plan" and steps:
        yield from _table(("step", "what it does", "locks", "undo", *predicted), steps, report)
    elif predicted and steps:
        yield from _table(("step", "what it does", "predicted", "took"), steps, report)


def _table(heads: Sequence[str], steps: Sequence[Step], report: Report) -> Iterator[str]:
    took = {o.ordinal: wording.length(o.duration_s) for o in report.outcomes if o.attempts}
    yield from ["", f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
    for step in steps[:_MOST_ROWS]:
        cells = {
            "step": step.ordinal,
            "what it does": _cell(step.title),
            "locks": _cell(plan_table.locks(step)),
            "undo": plan_table.undo(step),
            "predicted": report.predictions.get(step.ordinal, "not"),
            "took": took.get(step.ordinal, ""),
        }
        yield f"| {' | '.join(str(cells[head]) for head in heads)} |"
    if steps[_MOST_ROWS:]:
        yield f"\n{len(steps) - _MOST_ROWS} more steps are in the JSON report."


def _cell(text: str) -> str:
    """Put a text into a table's cell: there a bar ends it even in a code span."""
    return _code(text[:_LONGEST_TITLE].replace("|", "\\|"))


def _gate(result: GateResult) -> str:
    counts = [
        f"{n} {level.value}{'s' if n != 1 else ''}"
        for level in Level
        if (n := sum(finding.level is level for finding in result.findings))
    ]
    return f"| {result.gate} | {_STATUS[result.status]} | {', '.join(counts)} |"


def _finding(finding: Finding, excerpt: source.Excerpt | None, docs_url: str | None) -> str:
    row = findings.lookup(finding.code)
    code = f"[{finding.code}]({docs_url}#{finding.code.lower()})" if docs_url else finding.code
    title = row.title if row else ""
    parts = [finding.message[:_LONGEST_MESSAGE]]
    if finding.waiver:
        parts.append(wording.waiver(finding.waiver)[:_LONGEST_MESSAGE])
    if excerpt is not None:
        parts += source.marked(excerpt)
    parts.append(f"-> {finding.help[:_LONGEST_MESSAGE]}")
    place = source.place(finding)
    where = f" at {_code(place)}" if place else ""
    block = _block("\n".join(parts))
    return f"\n**{code} {title}** ({wording.weight(finding)}){where}\n\n{block}"


def _foot(report: Report) -> Iterator[str]:
    following = next_step(report)
    if following:
        yield f"\nNext:\n\n{_block(following[:_LONGEST_MESSAGE])}"
    for state in report.objects[:_MOST_ROWS]:
        detail = f": {state.detail}" if state.detail else ""
        yield f"\n{state.state} {_code(f'{state.object}{detail}')}"
    if report.objects[_MOST_ROWS:]:
        yield f"\n{len(report.objects) - _MOST_ROWS} more objects are in the JSON report."
    for fault in report.ledger_faults:
        yield f"\nThe ledger does not agree with itself: {_code(fault)}"
    if report.ledger_head:
        yield f"\nLedger head `{report.ledger_head}`"
    yield f"\n<sub>releasegate {report.tool_version}, run `{report.run_id}`</sub>"


def _code(text: str) -> str:
    """Put a text into a code span that it cannot end."""
    shown = _printable(" ".join(text[:_LONGEST_MESSAGE].split()))
    fence = "`" * (_longest_run(shown) + 1)
    pad = " " if shown.startswith("`") or shown.endswith("`") or not shown else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def _block(text: str) -> str:
    """Put lines into a fenced block that they cannot end."""
    shown = "\n".join(map(_printable, text.splitlines()))
    fence = "`" * max(3, _longest_run(shown) + 1)
    return f"{fence}text\n{shown}\n{fence}\n"


def _longest_run(text: str) -> int:
    return max(map(len, re.findall("`+", text)), default=0)


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else "\ufffd" for c in text.expandtabs(4))
