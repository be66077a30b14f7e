"""Signed tags, verified by Git with the programs and keys that we name, and no others."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from releasegate.repository import RepositoryProblem, open_repository
from releasegate.repository.signatures import allowed_signers, parse, signer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOW = datetime.now(UTC)
needs_ssh = pytest.mark.skipif(not shutil.which("ssh-keygen"), reason="ssh-keygen is not installed")
needs_gpg = pytest.mark.skipif(not shutil.which("gpg"), reason="gpg is not installed")


def run(*command: str | Path, cwd: Path | None = None, **environment: str) -> str:
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


@dataclass
class Signers:
    """A repository with one commit, and keys to sign its tags with."""

    folder: Path
    keys: Path

    def git(self, *arguments: str, **environment: str) -> str:
        return run("git", *arguments, cwd=self.folder, **environment)

    def ssh_key(self, name: str) -> str:
        run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", self.keys / name)
        return (self.keys / f"{name}.pub").read_text().strip()

    def sign_with_ssh(self, name: str, tag: str = "v0", *more: str) -> None:
        signing = ("-c", "gpg.format=ssh", "-c", f"user.signingKey={self.keys / name}")
        self.git(*signing, "tag", "--sign", "--force", tag, "--message", "cut", *more)

    def gpg(self, *arguments: str) -> str:
        return run("gpg", "--homedir", self.keys, "--batch", *arguments)

    def gpg_key(self, name: str, *, expires: str = "never") -> str:
        self.gpg("--passphrase", "", "--quick-gen-key", name, "ed25519", "sign", expires)
        listed = self.gpg("--with-colons", "--list-keys", name).splitlines()
        (fingerprint,) = [line.split(":")[9] for line in listed if line.startswith("fpr")]
        return fingerprint

    def public(self, *names: str) -> bytes:
        return self.gpg("--armor", "--export", *names).encode()

    def sign_with_gpg(self, key: str) -> None:
        self.git(
            "-c", f"user.signingKey={key}", "tag", "--sign", "--force", "v0", "--message", "cut",
            GNUPGHOME=str(self.keys),
        )  # fmt: skip

    def refusal(self, allowed: bytes, *, now: datetime = NOW) -> str | None:
        """Give the code by which the tag is refused; None where it is good."""
        try:
            self.signer(allowed, now=now)
        except RepositoryProblem as problem:
            return problem.finding.code
        return None

    def signer(self, allowed: bytes, *, now: datetime = NOW) -> str:
        with open_repository(self.folder) as repository:
            return signer(repository, repository.tag("v0"), parse(allowed), now=now)

    def change_the_tag(self, old: str, new: str) -> None:
        """Put another text under the same signature."""
        text = self.git("cat-file", "tag", "v0").replace(old, new)
        file = self.keys / "tag"
        file.write_text(text + "\n")
        made = self.git("hash-object", "-t", "tag", "-w", str(file))
        self.git("update-ref", "refs/tags/v0", made)


@pytest.fixture
def signers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Signers]:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", "/dev/null")
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "Me")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "me@example.org")
    folder, keys = tmp_path / "repository", tmp_path / "k"
    folder.mkdir()
    keys.mkdir(mode=0o700)
    made = Signers(folder, keys)
    made.git("init", "-q", "-b", "main")
    made.git("commit", "-q", "--allow-empty", "-m", "Begin")
    yield made
    if any(keys.glob("S.gpg-agent*")):
        run("gpgconf", "--homedir", keys, "--kill", "all")


# -- SSH


@needs_ssh
def test_a_tag_signed_with_an_allowed_ssh_key_is_good(signers: Signers) -> None:
    key = signers.ssh_key("olga")
    signers.sign_with_ssh("olga")

    name = signers.signer(f"# releases\n\nolga@example.org {key}\n".encode())

    listed = run("ssh-keygen", "-l", "-f", signers.keys / "olga.pub").split()
    assert name == f"SSH {listed[1]}"


@needs_ssh
def test_a_key_of_somebody_else_is_told_from_a_text_that_was_changed(signers: Signers) -> None:
    signers.ssh_key("mallory")
    allowed = f"olga@example.org {signers.ssh_key('olga')}".encode()
    signers.sign_with_ssh("mallory")
    by_mallory = signers.refusal(allowed)
    signers.sign_with_ssh("olga")
    signers.change_the_tag("cut", "uncut")

    assert (by_mallory, signers.refusal(allowed)) == ("RG123", "RG122")


@needs_ssh
@pytest.mark.parametrize(
    ("option", "code"),
    [
        ('valid-before="20200101"', "RG124"),
        ('valid-before="202001010000Z"', "RG124"),
        ('namespaces="git",valid-before="20200101120000"', "RG124"),
        ('valid-before="29990101"', None),
        ('namespaces="file"', "RG123"),
    ],
)
def test_an_ssh_key_is_good_as_long_as_its_line_says(
    signers: Signers, option: str, code: str | None
) -> None:
    key = signers.ssh_key("olga")
    signers.sign_with_ssh("olga")

    assert signers.refusal(f"olga@example.org {option} {key}".encode()) == code


@needs_ssh
def test_an_expired_ssh_key_does_not_become_good_by_a_date_in_the_past(signers: Signers) -> None:
    allowed = f'olga valid-before="20200101" {signers.ssh_key("olga")}'.encode()
    with_date = {"GIT_COMMITTER_DATE": "2019-06-01T12:00:00Z"}
    signing = ("-c", "gpg.format=ssh", "-c", f"user.signingKey={signers.keys / 'olga'}")
    signers.git(*signing, "tag", "--sign", "v0", "--message", "cut", **with_date)

    assert signers.refusal(allowed) == "RG124"


@needs_ssh
def test_a_signed_tag_under_another_name_is_no_signature_for_this_one(signers: Signers) -> None:
    allowed = f"olga {signers.ssh_key('olga')}".encode()
    signers.sign_with_ssh("olga", "v9")
    signers.git("update-ref", "refs/tags/v0", signers.git("rev-parse", "refs/tags/v9"))

    assert signers.refusal(allowed) == "RG127"


@pytest.mark.parametrize("kind", [[], ["--annotate", "--message", "cut"]], ids=["light", "plain"])
def test_a_tag_without_signature_is_refused(signers: Signers, kind: list[str]) -> None:
    signers.git("tag", *kind, "v0")

    assert signers.refusal(b"olga ssh-ed25519 AAAA") == "RG121"


@needs_ssh
@pytest.mark.parametrize("block", ["", "AAAA", "!!!!", "U1NIU0lHAAAAAf////8="])
def test_a_signature_that_is_none_is_not_good(signers: Signers, block: str) -> None:
    message = f"cut\n-----BEGIN SSH SIGNATURE-----\n{block}\n-----END SSH SIGNATURE-----"
    signers.git("tag", "--annotate", "v0", "--message", message)

    assert signers.refusal(b"olga ssh-ed25519 AAAA") == "RG122"


# -- GPG


@needs_gpg
def test_a_tag_signed_with_an_allowed_gpg_key_is_good(signers: Signers) -> None:
    key = signers.gpg_key("olga")
    signers.sign_with_gpg(key)

    assert signers.signer(signers.public(key)) == f"GPG {key}"


@needs_gpg
def test_a_gpg_key_of_somebody_else_is_told_from_a_text_that_was_changed(signers: Signers) -> None:
    olga, mallory = signers.gpg_key("olga"), signers.gpg_key("mallory")
    signers.sign_with_gpg(mallory)
    by_mallory = signers.refusal(signers.public(olga))
    signers.sign_with_gpg(olga)
    signers.change_the_tag("cut", "uncut")

    assert (by_mallory, signers.refusal(signers.public(olga))) == ("RG123", "RG122")


@needs_gpg
def test_an_expired_and_a_revoked_gpg_key_are_told_apart(signers: Signers) -> None:
    key = signers.gpg_key("olga")
    signers.sign_with_gpg(key)
    revocation = signers.keys / "openpgp-revocs.d" / f"{key}.rev"
    revocation.write_text(revocation.read_text().replace(":-----BEGIN", "-----BEGIN"))
    signers.gpg("--quick-set-expire", key, "seconds=1")
    expired = signers.public(key)
    signers.gpg("--quick-set-expire", key, "never")
    signers.gpg("--import", str(revocation))
    time.sleep(1.1)

    assert signers.refusal(expired) == "RG124"
    assert signers.refusal(signers.public(key)) == "RG125"


# -- whose programs, whose keys


@needs_ssh
def test_programs_and_keys_that_the_repository_configures_are_not_used(
    signers: Signers, tmp_path: Path
) -> None:
    touched, program = tmp_path / "touched", tmp_path / "evil"
    program.write_text(f"#!/bin/sh\ntouch {touched}\nexit 0\n")
    program.chmod(0o755)
    mallory, olga = signers.ssh_key("mallory"), signers.ssh_key("olga")
    theirs = tmp_path / "theirs"
    theirs.write_text(f"mallory {mallory}\n")
    signers.sign_with_ssh("mallory")
    for name in ("gpg.program", "gpg.openpgp.program", "gpg.ssh.program", "gpg.x509.program",
                 "gpg.ssh.defaultKeyCommand", "gpg.ssh.revocationFile"):  # fmt: skip
        signers.git("config", name, str(program))
    signers.git("config", "gpg.ssh.allowedSignersFile", str(theirs))

    assert signers.refusal(f"olga {olga}".encode()) == "RG123"
    assert signers.refusal(f"mallory {mallory}".encode()) is None
    for last in ("PGP SIGNATURE", "SIGNED MESSAGE", "SSH SIGNATURE"):
        block = f"-----BEGIN {last}-----\nAAAA\n-----END {last}-----\n"
        first = "-----BEGIN SSH SIGNATURE-----\nAAAA\n-----END SSH SIGNATURE-----\n"
        signers.git("tag", "--annotate", "--force", "v0", "--message", f"cut\n{first}{block}")
        assert signers.refusal(f"mallory {mallory}".encode()) == "RG122"
    assert not touched.exists()


@needs_ssh
def test_a_program_inside_the_repository_is_not_run(
    signers: Signers, monkeypatch: pytest.MonkeyPatch
) -> None:
    allowed = f"olga {signers.ssh_key('olga')}".encode()
    signers.sign_with_ssh("olga")
    inside = signers.folder / "ssh-keygen"
    inside.write_text("#!/bin/sh\nexit 0\n")
    inside.chmod(0o755)
    monkeypatch.setenv("PATH", f"{signers.folder}:{os.environ['PATH']}")

    assert signers.refusal(allowed) == "RG128"


def _read(signers: Signers, name: str) -> bytes | str:
    with open_repository(signers.folder) as repository:
        try:
            found = allowed_signers(repository, name)
        except RepositoryProblem as problem:
            return problem.finding.code
    return b"\n".join(found.ssh)


def test_the_keys_are_read_at_the_default_branch_and_never_from_the_checkout(
    signers: Signers,
) -> None:
    file = signers.folder / "signers"
    file.write_text("olga ssh-ed25519 AAAA\n")
    signers.git("add", "signers")
    signers.git("commit", "-q", "-m", "Allow olga")
    signers.git("checkout", "-q", "-b", "feature")
    file.write_text("mallory ssh-ed25519 BBBB\n")
    signers.git("commit", "-q", "-a", "-m", "Allow mallory")

    assert _read(signers, "signers") == b"olga ssh-ed25519 AAAA"
    assert _read(signers, str(file)) == "RG126"
    assert _read(signers, str(signers.folder / ".git/config")) == "RG126"


def test_a_remotes_default_branch_wins_over_a_local_one(signers: Signers) -> None:
    (signers.folder / "signers").write_text("olga ssh-ed25519 AAAA\n")
    signers.git("add", "signers")
    signers.git("commit", "-q", "-m", "Allow olga")
    signers.git("update-ref", "refs/remotes/origin/trunk", "HEAD")
    signers.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/trunk")
    (signers.folder / "signers").write_text("mallory ssh-ed25519 BBBB\n")
    signers.git("commit", "-q", "-a", "-m", "Allow mallory")

    assert _read(signers, "signers") == b"olga ssh-ed25519 AAAA"


@pytest.mark.parametrize(
    "text", [None, "", "# nobody yet\n", "olga ssh-ed25519 " + "A" * 1024 * 1024]
)
def test_a_list_that_is_missing_empty_or_absurd_is_refused(
    signers: Signers, tmp_path: Path, text: str | None
) -> None:
    if text is not None:
        (tmp_path / "signers").write_text(text)

    assert _read(signers, str(tmp_path / "signers")) == "RG126"
    assert _read(signers, "") == "RG126"
