"""The workflows as GitHub reads them: who may start what, from where, with which rights."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

FOLDER = Path(__file__).parents[2] / ".github" / "workflows"
WORKFLOWS = {path.stem: YAML(typ="safe").load(path) for path in FOLDER.glob("*.yml")}
APPLY = WORKFLOWS["apply"]


def step(job: str, command: str) -> dict[str, Any]:
    """Find the step of the apply workflow that runs this command through the action."""
    steps = APPLY["jobs"][job]["steps"]
    (found,) = [each for each in steps if each.get("with", {}).get("command") == command]
    return found


def test_an_apply_is_started_by_hand_with_its_window_and_one_at_a_time() -> None:
    assert set(APPLY["on"]) == {"workflow_dispatch"}
    assert APPLY["on"]["workflow_dispatch"]["inputs"]["window"]["required"] is True
    assert step("apply", "apply")["with"]["window"] == "${{ inputs.window }}"
    assert APPLY["concurrency"] == {"group": "apply-production", "cancel-in-progress": False}


def test_an_apply_comes_from_a_tag_or_the_default_branch_behind_an_environment() -> None:
    preflight, apply = APPLY["jobs"]["preflight"], APPLY["jobs"]["apply"]

    assert preflight["if"] == (
        "github.ref_type == 'tag' || github.ref_name == github.event.repository.default_branch"
    )
    assert apply["needs"] == "preflight"
    assert "if" not in apply
    assert apply["environment"] == "production"


def test_an_apply_is_held_against_the_report_that_was_approved() -> None:
    fetched = " ".join(each.get("run", "") for each in APPLY["jobs"]["apply"]["steps"])
    report = step("apply", "apply")["with"]["preflight-report"]

    assert report == "${{ runner.temp }}/preflight/report.json"
    assert '"$SHA256  $RUNNER_TEMP/preflight/report.json" | sha256sum --check' in fetched
    assert APPLY["jobs"]["preflight"]["outputs"]["sha256"] == (
        "${{ steps.releasegate.outputs.report-sha256 }}"
    )
    assert step("preflight", "preflight")["with"]["migration"] == "${{ inputs.migration }}"


def test_a_pull_request_that_touches_the_database_is_parsed_and_nothing_else() -> None:
    parse_only = WORKFLOWS["parse-only"]
    (gate,) = [
        each["with"]
        for each in parse_only["jobs"]["parse-only"]["steps"]
        if "./" in each.get("uses", "")
    ]

    assert parse_only["on"] == {"pull_request": {"paths": ["db/**"]}}
    assert gate["gates"] == "parse-only"
    assert "database-url" not in gate


@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_workflow_may_read_and_no_job_more_than_it_needs(name: str) -> None:
    jobs = WORKFLOWS[name]["jobs"].values()
    wanted = {
        right
        for job in jobs
        for right, level in job.get("permissions", {}).items()
        if level == "write"
    }

    assert WORKFLOWS[name]["permissions"] == {"contents": "read"}
    assert wanted == ({"pull-requests", "security-events"} if name == "parse-only" else set())
    assert all("timeout-minutes" in job for job in jobs)
