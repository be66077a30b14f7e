"""What the program writes, where, in which form, and what it never writes."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
import uuid
from datetime import datetime
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from acceptance.production import Production
from acceptance.project import MIGRATION, PROGRAM, Project, Run
from releasegate import __version__, scaffold
from releasegate.cli.besides import INITS_RUNBOOK

EVENT = re.compile(r"[a-z]+\.[a-z_]+")
PASSWORD = "canary-password"
CANARY = "canary-in-a-row"


def schema() -> dict[str, Any]:
    text = resources.files("releasegate.reports").joinpath("report.schema.json").read_text()
    return json.loads(text)


def assert_published_shape(run: Run) -> None:
    """Hold a report against the schema that is published for it."""
    checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
    jsonschema.Draft202012Validator(schema(), format_checker=checker).validate(run.report)
    assert run.report["exit_code"] == run.exit_code


# -- the report


def test_the_published_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())


def test_the_schema_refuses_what_no_report_holds(released: Project) -> None:
    report = released.ask("plan").report
    validator = jsonschema.Draft202012Validator(schema())

    assert validator.is_valid(report)
    assert not validator.is_valid({**report, "verdict": "perhaps"})
    assert not validator.is_valid({**report, "exit_code": "0"})
    assert not validator.is_valid({k: v for k, v in report.items() if k != "gates"})


def test_each_report_of_the_story_has_the_published_shape_and_the_exit_code(
    project: Project, production: Production
) -> None:
    blocked = project.apply(production.url)
    project.tag()
    passed = project.ask("preflight", url=production.url)
    plan = project.ask("plan", url=production.url)
    with production.held("plans"):
        stopped = project.apply(production.url, window="now/PT2S")
    applied = project.apply(production.url)
    done = project.apply(production.url)
    status = project.ask("status", url=production.url)

    runs = [blocked, passed, plan, stopped, applied, done, status]
    for run in runs:
        assert_published_shape(run)
    verdicts = [run.report["verdict"] for run in runs]
    assert verdicts == [
        "blocked",
        "passed",
        "passed",
        "stopped",
        "applied",
        "nothing_to_do",
        "passed",
    ]
    assert [run.exit_code for run in runs] == [1, 0, 0, 3, 0, 0, 0]
    assert len({run.report["run_id"] for run in runs}) == len(runs)


def test_a_report_tells_who_was_in_the_way_and_when_each_step_began_and_ended(
    released: Project, production: Production
) -> None:
    with production.held("plans"):
        run = released.start_apply(production.url)
        run.await_event("lock.awaited")
    report = run.finish().report

    first, *_, last = report["timeline"]
    waits = [moment for moment in report["timeline"] if moment["event"] == "lock.awaited"]
    assert (first["event"], last["event"], last["status"]) == (
        "step.started",
        "step.finished",
        "applied",
    )
    assert {holder["relation"] for wait in waits for holder in wait["held_by"]} == {"public.plans"}
    assert report["started_at"] <= first["at"] <= waits[0]["at"] <= last["at"]


def test_any_format_is_rendered_from_one_runs_report(released: Project, tmp_path: Path) -> None:
    released.edit(MIGRATION, "X IF NOT EXISTS idx_plans_paper", "KS IF NOT EXISTS idx_plans_paper")
    file = tmp_path / "report.json"
    ran = released.ask("preflight", "--gate", "parse-only", "--output", str(file))

    again = {
        name: released.run("report", str(file), "--format", name)
        for name in ("console", "json", "github", "markdown", "sarif", "junit", "html")
    }

    assert ran.exit_code == 1
    assert {run.exit_code for run in again.values()} == {0}
    assert json.loads(again["json"].stdout) == json.loads(file.read_text())
    line = released.line_of(MIGRATION, "idx_plans_paper_id")
    assert f"::error file={MIGRATION},line={line},col=8,title=RG301" in again["github"].stdout
    assert all("RG301" in run.stdout for run in again.values())
    assert "CREATE INDEKS" in again["markdown"].stdout


def test_what_the_app_felt_is_drawn_where_it_was_measured(released: Project) -> None:
    released.ask("plan", "--output", "plan.json")
    released.write("app.json", '{"timeline": [{"at": "2027-01-17T01:00:00Z", "max_ms": 37}]}')
    released.write("odd.json", '{"timeline": [{"at": "yesterday"}]}')
    rendered = ["report", "plan.json", "--format", "html"]

    drawn = released.run(*rendered, "--latency", "app.json")
    plain = released.run(*rendered)
    refused = released.run(*rendered, "--latency", "odd.json")

    assert "What the app felt" in drawn.stdout
    assert "Longest wait: 37 ms" in drawn.stdout
    assert "What the app felt" not in plain.stdout
    assert refused.exit_code == 2


def test_what_is_no_report_cannot_be_rendered(released: Project) -> None:
    released.write("broken.json", '{"schema": 1}')
    file = released.root / "odd.json"
    released.ask("plan", "--output", str(file))
    moment = {"at": "0001-01-01T00:00:00Z", "event": "step.started", "step": 1}
    odd = {"timeline": [moment, {**moment, "at": "2027-01-17T01:00:00Z"}]}
    window = {"opens_at": "2027-01-17T01:00:00Z", "closes_at": "2027-01-17T01:30:00Z"}
    file.write_text(json.dumps({**json.loads(file.read_text()), **odd, "window": window}))

    names = ("broken.json", "missing.json", MIGRATION, "odd.json")
    runs = [released.run("report", name, "--format", "html") for name in names]

    assert [run.exit_code for run in runs] == [2, 2, 2, 2]
    assert [run.stdout for run in runs] == ["", "", "", ""]


@pytest.mark.parametrize(
    ("env", "is_painted"),
    [
        ({"TERM": "xterm"}, True),
        ({"TERM": "xterm", "NO_COLOR": "1"}, False),
        ({"TERM": "dumb"}, False),
    ],
    ids=["terminal", "NO_COLOR", "dumb"],
)
def test_a_terminal_gets_colours_unless_they_are_not_wanted(
    released: Project, env: dict[str, str], is_painted: bool
) -> None:
    leader, follower = os.openpty()
    command = [str(PROGRAM), "preflight", "--gate", "release-tag"]

    subprocess.run(
        command,
        cwd=released.root,
        env={**released.environment(), **env},
        stdout=follower,
        check=True,
    )
    os.close(follower)

    assert (b"\x1b[" in os.read(leader, 65536)) is is_painted
    os.close(leader)


def test_the_console_report_says_the_same_as_the_json_report(project: Project) -> None:
    gates = ["--gate", "release-tag", "--gate", "app-code"]
    console = project.run("preflight", *gates, env={"TERM": "xterm"})
    as_json = project.ask("preflight", *gates)

    assert console.exit_code == as_json.exit_code == 1
    assert "BLOCKED" in console.stdout
    assert "\x1b" not in console.stdout
    for finding in as_json.findings:
        assert finding["code"] in console.stdout
    for gate in as_json.report["gates"]:
        assert gate["gate"] in console.stdout
    assert as_json.report["summary"] in " ".join(console.stdout.split())


def test_an_output_file_takes_the_report_and_leaves_standard_output_empty(
    released: Project, tmp_path: Path
) -> None:
    file = tmp_path / "report.json"

    run = released.ask("plan", "--output", str(file))

    assert run.exit_code == 0
    assert run.stdout == ""
    assert json.loads(file.read_text())["verdict"] == "passed"
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


@pytest.mark.parametrize(
    "option", [pytest.param("--output", id="report"), pytest.param("--log-file", id="log")]
)
def test_a_file_that_cannot_be_written_ends_the_run_before_anything_happens(
    released: Project, production: Production, tmp_path: Path, option: str
) -> None:
    file = tmp_path / "no such folder" / "file"

    run = released.apply(production.url, option, str(file))

    assert run.exit_code == 2
    assert run.stdout == ""
    assert "no such folder" in run.stderr
    assert not production.has_ledger()


def test_an_output_that_is_a_folder_is_a_usage_error(
    released: Project, production: Production, tmp_path: Path
) -> None:
    run = released.apply(production.url, "--output", str(tmp_path))

    assert run.exit_code == 2
    assert not production.has_ledger()


def test_a_reader_who_leaves_changes_no_exit_code(project: Project, production: Production) -> None:
    def without_reader(*arguments: str) -> int:
        environment = {**project.environment(), "RELEASEGATE_DATABASE_URL": production.url}
        process = subprocess.Popen(
            [str(PROGRAM), *arguments],
            cwd=project.root,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert process.stdout is not None
        process.stdout.close()
        return process.wait(timeout=60)

    told = [without_reader(*words.split()) for words in
            ("--version", "--help", "explain RG101", "completion bash")]  # fmt: skip
    blocked = without_reader("preflight", "--gate", "release-tag", "--format", "json")
    project.tag()
    applied = without_reader("apply", "--window", "now/PT30M")

    assert told == [0, 0, 0, 0]
    assert blocked == 1
    assert applied == 0
    assert production.is_hardened()


def test_without_terminal_and_with_an_ascii_locale_every_name_is_written(project: Project) -> None:
    table = 'CREATE TABLE "t\u00ebst" (id bigint);\n'
    project.write(MIGRATION, table.encode())
    plain = {"LANG": "C", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}

    done = subprocess.run(
        [str(PROGRAM), "plan", "001"],
        cwd=project.root,
        env={**project.environment(), **plain, "COLUMNS": "60", "TERM": "dumb"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        start_new_session=True,
        check=True,
    )

    assert b"t\\xebst" in done.stdout
    assert done.stdout.isascii()
    assert b"\x1b" not in done.stdout


def test_a_reader_who_leaves_is_no_failure_to_be_shown(project: Project) -> None:
    for words in ("--version", "--help", "explain RG101", "preflight --gate release-tag"):
        script = f"{PROGRAM} {words} | true"
        done = subprocess.run(
            ["bash", "-c", script],
            cwd=project.root,
            env=project.environment(),
            stderr=subprocess.PIPE,
            check=True,
        )
        assert b"Traceback" not in done.stderr
        assert b"Error" not in done.stderr


def test_a_report_that_finds_no_room_is_said_and_changes_no_exit_code(project: Project) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [str(PROGRAM), "preflight", "--gate", "release-tag"],
            cwd=project.root,
            env=project.environment(),
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )

    assert done.returncode == 1
    assert b"the report was not written: No space left" in done.stderr


@pytest.mark.parametrize("arguments", [("explain", "RG301"), ("--help",)])
def test_an_answer_that_finds_no_room_is_no_bug(arguments: tuple[str, ...]) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [str(PROGRAM), *arguments], stdout=full, stderr=subprocess.PIPE, check=False
        )

    assert done.returncode == 2
    assert b"the answer was not written" in done.stderr


# -- the log


def test_the_log_file_holds_every_event_as_a_line_of_json(
    released: Project, production: Production, tmp_path: Path
) -> None:
    file = tmp_path / "log.jsonl"
    file.write_text('{"event": "earlier.line"}\n')

    with production.held("plans") as holder:
        running = released.start_apply(production.url, "--log-file", str(file))
        running.await_event("lock.awaited")
        holder.rollback()
        run = running.finish()

    assert run.exit_code == 0
    earlier, *events = [json.loads(line) for line in file.read_text().splitlines()]
    assert earlier == {"event": "earlier.line"}
    assert events == run.events
    for event in events:
        assert EVENT.fullmatch(event["event"])
        assert event["run_id"] == run.report["run_id"]
        assert datetime.fromisoformat(event["timestamp"]).tzinfo
        assert event["level"] in ("debug", "info", "warning", "error")
    names = [event["event"] for event in events]
    assert names[0] == "run.started"
    assert names[-1] == "run.finished"
    assert {"target.identified", "gate.answered", "step.started", "lock.awaited"} <= set(names)
    assert all("migration" in e for e in events if e["event"].startswith(("gate", "step", "lock")))
    assert all(e["step"] == 1 for e in events if e["event"].startswith(("step.", "lock.")))


# -- what is never written


def with_password(production: Production) -> str:
    """Write the target as operators do, with a password that trust authentication ignores."""
    where = production.database.owner.values
    place = f"{where['dbname']}?host={where['host']}&port={where['port']}"
    return f"postgresql://{where['user']}:{PASSWORD}@/{place}"


STRAY = uuid.UUID("cafecafe-cafe-4afe-8afe-cafecafecafe")


@pytest.mark.parametrize(
    ("spoil", "line", "exit_code", "code", "form"),
    [
        pytest.param(
            f"INSERT INTO plans (id, paper_id) VALUES (gen_random_uuid(), '{STRAY}')",
            "",
            1,
            "RG521",
            "json",
            id="orphan",
        ),
        pytest.param(
            f"INSERT INTO papers (id, title) VALUES (gen_random_uuid(), '{CANARY}')",
            "CREATE UNIQUE INDEX papers_title ON papers (title);",
            1,
            "RG521",
            "console",
            id="duplicate",
        ),
        pytest.param(
            f"UPDATE papers SET title = '{CANARY}'",
            "CREATE INDEX papers_number ON papers ((title::bigint)) WHERE title LIKE 'canary-in%';",
            1,
            "22P02",
            "json",
            id="no number",
        ),
        pytest.param(
            f"UPDATE papers SET title = '{CANARY}'",
            "UPDATE papers SET title = title::bigint WHERE title LIKE 'canary-in%';",
            3,
            "22P02",
            "console",
            id="statement",
        ),
    ],
)
def test_neither_password_nor_values_of_rows_are_ever_written(
    released: Project,
    production: Production,
    tmp_path: Path,
    spoil: str,
    line: str,
    exit_code: int,
    code: str,
    form: str,
) -> None:
    production.execute(f"INSERT INTO papers (id, title) VALUES (gen_random_uuid(), '{CANARY}')")
    production.execute(spoil)
    released.edit(MIGRATION, "COMMIT;", f"{line}\n\nCOMMIT;")
    released.commit()
    before = production.schema()
    file = tmp_path / "log.jsonl"
    options = ["--window", "now/PT30M", "--format", form, "--log-file", str(file)]

    run = released.run("apply", *options, url=with_password(production))

    assert run.exit_code == exit_code
    assert code in run.stdout
    assert production.schema() == before
    kept = str(production.ledger()) if production.has_ledger() else ""
    for text in (run.stdout, run.stderr, file.read_text(), kept):
        assert PASSWORD not in text
        assert CANARY not in text
        assert str(STRAY) not in text


# -- options


def test_one_gate_alone_is_asked_when_it_alone_is_named(project: Project) -> None:
    run = project.ask("preflight", "--gate", "app-code")

    assert run.exit_code == 0
    statuses = {gate["gate"]: gate["status"] for gate in run.report["gates"]}
    assert statuses.pop("app-code") == "passed"
    assert set(statuses.values()) == {"not_asked"}
    assert run.report["not_asked"] == list(statuses)


def test_a_required_gate_that_was_not_asked_blocks(released: Project) -> None:
    run = released.ask("preflight", "--gate", "release-tag", "--require", "live-database")

    assert run.exit_code == 1
    assert run.report["verdict"] == "blocked"
    assert "live-database" in run.report["summary"]


def test_without_a_database_the_report_says_which_migration_it_took(released: Project) -> None:
    guessed = released.ask("preflight", "--gate", "app-code")
    named = released.ask("preflight", "001", "--gate", "app-code")

    assert "the newest: 001_init_v1.sql" in guessed.report["summary"]
    assert "newest" not in named.report["summary"]


@pytest.mark.parametrize(
    ("shell", "file"),
    [
        ("bash", ".local/share/bash-completion/completions/releasegate"),
        ("zsh", ".zfunc/_releasegate"),
        ("fish", ".config/fish/completions/releasegate.fish"),
    ],
)
def test_completion_is_installed_where_the_shell_looks(
    project: Project, tmp_path: Path, shell: str, file: str
) -> None:
    env = {"HOME": str(tmp_path / "me"), "SHELL": f"/usr/bin/{shell}"}

    printed = project.run("completion", shell)
    installed = project.run("completion", "--install", env=env)

    assert installed.exit_code == 0
    assert str(tmp_path / "me" / file) in installed.stdout
    assert (tmp_path / "me" / file).read_text() == printed.stdout
    assert "_RELEASEGATE_COMPLETE" in printed.stdout


@pytest.mark.parametrize(
    ("shell", "loads"),
    [
        ("bash", ["bash", "--norc", "-euc", 'source "$0"; complete -p releasegate']),
        ("zsh", ["zsh", "-fc", 'autoload -Uz compinit; compinit -D; source "$0"']),
        ("fish", ["fish", "--no-config", "-c", 'source "$argv[1]"; complete -c releasegate']),
    ],
)
def test_a_shell_loads_its_completion(
    project: Project, tmp_path: Path, shell: str, loads: list[str]
) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    script = tmp_path / "completion"
    script.write_text(project.run("completion", shell).stdout)

    done = subprocess.run([*loads, str(script)], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")


def test_bash_completes_commands_options_and_gates(project: Project) -> None:
    script = project.run("completion", "bash").stdout
    asked = [["pre"], ["preflight", "--str"], ["preflight", "--gate", "parse"]]

    for words in asked:
        line = " ".join(["releasegate", *words])
        script += f"COMPREPLY=() COMP_WORDS=({line}) COMP_CWORD={len(words)}; "
        script += '_releasegate_completion releasegate; echo "${COMPREPLY[@]}"\n'
    env = {**project.environment(), "PATH": f"{PROGRAM.parent}:{os.environ['PATH']}"}
    done = subprocess.run(
        ["bash", "-c", script], env=env, capture_output=True, text=True, check=True
    )

    assert done.stdout.split() == ["preflight", "--strategy", "parse-only"]


def test_the_version_and_the_help_are_told_at_once(project: Project) -> None:
    commands = {"floor": [sys.executable, "-c", "pass"]}
    commands |= {option: [str(PROGRAM), option] for option in ("--version", "--help")}
    taken: dict[str, list[float]] = {name: [] for name in commands}

    for _ in range(7):
        for name, command in commands.items():
            began = time.perf_counter()
            subprocess.run(command, env=project.environment(), capture_output=True, check=True)
            taken[name].append(time.perf_counter() - began)
    floor = min(taken["floor"])

    # The quickest of each: what else the machine does only adds to it.
    assert min(taken["--version"]) <= 2.5 * floor
    assert min(taken["--help"]) <= 7 * floor


def test_an_unknown_shell_is_a_usage_error(project: Project) -> None:
    run = project.run("completion", env={"SHELL": "/bin/dash"})

    assert run.exit_code == 2
    assert "bash, zsh, fish" in run.stderr


def test_nothing_asked_is_no_pass(released: Project) -> None:
    run = released.ask("preflight", "--gate", "live-database")

    assert run.exit_code == 1
    assert run.report["verdict"] == "blocked"


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["apply", "--window", "now/PT30M"], id="apply"),
        pytest.param(["status"], id="status"),
    ],
)
def test_what_is_about_a_database_is_a_usage_error_without_one(
    released: Project, arguments: list[str]
) -> None:
    run = released.run(*arguments)

    assert run.exit_code == 2
    assert run.stdout == ""
    assert "--database-url" in run.stderr


def test_status_exits_with_1_over_drift_only_where_that_is_asked_for(
    released: Project, production: Production
) -> None:
    released.apply(production.url)
    clean = released.ask("status", "--exit-code", url=production.url)
    production.execute("DROP INDEX idx_runs_plan_id")

    told = released.ask("status", url=production.url)
    asked = released.ask("status", "--exit-code", url=production.url)

    assert clean.exit_code == 0
    assert clean.report["migrations"][0]["state"] == "applied"
    assert told.exit_code == 0
    assert told.report["migrations"][0]["state"] == "drifted"
    assert "idx_runs_plan_id" in told.report["migrations"][0]["detail"]
    assert asked.exit_code == asked.report["exit_code"] == 1


@pytest.mark.parametrize("code", ["RG101", "rg101"])
def test_a_code_is_explained(released: Project, code: str) -> None:
    run = released.run("explain", code)

    assert run.exit_code == 0
    assert "RG101" in run.stdout
    assert "git tag" in run.stdout


@pytest.mark.parametrize(("code", "place"), [("RG516", "#live-database"), ("3", "")])
def test_a_code_leads_to_a_page_that_lies_in_this_repository(
    project: Project, code: str, place: str
) -> None:
    without = project.run("explain", code)
    project.run("init")
    with_its_own = project.run("explain", code)

    assert INITS_RUNBOOK == scaffold.RUNBOOK
    assert "in releasegate's own repository" in without.stdout
    assert f" {INITS_RUNBOOK}{place}\n" in with_its_own.stdout
    assert f"{place.replace('#', '### ')}\n" in project.read(INITS_RUNBOOK)


def test_an_unknown_code_is_a_usage_error(released: Project) -> None:
    run = released.run("explain", "RG999")

    assert run.exit_code == 2
    assert "RG999" in run.stderr


@pytest.mark.parametrize("command", ["", "preflight", "apply", "plan", "status", "explain", "demo"])
def test_every_command_has_a_help_with_an_example(released: Project, command: str) -> None:
    run = released.run(*command.split(), "--help")

    assert run.exit_code == 0
    assert f"releasegate {command}".strip() in run.stdout
    assert "Example" in run.stdout


def test_the_version_is_told(released: Project) -> None:
    run = released.run("--version")

    assert run.exit_code == 0
    assert run.stdout == f"releasegate {__version__}\n"


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["prefligth"], id="command"),
        pytest.param(["preflight", "--gate", "vibes"], id="gate"),
        pytest.param(["preflight", "--format", "rtf"], id="format"),
        pytest.param(["status", "--window", "now/PT1H"], id="option of another command"),
    ],
)
def test_a_slip_on_the_command_line_is_a_usage_error(
    released: Project, arguments: list[str]
) -> None:
    run = released.run(*arguments)

    assert run.exit_code == 2
    assert run.stdout == ""
    assert arguments[-1] in run.stderr or arguments[-2] in run.stderr
