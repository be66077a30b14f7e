"""A fresh cluster directory, copied from a private cache where there is one."""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path

from releasegate.errors import CouldNotLook
from releasegate.throwaway.binaries import give
from releasegate.throwaway.server import Account, clean_environment

SUPERUSER = "releasegate_superuser"


def make_cluster(bin_dir: Path, data: Path, account: Account, *, cache: Path | None) -> None:
    kept = _cached_cluster(bin_dir, cache)
    if kept is not None and (kept / "PG_VERSION").is_file():
        shutil.copytree(kept, data)
        give(data, account)
        data.chmod(0o700)
        return
    _initdb(bin_dir, data, account)
    if kept is not None:
        _keep(data, kept)


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
    key = f"2 {bin_dir.name} {program.st_size} {program.st_mtime_ns}"
    return hashlib.sha256(key.encode()).hexdigest()[:20]


def _keep(data: Path, kept: Path) -> None:
    """Copy beside, then rename: two runs at once leave one whole copy."""
    with suppress(OSError):
        beside = Path(tempfile.mkdtemp(prefix="new-", dir=kept.parent))
        shutil.copytree(data, beside / "data")
        with suppress(OSError):
            (beside / "data").rename(kept)
        shutil.rmtree(beside, ignore_errors=True)


def _initdb(bin_dir: Path, data: Path, account: Account) -> None:
    command = [str(bin_dir / "initdb"), "-D", str(data), "-U", SUPERUSER, "-A", "trust"]
    command += ["--no-sync", "--no-locale", "-E", "UTF8", "--wal-segsize=1"]
    done = subprocess.run(
        command,
        env=clean_environment(None),
        cwd="/",
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        **account.as_user,
    )
    if done.returncode == 0:
        return
    with suppress(KeyError):
        pwd.getpwuid(account.uid)
        raise CouldNotLook(f"initdb failed: {last_line(done.stderr)}")
    raise CouldNotLook(
        f"initdb needs a name for the user id {account.uid}: add it to /etc/passwd, run as another "
        "user, or give --scratch-url."
    )


def last_line(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    fatal = [line for line in lines if "FATAL" in line or "error" in line.lower()]
    return (fatal or lines or ["no reason given"])[-1].strip()
