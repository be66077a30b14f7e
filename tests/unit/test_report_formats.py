"""Report -> GitHub's commands, Markdown, SARIF and JUnit: complete, bounded, and not injectable."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest

from releasegate import findings
from releasegate.model import GateResult, GateStatus, Level, MigrationState, ObjectState, Report
from releasegate.reports import github, junit, markdown, sarif
from samples import (
    ALL,
    BAD_WRITE,
    BARE,
    BLOCKED,
    EVIL,
    HOSTILE,
    PATH,
    ROLLED_BACK,
    STOPPED,
    WAIVED,
    WAIVER,
)

DOCS = "https://github.com/o/r/blob/v1/docs/findings.md"
SARIF_SCHEMA = Path(__file__).parents[1] / "schemas" / "sarif-2.1.0.json"
REPORTS = pytest.mark.parametrize("report", ALL.values(), ids=ALL.keys())


def with_findings(*found: findings.Finding) -> Report:
    gate = GateResult("app-code", "?", GateStatus.BLOCKED, findings=found)
    return replace(BLOCKED, gates=(gate,))


# -- github


def commands(text: str) -> list[tuple[str, dict[str, str], str]]:
    """Read a step's output as GitHub's runner does."""
    found = []
    for line in re.split(r"\r\n|\r|\n", text):
        match = re.match(r"\s*::([a-z-]+)(?: (.*?))?::(.*)", line)
        if match is None:
            assert "##[" not in line
            continue
        pairs = [pair.split("=", 1) for pair in (match[2] or "").split(",") if pair]
        found.append((match[1], {k: unescaped(v) for k, v in pairs}, unescaped(match[3])))
    return found


def unescaped(text: str) -> str:
    codes = {"%3A": ":", "%2C": ",", "%0D": "\r", "%0A": "\n", "%25": "%"}
    return re.sub("|".join(codes), lambda found: codes[found[0]], text)


def test_an_annotation_stands_at_the_line_with_its_help() -> None:
    (_, error, *_) = commands(github.render(BLOCKED))

    assert error == (
        "error",
        {
            "file": "app/store.py",
            "line": "12",
            "title": "RG201 A write leaves a contract column out",
        },
        "This insert of runs leaves out runs.plan_id.\n-> Add plan_id with the value of plans.id.",
    )


def test_each_level_and_a_gate_that_could_not_look_has_its_command() -> None:
    kinds = [name for name, _, _ in commands(github.render(BLOCKED))]

    assert kinds == ["error", "error", "warning"]


def test_hostile_text_adds_no_command_and_loses_nothing() -> None:
    found = commands(github.render(HOSTILE))

    assert [name for name, _, _ in found] == ["error", "error", "notice"]
    harmless = EVIL.replace("\x1b", "\ufffd").replace("\u202e", "\ufffd")
    title = "RG201 A write leaves a contract column out"
    assert found[1][1] == {"file": harmless, "line": "12", "title": title}
    assert found[1][2] == f"{harmless}\n-> {harmless}"
    assert "\x1b" not in github.render(HOSTILE)


def test_no_more_annotations_are_written_than_are_shown_and_the_rest_is_counted() -> None:
    report = with_findings(*[replace(BAD_WRITE, line=n) for n in range(1, 38)])

    text = github.render(report)

    assert len(commands(text)) == 10
    assert "releasegate: 27 more of kind error in the report" in text


def test_a_gate_that_could_not_look_is_among_those_that_are_shown() -> None:
    report = with_findings(*[replace(BAD_WRITE, line=n) for n in range(1, 11)])
    errored = GateResult("parse-only", "?", GateStatus.ERRORED, reason="no server")

    text = github.render(replace(report, gates=(*report.gates, errored)))

    assert len(commands(text)) == 10
    assert commands(text)[0] == ("error", {"title": "releasegate parse-only"}, "no server")
    assert "releasegate: 1 more of kind error in the report" in text


def test_the_gravest_are_shown_first() -> None:
    notes = [findings.make("RG110", f"Note {n}.") for n in range(12)]

    names = [name for name, _, _ in commands(github.render(with_findings(*notes, BAD_WRITE)))]

    assert names[0] == "error"


# -- markdown


def test_markdown_holds_what_a_step_took_against_what_was_predicted() -> None:
    lines = markdown.render(STOPPED).splitlines()

    assert "| 2 | `build index idx_runs_plan_id` | 6 to 12 s | 9 s |" in lines
    assert "| 1 | `add column runs.plan_id` | not | 4.20 s |" in lines


def test_a_plan_is_shown_with_its_locks_and_its_way_back() -> None:
    lines = markdown.render(replace(STOPPED, command="plan", outcomes=())).splitlines()

    assert "| step | what it does | locks | undo | predicted |" in lines
    assert (
        "| 2 | `build index idx_runs_plan_id` | `SHARE UPDATE EXCLUSIVE on public.runs "
        "(no writer waits)` | yes | 6 to 12 s |"
    ) in lines


def test_a_status_lists_its_migrations() -> None:
    pending = MigrationState(PATH, 1, "pending", "2 of 3 steps")

    text = markdown.render(replace(BARE, command="status", migrations=(pending,)))

    assert f"pending `{PATH}: 2 of 3 steps`" in text


def test_a_bar_in_a_title_ends_no_cell() -> None:
    plan = replace(STOPPED.plan, steps=(replace(STOPPED.plan.steps[0], title="a | b"),))

    assert r"| 1 | `a \| b` | not |" in markdown.render(replace(STOPPED, plan=plan))


def outside_code(text: str) -> str:
    """Drop fenced blocks and code spans as CommonMark ends them."""
    kept, fence = [], None
    for line in text.split("\n"):
        opened = re.match(r"(`{3,})", line)
        if fence is None and opened:
            fence = opened[1]
        elif fence is not None and re.fullmatch(rf"`{{{len(fence)},}}\s*", line):
            fence = None
        elif fence is None:
            kept.append(line)
    assert fence is None
    return re.sub(r"(?<!`)(`+)(?!`).+?(?<!`)\1(?!`)", "", "\n".join(kept))


def test_a_summary_shows_gates_findings_lines_and_the_next_step() -> None:
    text = markdown.render(BLOCKED, docs_url=DOCS)

    assert text.startswith("<!-- releasegate -->\n## releasegate preflight: blocked\n")
    assert "| app-code | ⛔ blocked | 1 error, 1 warning |" in text
    assert f"**[RG201]({DOCS}#rg201) A write leaves a contract column out** (error)" in text
    assert "12 |     cursor.execute('INSERT INTO runs (status) VALUES (%s)')" in text
    assert "Next:\n\n```text\nAdd plan_id with the value of plans.id.\n```" in text


def test_what_comes_from_outside_stands_in_code_alone() -> None:
    rest = outside_code(markdown.render(HOSTILE))

    for part in ("everyone", "<script", "javascript", "evil.example", "injected", "#1"):
        assert part not in rest
    assert "| app-code |" in rest


def test_a_comment_stays_below_the_size_that_is_taken_and_counts_the_rest() -> None:
    report = with_findings(*[replace(BAD_WRITE, message="é" * 900, line=n) for n in range(1, 500)])

    text = markdown.render(report)

    shown = text.count("**RG201 ")
    assert len(text) < 65_536
    assert f"{499 - shown} more findings are in the JSON report." in text
    assert text.rstrip().endswith("</sub>")
    assert shown > 20


def test_a_comment_stays_below_that_size_whatever_is_long() -> None:
    report = replace(
        BLOCKED,
        summary="é" * 90_000,
        waivers=tuple(replace(WAIVER, reason="w" * 9_000) for _ in range(200)),
        gates=(replace(BLOCKED.gates[1], reason="r" * 90_000), *BLOCKED.gates),
        objects=tuple(ObjectState(f"index i{n} {'x' * 200}", "gone") for n in range(5_000)),
    )

    text = markdown.render(report)

    assert len(text) < 65_536
    assert "**RG201 " in text
    assert text.count("The rest is in the JSON report.") == 2


def test_many_objects_of_a_rollback_are_counted() -> None:
    objects = tuple(ObjectState(f"index i{n}", "gone") for n in range(150))

    text = markdown.render(replace(ROLLED_BACK, objects=objects))

    assert "50 more objects are in the JSON report." in text
    assert ("`index i99`" in text, "`index i100`" in text) == (True, False)
    assert text.rstrip().endswith("</sub>")


# -- sarif


@pytest.fixture(scope="module")
def sarif_schema() -> jsonschema.Draft4Validator:
    schema = json.loads(SARIF_SCHEMA.read_text(encoding="utf-8"))
    return jsonschema.Draft4Validator(schema, format_checker=jsonschema.FormatChecker())


def sarif_run(report: Report) -> dict[str, Any]:
    (run,) = json.loads(sarif.render(report, docs_url=DOCS))["runs"]
    return run


@REPORTS
@pytest.mark.parametrize("docs_url", [None, DOCS], ids=["unlinked", "linked"])
def test_sarif_has_the_standards_shape(
    sarif_schema: jsonschema.Draft4Validator, report: Report, docs_url: str | None
) -> None:
    log = json.loads(sarif.render(report, docs_url=docs_url))

    assert [error.message for error in sarif_schema.iter_errors(log)] == []


def test_the_standards_schema_tells_another_shape_apart(
    sarif_schema: jsonschema.Draft4Validator,
) -> None:
    log = json.loads(sarif.render(BLOCKED))
    del log["runs"][0]["results"][0]["message"]

    assert not sarif_schema.is_valid(log)


def test_a_result_names_its_rule_with_help_and_link() -> None:
    run = sarif_run(BLOCKED)

    first = run["results"][0]
    rule = run["tool"]["driver"]["rules"][first["ruleIndex"]]
    assert rule["id"] == first["ruleId"] == "RG201"
    assert "Send the parent's id with every insert." in rule["help"]["text"]
    assert "runbooks/apply-v1-hardening.md#app-code" in rule["help"]["text"]
    assert rule["helpUri"] == f"{DOCS}#rg201"
    assert [result["level"] for result in run["results"]] == ["error", "warning"]


def test_a_path_is_a_uri_and_a_finding_without_one_points_at_the_migration() -> None:
    places = [
        result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        for report in (BLOCKED, STOPPED)
        for result in sarif_run(report)["results"]
    ]

    assert places == ["app/store.py", "app/a%20b.py", "db/migrations/001_init.sql"]


def fingerprints(report: Report) -> list[str]:
    return [
        result["partialFingerprints"]["releasegate/v1"] for result in sarif_run(report)["results"]
    ]


def moved(report: Report, lines: int) -> Report:
    """The same report after lines were added above."""
    gate = report.gates[0]
    excerpts = [{**e, "line": e["line"] + lines} for e in gate.evidence["excerpts"]]
    found = tuple(replace(f, line=(f.line or 0) + lines) for f in gate.findings)
    changed = replace(gate, findings=found, evidence={"excerpts": excerpts})
    return replace(report, gates=(changed, *report.gates[1:]))


def test_a_fingerprint_outlives_lines_added_above() -> None:
    assert fingerprints(moved(BLOCKED, 7)) == fingerprints(BLOCKED)


def test_two_findings_never_share_a_fingerprint() -> None:
    twice = with_findings(BAD_WRITE, replace(BAD_WRITE, line=40), replace(BAD_WRITE, path="b.py"))

    assert len(set(fingerprints(twice))) == 3


def test_a_gate_that_could_not_look_makes_the_run_unsuccessful() -> None:
    (invocation,) = sarif_run(BLOCKED)["invocations"]

    assert invocation["executionSuccessful"] is False
    assert invocation["exitCode"] == 1
    assert "no server" in invocation["toolExecutionNotifications"][0]["message"]["text"]


# -- junit


@REPORTS
def test_junit_counts_what_it_holds(report: Report) -> None:
    suite = ElementTree.fromstring(junit.render(report))

    assert int(suite.get("tests", "")) == len(report.gates) + len(report.outcomes)
    assert len(suite.findall("testcase")) == int(suite.get("tests", ""))


def test_junit_tells_blocked_errored_and_not_asked_apart() -> None:
    suite = ElementTree.fromstring(junit.render(BLOCKED))

    assert {case.get("name"): [child.tag for child in case] for case in suite} == {
        "app-code": ["failure"],
        "parse-only": ["error"],
        "live-database": ["skipped"],
        "window": ["skipped"],
    }
    assert "app/store.py:12 RG201" in (suite.findtext(".//failure") or "")


def test_a_step_that_failed_is_a_failure() -> None:
    suite = ElementTree.fromstring(junit.render(STOPPED))

    assert suite.get("failures") == "1"
    assert suite.find(".//testcase[@name='step 3']/failure") is not None


def test_nothing_to_say_is_said() -> None:
    assert commands(github.render(BARE)) == []
    assert "PASSED. Every gate that was asked passed." in github.render(BARE)
    assert Level.ERROR.value not in markdown.render(BARE)
    assert EVIL not in markdown.render(BARE)


def test_what_is_waived_is_suppressed_with_its_reason() -> None:
    (result,) = json.loads(sarif.render(WAIVED))["runs"][0]["results"]

    assert result["level"] == "note"
    assert result["suppressions"] == [
        {
            "kind": "inSource",
            "status": "accepted",
            "justification": "waived until 2027-01-31: the replica counted them",
        }
    ]
