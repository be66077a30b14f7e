"""The program's tables -> the pages that show them; ``python docs/generate.py`` writes them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from releasegate import exit_codes, findings
from releasegate.settings import Configuration

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
    yield "What may be [waived](concepts.md#waivers) says so."
    gate = ""
    for row in findings.CODES:
        if row.gate != gate:
            gate = row.gate
            yield from ["", f"## {gate}"]
        level = f"{row.level.value}; may be waived" if row.may_be_waived else row.level.value
        yield from ["", f"### {row.code}", "", f"**{row.title}** ({level})", ""]
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


def configuration_page() -> str:
    """Write the table of keys with their defaults; what a key means stands on the page itself.

    Raises:
        KeyError: the page does not say what a key means.
    """
    page = (DOCS / "configuration.md").read_text(encoding="utf-8")
    meanings = dict(re.findall(r"^\| `([a-z.-]+)` \| `.+?` \| (.+) \|$", page, re.MULTILINE))
    rows = [f"| `{key}` | `{value}` | {meanings[key]} |" for key, value in _keys(Configuration())]
    table = "\n".join(["| key | default | meaning |", "|---|---|---|", *rows, ""])
    return re.sub(r"(?ms)^\| key \| default .*?(?=^\n)", lambda _: table, page)


def _keys(section: msgspec.Struct, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Name each key as it is written, with its default in TOML."""
    for field in msgspec.structs.fields(section):
        value, name = getattr(section, field.name), prefix + field.encode_name
        if isinstance(value, msgspec.Struct):
            yield from _keys(value, f"{name}.")
        else:
            yield name, json.dumps(value)


PAGES = {
    "findings.md": findings_page,
    "configuration.md": configuration_page,
}


def main() -> None:
    for name, write in PAGES.items():
        (DOCS / name).write_text(write(), encoding="utf-8")


if __name__ == "__main__":
    main()
