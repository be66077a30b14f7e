"""The demo tells its story to the end and leaves what it says."""

import json
from pathlib import Path

from acceptance.project import Project


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


def test_the_demo_overwrites_nothing(project: Project, tmp_path: Path) -> None:
    run = project.run("demo", "--directory", str(tmp_path))

    assert run.exit_code == 2
    assert str(tmp_path) in run.stderr
