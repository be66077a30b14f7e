"""Ids of blobs -> their contents, all of them by two runs of Git (git-cat-file(1))."""

from __future__ import annotations

import os
import tempfile
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


def read_many(
    cat_file: Callable[[str, BinaryIO], bytes], blobs: Iterable[str], *, max_bytes: int
) -> dict[str, bytes] | None:
    """Read the blobs that are no larger than that; None: one of them is not there."""
    told = _asked(cat_file, "--batch-check=%(objectname) %(objectsize)", dict.fromkeys(blobs))
    sizes = dict(line.split() for line in told.splitlines())
    if b"missing" in sizes.values():
        return None
    small = {id_.decode(): int(size) for id_, size in sizes.items() if int(size) <= max_bytes}
    out, position = _asked(cat_file, "--batch=%(objectname)", small), 0
    found = {}
    for id_, size in small.items():
        # A line with the id, the content, and the end of a line.
        start = position + len(id_) + 1
        found[id_] = out[start : start + size]
        position = start + size + 1
    return found


def _asked(cat_file: Callable[[str, BinaryIO], bytes], how: str, blobs: Iterable[str]) -> bytes:
    with tempfile.TemporaryFile() as wanted:
        wanted.write(b"".join(os.fsencode(id_) + b"\n" for id_ in blobs))
        wanted.seek(0)
        return cat_file(how, wanted)
