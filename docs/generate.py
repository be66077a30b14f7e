"""The program's tables -> the pages that show them; ``python docs/generate.py`` writes them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from releasegate import exit_codes, findings

if TYPE_CHECKING:
    from collections.abc import Iterator

DOCS = Path(__file__).parent


def findings_page() -> str:
    """Write a heading for each finding code, and one for each exit code."""
    return "\n".join(_findings_lines()) + "\n"


def _findings_lines() -> Iterator[str]:
    yield "# Finding codes and exit codes"
    yield ""
    yield "Written by `docs/generate.py` from the program's own tables; `releasegate explain CODE`"
    yield "says the same. Errors block, warnings do with `--fail-on warning`, notes never do."
    gate = ""
    for row in findings.CODES:
        if row.gate != gate:
            gate = row.gate
            yield from ["", f"## {gate}"]
        yield from ["", f"### {row.code}", "", f"**{row.title}** ({row.level.value})", ""]
        yield from [_escaped(row.help), "", f"[{row.runbook}](../{row.runbook})"]
    yield from ["", "## Exit codes"]
    for ending in exit_codes.EXIT_CODES:
        yield from [
            "",
            f"### Exit code {ending.code}",
            "",
            f"**{ending.meaning.capitalize()}**",
            "",
        ]
        yield from [_escaped(ending.help), "", f"[{ending.runbook}](../{ending.runbook})"]


def _escaped(text: str) -> str:
    return text.replace("<", "&lt;").replace("*", "\\*")


PAGES = {"findings.md": findings_page}


def main() -> None:
    for name, write in PAGES.items():
        (DOCS / name).write_text(write(), encoding="utf-8")


if __name__ == "__main__":
    main()
