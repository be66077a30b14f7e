"""A folder -> the first thing in its repository that would hold whoever reads it for ever."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

#: by far the most files; only Git itself reads them, for a limited time
_OBJECTS = "objects"
_GITDIR = "gitdir:"
_LONGEST_PATH = 4096


def irregular(root: Path) -> Path | None:
    """Find a pipe, a device or a socket among the files of the repository that holds a folder."""
    for folder in (root, *root.parents):
        own = folder / ".git"
        if own.is_symlink() or own.exists():
            return next((path for path in _files(own) if not _is_readable(path)), None)
    return None


def _files(own: Path) -> Iterator[Path]:
    """List what Git and its library read, of a linked worktree's main repository too."""
    if not own.is_dir():
        yield own
        named = _named(own, _GITDIR)
        if named is None:
            return
        own = own.parent / named
    yield from _below(own)
    common = _named(own / "commondir", "")
    if common is not None:
        yield from _below(own / common)


def _below(folder: Path) -> Iterator[Path]:
    for here, folders, files in os.walk(folder):
        # A link to a folder is listed as one and not followed.
        folders[:] = [name for name in folders if name != _OBJECTS or here != str(folder)]
        yield from (Path(here, name) for name in chain(files, folders))


def _named(file: Path, word: str) -> str | None:
    """Read a path from a small file."""
    if not file.is_file():
        return None
    with suppress(OSError, UnicodeDecodeError), file.open(encoding="utf-8") as opened:
        text = opened.read(_LONGEST_PATH)
        return text.removeprefix(word).strip() if text.startswith(word) else None
    return None


def _is_readable(path: Path) -> bool:
    """Tell whether its end is reached; what is not there is Git's to complain of."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return True
    return stat.S_ISREG(mode) or stat.S_ISDIR(mode)
