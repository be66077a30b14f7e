"""Report -> JSON, in the published shape."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from importlib import resources
from typing import Any

import jsonschema
import pytest

import samples
from releasegate import findings
from releasegate.model import (
    CatalogObject,
    Directives,
    Effect,
    GateResult,
    GateStatus,
    Lock,
    Migration,
    MigrationState,
    Outcome,
    OutcomeStatus,
    Plan,
    Relation,
    Release,
    Report,
    Step,
    Target,
    Undo,
    Verdict,
    Waiver,
    Window,
)
from releasegate.reports.json import render

NOW = datetime(2027, 1, 17, 1, 0, tzinfo=UTC)
SHA256 = "ab" * 32
COMMIT = "cd" * 20
BARE = Report(
    command="preflight",
    tool_version="0.1.0",
    run_id="12345678-1234-4234-8234-123456789abc",
    started_at=NOW,
    finished_at=NOW,
    exit_code=0,
    verdict=Verdict.PASSED,
    summary="Every gate that was asked passed.",
)
STEP = Step(
    1,
    "add column a.b",
    ("ALTER TABLE a ADD b int",),
    True,
    (Lock(Relation("public", "a"), "ACCESS EXCLUSIVE"),),
    (Undo(CatalogObject("index", "public", "i"), "DROP INDEX public.i"),),
    (Effect(CatalogObject("column", "public", "b", "a"), True, 1, True),),
)
FULL = replace(
    BARE,
    command="apply",
    migration=Migration("db/1_é.sql", 1, SHA256, b"\xff", Directives(draft=True), draft=True),
    commit=COMMIT,
    release=Release("v0", COMMIT, signed=True),
    target=Target("app", "db", "papers", "18.6", "7000000000000000000"),
    window=Window(NOW, NOW),
    gates=(
        GateResult(
            "release-tag",
            "Is it?",
            GateStatus.BLOCKED,
            duration_s=0.5,
            findings=(findings.make("RG101", "None.", path="a", line=1, column=2),),
            evidence={"tag": "v0", "tag_commit": None},
        ),
        GateResult("window", "Is it open?", GateStatus.NOT_ASKED, reason="apply asks it"),
    ),
    waivers=(Waiver("RG307", "because", date(2027, 1, 31), 2),),
    plan=Plan("as-written", SHA256, (STEP,)),
    outcomes=(Outcome(1, OutcomeStatus.FAILED, 2, 1.5, 0.25, "55P03", "Busy."),),
    ledger_head=SHA256,
    exit_code=3,
    verdict=Verdict.STOPPED,
)
STATUS = replace(
    BARE,
    command="status",
    migrations=(MigrationState("db/1_a.sql", 1, "applied", None, NOW),),
)


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    file = resources.files("releasegate.reports").joinpath("report.schema.json")
    return json.loads(file.read_text(encoding="utf-8"))


def as_json(report: Report) -> dict[str, Any]:
    return json.loads(render(report))


def test_the_schema_is_a_schema(schema: dict[str, Any]) -> None:
    jsonschema.Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize(
    "report",
    [BARE, FULL, STATUS, *samples.ALL.values()],
    ids=["bare", "full", "status", *samples.ALL],
)
def test_a_report_has_the_published_shape(schema: dict[str, Any], report: Report) -> None:
    validator = jsonschema.Draft202012Validator(
        schema, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    )

    assert [error.message for error in validator.iter_errors(as_json(report))] == []


@pytest.mark.parametrize("verdict", [Verdict.APPLIED, Verdict.NOTHING_TO_DO, Verdict.UNKNOWN])
def test_every_verdict_has_the_published_shape(schema: dict[str, Any], verdict: Verdict) -> None:
    jsonschema.validate(as_json(replace(FULL, verdict=verdict)), schema)


@pytest.mark.parametrize(
    "change",
    [{"verdict": "fine"}, {"exit_code": "0"}, {"gates": None}, {"schema": 2}, {"command": 1}],
    ids=lambda change: next(iter(change)),
)
def test_the_schema_tells_another_shape_apart(
    schema: dict[str, Any], change: dict[str, Any]
) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(as_json(FULL) | change, schema)


def test_the_schema_names_every_key(schema: dict[str, Any]) -> None:
    assert set(as_json(FULL)) == set(schema["properties"])


def test_what_is_not_known_is_null() -> None:
    found = as_json(BARE)

    absent = [found[key] for key in ("migration", "release", "target", "window", "plan")]
    assert absent == [None] * 5
    assert found["ledger"] == {"head": None, "faults": []}


def test_times_carry_their_zone_and_nothing_of_the_file_is_shown() -> None:
    found = as_json(FULL)

    assert found["window"]["opens_at"] == "2027-01-17T01:00:00+00:00"
    assert found["waivers"][0]["expires"] == "2027-01-31"
    assert set(found["migration"]) == {"path", "number", "sha256", "commit", "draft"}


def test_gates_that_were_not_asked_are_listed() -> None:
    assert as_json(FULL)["not_asked"] == ["window"]


def test_relations_are_named_in_full() -> None:
    (step,) = as_json(FULL)["plan"]["steps"]

    assert step["locks"] == [{"relation": "public.a", "mode": "ACCESS EXCLUSIVE"}]


def test_it_is_one_document_with_a_final_newline() -> None:
    text = render(FULL)

    assert text.endswith("}\n")
    assert text.isascii()
    assert "é" in str(json.loads(text))
