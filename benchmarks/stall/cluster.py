"""Settings -> a PostgreSQL like one in production, on disk, that ends with us.

The throwaway server of the tests is made for speed: no fsync, memory for a disk. Here commits reach
the disk and autovacuum is at work.
"""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from releasegate.throwaway.binaries import binaries, embedded_bin, give, reachable
from releasegate.throwaway.server import Account, clean_environment

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

SUPERUSER = "stall_superuser"
HOST = "127.0.0.1"
SETTINGS = {
    "listen_addresses": HOST,
    # TCP with passwords alone: nobody else of this machine gets in.
    "unix_socket_directories": "",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "autovacuum": "on",
    "shared_buffers": "512MB",
    "max_wal_size": "8GB",
    "max_connections": "100",
    "logging_collector": "off",
    "log_line_prefix": "%m [%p] %a %d ",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
#: what a standby needs on top; also on the primary, whose cluster it copies
STANDBY_SETTINGS = {"hot_standby_feedback": "on", "wal_keep_size": "2GB"}
_READY_S = 60.0
_STOP_S = 60.0
# It sees our end, of whatever kind, as the end of its standard input; then nothing may stay.
_KEEPER = """
trap '' INT HUP TERM
folder=$1; shift
"$@" </dev/null >>"$folder/server.log" 2>&1 &
server=$!
read -r word
if [ "$word" = stop ]; then kill -INT $server; else kill -QUIT $server; fi
wait $server
[ "$word" = stop ] || rm -rf "$folder"/*
"""


class NoServer(Exception):
    """A full sentence: why there is no PostgreSQL."""


@dataclass(frozen=True)
class Cluster:
    """A running server."""

    bin_dir: Path
    folder: Path
    port: int
    password: str

    def values(self) -> dict[str, str]:
        """Name the superuser's connection parameters, all that the environment could fill in."""
        return {
            "host": HOST,
            "hostaddr": "",
            "port": str(self.port),
            "user": SUPERUSER,
            "password": self.password,
            "dbname": "postgres",
            "sslmode": "disable",
            "gssencmode": "disable",
            "options": "",
        }


@contextmanager
def start(top: Path, *, major: int | None, standby: bool) -> Iterator[tuple[Cluster, ...]]:
    """Start a server below ``top``, or two: a primary and its streaming standby.

    Raises:
        NoServer: the major is not installed, or a server does not start.
    """
    account = _account()
    folder = _folder(top / "primary", account)
    bin_dir = _programs(major, folder, account)
    password = _initdb(bin_dir, folder, account)
    primary = Cluster(bin_dir, folder, _free_port(), password)
    more = STANDBY_SETTINGS if standby else {}
    # A cluster that has never run is copied as it lies, whatever the version's backup tools.
    copied = _copy(primary, top / "standby", account) if standby else None
    with _running(primary, {**SETTINGS, **more}, account):
        if copied is None:
            yield (primary,)
            return
        with _running(copied, {**SETTINGS, **more}, account):
            yield primary, copied


def _account() -> Account:
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), is_other=False)
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            entry = pwd.getpwnam(name)
            return Account(entry.pw_uid, entry.pw_gid, is_other=True)
    raise NoServer("PostgreSQL does not run as root, and there is no user postgres or nobody.")


def _programs(major: int | None, folder: Path, account: Account) -> Path:
    found = binaries().get(major) if major else embedded_bin()
    if found is None:
        raise NoServer(f"PostgreSQL {major} is not installed; at hand: {sorted(binaries())}.")
    return reachable(found, folder, account)


def _folder(path: Path, account: Account) -> Path:
    path.mkdir(mode=0o700)
    give(path, account)
    return path


def _initdb(bin_dir: Path, folder: Path, account: Account) -> str:
    password = secrets.token_urlsafe(18)
    secret = folder / "password"
    secret.touch(mode=0o600)
    secret.write_text(password)
    give(folder, account)
    command = [str(bin_dir / "initdb"), "-D", str(folder / "data"), "-U", SUPERUSER]
    command += ["-A", "scram-sha-256", f"--pwfile={secret}", "--no-locale", "-E", "UTF8"]
    done = subprocess.run(
        command,
        env=clean_environment(None),
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
        **account.as_user,
    )
    secret.unlink()
    if done.returncode != 0:
        raise NoServer(f"initdb failed: {done.stderr.strip().splitlines()[-1]}")
    return password


def _copy(primary: Cluster, folder: Path, account: Account) -> Cluster:
    """Lay a standby's cluster out beside the primary's, which is not running."""
    _folder(folder, account)
    shutil.copytree(primary.folder / "data", folder / "data")
    (folder / "data" / "standby.signal").touch()
    values = {**primary.values(), "application_name": "standby"}
    words = " ".join(f"{key}={value}" for key, value in values.items() if value)
    with (folder / "data" / "postgresql.auto.conf").open("a") as settings:
        settings.write(f"primary_conninfo = '{words}'\n")
    give(folder, account)
    (folder / "data").chmod(0o700)
    return Cluster(primary.bin_dir, folder, _free_port(), primary.password)


@contextmanager
def _running(cluster: Cluster, settings: Mapping[str, str], account: Account) -> Iterator[None]:
    given = {**settings, "port": str(cluster.port)}
    arguments = [part for key, value in given.items() for part in ("-c", f"{key}={value}")]
    arguments += ["-D", str(cluster.folder / "data")]
    program = str(cluster.bin_dir / "postgres")
    keeper = subprocess.Popen(
        ["/bin/sh", "-c", _KEEPER, "stall-keeper", str(cluster.folder), program, *arguments],
        env=clean_environment(None),
        cwd="/",
        stdin=subprocess.PIPE,
        start_new_session=True,
        **account.as_user,
    )
    try:
        _await_ready(cluster, keeper)
        yield
    finally:
        # The keeper, and with it the server, ignores the terminal's Ctrl-C: it is stopped here.
        keeper.communicate(b"stop\n", timeout=_STOP_S)


def _await_ready(cluster: Cluster, keeper: subprocess.Popen[bytes]) -> None:
    """Wait for the status line of ``postmaster.pid``, which pg_ctl reads too."""
    deadline = time.monotonic() + _READY_S
    while keeper.poll() is None and time.monotonic() < deadline:
        with suppress(OSError):
            state = (cluster.folder / "data" / "postmaster.pid").read_text().rstrip()
            if state.endswith("ready"):
                return
        time.sleep(0.01)
    lines = (cluster.folder / "server.log").read_text(errors="replace").splitlines()
    raise NoServer(f"The server did not start: {(lines or ['it said nothing'])[-1]}")


def _free_port() -> int:
    with socket.create_server((HOST, 0)) as probe:
        port: int = probe.getsockname()[1]
        return port
