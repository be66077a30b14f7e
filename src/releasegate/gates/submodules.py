"""A submodule below the app's folders -> what is not as HEAD pins it."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from releasegate import findings
from releasegate.appcode.source.sources import SUFFIXES
from releasegate.repository import RepositoryProblem, differing, open_repository

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from releasegate.model import Finding
    from releasegate.repository import Repository


def submodule(
    root: Path, path: str, pinned: str, held: Mapping[str, bytes | None]
) -> Iterator[Finding]:
    """Compare a submodule's checkout with the commit that HEAD pins it to.

    ``held`` are the files that were read in it, by their paths from ``root``.
    """
    cure = f"git submodule update --init -- {shlex.quote(path)}"
    if not (root / path / ".git").exists():
        message = f"{path} is a submodule that is not checked out: nothing of it was read."
        yield findings.make("RG113", message, path=path, help=cure)
        return
    try:
        with open_repository(root / path) as inner:
            if inner.head != pinned:
                message = f"{path} is at {inner.head[:12]}, and HEAD pins it to {pinned[:12]}."
                yield findings.make("RG113", message, path=path, help=cure)
            else:
                yield from _committed(inner, root, path, held)
    except RepositoryProblem as problem:
        yield problem.finding


def _committed(
    inner: Repository, root: Path, path: str, held: Mapping[str, bytes | None]
) -> Iterator[Finding]:
    contents = {name.removeprefix(f"{path}/"): content for name, content in held.items()}
    blobs = inner.listing(inner.head, ["."]).blobs
    reasons = differing(contents, blobs, is_exact=False)
    gone = [p for p in blobs if p.endswith(SUFFIXES) and not (root / path / p).exists()]
    for name, reason in sorted({**reasons, **dict.fromkeys(gone, "deleted")}.items()):
        place = f"{path}/{name}"
        help_ = f"Commit it in {path}, then the new commit of {path} here."
        yield findings.make("RG104", f"{place} is {reason}.", path=place, help=help_)
