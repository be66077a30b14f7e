"""The demo tells its story to the end, leaves what it says, and says what the README shows."""

import json
import re
from pathlib import Path

from acceptance.project import Project

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


def shown(beginning: str) -> list[str]:
    """Read the lines of the README's transcript that begins so; figures are of their day."""
    (block,) = re.findall(
        rf"^```\n({re.escape(beginning)}.*?)^```", README, re.DOTALL | re.MULTILINE
    )
    return [line for line in block.splitlines() if not re.search(r"in \d|\d+ ms|\d{4} trans", line)]


def test_the_demo_tells_the_whole_story(project: Project, tmp_path: Path) -> None:
    folder = tmp_path / "demo"

    run = project.run("demo", "--directory", str(folder))

    assert run.exit_code == 0, run.stderr
    assert "RG101" in run.stdout
    assert "NOTHING TO DO" in run.stdout
    assert str(folder / "apply.html") in run.stdout
    assert "What the app felt" in (folder / "apply.html").read_text()
    assert json.loads((folder / "apply.json").read_text())["verdict"] == "applied"
    assert json.loads((folder / "app.json").read_text())["errors"]["total"] == 0
    told = run.stdout.splitlines()
    for transcript in ("$ releasegate preflight", "$ releasegate apply"):
        assert len(shown(transcript)) > 8
        assert [line for line in shown(transcript) if line not in told] == []


def test_a_plan_looks_as_the_readme_shows_it(project: Project) -> None:
    run = project.run("plan", "001", "--strategy", "online", env={"COLUMNS": "100"})
    told = run.stdout.splitlines()

    assert len(shown("step  what it does")) > 8
    assert [line for line in shown("step  what it does") if line not in told] == []


def test_the_demo_overwrites_nothing(project: Project, tmp_path: Path) -> None:
    run = project.run("demo", "--directory", str(tmp_path))

    assert run.exit_code == 2
    assert str(tmp_path) in run.stderr
