"""action.yml, run step by step as GitHub's runner does: what a pull request shows."""

import base64
import gzip
import hashlib
import json
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from acceptance.production import Production
from acceptance.project import MIGRATION, STORE, Project
from action_runner import Outcome, Runner, commands

ROOT = Path(__file__).parents[2]
NUMBER = 7
HOSTILE = "\"; touch pwned; $(touch pwned) `touch pwned` ${{ secrets.X }} '\n::error::in\nx=y\n- ;"


class GitHub(ThreadingHTTPServer):
    """As much of GitHub as the action asks; a fork's token may read only."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.comments: list[dict[str, Any]] = []
        self.scans: list[dict[str, Any]] = []
        self.may_write = True
        self.is_itself = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: GitHub

    def do_GET(self) -> None:
        if self.server.is_itself:
            self._answer(200, self.server.comments)
        else:
            self.wfile.write(b"what a proxy says\r\n\r\n")

    def do_POST(self) -> None:
        body = self._body()
        if not self.server.may_write:
            self._answer(403, {"message": "Resource not accessible by integration"})
        elif self.path.endswith("/code-scanning/sarifs"):
            self.server.scans.append(body)
            self._answer(202, {})
        else:
            made = {**body, "id": len(self.server.comments) + 1, "user": {"type": "Bot"}}
            self.server.comments.append(made)
            self._answer(201, made)

    def do_PATCH(self) -> None:
        number = int(self.path.rsplit("/", 1)[-1])
        self.server.comments[number - 1].update(self._body())
        self._answer(200, {})

    def _body(self) -> dict[str, Any]:
        assert self.headers["Authorization"] == "Bearer t0ken"
        return json.loads(self.rfile.read(int(self.headers["Content-Length"])))

    def _answer(self, code: int, body: object) -> None:
        self.send_response(code)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def github() -> Iterator[GitHub]:
    server = GitHub()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="session")
def temp(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A runner's temporary folder, in which the first use of the action installs the program."""
    return tmp_path_factory.mktemp("runner")


@pytest.fixture
def runner(project: Project, github: GitHub, temp: Path, tmp_path: Path) -> Runner:
    event = tmp_path / "event.json"
    event.write_text(json.dumps({"pull_request": {"number": NUMBER, "head": {"sha": "ab" * 20}}}))
    facts = {
        "api_url": github.url,
        "server_url": "https://github.com",
        "repository": "team/papers",
        "sha": project.git("rev-parse", "HEAD"),
        "ref": f"refs/pull/{NUMBER}/merge",
        "event_path": str(event),
        "token": "t0ken",
        "action_repository": "org/releasegate",
        "action_ref": "v1",
    }
    return Runner(ROOT, project.root, temp, facts, project.environment())


def only(*gates: str) -> dict[str, str]:
    return {"gates": "\n".join(gates)}


def no_side_effect(project: Project, outcome: Outcome) -> None:
    assert not list(project.root.rglob("pwned"))
    assert "pwned" not in outcome.outputs
    assert set(outcome.outputs) == {"verdict", "exit-code", "report-path", "report-sha256"}


def test_the_action_installs_itself_and_passes_with_a_summary(
    project: Project, runner: Runner
) -> None:
    project.tag()

    outcome = runner.run(**only("release-tag", "app-code", "parse-only"))

    report = Path(outcome.outputs["report-path"])
    assert (runner.temp / "releasegate-venv/bin/releasegate").exists()
    assert outcome.failed_step is None, outcome.log
    assert (outcome.outputs["verdict"], outcome.outputs["exit-code"]) == ("passed", "0")
    assert outcome.outputs["report-sha256"] == hashlib.sha256(report.read_bytes()).hexdigest()
    assert {path.name for path in report.parent.iterdir()} == {
        *("report.json", "report.html", "report.md", "report.sarif", "log"),
    }
    assert "| parse-only | ✅ passed |" in outcome.summary


