"""The program under test, run in a Git repository of its own -> what its report and log say."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING, Any

from benchmarks.stall.dataset import MIGRATION, ROOT, SCHEMA
from benchmarks.stall.model import Applied, Span

if TYPE_CHECKING:
    from pathlib import Path

_CONFIGURATION = """\
migrations = "db/migrations"
baseline = "db/schema/v0.sql"
release-tag = "v0"

[app-code]
roots = ["examples/papers"]
"""
_GIT = ("git", "-c", "user.name=Team", "-c", "user.email=team@example.org")
_APP = ROOT / "examples" / "papers"


def make_repository(folder: Path) -> Path:
    """Lay out the team's repository with its release tagged; keep the one that is there."""
    if folder.exists():
        return folder
    for path in (SCHEMA, MIGRATION):
        copy = folder / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True)
        shutil.copyfile(path, copy)
    shutil.copytree(_APP, folder / "examples/papers", ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "releasegate.toml").write_text(_CONFIGURATION)
    for command in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "-m", "Release"]):
        _git(folder, *command)
    _git(folder, "tag", "--annotate", "v0", "--message", "v0")
    return folder


def command(
    folder: Path, arguments: tuple[str, ...], *, verb: tuple[str, ...] = ("apply",)
) -> list[str]:
    """Write the command line; report and log go into ``folder``."""
    words = [sys.executable, "-m", "releasegate", *verb, "--window", "now/PT30M"]
    words += ["--format", "json", "--output", str(folder / "report.json")]
    return [*words, "--log-file", str(folder / "log.jsonl"), *arguments]


def read(folder: Path, *, exit_code: int, began: float, ended: float) -> Applied:
    """Read the report and the log of a finished run."""
    report = _json(folder / "report.json")
    log = folder / "log.jsonl"
    lines = log.read_text().splitlines() if log.exists() else []
    events = [json.loads(line) for line in lines]
    names = names_of(report)
    return Applied(
        exit_code,
        began,
        ended,
        tries=sum(outcome.get("attempts") or 0 for outcome in report.get("outcomes", [])),
        spans=spans(events, names),
        events=locking(events),
        note="" if exit_code == 0 else why_not(report),
    )


def spans(events: list[dict[str, Any]], names: dict[int, str]) -> tuple[Span, ...]:
    """Pair each step's start with its end; times are seconds since the epoch."""
    began: dict[int, float] = {}
    found = []
    for event in events:
        if event["event"] == "step.started":
            began[event["step"]] = _seconds(event["timestamp"])
        elif event["event"] == "step.finished" and event["step"] in began:
            step = event["step"]
            name = names.get(step, f"step {step}")
            found.append(Span(name, began.pop(step), _seconds(event["timestamp"])))
    return tuple(found)


def locking(events: list[dict[str, Any]]) -> Counter[str]:
    """Count what the log says of locks and of tries that were repeated."""
    return Counter(
        event["event"]
        for event in events
        if event["event"].startswith("lock.") or event["event"] == "step.retried"
    )


def names_of(report: dict[str, Any]) -> dict[int, str]:
    """Name each planned step by its own first words of SQL."""
    steps = (report.get("plan") or {}).get("steps", [])
    return {step["ordinal"]: _short(step["sql"]) for step in steps}


def why_not(report: dict[str, Any]) -> str:
    """Find the sentence that says why nothing, or not everything, was applied."""
    errors = [
        f"{finding['code']} {finding['message']}"
        for gate in report.get("gates", [])
        for finding in gate["findings"]
        if finding["level"] == "error"
    ]
    messages = [o["message"] for o in report.get("outcomes", []) if o.get("message")]
    return " ".join([*messages, *errors])[:200]


def _short(sql: list[str]) -> str:
    if len(sql) > 1:
        return f"{len(sql)} statements in one transaction"
    return " ".join(sql[0].split())[:60] if sql else ""


def _seconds(timestamp: str) -> float:
    return datetime.fromisoformat(timestamp).timestamp()


def _json(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    found: dict[str, Any] = json.loads(path.read_text())
    return found


def _git(folder: Path, *arguments: str) -> None:
    subprocess.run([*_GIT, *arguments], cwd=folder, check=True, capture_output=True)
