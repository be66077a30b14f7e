"""A report as JSON -> every other format, as if the run had written it; and what is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from releasegate.errors import UsageError
from releasegate.reports import console, github, junit, markdown, sarif
from releasegate.reports import json as json_report
from releasegate.reports.reading import read, read_latency
from samples import ALL, BAD_WRITE, BLOCKED, STOPPED

if TYPE_CHECKING:
    from releasegate.model import Report

FORMATS = {
    "console": console.render,
    "github": github.render,
    "junit": junit.render,
    "markdown": markdown.render,
    "sarif": sarif.render,
}


@pytest.mark.parametrize("report", ALL.values(), ids=ALL.keys())
@pytest.mark.parametrize("render", FORMATS.values(), ids=FORMATS.keys())
def test_each_format_is_the_same_from_the_run_and_from_its_json(
    report: Report, render: Any
) -> None:
    again = read(json_report.render(report).encode())

    assert render(again) == render(report)


@pytest.mark.parametrize("report", ALL.values(), ids=ALL.keys())
def test_json_comes_back_as_it_was_but_for_what_only_a_run_knows(report: Report) -> None:
    text = json_report.render(report)

    assert json_report.render(read(text.encode())) == text


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (b"", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"{", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "schema is None"),
        (b"{}", "schema is None"),
        (b'{"schema": 2}', "schema is 2"),
        (b'{"schema": 1}', "no report"),
    ],
)
def test_what_is_no_report_is_refused_with_a_sentence(text: bytes, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        read(text)


@pytest.mark.parametrize(
    "change",
    [
        {"verdict": "fine"},
        {"started_at": "yesterday"},
        {"gates": [{"gate": 1}]},
        {"plan": []},
        {"plan": {"steps": [1]}},
        {"migration": "x"},
        {"ledger": None},
        {"timeline": [{}]},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_report_of_another_shape_is_refused(change: dict[str, Any]) -> None:
    document = {**json.loads(json_report.render(STOPPED)), **change}

    with pytest.raises(UsageError):
        read(json.dumps(document).encode())


@pytest.mark.parametrize("text", [b"", b"{", b"[" * 100_000, b'{"timeline": [{"at": 1}]}'])
def test_what_is_no_measurement_is_refused_with_a_sentence(text: bytes) -> None:
    with pytest.raises(UsageError, match="latencies"):
        read_latency(text)


def test_the_name_of_a_file_that_is_no_utf_8_comes_back() -> None:
    odd = replace(BAD_WRITE, path="app/\udcff.py", message="app/\udcff.py")
    report = replace(BLOCKED, gates=(replace(BLOCKED.gates[0], findings=(odd,)),))

    again = read(json_report.render(report).encode())

    assert "app/%FF.py" in sarif.render(again)
    assert "file=app/\ufffd.py" in github.render(again)


@pytest.mark.parametrize("column", [-(10**9), 0, 10**9])
def test_a_column_that_no_line_has_marks_something_all_the_same(column: int) -> None:
    document = json.loads(json_report.render(BLOCKED))
    document["gates"][0]["evidence"]["excerpts"][0] |= {"column": column, "length": 10**12}

    text = markdown.render(read(json.dumps(document).encode()))

    assert "12 |     cursor.execute(" in text
    assert len(text) < 4_000