def test_a_blocked_pull_request_is_red_at_the_line_and_gets_one_comment(
    project: Project, runner: Runner, github: GitHub
) -> None:
    project.tag()
    project.edit(STORE, "(id, plan_id, paper_id, env_hash", "(id, paper_id, env_hash")
    project.commit()
    somebodys = {"id": 1, "body": "<!-- releasegate --> quoted", "user": {"type": "User"}}
    nobodys = {"id": 2, "body": "<!-- releasegate --> quoted", "user": None}
    github.comments += [{**somebodys}, {**nobodys}]

    first = runner.run(**only("app-code"), comment="true", sarif="true")
    second = runner.run(**only("app-code"), comment="true")

    assert first.failed_step == second.failed_step == "Answer"
    assert (first.outputs["verdict"], first.outputs["exit-code"]) == ("blocked", "1")
    assert f"::error file={STORE},line=" in first.log
    assert "error" in commands(first.log)
    (*untouched, comment) = github.comments
    assert untouched == [somebodys, nobodys]
    assert comment["body"].startswith("<!-- releasegate -->\n##")
    assert "https://github.com/org/releasegate/blob/v1/docs/findings.md#rg" in comment["body"]
    (scan,) = github.scans
    assert (scan["commit_sha"], scan["ref"]) == (runner.github["sha"], runner.github["ref"])
    results = json.loads(gzip.decompress(base64.b64decode(scan["sarif"])))["runs"][0]["results"]
    assert "RG201" in {result["ruleId"] for result in results}
    assert "comment posted" in first.log


def test_a_project_below_the_workspace_is_annotated_by_its_paths_in_the_repository(
    project: Project, runner: Runner
) -> None:
    project.edit(STORE, "(id, plan_id, paper_id, env_hash", "(id, paper_id, env_hash")
    folder = project.root / "services/papers team"
    folder.mkdir(parents=True)
    for entry in project.root.iterdir():
        if entry.name not in (".git", "services"):
            entry.rename(folder / entry.name)
    project.commit()

    outcome = runner.run(**only("app-code"), **{"working-directory": "services/papers team"})

    assert (outcome.outputs["verdict"], outcome.outputs["exit-code"]) == ("blocked", "1")
    assert f"::error file=services/papers team/{STORE},line=" in outcome.log
    report = Path(outcome.outputs["report-path"])
    (run,) = json.loads(report.with_suffix(".sarif").read_text())["runs"]
    places = [r["locations"][0]["physicalLocation"]["artifactLocation"] for r in run["results"]]
    assert f"services/papers%20team/{STORE}" in {place["uri"] for place in places}


def test_a_forks_token_posts_nothing_says_so_and_changes_no_answer(
    project: Project, runner: Runner, github: GitHub
) -> None:
    project.tag()
    github.may_write = False

    outcome = runner.run(**only("release-tag"), comment="true", sarif="true")
    without = runner.run(**only("release-tag"), comment="true", token="")

    assert outcome.failed_step is None
    for name in ("comment", "sarif"):
        assert f"{name} not posted because the token may not (403)" in outcome.log
        assert f"{name} not posted because the token may not (403)" in outcome.summary
    assert "| release-tag | ✅ passed |" in outcome.summary
    assert "comment not posted because there is no token" in without.log
    assert without.failed_step is None


def test_what_github_says_in_a_bad_hour_changes_no_answer(
    project: Project, runner: Runner, github: GitHub
) -> None:
    project.tag()
    github.is_itself = False

    outcome = runner.run(**only("release-tag"), comment="true")

    assert outcome.failed_step is None, outcome.log
    assert "comment not posted because of something unforeseen (BadStatusLine)" in outcome.summary


@pytest.mark.parametrize(
    "name",
    ["command", "migration", "gates", "fail-on", "app-code", "database-url", "scratch-url"],
)
def test_a_hostile_input_is_a_wrong_value_and_nothing_else(
    project: Project, runner: Runner, name: str
) -> None:
    outcome = runner.run(**{name: HOSTILE})

    assert outcome.failed_step == "Answer"
    assert (outcome.outputs["verdict"], outcome.outputs["exit-code"]) == ("error", "2")
    assert commands(outcome.log) == ["error"]
    no_side_effect(project, outcome)


def test_a_hostile_window_reaches_no_shell(project: Project, runner: Runner) -> None:
    target = "postgresql://nobody@127.0.0.1:1/none"

    outcome = runner.run(command="apply", window=HOSTILE, **{"database-url": target})

    assert outcome.outputs["exit-code"] == "2"
    no_side_effect(project, outcome)


def test_a_hostile_repository_adds_no_command(project: Project, runner: Runner) -> None:
    project.write(MIGRATION, "SELECT 1;\n::error::injected\n::set-output name=verdict::passed\n")
    project.commit("::error::injected")
    project.tag()

    outcome = runner.run(**only("parse-only"), command="preflight")

    assert outcome.outputs["verdict"] == "blocked"
    assert set(commands(outcome.log)) <= {"error", "warning", "notice"}
    assert [line for line in outcome.log.splitlines() if line.startswith("::error::")] == []
    # Whatever the program's log may hold one day, the runner takes no command from it.
    before, _, after = outcome.log.partition('"event": "run.started"')
    assert "::stop-commands::" in before
    assert "::error " not in after.partition('"event": "run.finished"')[0]


