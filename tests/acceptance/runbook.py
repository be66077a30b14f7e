"""A runbook's text -> the commands that it tells to run, each with the exit code it promises."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

RUNBOOKS = Path(__file__).parents[2] / "runbooks"
_FENCE = re.compile(r"^( *)```(\w*)$")
_COMMAND = re.compile(r"^(?P<command>.+?)  # exit (?P<code>\d+)$")
_TIMEOUT_S = 60


@dataclass(frozen=True)
class Command:
    """One line of a runbook, as a shell gets it."""

    line: int
    text: str
    exit_code: int

    def run(self, root: Path, environment: Mapping[str, str]) -> Ran:
        done = subprocess.run(
            ["bash", "-euc", self.text],
            cwd=root,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_TIMEOUT_S,
            check=False,
        )
        return Ran(self, done.returncode, done.stdout, done.stderr)


@dataclass(frozen=True)
class Ran:
    """What became of a command."""

    command: Command
    exit_code: int
    stdout: str
    stderr: str

    @property
    def is_as_promised(self) -> bool:
        return self.exit_code == self.command.exit_code

    def __str__(self) -> str:
        promised = self.command.exit_code
        return (
            f"line {self.command.line}: {self.command.text}\n"
            f"ended with {self.exit_code}, not with {promised}\n{self.stdout}\n{self.stderr}"
        )


def pages() -> list[str]:
    """Name the pages that describe a situation."""
    return sorted(path.stem for path in RUNBOOKS.glob("*.md") if path.stem != "README")


def commands(name: str) -> list[Command]:
    """Read the commands of a page, in their order.

    Raises:
        ValueError: a line in a block of commands promises no exit code, or one elsewhere does.
    """
    found, language = [], None
    for number, line in enumerate((RUNBOOKS / f"{name}.md").read_text().splitlines(), 1):
        fence = _FENCE.match(line)
        if fence:
            language = None if language is not None else fence[2]
        elif language == "sh" and line.strip():
            found.append(_command(name, number, line.strip()))
        elif _COMMAND.match(line):
            raise ValueError(f"{name}.md:{number} promises an exit code where nothing is run")
    return found


def _command(name: str, number: int, line: str) -> Command:
    read = _COMMAND.match(line)
    if read is None:
        raise ValueError(f"{name}.md:{number} does not say with which exit code it ends")
    return Command(number, read["command"], int(read["code"]))
