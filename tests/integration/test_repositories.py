"""tests/repositories.toml: each repository gets the right answer, or one message and what helps."""

from __future__ import annotations

import os
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import structlog

from releasegate import settings
from releasegate.errors import UsageError
from releasegate.model import Finding, Level
from releasegate.release.checking import preflight
from releasegate.release.inputs import Request

if TYPE_CHECKING:
    from collections.abc import Iterator

CASES: dict[str, dict[str, Any]] = tomllib.loads(
    (Path(__file__).parents[1] / "repositories.toml").read_text()
)
_FILES = {
    "releasegate.toml": '[app-code]\nroots = ["app"]\n',
    "db/schema/v0.sql": "CREATE TABLE papers (id uuid PRIMARY KEY);\n",
    "db/migrations/001_a.sql": "ALTER TABLE papers ADD COLUMN a text;\n",
    "app/store.py": "x = 1\n",
}


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A team's repository, and a bare one that it is pushed to: copied for each case."""
    top = tmp_path_factory.mktemp("team")
    for name, text in _FILES.items():
        (top / "work" / name).parent.mkdir(parents=True, exist_ok=True)
        (top / "work" / name).write_text(text)
    editor = top / "editor"
    editor.write_text('#!/bin/sh\necho "Say why" > "$1"\n')
    editor.chmod(0o755)
    script = """
    git init -q -b main work && git init -q --bare -b main origin
    cd work && git remote add origin ../origin
    git add . && git commit -q -m 'Begin' && git tag -a -m v0 v0
    git commit -q --allow-empty -m 'Go on' && git push -q --tags origin main
    """
    shell(script, top, environment(top))
    return top


@pytest.fixture
def top(team: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    made = tmp_path / "top"
    shutil.copytree(team, made, symlinks=True)
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    for name, value in environment(made).items():
        monkeypatch.setenv(name, value)
    return made


def environment(top: Path) -> dict[str, str]:
    """Keep the machine's own Git configuration out; whoever commits is known."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(top),
        "GIT_CONFIG_GLOBAL": str(top / "gitconfig"),
        "GIT_CONFIG_SYSTEM": "/dev/null",
        "GIT_EDITOR": str(top / "editor"),
        **{f"GIT_{role}_NAME": "Me" for role in ("AUTHOR", "COMMITTER")},
        **{f"GIT_{role}_EMAIL": "me@example.org" for role in ("AUTHOR", "COMMITTER")},
    }


def shell(script: str, folder: Path, known: dict[str, str]) -> None:
    done = subprocess.run(
        ["sh", "-ec", script], cwd=folder, env=known, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def asked(root: Path) -> list[Finding]:
    """Ask the release-tag gate alone, as ``preflight --gate release-tag`` does."""
    request = Request(
        command="preflight",
        settings=settings.load(root, {}),
        run_id="00000000-0000-0000-0000-000000000000",
        log=structlog.wrap_logger(structlog.ReturnLogger()),
        only=("release-tag",),
    )
    gate = preflight(request).gates[0]
    assert gate.reason is None
    return list(gate.findings)


def errors(found: list[Finding]) -> list[Finding]:
    return [finding for finding in found if finding.level is Level.ERROR]


@pytest.mark.parametrize("name", CASES)
def test_a_repository_gets_the_right_answer(name: str, top: Path) -> None:
    case = CASES[name]
    if case.get("root") and os.geteuid() != 0:
        pytest.skip("only root may give a repository to somebody else")
    shell(case["make"], top, environment(top))
    root = top / case.get("in", "work")
    if "usage" in case:
        with pytest.raises(UsageError, match=case["usage"]):
            asked(root)
        return

    found = asked(root)

    assert [finding.code for finding in errors(found)] == case.get("errors", [])
    assert {*case.get("notes", [])} <= {finding.code for finding in found}
    for finding in errors(found)[:1]:
        assert case["says"] in finding.message
        assert finding.help
    if case.get("cure"):
        _cured(errors(found)[0], root, top)


def _cured(finding: Finding, root: Path, top: Path) -> None:
    """Run the command that the finding names, as whoever reads it would."""
    command = finding.help.replace("&& git push origin", "&& : git push origin")
    shell(command, root, environment(top))

    assert errors(asked(root)) == []


def test_thousands_of_tags_cost_no_time(top: Path) -> None:
    import time

    shell(CASES["thousands-of-tags"]["make"], top, environment(top))
    began = time.monotonic()

    asked(top / "work")

    assert time.monotonic() - began < 5
