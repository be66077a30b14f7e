"""A policy that wants the release tag signed, by whom the default branch says."""

import subprocess

import pytest

from acceptance.project import CONFIGURATION, Project

POLICY = '\n[policy]\nsigned-tag = true\nallowed-signers = "db/signers"\n'


@pytest.fixture
def signed(project: Project) -> Project:
    """Olga may sign, as main says, and has signed v0."""
    key = project.root.parent / "olga"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    project.write("db/signers", f"olga {key.with_suffix('.pub').read_text()}")
    project.write("releasegate.toml", CONFIGURATION + POLICY)
    project.commit()
    signing = ("-c", "gpg.format=ssh", "-c", f"user.signingKey={key}")
    project.git(*signing, "tag", "--sign", "v0", "--message", "cut")
    return project


def test_a_signed_tag_passes_and_the_report_says_by_whom(signed: Project) -> None:
    run = signed.ask("preflight", "--gate", "release-tag")

    assert run.exit_code == 0
    assert run.report["release"]["signed"] is True
    assert run.gate("release-tag")["evidence"]["signed_by"].startswith("SSH SHA256:")


def test_a_tag_that_nobody_signed_blocks(signed: Project) -> None:
    signed.git("tag", "--force", "--annotate", "v0", "--message", "cut")

    run = signed.ask("preflight", "--gate", "release-tag")

    assert run.errors == {"RG121"}
    assert run.report["release"]["signed"] is False


def test_a_branch_cannot_allow_its_own_signer_nor_change_the_policy_unseen(signed: Project) -> None:
    signed.git("switch", "--quiet", "--create", "feature")
    signed.write("db/signers", "mallory ssh-ed25519 AAAA")
    signed.commit()
    by_branch = signed.ask("preflight", "--gate", "release-tag")
    signed.write("releasegate.toml", CONFIGURATION)
    by_edit = signed.ask("preflight", "--gate", "release-tag")

    assert by_branch.exit_code == 0
    assert by_edit.finding("RG119")["path"] == "releasegate.toml"
