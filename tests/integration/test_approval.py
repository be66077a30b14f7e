"""What was approved is what is applied: each way to differ is a finding of its own."""

from __future__ import annotations

import subprocess
import uuid
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest

from releasegate import log, settings
from releasegate.gates import questions
from releasegate.model import GateResult, GateStatus, Report, Verdict
from releasegate.release.approval import hold_against, plan_of
from releasegate.release.inputs import Request, prepare
from releasegate.release.sequence import GATES
from releasegate.reports import json, reading

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from releasegate.throwaway import Database, Server

FILE = "db/migrations/001_a.sql"


@dataclass
class Team:
    """A released project, and the database that it is for."""

    folder: Path
    database: Database

    def git(self, *arguments: str) -> str:
        author = ("-c", "user.name=Me", "-c", "user.email=me@example.org")
        done = subprocess.run(
            ["git", *author, *arguments], cwd=self.folder, check=True, capture_output=True
        )
        return done.stdout.decode().strip()

    def commit(self, path: str, text: str) -> None:
        (self.folder / path).write_text(text)
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "Change something")

    def request(self, **changes: Any) -> Request:
        request = Request(
            "preflight",
            settings.load(self.folder, {}),
            str(uuid.uuid4()),
            log.set_up("approval"),
            migration="001",
            target=self.database.owner,
        )
        return replace(request, **changes)

    def approve(self, **changes: Any) -> Report:
        """Have a preflight's report, as written and read again, whose gates all passed."""
        passed = tuple(
            GateResult(
                gate.id,
                gate.title,
                GateStatus.NOT_ASKED if gate.id == "window" else GateStatus.PASSED,
            )
            for gate in GATES
        )
        with prepare(self.request(**changes)) as made:
            plan = plan_of(made.inputs)
            report = made.report(0, Verdict.PASSED, "Fine.", gates=passed, plan=plan)
        return reading.read(json.render(report).encode())

    def refusals(self, approved: Report, **changes: Any) -> set[str]:
        before = (GateResult(questions.RELEASE_TAG.id, "", GateStatus.PASSED),)
        with prepare(self.request(command="apply", **changes)) as made:
            (result,) = hold_against(approved, made.inputs, before)
        assert (result.status is GateStatus.BLOCKED) == bool(result.findings)
        assert result.evidence == {"approved_run": approved.run_id}
        return {finding.code for finding in result.findings}


@pytest.fixture
def team(tmp_path: Path, database: Database) -> Team:
    made = Team(tmp_path, database)
    (tmp_path / "db/migrations").mkdir(parents=True)
    made.git("init", "-q", "-b", "main")
    made.commit(FILE, "BEGIN;\nCREATE TABLE a (id int);\nCOMMIT;\n")
    made.git("tag", "-a", "v0", "-m", "cut")
    return made


def test_the_same_again_is_what_was_approved(team: Team) -> None:
    assert team.refusals(team.approve()) == set()


def change_the_file(team: Team) -> None:
    team.commit(FILE, "BEGIN;\nCREATE TABLE b (id int);\nCOMMIT;\n")


def commit_more(team: Team) -> None:
    team.commit("notes", "more")


def move_the_tag(team: Team) -> None:
    commit_more(team)
    team.git("tag", "-f", "-a", "v0", "-m", "cut")


def make_the_tag_again(team: Team) -> None:
    team.git("tag", "-f", "-a", "v0", "-m", "cut again")


def make_it_a_lightweight_one(team: Team) -> None:
    team.git("tag", "-f", "v0", "v0^{commit}")


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        (change_the_file, {"RG132", "RG133", "RG136"}),
        (commit_more, {"RG133"}),
        (move_the_tag, {"RG133", "RG134"}),
        (make_the_tag_again, {"RG130"}),
        (make_it_a_lightweight_one, {"RG130"}),
    ],
)
def test_what_changed_in_the_repository_is_told_apart(
    team: Team, change: Callable[[Team], None], codes: set[str]
) -> None:
    approved = team.approve()

    change(team)

    assert team.refusals(approved) == codes


def test_another_database_of_the_same_server_is_another_target(team: Team, server: Server) -> None:
    approved = team.approve()

    with server.database() as other:
        assert team.refusals(approved, target=other.owner) == {"RG135"}
    assert team.refusals(team.approve(target=None)) == {"RG135"}


def test_a_role_that_may_only_read_may_have_asked_for_the_approval(team: Team) -> None:
    assert team.refusals(team.approve(target=team.database.admin)) == set()


def test_another_strategy_is_another_plan(team: Team) -> None:
    assert team.refusals(team.approve(strategy="as-written")) == {"RG136"}


def unasked(report: Report) -> Iterator[GateResult]:
    for result in report.gates:
        is_it = result.gate == "rehearsal"
        yield replace(result, status=GateStatus.NOT_ASKED) if is_it else result


@pytest.mark.parametrize(
    "worsen",
    [
        lambda report: replace(report, command="plan"),
        lambda report: replace(report, verdict=Verdict.BLOCKED),
        lambda report: replace(report, gates=()),
        lambda report: replace(report, gates=tuple(unasked(report))),
    ],
    ids=["plan", "blocked", "no-gates", "not-asked"],
)
def test_a_report_of_no_passed_preflight_approves_nothing(
    team: Team, worsen: Callable[[Report], Report]
) -> None:
    assert team.refusals(worsen(team.approve())) == {"RG131"}
