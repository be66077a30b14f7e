"""A team's Git repository, and the installed program run inside it."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PROGRAM = Path(sys.executable).parent / "releasegate"
MIGRATION = "db/migrations/001_init_v1.sql"
STORE = "examples/papers/store.py"
BASELINE = "db/schema/v0.sql"
CONFIGURATION = """
migrations = "db/migrations"
baseline = "db/schema/v0.sql"
release-tag = "v0"
strategy = "as-written"

[app-code]
roots = ["examples/papers"]

[locks]
longest-wait = "50ms"
"""
_TIMEOUT_S = 60
_AUTHOR = ("-c", "user.name=Team", "-c", "user.email=team@example.org")


@dataclass(frozen=True)
class Run:
    """What a finished run left: nothing else of it can be seen from outside."""

    exit_code: int
    stdout: str
    stderr: str

    @property
    def report(self) -> dict[str, Any]:
        return json.loads(self.stdout)

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.stderr.splitlines()]

    def events_named(self, name: str) -> list[dict[str, Any]]:
        return [event for event in self.events if event["event"] == name]

    @property
    def findings(self) -> list[dict[str, Any]]:
        return [finding for gate in self.report["gates"] for finding in gate["findings"]]

    @property
    def errors(self) -> set[str]:
        return {finding["code"] for finding in self.findings if finding["level"] == "error"}

    @property
    def objects(self) -> dict[str, str]:
        """What a rollback left of each object."""
        return {one["object"]: one["state"] for one in self.report["objects"]}

    def finding(self, code: str) -> dict[str, Any]:
        (found,) = [finding for finding in self.findings if finding["code"] == code]
        return found

    def gate(self, name: str) -> dict[str, Any]:
        (found,) = [gate for gate in self.report["gates"] if gate["gate"] == name]
        return found


@dataclass
class Running:
    """A run under way."""

    process: subprocess.Popen[str]
    log: Path

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def is_over(self) -> bool:
        return self.process.poll() is not None

    def await_event(self, name: str) -> None:
        deadline = time.monotonic() + _TIMEOUT_S
        while f'"event": "{name}"' not in self.log.read_text():
            assert not self.is_over, f"the run ended without {name}: {self.log.read_text()}"
            assert time.monotonic() < deadline, f"waited in vain for {name}"
            time.sleep(0.01)

    def finish(self) -> Run:
        stdout, _ = self.process.communicate(timeout=_TIMEOUT_S)
        return Run(self.process.returncode, stdout, self.log.read_text())


@dataclass
class Project:
    """The repository; every path is relative to its root."""

    root: Path
    home: Path
    started: list[Running] = field(default_factory=list)

    # -- the repository

    def git(self, *arguments: str) -> str:
        command = ["git", *_AUTHOR, *arguments]
        done = subprocess.run(
            command, cwd=self.root, env=self.environment(), check=True, capture_output=True
        )
        return done.stdout.decode().strip()

    def commit(self, message: str = "Change something") -> str:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", message)
        return self.git("rev-parse", "HEAD")

    def tag(self, name: str = "v0") -> None:
        self.git("tag", "--annotate", name, "--message", name)

    def read(self, path: str) -> str:
        return (self.root / path).read_text()

    def write(self, path: str, text: str | bytes) -> None:
        content = text.encode() if isinstance(text, str) else text
        (self.root / path).write_bytes(content)

    def edit(self, path: str, old: str, new: str) -> None:
        text = self.read(path)
        assert text.count(old) == 1, f"{path} has {text.count(old)} times {old!r}"
        self.write(path, text.replace(old, new))

    def line_of(self, path: str, text: str) -> int:
        """Find the only line that holds a text, 1-based."""
        lines = self.read(path).splitlines()
        (line,) = [number for number, held in enumerate(lines, 1) if text in held]
        return line

    # -- the program

    def environment(self) -> dict[str, str]:
        """Build an environment in which nothing but these names is known."""
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "XDG_CACHE_HOME": str(self.home / "cache"),
            "USER": "olga",
            "LANG": "C.UTF-8",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
        }

    def start(
        self, *arguments: str, url: str | None = None, env: Mapping[str, str] | None = None
    ) -> Running:
        """Start the program; ``url`` reaches it by the environment."""
        given = {} if url is None else {"RELEASEGATE_DATABASE_URL": url}
        log = self.root.parent / f"stderr-{len(self.started)}"
        with log.open("w") as stderr:
            process = subprocess.Popen(
                [str(PROGRAM), *arguments],
                cwd=self.root,
                env={**self.environment(), **given, **(env or {})},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=stderr,
                text=True,
            )
        self.started.append(Running(process, log))
        return self.started[-1]

    def run(
        self, *arguments: str, url: str | None = None, env: Mapping[str, str] | None = None
    ) -> Run:
        return self.start(*arguments, url=url, env=env).finish()

    def ask(
        self, *arguments: str, url: str | None = None, env: Mapping[str, str] | None = None
    ) -> Run:
        """Run a command that reports, and have its report as JSON."""
        return self.run(*arguments, "--format", "json", url=url, env=env)

    def apply(self, url: str, *arguments: str, window: str = "now/PT30M") -> Run:
        return self.ask("apply", "--window", window, *arguments, url=url)

    def roll_back(self, url: str, *arguments: str) -> Run:
        return self.ask("rollback", "--window", "now/PT30M", *arguments, "001", url=url)

    def start_apply(self, url: str, *arguments: str, window: str = "now/PT30M") -> Running:
        return self.start("apply", "--window", window, "--format", "json", *arguments, url=url)

    def stop_all(self) -> None:
        """End what a failed test left running."""
        for running in self.started:
            if not running.is_over:
                running.process.kill()
                running.process.communicate()
