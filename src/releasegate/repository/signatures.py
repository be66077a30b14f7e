"""A tag and the keys of those who may sign -> who signed it, or the finding that says why not.

Git itself verifies; which programs it runs for that, and by which keys, is told by us alone.
"""

from __future__ import annotations

import base64
import hashlib
import re
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from releasegate import findings
from releasegate.repository import RepositoryProblem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from releasegate.repository import Repository, Tag

_MAX_BYTES = 1024 * 1024
_TIMEOUT_S = 30
_PGP_KEYS = re.compile(
    rb"^-----BEGIN PGP PUBLIC KEY BLOCK-----$.*?^-----END PGP PUBLIC KEY BLOCK-----$",
    re.MULTILINE | re.DOTALL,
)
_SSH_SIGNATURE = re.compile(
    rb"^-----BEGIN SSH SIGNATURE-----$(.*?)^-----END SSH SIGNATURE-----$", re.MULTILINE | re.DOTALL
)
_PGP_SIGNATURE = re.compile(rb"^-----BEGIN PGP (SIGNATURE|MESSAGE)-----$", re.MULTILINE)
_OTHER_SIGNATURE = re.compile(rb"^-----BEGIN SIGNED MESSAGE-----$", re.MULTILINE)
# ssh-keygen(1), ALLOWED SIGNERS: the option and its time, local unless Z says UTC.
_VALID_BEFORE = re.compile(rb'(?<=valid-before=)"?(\d{8}(?:\d{4}(?:\d{2})?)?)(Z?)"?', re.IGNORECASE)
_FOR_EVER = b'"99991231"'
_TIME_DIGITS = 14
# gpg's status lines (doc/DETAILS in its source) -> what they mean for us.
_GPG_REFUSALS = {
    "BADSIG": ("RG122", "The signature is not that of the tag's text."),
    "REVKEYSIG": ("RG125", "The key that signed it was revoked."),
    "EXPKEYSIG": ("RG124", "The key that signed it has expired."),
    "EXPSIG": ("RG124", "The signature has expired."),
    "NO_PUBKEY": ("RG123", "The key that signed it is not among allowed-signers."),
}


@dataclass(frozen=True, slots=True)
class AllowedSigners:
    """Public keys of those who may sign a release: of GPG, of SSH, or both, in one file."""

    gpg: tuple[bytes, ...]
    #: lines as in ssh-keygen(1), ALLOWED SIGNERS
    ssh: tuple[bytes, ...]


def parse(text: bytes) -> AllowedSigners:
    """Tell the armored GPG keys of a file from its lines for SSH."""
    rest = _PGP_KEYS.sub(b"", text.replace(b"\r\n", b"\n"))
    lines = (line.strip() for line in rest.splitlines())
    ssh = tuple(line for line in lines if line and not line.startswith(b"#"))
    return AllowedSigners(tuple(_PGP_KEYS.findall(text.replace(b"\r\n", b"\n"))), ssh)


def allowed_signers(repository: Repository, name: str) -> AllowedSigners:
    """Read the file of keys, from outside the repository or from its default branch.

    Raises:
        RepositoryProblem: it is not there, holds no key, or lies where whoever changes the checkout
            could change it too.
    """
    text = _outside(repository, Path(name)) if name.startswith("/") else _inside(repository, name)
    if len(text) > _MAX_BYTES:
        raise _unusable(f"{name} is larger than a list of keys.")
    found = parse(text)
    if not found.gpg and not found.ssh:
        raise _unusable(f"{name} holds no key.")
    return found


def _outside(repository: Repository, file: Path) -> bytes:
    if repository.holds(file):
        raise _unusable(f"{file} lies in the working tree, where every checkout may change it.")
    try:
        with file.open("rb") as opened:
            return opened.read(_MAX_BYTES + 1)
    except OSError as error:
        raise _unusable(f"{file} cannot be read: {error.strerror}.") from None


def _inside(repository: Repository, path: str) -> bytes:
    if not path:
        raise _unusable("policy.signed-tag is on, and policy.allowed-signers names no file.")
    branch = repository.default_branch()
    if branch is None:
        raise _unusable("This clone has no default branch (origin/HEAD, main or master).")
    text = repository.read(branch, path)
    if text is None:
        raise _unusable(f"There is no {path} at the default branch ({branch[:12]}).")
    return text


def _unusable(message: str) -> RepositoryProblem:
    return RepositoryProblem(findings.make("RG126", message))


