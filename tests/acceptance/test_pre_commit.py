"""The hooks for pre-commit, run by pre-commit from this repository in a team's."""

import re
import subprocess
import sys
from pathlib import Path

from ruamel.yaml import YAML

from acceptance.project import STORE, Project
from releasegate.appcode.source.sources import SUFFIXES

ROOT = Path(__file__).parents[2]
PRE_COMMIT = Path(sys.executable).parent / "pre-commit"


def test_pre_commit_installs_and_runs_both_hooks(project: Project, tmp_path: Path) -> None:
    project.edit(STORE, "(id, plan_id, paper_id, env_hash", "(id, paper_id, env_hash")
    project.commit()
    environment = {**project.environment(), "PRE_COMMIT_HOME": str(tmp_path / "pre-commit")}

    done = subprocess.run(
        [str(PRE_COMMIT), "try-repo", str(ROOT), "--all-files", "--color", "never"],
        cwd=project.root,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    answers = dict(re.findall(r"^releasegate (\S+?)\.+(\w+)$", done.stdout, re.MULTILINE))
    assert answers == {"app-code": "Failed", "parse-only": "Passed"}, done.stdout + done.stderr
    assert f"{STORE}:" in done.stdout
    assert "RG201" in done.stdout
    assert '"event"' not in done.stdout + done.stderr
    assert done.returncode == 1


def test_every_file_that_the_gate_reads_wakes_its_hook() -> None:
    hook, _ = YAML(typ="safe").load(ROOT / ".pre-commit-hooks.yaml")

    assert [suffix for suffix in SUFFIXES if not re.search(hook["files"], f"app/x{suffix}")] == []
    assert "types" not in " ".join(hook)
