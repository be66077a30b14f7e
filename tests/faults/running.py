"""The program, forked for each run, and what a run leaves behind beside the database."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from acceptance.project import Project

PROGRAM = Path(__file__).with_name("program.py")
_LONGEST_S = 90.0


@dataclass(frozen=True)
class Run:
    """What a run left behind beside the database."""

    #: the signal's number below zero where one killed it; None: it did not end
    exit_code: int | None
    stdout: str
    stderr: str
    duration_s: float

    @property
    def events(self) -> list[dict[str, Any]]:
        found = []
        for line in self.stderr.splitlines():
            with suppress(ValueError):
                found.append(json.loads(line))
        return [event for event in found if isinstance(event, dict)]

    @property
    def id(self) -> str | None:
        """Its own number, which each event of its log has."""
        return next((str(event["run_id"]) for event in self.events if "run_id" in event), None)

    @property
    def last_words(self) -> str:
        """Give what was said last and is no event."""
        return " ".join(line for line in self.stderr.splitlines() if not line.startswith("{"))

    @property
    def report(self) -> dict[str, Any]:
        with suppress(ValueError):
            return dict(json.loads(self.stdout))
        return {}


def must(run: Run) -> None:
    assert run.exit_code == 0, f"an undisturbed run failed: {run.stdout}{run.stderr}"


class Program:
    """The program, ready to be forked."""

    def __init__(self, project: Project, kept: Path, source: Path) -> None:
        self._folder = project.root.parent
        self.pid = 0
        self._process = subprocess.Popen(
            [sys.executable, str(PROGRAM), str(kept)],
            cwd=project.root,
            env={**project.environment(), "PYTHONPATH": str(source)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._lines: queue.Queue[str] = queue.Queue()
        #: the last run is over
        self.ended = threading.Event()
        #: the terminal that runs are started on; they write to files as well
        self.terminal: Terminal | None = None
        self._began = 0.0
        assert self._process.stdout is not None
        threading.Thread(target=self._read, args=(self._process.stdout,), daemon=True).start()

    def _read(self, stream: IO[str]) -> None:
        with stream:
            for pid in stream:
                self._lines.put(pid)
                self._lines.put(next(stream, "70"))
                self.ended.set()

    def start(self, arguments: Sequence[str]) -> None:
        self.ended.clear()
        for name in ("stdout", "stderr"):
            (self._folder / name).unlink(missing_ok=True)
        files = {name: str(self._folder / name) for name in ("stdout", "stderr")}
        order: dict[str, Any] = {"arguments": list(arguments), **files}
        if self.terminal is not None:
            order["arguments"] += ["--output", files["stdout"], "--log-file", files["stderr"]]
            order |= dict.fromkeys(("stdin", "stdout", "stderr"), self.terminal.name)
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        self._began = time.monotonic()
        self.pid = int(self._lines.get(timeout=_LONGEST_S))

    def finish(self) -> Run:
        code: int | None = None
        try:
            code = int(self._lines.get(timeout=_LONGEST_S))
        except queue.Empty:
            os.kill(self.pid, signal.SIGKILL)
            self._lines.get(timeout=_LONGEST_S)
        took_s = time.monotonic() - self._began
        texts = [(self._folder / name).read_text() for name in ("stdout", "stderr")]
        return Run(code, *texts, took_s)

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.kill()
        self._process.wait()


class Terminal:
    """One end of a terminal, that reads what is written at the other."""

    def __init__(self) -> None:
        self._end, self._other = os.openpty()
        #: the path of the other end
        self.name = os.ttyname(self._other)
        os.set_blocking(self._end, False)
        self._lock, self._is_closed = threading.Lock(), False
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        while not self._is_closed:
            with self._lock, suppress(OSError):
                if not self._is_closed:
                    os.read(self._end, 65536)
            time.sleep(0.01)

    def close(self) -> None:
        """Close the window: the kernel tells who runs in it."""
        with self._lock:
            if not self._is_closed:
                self._is_closed = True
                os.close(self._other)
                os.close(self._end)
