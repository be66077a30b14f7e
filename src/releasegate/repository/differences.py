"""Files on disk and their blobs' ids -> which differ, and how; Git itself is not asked."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

#: what is larger is no file of a release
MAX_BYTES = 64 << 20
OTHER_LINE_ENDS = "committed with other line ends"
NOT_COMMITTED = "not committed"
_HEX_SHA1 = 40
# Git LFS, docs/spec.md
_POINTER = re.compile(
    rb"version https://git-lfs\.github\.com/spec/v1\n"
    rb"(?:ext-[^\n]*\n)*oid sha256:(?P<oid>[0-9a-f]{64})\nsize \d+\n\Z"
)


def content(file: Path) -> bytes | None:
    """Read a file as Git stores it, a link as its text; None where it cannot be, or is absurd."""
    try:
        state = file.lstat()
        if stat.S_ISLNK(state.st_mode):
            return os.fsencode(file.readlink())
        is_read = stat.S_ISREG(state.st_mode) and state.st_size <= MAX_BYTES
        return file.read_bytes() if is_read else None
    except OSError:
        return None


def pointed_at(content: bytes) -> str | None:
    """Give the SHA-256 that a Git LFS pointer stands for; None where the content is no pointer."""
    found = _POINTER.match(content)
    return found["oid"].decode() if found else None


def differing(
    contents: Mapping[str, bytes | None], blobs: Mapping[str, str], *, is_exact: bool
) -> dict[str, str]:
    """Map the paths whose content is not that of their blob to the reason.

    Unless ``is_exact``, CRLF stands for LF: a checkout may have turned them (core.autocrlf).
    """
    reasons = {}
    for path, held in contents.items():
        reason = _difference(held, blobs.get(path), is_exact=is_exact)
        if reason:
            reasons[path] = reason
    return reasons


def _difference(held: bytes | None, blob: str | None, *, is_exact: bool) -> str | None:
    if blob is None:
        return NOT_COMMITTED
    if held is None:
        return f"deleted, unreadable or larger than {MAX_BYTES >> 20} MiB"
    if _blob_id(held, blob) == blob:
        return None
    is_same_text = _blob_id(held.replace(b"\r\n", b"\n"), blob) == blob
    if is_same_text and is_exact:
        return OTHER_LINE_ENDS
    return None if is_same_text else "modified since the commit"


def _blob_id(content: bytes, like: str) -> str:
    """Hash as Git does: SHA-1, or SHA-256 where the repository's ids are longer."""
    algorithm = "sha1" if len(like) == _HEX_SHA1 else "sha256"
    header = f"blob {len(content)}\0".encode()
    return hashlib.new(algorithm, header + content, usedforsecurity=False).hexdigest()
