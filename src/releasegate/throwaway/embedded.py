"""Start a server of our own on a private socket; it dies with us, however we die."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg

from releasegate import database
from releasegate.database import Parameters
from releasegate.errors import CouldNotLook
from releasegate.throwaway.binaries import binaries, embedded_bin, reachable
from releasegate.throwaway.cluster import SUPERUSER, last_line, make_cluster
from releasegate.throwaway.server import Account, Database, Server, clean_environment

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

OWNER = "releasegate_owner"
_START_TIMEOUT_S = 30.0
_STOP_TIMEOUT_S = 10.0
_SHM = Path("/dev/shm")  # noqa: S108  shared memory, looked at only for its free space
_SHM_NEEDED_BYTES = 512 << 20
# A socket's path must fit in 107 bytes (unix(7)).
_LONGEST_BASE = 60

# The shell stands before anything is laid out, and is the server's parent, so the pid cannot be
# another's. It blocks on a pipe from us and acts when we end, however we end.
_WATCHDOG = """
trap '' INT HUP TERM
if read -r postgres; then
  "$postgres" "$@" </dev/null >>"$LOG" 2>&1 &
  server=$!
  read -r word
  [ "$word" = stop ] && signal=INT || signal=QUIT
  kill -s $signal $server 2>/dev/null
  wait $server
fi
cd / && rm -rf "$RUN"
"""

_SERVER_OPTIONS = {
    "listen_addresses": "",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "shared_buffers": "16MB",
    "max_wal_size": "64MB",
    "min_wal_size": "2MB",
    "dynamic_shared_memory_type": "mmap",
    "max_connections": "60",
    "logging_collector": "off",
    "unix_socket_permissions": "0700",
    "autovacuum": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}


@contextmanager
def start(
    *, major: int | None = None, cache: Path | None = None, options: Mapping[str, str] | None = None
) -> Iterator[Server]:
    """Start a server of its own, of the given major version where it is installed.

    ``options`` are server settings on top of ours, for tests and the demo.

    Raises:
        CouldNotLook: it does not start; the message holds the server's last line.
    """
    account = _account()
    bin_dir = binaries().get(major, embedded_bin()) if major else embedded_bin()
    run_dir = _make_run_dir(account)
    try:
        with _watchdog(run_dir, account, {**_SERVER_OPTIONS, **(options or {})}) as watchdog:
            bin_dir = _prepare(bin_dir, run_dir, account, cache=cache)
            _launch(watchdog, bin_dir / "postgres", run_dir)
            yield _described(bin_dir, run_dir, account)
    finally:
        shutil.rmtree(run_dir, ignore_errors=True)


def _prepare(bin_dir: Path, run_dir: Path, account: Account, *, cache: Path | None) -> Path:
    """Lay out programs and data; give the programs' folder."""
    try:
        bin_dir = reachable(bin_dir, run_dir, account)
        make_cluster(bin_dir, run_dir / "data", account, cache=cache)
    except (OSError, shutil.Error) as error:
        raise CouldNotLook(
            f"No room for a throwaway server in {run_dir.parent}: free some, or set TMPDIR."
        ) from error
    return bin_dir


def _described(bin_dir: Path, run_dir: Path, account: Account) -> Server:
    admin = _local(run_dir, "postgres", SUPERUSER)
    with database.connect(admin, application_name="releasegate") as connection:
        connection.execute(f"CREATE ROLE {OWNER} LOGIN")
        version = database.major(connection)
        system = database.identify(connection).system_identifier

    @contextmanager
    def make() -> Iterator[Database]:
        name = f"releasegate_{secrets.token_hex(6)}"
        with database.connect(admin, application_name="releasegate") as connection:
            connection.execute(_create_database(name, OWNER))
        try:
            yield Database(name, _local(run_dir, name, OWNER), _local(run_dir, name, SUPERUSER))
        finally:
            with suppress(psycopg.Error, CouldNotLook):
                _drop(admin, name)

    kind = "embedded" if bin_dir == embedded_bin() or run_dir in bin_dir.parents else "installed"
    return Server(version, kind, bin_dir, account, run_dir, make, system)


