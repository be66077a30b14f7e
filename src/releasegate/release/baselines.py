"""Configured files, folders and globs -> the baseline and the prelude, as a commit has them."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from releasegate.baseline import File
from releasegate.errors import UsageError
from releasegate.gates import Baseline
from releasegate.model import Finding
from releasegate.repository.differences import MAX_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from releasegate.model import Release
    from releasegate.repository import Repository
    from releasegate.settings import Settings


def read(settings: Settings, repository: Repository | Finding, release: Release) -> Baseline:
    """Read the baseline at the tag; while there is no tag at HEAD, and without Git from disk."""
    configuration = settings.configuration
    held: _Disk | _Commit
    if isinstance(repository, Finding):
        held, place = _Disk(settings.root), "in the working tree"
    else:
        held = _Commit(repository, release.commit or repository.head)
        at = f"tag {release.tag}" if release.commit else f"HEAD (no tag {release.tag} yet)"
        place = f"at {at}"
    files, missing = _files(configuration.baselines, held)
    prelude, lacking = _files(configuration.preludes, held)
    origin = f"{', '.join(file.path for file in files)} {place}" if files else None
    return Baseline(files, origin, prelude, (*missing, *lacking))


@dataclass(frozen=True)
class _Commit:
    repository: Repository
    commit: str

    def names(self, path: str) -> Iterable[str]:
        """List the files at or below a path."""
        return self.repository.listing(self.commit, [path]).blobs

    def content(self, path: str) -> bytes | None:
        return self.repository.read(self.commit, path)


@dataclass(frozen=True)
class _Disk:
    root: Path

    def names(self, path: str) -> Iterable[str]:
        """List the files at or directly below a path."""
        place = self.root / path
        found = place.iterdir() if place.is_dir() else [place]
        return [file.relative_to(self.root).as_posix() for file in found if file.is_file()]

    def content(self, path: str) -> bytes | None:
        """Read a file whole.

        Raises:
            UsageError: it is absurdly large.
        """
        file = self.root / path
        if file.stat().st_size > MAX_BYTES:
            raise UsageError(f"{path} is larger than {MAX_BYTES >> 20} MiB.")
        return file.read_bytes()


def _files(items: Sequence[str], held: _Disk | _Commit) -> tuple[tuple[File, ...], tuple[str, ...]]:
    """Read what each item stands for, in their order; and name those that stand for nothing."""
    found: dict[str, File] = {}
    missing = []
    for item in items:
        paths = _expanded(item, held)
        if not paths:
            missing.append(item)
        for path in paths:
            text = (held.content(path) or b"").decode("utf-8-sig", errors="replace")
            found.setdefault(path, File(path, text))
    return tuple(found.values()), tuple(missing)


def _expanded(item: str, held: _Disk | _Commit) -> list[str]:
    """List the files that an item stands for; those of a folder or a glob go by their names."""
    path = PurePosixPath(item)
    if "*" in path.name:
        folder, pattern = path.parent, path.name
    else:
        folder, pattern = path, "*.sql"
        if path.as_posix() in held.names(path.as_posix()):
            return [path.as_posix()]
    below = (PurePosixPath(name) for name in held.names(folder.as_posix()))
    return sorted(
        name.as_posix()
        for name in below
        if name.parent == folder and fnmatchcase(name.name, pattern)
    )