def signer(repository: Repository, tag: Tag, allowed: AllowedSigners, *, now: datetime) -> str:
    """Name the key that signed a tag, once Git says that the signature is good and one of ours.

    Raises:
        RepositoryProblem: it is not.
    """
    text = repository.tag_text(tag)
    if text is None:
        raise _refused("RG121", f"{tag.name} is a lightweight tag, which cannot be signed.")
    head, _, _ = text.partition(b"\n\n")
    if f"tag {tag.name}".encode() not in head.split(b"\n"):
        message = f"What {tag.name} points to was signed as another tag, and moved here."
        raise _refused("RG127", message)
    block = _SSH_SIGNATURE.search(text)
    if block:
        return _ssh(repository, tag, allowed, block=block[1], now=now)
    if _PGP_SIGNATURE.search(text):
        return _gpg(repository, tag, allowed)
    if _OTHER_SIGNATURE.search(text):
        raise _refused("RG122", "It is signed by neither GPG nor SSH.")
    raise _refused("RG121", f"{tag.name} carries no signature.")


def _refused(code: str, message: str) -> RepositoryProblem:
    return RepositoryProblem(findings.make(code, message))


# -- GPG


def _gpg(repository: Repository, tag: Tag, allowed: AllowedSigners) -> str:
    program = _program("gpg", repository)
    with _folder() as home:
        for number, keys in enumerate(allowed.gpg):
            file = home / f"{number}.asc"
            file.write_bytes(keys + b"\n")
            command = [program, "--homedir", str(home), "--batch", "--quiet", "--no-autostart"]
            subprocess.run(  # what is no key is not imported, and then signs nothing
                [*command, "--import", str(file)],
                capture_output=True,
                timeout=_TIMEOUT_S,
                check=False,
            )
        code, said = repository.verify_tag(
            tag,
            {"gpg.program": program, "gpg.openpgp.program": program},
            {"GNUPGHOME": str(home)},
        )
    told = [line.split()[1:] for line in said.splitlines() if line.startswith("[GNUPG:] ")]
    words = {line[0]: line[1:] for line in told if line}
    for word, (refusal, message) in _GPG_REFUSALS.items():
        if word in words:
            raise _refused(refusal, message)
    if code != 0 or "VALIDSIG" not in words:
        raise _refused("RG122", "Git does not find its signature good.")
    return f"GPG {words['VALIDSIG'][-1]}"


# -- SSH


def _ssh(
    repository: Repository, tag: Tag, allowed: AllowedSigners, *, block: bytes, now: datetime
) -> str:
    """Ask with the keys that are valid today, then why not: a date in a tag is its maker's word."""
    program = _program("ssh-keygen", repository)
    key = _key_of(block)
    valid = [line for line in allowed.ssh if not _is_over(line, now)]
    expired = [_VALID_BEFORE.sub(_FOR_EVER, line) for line in allowed.ssh if _is_over(line, now)]
    anybody = [b"* " + key] if key else []
    asked = [
        (valid, None),
        (expired, ("RG124", "The key that signed it has expired.")),
        (anybody, ("RG123", "The key that signed it is not among allowed-signers.")),
    ]
    for lines, refusal in asked:
        if lines and _is_good(repository, tag, program, lines):
            if refusal:
                raise _refused(*refusal)
            digest = hashlib.sha256(base64.b64decode(key.split()[1])).digest()
            return f"SSH SHA256:{base64.b64encode(digest).decode().rstrip('=')}"
    raise _refused("RG122", "The signature is not that of the tag's text.")


def _is_good(repository: Repository, tag: Tag, program: str, lines: list[bytes]) -> bool:
    with _folder() as folder:
        file = folder / "allowed_signers"
        file.write_bytes(b"\n".join([*lines, b""]))
        configuration = {
            "gpg.ssh.program": program,
            "gpg.ssh.allowedSignersFile": str(file),
        }
        return repository.verify_tag(tag, configuration, {})[0] == 0


def _is_over(line: bytes, now: datetime) -> bool:
    found = _VALID_BEFORE.search(line)
    if found is None:
        return False
    at = now if found[2] else now.astimezone()
    return found[1].decode().ljust(_TIME_DIGITS, "0") <= at.strftime("%Y%m%d%H%M%S")


def _key_of(block: bytes) -> bytes:
    """Read the key out of a signature (PROTOCOL.sshsig of OpenSSH); empty: there is none."""
    try:
        blob = base64.b64decode(block)
        key = _string(blob, len(b"SSHSIG") + 4)
        return _string(key, 0) + b" " + base64.b64encode(key)
    except (ValueError, IndexError):
        return b""


def _string(blob: bytes, at: int) -> bytes:
    length = int.from_bytes(blob[at : at + 4], "big")
    if not 0 < length <= len(blob) - at - 4:
        raise ValueError("no string")
    return blob[at + 4 : at + 4 + length]


# -- programs and their files


def _program(name: str, repository: Repository) -> str:
    found = shutil.which(name)
    if found is None:
        message = f"{name} is not installed, and without it no signature can be verified."
        raise _refused("RG128", message)
    program = Path(found).resolve()
    if repository.holds(program):
        raise _refused("RG128", f"PATH finds {name} inside the repository; it is not run.")
    return str(program)


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="releasegate-", ignore_cleanup_errors=True) as made:
        yield Path(made)