def _local(run_dir: Path, name: str, role: str) -> Parameters:
    """Name every parameter that the environment could otherwise fill in."""
    return Parameters(
        {
            "host": str(run_dir),
            "hostaddr": "",
            "port": "5432",
            "user": role,
            "dbname": name,
            # never asked for; without one libpq would look into the user's password file
            "password": "none",
            "sslmode": "disable",
            "gssencmode": "disable",
            "options": "",
            "client_encoding": "UTF8",
            "target_session_attrs": "any",
        }
    )


def _create_database(name: str, owner: str) -> bytes:
    # STRATEGY=file_copy is twice as fast for a small template without a checkpoint to wait for.
    text = f"CREATE DATABASE {name} OWNER {owner} TEMPLATE template0 ENCODING 'UTF8'"
    return f"{text} STRATEGY file_copy".encode()


def _drop(admin: Parameters, name: str) -> None:
    with database.connect(admin, application_name="releasegate") as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode())


def _account() -> Account:
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), is_other=False)
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            entry = pwd.getpwnam(name)
            return Account(entry.pw_uid, entry.pw_gid, is_other=True)
    raise CouldNotLook("PostgreSQL does not run as root, and there is no user postgres or nobody.")


def _make_run_dir(account: Account) -> Path:
    for base in _bases():
        with suppress(OSError):
            path = Path(tempfile.mkdtemp(prefix="releasegate-", dir=base))
            os.chown(path, account.uid, account.gid)
            return path
    raise CouldNotLook("No temporary directory can be written to; free some room or set TMPDIR.")


def _bases() -> Iterator[Path]:
    """Yield memory first, then disk; each open to other accounts when we are root."""
    with suppress(OSError):
        if shutil.disk_usage(_SHM).free >= _SHM_NEEDED_BYTES:
            yield _SHM
    configured = Path(tempfile.gettempdir())
    is_open = os.geteuid() != 0 or all(p.stat().st_mode & 0o001 for p in configured.parents)
    if is_open and len(str(configured)) <= _LONGEST_BASE:
        yield configured
    yield Path("/tmp")  # noqa: S108  mkdtemp makes a private directory below it


@contextmanager
def _watchdog(
    run_dir: Path, account: Account, options: Mapping[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    """Start the shell that will be the server's parent and that cleans up after us."""
    command = ["-D", str(run_dir / "data"), "-k", str(run_dir)]
    command += [part for key, value in options.items() for part in ("-c", f"{key}={value}")]
    watchdog = subprocess.Popen(
        ["/bin/sh", "-c", _WATCHDOG, "releasegate-watchdog", *command],
        env={**clean_environment(None), "LOG": str(run_dir / "server.log"), "RUN": str(run_dir)},
        cwd="/",
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        **account.as_user,
    )
    try:
        yield watchdog
    finally:
        _stop(watchdog)


def _launch(watchdog: subprocess.Popen[bytes], program: Path, run_dir: Path) -> None:
    """Let the shell start the server, and wait until it takes connections.

    Ready is what pg_ctl takes for it: the status line of ``postmaster.pid``.
    """
    _tell(watchdog, str(program))
    log = run_dir / "server.log"
    deadline = time.monotonic() + _START_TIMEOUT_S
    while time.monotonic() < deadline:
        if _read(run_dir / "data" / "postmaster.pid").rstrip().endswith("ready"):
            return
        if watchdog.poll() is not None or "FATAL" in _read(log):
            break
        time.sleep(0.002)
    raise CouldNotLook(f"The throwaway server did not start: {last_line(_read(log))}")


def _tell(watchdog: subprocess.Popen[bytes], word: str) -> None:
    with suppress(OSError):
        assert watchdog.stdin is not None
        watchdog.stdin.write(f"{word}\n".encode())
        watchdog.stdin.flush()


def _stop(watchdog: subprocess.Popen[bytes]) -> None:
    _tell(watchdog, "stop")
    with suppress(OSError):
        assert watchdog.stdin is not None
        watchdog.stdin.close()
    try:
        watchdog.wait(_STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        watchdog.kill()
        watchdog.wait()


def _read(log: Path) -> str:
    with suppress(OSError):
        return log.read_text(errors="replace")
    return ""
