"""A fresh cluster directory, copied from a private cache where there is one."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from releasegate.throwaway.binaries import give

if TYPE_CHECKING:
    from releasegate.throwaway.watchdog import Watchdog


def make_cluster(bin_dir: Path, guard: Watchdog, *, cache: Path | None) -> None:
    """Lay a cluster out in the guard's ``data``."""
    kept = _cached_cluster(bin_dir, cache)
    if kept is not None and (kept / "PG_VERSION").is_file():
        _copy(kept, guard.data)
        give(guard.data, guard.account)
        guard.data.chmod(0o700)
        return
    guard.initdb(bin_dir / "initdb")
    _slim(guard.data)
    if kept is not None:
        _keep(guard.data, kept)


def _copy(kept: Path, data: Path) -> None:
    """Copy some hundred files by a process of its own, while we load what comes after.

    Raises:
        OSError: there is no room for them.
    """
    done = subprocess.run(["/bin/cp", "-R", kept, data], stderr=subprocess.DEVNULL, check=False)
    if done.returncode:
        raise OSError(f"{kept} was not copied")


def _slim(data: Path) -> None:
    """Take away the maps of free space and visibility, which the server can do without.

    They are a quarter of the files, and every database of ours is a copy of them.
    """
    for pattern in ("*_fsm", "*_vm"):
        for file in data.glob(f"base/*/{pattern}"):
            file.unlink()


def _cached_cluster(bin_dir: Path, cache: Path | None) -> Path | None:
    """Name the cached copy of a fresh cluster: ours alone, or none."""
    if cache is None:
        return None
    with suppress(OSError):
        cache.mkdir(mode=0o700, parents=True, exist_ok=True)
        state = cache.stat()
        if state.st_uid == os.geteuid() and not state.st_mode & 0o077:
            return cache / _digest(bin_dir)
    return None


def _digest(bin_dir: Path) -> str:
    program = (bin_dir / "postgres").stat()
    key = f"3 {bin_dir.name} {program.st_size} {program.st_mtime_ns}"
    return hashlib.sha256(key.encode()).hexdigest()[:20]


def _keep(data: Path, kept: Path) -> None:
    """Copy beside, then rename: two runs at once leave one whole copy."""
    with suppress(OSError):
        beside = Path(tempfile.mkdtemp(prefix="new-", dir=kept.parent))
        shutil.copytree(data, beside / "data")
        with suppress(OSError):
            (beside / "data").rename(kept)
        shutil.rmtree(beside, ignore_errors=True)
