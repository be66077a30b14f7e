"""The commit that runs: its writes are held against the contract, and which to deploy is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from acceptance.project import Project, Run

OLD = "examples/papers/old_job.py"


def ask(project: Project, *arguments: str) -> Run:
    return project.ask("preflight", "001", "--gate", "app-code", *arguments)


def with_an_old_job(project: Project) -> tuple[str, str]:
    """Commit a job that leaves a column out, and the commit that takes it away again."""
    project.write(OLD, 'SQL = "INSERT INTO runs (id, plan_id) VALUES (%s, %s)"\n')
    old = project.commit("Add a job")
    (project.root / OLD).unlink()
    return old, project.commit("Take the job away")


def test_the_commit_that_runs_blocks_and_the_tag_is_to_be_deployed_first(project: Project) -> None:
    old, good = with_an_old_job(project)
    project.tag()
    project.write("NOTES.md", "later\n")
    project.commit()
    before = project.git("status", "--porcelain")

    run = ask(project, "--deployed", old[:10])
    fine = ask(project, "--deployed", "v0")

    assert (run.exit_code, run.errors) == (1, {"RG240"})
    finding = run.finding("RG240")
    assert finding["message"].startswith(f"At {old[:12]}, which runs: {OLD}:1: This insert of runs")
    assert "leaves out runs.paper_id" in finding["message"]
    assert finding["help"] == f"Deploy v0 ({good[:12]}) first: its writes keep the contract."
    assert run.gate("app-code")["evidence"]["deployed"]["errors"] == 1
    assert (fine.exit_code, fine.errors) == (0, set())
    assert project.git("status", "--porcelain") == before
    assert not (project.root / OLD).exists()


def test_a_tag_that_leaves_it_out_as_well_is_not_what_to_deploy(project: Project) -> None:
    old, head = with_an_old_job(project)
    project.git("tag", "--annotate", "v0", "--message", "v0", old)

    run = project.run("preflight", "001", "--gate", "app-code", "--deployed", f"{head}~1")

    assert run.exit_code == 1
    assert f"-> Deploy HEAD ({head[:12]}) first" in run.stdout
    assert f"at {old[:12]}, which runs: " in run.stdout


def test_the_configuration_may_name_the_branch_that_runs(released: Project) -> None:
    released.git("branch", "production")
    released.edit("releasegate.toml", "[app-code]\n", '[app-code]\ndeployed = "production"\n')
    released.commit()

    run = ask(released)

    deployed = run.gate("app-code")["evidence"]["deployed"]
    assert run.exit_code == 0
    assert deployed["commit"] == released.git("rev-parse", "production")
    assert (deployed["is_head"], deployed["errors"]) == (False, 0)
    assert deployed["write_sites"] == len(run.gate("app-code")["evidence"]["write_sites"])


@pytest.mark.parametrize("name", ["nowhere", "--output=x", "HEAD:db", "0" * 40, "v0\n"])
def test_what_is_no_commit_is_a_usage_error(released: Project, name: str) -> None:
    run = released.run("preflight", "001", f"--deployed={name}")

    assert run.exit_code == 2
    assert "is no commit of this clone" in run.stderr
    assert run.stdout == ""


def test_links_and_files_out_of_reach_at_the_commit_are_never_a_pass(released: Project) -> None:
    (released.root / "examples/papers/linked.py").symlink_to("/etc/passwd")
    old = released.commit("Link")
    (released.root / "examples/papers/linked.py").unlink()
    released.commit("Take the link away")

    run = ask(released, "--deployed", old)

    assert run.exit_code == 1
    assert "examples/papers/linked.py cannot be looked at" in run.finding("RG240")["message"]
