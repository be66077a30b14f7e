"""A composite action's file -> its steps run as GitHub's runner does, with real GITHUB_* files."""

import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

_EXPRESSION = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)


@dataclass
class Outcome:
    """What a job sees of the action."""

    failed_step: str | None
    log: str
    summary: str
    outputs: dict[str, str]


@dataclass
class Runner:
    """One job: its workspace, its temporary folder and what GitHub says of itself."""

    action: Path
    workspace: Path
    temp: Path
    github: Mapping[str, str]
    environment: Mapping[str, str]
    _steps: dict[str, dict[str, str]] = field(default_factory=dict)
    _marks: set[str] = field(default_factory=set)

    def run(self, **inputs: str) -> Outcome:
        """Run every step until one fails; evaluate the outputs then."""
        definition: dict[str, Any] = YAML(typ="safe").load(self.action.joinpath("action.yml"))
        unknown = set(inputs) - set(definition["inputs"])
        assert not unknown, f"the action has no inputs {unknown}"
        given = {
            name: inputs.get(name, self._evaluate(str(row.get("default", "")), {}))
            for name, row in definition["inputs"].items()
        }
        summary = self.temp / "summary"
        summary.write_text("")
        log, failed = "", None
        for step in definition["runs"]["steps"]:
            code, said = self._step(step, given, summary)
            log += said
            if code != 0:
                failed = step["name"]
                break
        outputs = {
            name: self._evaluate(row["value"], given) for name, row in definition["outputs"].items()
        }
        return Outcome(failed, log, summary.read_text(encoding="utf-8"), outputs)

    def _step(
        self, step: Mapping[str, Any], inputs: Mapping[str, str], summary: Path
    ) -> tuple[int, str]:
        known = {"name", "id", "shell", "env", "run", "working-directory"}
        assert set(step) <= known, "not known to this runner"
        assert "${{" not in step["run"], "an expression inside a script is code from outside"
        output = self.temp / "output"
        output.write_text("")
        env = {k: self._evaluate(str(v), inputs) for k, v in step.get("env", {}).items()}
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            cwd=self.workspace / self._evaluate(step.get("working-directory", "."), inputs),
            env={
                "PATH": os.environ["PATH"],
                **self.environment,
                **{f"GITHUB_{name.upper()}": value for name, value in self.github.items()},
                "GITHUB_ACTION_PATH": str(self.action),
                "GITHUB_OUTPUT": str(output),
                "GITHUB_STEP_SUMMARY": str(summary),
                "GITHUB_WORKSPACE": str(self.workspace),
                "RUNNER_TEMP": str(self.temp),
                **env,
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        if "id" in step:
            self._steps[step["id"]] = self._outputs(output.read_text(encoding="utf-8"))
        return done.returncode, done.stdout.decode(errors="replace")

    def _outputs(self, text: str) -> dict[str, str]:
        """Read an output file as the runner does: NAME=VALUE, or a value between two marks."""
        found, lines = {}, iter(text.splitlines())
        for line in lines:
            opened = re.fullmatch(r"([^=<]+)<<(.+)", line)
            if opened is None:
                name, _, value = line.partition("=")
            else:
                name, value = opened[1], "\n".join(iter(lambda: next(lines), opened[2]))
                assert opened[2] not in self._marks, "a mark that comes again can be guessed"
                self._marks.add(opened[2])
            found[name] = value
        return found

    def _evaluate(self, text: str, inputs: Mapping[str, str]) -> str:
        def value(match: re.Match[str]) -> str:
            kind, *path = match[1].strip().split(".")
            if kind == "inputs":
                return inputs[path[0]]
            if kind == "steps":
                return self._steps.get(path[0], {}).get(path[2], "")
            assert kind == "github", f"{match[0]} is not known to this runner"
            return self.github.get(path[0], "")

        return _EXPRESSION.sub(value, text)


def commands(log: str) -> list[str]:
    """Name the workflow commands that the runner would carry out, in their order."""
    found: list[str] = []
    stopped: str | None = None
    for line in re.split(r"\r\n|\r|\n", log):
        match = re.match(r"\s*::([^ :]+)(?: .*?)?::(.*)", line)
        if stopped is not None:
            stopped = None if line.strip() == f"::{stopped}::" else stopped
        elif match is not None and match[1] == "stop-commands":
            stopped = match[2]
        elif match is not None:
            found.append(match[1])
        else:
            assert "##[" not in line
    assert stopped is None, "commands were never let in again"
    return found
