"""A primary that was just started -> a standby that follows it from its first record on."""

from __future__ import annotations

import os
import pwd
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

from releasegate.database import Parameters
from releasegate.throwaway.binaries import give, reachable
from releasegate.throwaway.server import Account
from releasegate.throwaway.watchdog import SUPERUSER, watchdog

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from releasegate.throwaway import Server

#: the primary, too, must be started with these
SETTINGS = {"wal_keep_size": "512MB", "max_connections": "100"}
_OWN = {"listen_addresses": "", "fsync": "off", "shared_buffers": "16MB"}


@contextmanager
def standby_of(primary: Server, cache: Path) -> Iterator[Parameters]:
    """Copy the cluster that the primary began as, which has never run; give the superuser's way.

    Database names are to be filled in.
    """
    link = f"host={primary.run_dir} user={SUPERUSER} application_name=standby1"
    with watchdog(_account(), {**_OWN, **SETTINGS, "primary_conninfo": link}) as guard:
        bin_dir = reachable(primary.bin_dir, guard.run_dir, guard.account)
        shutil.copytree(_original(cache), guard.data)
        (guard.data / "standby.signal").touch()
        give(guard.data, guard.account)
        guard.data.chmod(0o700)
        guard.start(bin_dir / "postgres")
        yield Parameters({"host": str(guard.run_dir), "user": SUPERUSER, "dbname": "postgres"})


def _original(cache: Path) -> Path:
    kept = [path for path in cache.iterdir() if (path / "PG_VERSION").is_file()]
    return next(path for path in kept if (path / "PG_VERSION").read_text().strip() == "18")


def _account() -> Account:
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), is_other=False)
    entry = pwd.getpwnam("postgres")
    return Account(entry.pw_uid, entry.pw_gid, is_other=True)
