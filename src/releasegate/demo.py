"""The whole story on an embedded server: told with the same commands that people type."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from releasegate import database, throwaway
from releasegate.counted import counted
from releasegate.errors import ReleasegateError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from releasegate.throwaway import Database

_CONFIGURATION = """\
migrations = "db/migrations"
baseline = "db/schema/v0.sql"
release-tag = "v0"

[app-code]
roots = ["examples/papers"]
"""
_SEED = ("--papers", "300", "--runs-per-paper", "2", "--events-per-run", "50")
_LOAD = ("--connections", "8", "--rate", "200")
#: seconds of load before and after the apply, to compare with
_QUIET_S = 2.0
_READY_S = 20.0


class DemoFailed(ReleasegateError):
    """A step of the story went otherwise than it should."""

    exit_code = 70


@dataclass(frozen=True)
class _Stage:
    """The folder, the database and the words of one telling."""

    folder: Path
    environment: dict[str, str]
    say: Callable[[str], None]

    def releasegate(self, *arguments: str, expect: int) -> None:
        """Run a command as a person would, show its report, and demand its exit code."""
        self.say(f"\n$ releasegate {' '.join(arguments)}")
        done = self.run(sys.executable, "-m", "releasegate", *arguments)
        for line in done.stdout.splitlines():
            self.say(f"  {line}".rstrip())
        self.say(f"  exit code {done.returncode}")
        if done.returncode != expect:
            raise DemoFailed(f"The demo expected exit code {expect}.\n{done.stderr}")

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def must(self, *command: str) -> None:
        done = self.run(*command)
        if done.returncode != 0:
            raise DemoFailed(f"{command[0]} failed: {done.stderr.strip()}")


def tell(*, directory: Path | None, cache: Path | None, say: Callable[[str], None]) -> int:
    """Tell the story; the repository and the reports stay in ``directory``.

    Raises:
        DemoFailed: something went otherwise than the story says.
    """
    folder = _folder(directory)
    began = time.monotonic()
    say("A repository with the app and its migration, and a database in use, are made.")
    with throwaway.start(cache=cache) as server, server.database() as production:
        stage = _Stage(folder, _environment(production), say)
        _make_repository(stage)
        _fill(stage, production)
        with _load(stage):
            _sequence(stage)
    _sum_up(stage)
    stage.releasegate(
        *("report", "apply.json", "--latency", "app.json"),
        *("--format", "html", "--output", "apply.html"),
        expect=0,
    )
    say(f"The report of the apply, with its timeline: {folder / 'apply.html'}")
    say(f"The demo took {time.monotonic() - began:.0f} s; nothing but that folder is left.")
    return 0


def _sequence(stage: _Stage) -> None:
    stage.say("The app is at work. The migration is written, the release is not cut:")
    stage.releasegate("preflight", expect=1)
    stage.say("\n$ git tag -a v0 -m v0")
    stage.must("git", "tag", "-a", "v0", "-m", "v0")
    stage.releasegate("preflight", expect=0)
    time.sleep(_QUIET_S)
    stage.releasegate(
        *("apply", "--window", "now/PT2M", "--format", "json"),
        *("--output", "apply.json", "--log-file", "apply.log"),
        expect=0,
    )
    _show(stage)
    stage.say("\nThe same again changes nothing:")
    stage.releasegate("apply", "--window", "now/PT2M", expect=0)
    time.sleep(_QUIET_S)


def _show(stage: _Stage) -> None:
    """Say what the report of the apply holds."""
    report: dict[str, Any] = json.loads((stage.folder / "apply.json").read_text())
    stage.say(f"  {report['verdict'].upper()}. {report['summary']}")
    for gate in report["gates"]:
        stage.say(f"  {gate['status']:<10} {gate['gate']}")
    counts = Counter(outcome["status"].replace("_", " ") for outcome in report["outcomes"])
    seconds = sum(outcome["duration_s"] for outcome in report["outcomes"])
    said = ", ".join(f"{count} {status}" for status, count in counts.items())
    stage.say(f"  {counted(len(report['outcomes']), 'step')} in {seconds:.2f} s: {said}")


def _folder(directory: Path | None) -> Path:
    if directory is None:
        return Path(tempfile.mkdtemp(prefix="releasegate-demo-"))
    if directory.exists():
        raise UsageError(f"{directory} exists already; name a new directory.")
    directory.mkdir(parents=True)
    return directory.resolve()


def _environment(production: Database) -> dict[str, str]:
    kept = ("PATH", "HOME", "LANG", "TMPDIR", "XDG_CACHE_HOME", "VIRTUAL_ENV")
    clean = {name: os.environ[name] for name in kept if name in os.environ}
    url = production.owner.dsn(application_name="papers")
    person = {"NAME": "Demo", "EMAIL": "demo@example.org"}
    identity = {f"GIT_{who}_{k}": v for who in ("AUTHOR", "COMMITTER") for k, v in person.items()}
    return {
        **clean,
        **identity,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "RELEASEGATE_DATABASE_URL": url,
        "PAPERS_DATABASE_URL": url,
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def _make_repository(stage: _Stage) -> None:
    source = _story()
    ignore = shutil.ignore_patterns("__pycache__")
    for part in ("db", "examples/papers"):
        shutil.copytree(source / part, stage.folder / part, ignore=ignore)
    (stage.folder / "releasegate.toml").write_text(_CONFIGURATION)
    stage.must("git", "init", "--quiet", "--initial-branch=main")
    stage.must("git", "add", "db", "examples", "releasegate.toml")
    stage.must("git", "commit", "--quiet", "-m", "The app, its schema and the migration")


def _story() -> Path:
    """Find the app and its migration: inside an installed package, or in this repository."""
    here = Path(__file__).resolve().parent
    for place in (here / "story", here.parents[1]):
        if (place / "db" / "schema" / "v0.sql").is_file():
            return place
    raise DemoFailed("The demo's files are missing from this installation.")


def _fill(stage: _Stage, production: Database) -> None:
    schema = (stage.folder / "db/schema/v0.sql").read_bytes()
    with database.connect(production.owner, application_name="demo") as connection:
        connection.execute(schema)
    stage.must(sys.executable, "-m", "examples.papers", "seed", *_SEED)


@contextmanager
def _load(stage: _Stage) -> Iterator[None]:
    """Keep the app at work; it writes its own report when it is stopped."""
    files = ("--ready-file", "app.ready", "--report", "app.json", "--stop-with-stdin")
    worker = subprocess.Popen(
        [sys.executable, "-m", "examples.papers", "worker", *_LOAD, *files],
        cwd=stage.folder,
        env=stage.environment,
        stdin=subprocess.PIPE,
    )
    try:
        _await(stage.folder / "app.ready", worker)
        yield
    finally:
        assert worker.stdin is not None
        worker.stdin.close()
        worker.wait(_READY_S)


def _await(ready: Path, worker: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _READY_S
    while not ready.exists():
        if worker.poll() is not None or time.monotonic() > deadline:
            raise DemoFailed("The example app did not start.")
        time.sleep(0.02)


def _sum_up(stage: _Stage) -> None:
    """Say what the app felt, from its own report, beside the seconds without a migration."""
    app: dict[str, Any] = json.loads((stage.folder / "app.json").read_text())
    during, otherwise = _worst(app, _applied_at(stage.folder / "apply.log"))
    stage.say(
        f"\nThe app ran {counted(app['transactions'], 'transaction')} meanwhile, "
        f"{app['errors']['total']} of them failed.\n"
        f"Its longest wait was {during:.0f} ms around the apply "
        f"and {otherwise:.0f} ms in all the other seconds."
    )


def _applied_at(log: Path) -> tuple[datetime, datetime]:
    """Read the first step's start and the last one's end from the log of the apply."""
    events = [json.loads(line) for line in log.read_text().splitlines()]
    times = [
        datetime.fromisoformat(event["timestamp"])
        for event in events
        if event["event"] in ("step.started", "step.finished")
    ]
    return times[0], times[-1]


def _worst(app: dict[str, Any], step: tuple[datetime, datetime]) -> tuple[float, float]:
    """Find the longest wait in the seconds that the step touches, and in the others."""
    during, otherwise = [0.0], [0.0]
    for second in app["timeline"]:
        start = datetime.fromisoformat(second["at"])
        touches = (step[0] - start).total_seconds() < 1 and start <= step[1]
        (during if touches else otherwise).append(second["max_ms"] or 0.0)
    return max(during), max(otherwise)
