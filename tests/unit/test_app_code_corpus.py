"""Sources as other projects write them, with labels -> how many sites and verdicts are right.

``tests/app_code/<family>/<case>`` holds the sources and ``expected.json``: the sites with their
verdicts, the lines that only look like writes, and changes of one token with what must follow.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from releasegate.appcode import examine
from releasegate.appcode.source.sources import Sources

if TYPE_CHECKING:
    from collections.abc import Callable

CORPUS = Path(__file__).parents[1] / "app_code"
CASES = sorted(path.parent for path in CORPUS.glob("*/*/expected.json"))
Site = dict[str, Any]


@dataclass
class Score:
    labelled: int = 0
    found: int = 0
    extra: list[str] = field(default_factory=list)
    verdicts: int = 0
    right: int = 0
    undecidable: int = 0
    #: said to be sent although it is left out or may be NULL
    dangerous: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"{self.labelled} sites: recall {self.recall:.3f}, precision {self.precision:.3f}, "
            f"{self.verdicts} verdicts: accuracy {self.accuracy:.3f}, "
            f"undecidable {self.undecidable / max(self.verdicts, 1):.3f}"
        )

    @property
    def recall(self) -> float:
        return self.found / max(self.labelled, 1)

    @property
    def precision(self) -> float:
        return self.found / max(self.found + len(self.extra), 1)

    @property
    def accuracy(self) -> float:
        return self.right / max(self.verdicts, 1)


def sources(case: Path) -> dict[str, bytes]:
    files = (path for path in sorted(case.rglob("*")) if path.is_file())
    return {
        path.relative_to(case).as_posix(): path.read_bytes()
        for path in files
        if path.name != "expected.json"
    }


@cache
def labels(case: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((case / "expected.json").read_text())
    return found


def look(contents: dict[str, bytes]) -> list[Site]:
    examination = examine(
        migration_sql=(CORPUS / "migration.sql").read_text(),
        migration_path="migration.sql",
        baseline_sql=(CORPUS / "schema.sql").read_text(),
        sources=Sources(tuple(contents), (), ()),
        contents=contents,
    )
    found: list[Site] = examination.evidence["write_sites"]
    return found


def matched(found: list[Site], wanted: list[Site]) -> list[Site | None]:
    """Find each labelled site among the found ones: same file, table and operation, same lines."""
    rest = list(found)
    pairs: list[Site | None] = []
    for label in wanted:
        fitting = [site for site in rest if fits(site, label)]
        best = min(fitting, key=lambda site: abs(site["line"] - label["line"]), default=None)
        pairs.append(best)
        if best is not None:
            rest.remove(best)
    return pairs


def fits(site: Site, label: Site) -> bool:
    same = all(site[key] == label[key] for key in ("path", "table", "operation"))
    return same and bool(site["line"] <= label["line"] <= site["end_line"])


def verdict(site: Site | None, column: str) -> str | None:
    return site["columns"].get(column, {}).get("verdict") if site is not None else None


def add(score: Score, case: Path) -> None:
    wanted = labels(case)["sites"]
    found = look(sources(case))
    pairs = matched(found, wanted)
    score.labelled += len(wanted)
    score.found += sum(site is not None for site in pairs)
    score.extra += [f"{case.name} {s['path']}:{s['line']}" for s in found if s not in pairs]
    for label, site in zip(wanted, pairs, strict=True):
        for column, expected in label["columns"].items():
            got = verdict(site, column)
            where = f"{case.name} {label['path']}:{label['line']} {column}: {expected}, not {got}"
            score.verdicts += 1
            score.right += got == expected
            score.undecidable += got == "undecidable" != expected
            if got != expected:
                score.wrong.append(where)
            if got == "sent" and expected in ("omitted", "maybe_null"):
                score.dangerous.append(where)


def test_the_corpus_is_read_as_a_reviewer_reads_it(tell: Callable[[str], None]) -> None:
    score = Score()

    for case in CASES:
        add(score, case)

    tell(str(score))
    details = "\n".join([*score.wrong, *score.extra])
    assert score.labelled >= 120
    assert score.recall >= 0.97, details
    assert score.precision >= 0.98, details
    assert score.accuracy >= 0.95, details
    assert score.undecidable <= 0.05 * score.verdicts, details
    assert score.dangerous == []


LOOKALIKES = [(case, line) for case in CASES for line in labels(case).get("no_sites", [])]


def test_lines_that_only_look_like_writes_are_no_sites() -> None:
    assert len(LOOKALIKES) >= 30
    for case in {case for case, _ in LOOKALIKES}:
        lines = {(s["path"], s["line"]) for s in look(sources(case))}

        none = {(line["path"], line["line"]) for line in labels(case)["no_sites"]}
        assert lines & none == set(), case.name


MUTATIONS = [
    pytest.param(case, change, id=f"{case.parent.name}-{case.name}-{number}")
    for case in CASES
    for number, change in enumerate(labels(case).get("mutations", []))
]


def test_there_are_enough_changes_of_one_token() -> None:
    assert len(MUTATIONS) >= 40


@pytest.mark.parametrize(("case", "change"), MUTATIONS)
def test_one_token_changes_the_verdict(case: Path, change: dict[str, Any]) -> None:
    contents = sources(case)
    text = contents[change["path"]].decode()
    assert change["old"] in text

    contents[change["path"]] = text.replace(change["old"], change["new"], 1).encode()

    site = matched(look(contents), labels(case)["sites"])[change["site"]]
    assert verdict(site, change["column"]) == change["verdict"]
