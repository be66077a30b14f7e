"""A load -> what its callers felt: the papers app's worker in a process of its own.

Its own process, so that neither the relay nor the measuring takes its processor time. It stops
when its standard input ends, so it never outlives the benchmark.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import select
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg

from benchmarks.stall import notices
from benchmarks.stall.model import Felt, Load
from examples.papers import store, worker
from examples.papers.load_report import Sample

if TYPE_CHECKING:
    from collections.abc import Iterator

    from psycopg.errors import Diagnostic

_ROOT = Path(__file__).parents[2]
_URL = "PAPERS_DATABASE_URL"
_READY_S = 30.0
_STOP_S = 30.0
# Threads hand the interpreter over 5 ms late by default: that would look like a wait.
_SWITCH_S = 0.0005


class LoadFailed(Exception):
    """The load did not begin, or died under way."""


@dataclass
class Running:
    """A load at work."""

    process: subprocess.Popen[bytes]
    report: Path

    def stop(self) -> Felt:
        """End the load and read what was felt."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        if self.process.wait(_STOP_S) != 0:
            raise LoadFailed(f"The load ended with exit code {self.process.returncode}.")
        return read(json.loads(self.report.read_text()))


@contextmanager
def running(load: Load, url: str, folder: Path) -> Iterator[Running]:
    """Start a load and wait until each of its connections has committed a transaction.

    Raises:
        LoadFailed: it does not come that far.
    """
    ready, report = folder / "load.ready", folder / "load.json"
    ready.unlink(missing_ok=True)
    command = [sys.executable, "-m", "benchmarks.stall.load", str(ready), str(report)]
    command += [str(load.connections), str(load.rate), str(load.hold_ms)]
    process = subprocess.Popen(
        command, cwd=_ROOT, env={**os.environ, _URL: url}, stdin=subprocess.PIPE
    )
    try:
        _await(ready, process)
        yield Running(process, report)
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def read(report: dict[str, Any]) -> Felt:
    """Sort a report's notices into waits and slow commits."""
    heard: list[tuple[float, str]] = report["notices"]
    waits = [notices.lock_wait(at, text) for at, text in heard]
    commits = [(at, notices.slow_commit(text)) for at, text in heard]
    return Felt(
        started_at=report["started_at"],
        samples=tuple(Sample(*sample) for sample in report["samples"]),
        waits=tuple(wait for wait in waits if wait),
        commits_ms=tuple((at, ms) for at, ms in commits if ms is not None),
        unfinished=report["unfinished"],
    )


def _await(ready: Path, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _READY_S
    while not ready.exists():
        if process.poll() is not None or time.monotonic() > deadline:
            raise LoadFailed("The load did not begin; its message stands above.")
        time.sleep(0.02)


def main() -> None:
    """Be the load's own process."""
    parser = argparse.ArgumentParser(description="The load of the stall benchmark.")
    parser.add_argument("ready", type=Path)
    parser.add_argument("report", type=Path)
    parser.add_argument("connections", type=int)
    parser.add_argument("rate", type=float)
    parser.add_argument("hold_ms", type=float)
    options = parser.parse_args()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.setswitchinterval(_SWITCH_S)
    gc.disable()
    options.report.write_text(json.dumps(_work(options)))


def _work(options: argparse.Namespace) -> dict[str, Any]:
    heard: list[tuple[float, str]] = []
    order = worker.Order(
        connections=options.connections,
        rate=options.rate,
        duration_s=None,
        hold_s=options.hold_ms / 1000,
    )
    load, samples = worker.measure(
        order,
        connect=lambda: _connect(heard),
        stop_asked=_stdin_ended,
        on_ready=lambda: options.ready.write_text("ready\n") and None,
    )
    return {
        "started_at": load.started_at.timestamp(),
        "samples": samples,
        "notices": heard,
        "unfinished": max(0, load.due - len(samples)),
    }


def _connect(heard: list[tuple[float, str]]) -> store.Connection:
    def note(diagnostic: Diagnostic) -> None:
        heard.append((time.time(), diagnostic.message_primary or ""))

    connection = psycopg.connect(
        os.environ[_URL], application_name="papers", connect_timeout=5, autocommit=True
    )
    connection.add_notice_handler(note)
    return connection


def _stdin_ended() -> bool:
    return bool(select.select([sys.stdin], [], [], 0)[0])


if __name__ == "__main__":
    main()