def test_what_was_approved_is_applied_and_nothing_else(
    project: Project, runner: Runner, production: Production
) -> None:
    project.tag()
    target = {"database-url": production.url}
    approved = runner.run(**target).outputs["report-path"]

    applied = runner.run(
        command="apply", window="now/PT30M", **{"preflight-report": approved}, **target
    )

    assert applied.failed_step is None, applied.log
    assert applied.outputs["verdict"] == "applied"
    assert "1 of 1 step is applied" in applied.summary
    assert "postgresql://" not in applied.log


def test_a_throwaway_server_of_ones_own_is_the_one_that_is_asked(
    project: Project, runner: Runner
) -> None:
    nobody = "postgresql://nobody:canary@127.0.0.1:1/none"

    outcome = runner.run(**only("parse-only"), **{"scratch-url": nobody})

    assert outcome.outputs["exit-code"] == "1"
    assert "| parse-only | ⛔ errored |" in outcome.summary
    assert "canary" not in outcome.log + outcome.summary


def test_a_warning_blocks_where_it_is_asked_to(project: Project, runner: Runner) -> None:
    (project.root / "db/schema/v0.sql").unlink()
    project.write("releasegate.toml", "")
    project.write(MIGRATION, "CREATE TABLE t (id bigint);\n")
    project.commit()

    answers = [
        runner.run(**only("parse-only"), **{"fail-on": level}).outputs["verdict"]
        for level in ("error", "warning")
    ]

    assert answers == ["passed", "blocked"]


def test_no_migration_at_all_is_red(project: Project, runner: Runner) -> None:
    (project.root / MIGRATION).unlink()
    (project.root / "db/migrations/keep").write_text("")
    project.commit()

    outcome = runner.run(**only("parse-only"))

    assert outcome.failed_step == "Answer"
    assert outcome.outputs["exit-code"] == "2"
    assert "no migration" in outcome.log


def clone(project: Project, folder: Path, *options: str) -> None:
    command = ["git", "clone", "--quiet", *options, project.root.as_uri(), str(folder)]
    subprocess.run(command, env=project.environment(), check=True, capture_output=True)


def test_a_shallow_checkout_gets_the_history_that_tells_ancestry(
    project: Project, runner: Runner, tmp_path: Path
) -> None:
    project.tag()
    project.write("later", "x")
    project.commit("Later")
    runner.workspace = tmp_path / "shallow"
    clone(project, runner.workspace, "--depth", "1")

    outcome = runner.run(**only("release-tag"))

    assert outcome.failed_step is None, outcome.log
    assert outcome.outputs["verdict"] == "passed"


def test_a_whole_checkout_that_may_fetch_nothing_is_no_warning(
    project: Project, runner: Runner, tmp_path: Path
) -> None:
    project.tag()
    runner.workspace = tmp_path / "whole"
    clone(project, runner.workspace)
    subprocess.run(
        ["git", "remote", "set-url", "origin", "file:///nowhere"], cwd=runner.workspace, check=True
    )

    outcome = runner.run(**only("release-tag"))

    assert outcome.outputs["verdict"] == "passed"
    assert "::warning" not in outcome.log


def test_where_the_history_cannot_be_fetched_the_command_is_said(
    project: Project, runner: Runner, tmp_path: Path
) -> None:
    project.tag()
    project.write("later", "x")
    project.commit("Later")
    runner.workspace = tmp_path / "shallow"
    clone(project, runner.workspace, "--depth", "1")
    subprocess.run(
        ["git", "remote", "set-url", "origin", "file:///nowhere"], cwd=runner.workspace, check=True
    )

    outcome = runner.run(**only("release-tag"))

    assert outcome.failed_step == "Answer"
    assert "git fetch --unshallow --tags" in outcome.log
    assert "RG107" in outcome.summary


def test_a_plan_and_a_status_are_shown_as_well(
    project: Project, runner: Runner, production: Production
) -> None:
    plan = runner.run(command="plan", migration="001")
    status = runner.run(command="status", **{"database-url": production.url})

    assert (plan.failed_step, status.failed_step) == (None, None), plan.log + status.log
    assert (plan.outputs["verdict"], status.outputs["verdict"]) == ("passed", "passed")
    assert "## releasegate plan: passed" in plan.summary
    assert "SHARE ROW EXCLUSIVE on public.papers" in plan.summary
    assert f"pending `{MIGRATION}`" in status.summary
