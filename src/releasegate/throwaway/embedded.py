"""Start a server of our own on a private socket; it dies with us, however we die."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import threading
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import psycopg

from releasegate import database
from releasegate.database import Parameters
from releasegate.errors import CouldNotLook
from releasegate.throwaway.binaries import choose, embedded_bin, reachable
from releasegate.throwaway.cage import cage
from releasegate.throwaway.cluster import make_cluster
from releasegate.throwaway.server import Account, Database, Server, await_nobody
from releasegate.throwaway.watchdog import SUPERUSER, Watchdog, watchdog

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from pathlib import Path

    from releasegate.database import Connection

OWNER = "releasegate_owner"
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
# Else three processes of its own read for the backends, one detour for each page.
_READS_ITSELF = {"io_method": "sync"}
_HAS_IO_METHODS = 18
#: sessions that were closed are gone after this; who is left then is thrown out
_LEAVING_S = 0.05


@contextmanager
def start(
    *,
    major: int | None = None,
    cache: Path | None = None,
    options: Mapping[str, str] | None = None,
    extensions: Collection[str] = (),
    stand_ins: Collection[str] = (),
) -> Iterator[Server]:
    """Start a server of its own, of the given major version where it is installed.

    ``extensions`` are wanted on it, or else ``stand_ins`` for them; ``options`` are server settings
    on top of ours, for tests and the demo.

    Raises:
        CouldNotLook: it does not start; the message holds the server's last line.
    """
    account = _account()
    bin_dir = choose(major, extensions=extensions, stand_ins=stand_ins)
    is_18 = bin_dir == embedded_bin() or (major or 0) >= _HAS_IO_METHODS
    ours = _SERVER_OPTIONS | (_READS_ITSELF if is_18 else {})
    # What listens to more than its own socket, for tests, is let out.
    words = () if (options or {}).get("listen_addresses") else cage(account)
    with (
        ExitStack() as afterwards,
        watchdog(account, {**ours, **(options or {})}, cage=words) as guard,
    ):
        bin_dir = _prepare(bin_dir, guard, cache=cache)
        guard.start(bin_dir / "postgres")
        admin = _Administrator(_local(guard.run_dir, "postgres", SUPERUSER))
        # Closed under a thread that waits for an answer it would let that wait for ever.
        afterwards.callback(admin.close)
        made = _described(bin_dir, guard.run_dir, account, admin)
        yield replace(made, cage=tuple(words))


def _prepare(bin_dir: Path, guard: Watchdog, *, cache: Path | None) -> Path:
    """Lay out programs and data; give the programs' folder."""
    try:
        bin_dir = reachable(bin_dir, guard.run_dir, guard.account)
        make_cluster(bin_dir, guard, cache=cache)
    except (OSError, shutil.Error) as error:
        place = guard.run_dir.parent
        raise CouldNotLook(
            f"No room for a throwaway server in {place}: free some, or set TMPDIR."
        ) from error
    return bin_dir


class _Administrator:
    """Makes and drops databases, over one connection a thread: each new one costs a process."""

    def __init__(self, parameters: Parameters) -> None:
        self._parameters = parameters
        self._held: dict[threading.Thread, Connection] = {}

    @property
    def connection(self) -> Connection:
        mine = threading.current_thread()
        held = self._held.get(mine)
        if held is None or held.closed:
            self._close(thread for thread in tuple(self._held) if not thread.is_alive())
            held = database.connect(self._parameters, application_name="releasegate")
            self._held[mine] = held
        return held

    def create(self, name: str, original: Database | None) -> None:
        if original:
            await_nobody(self.connection, original.name)
        template = original.name if original else "template0"
        self.connection.execute(_create_database(name, OWNER, template))

    def drop(self, name: str) -> None:
        await_nobody(self.connection, name, within_s=_LEAVING_S)
        self.connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode())

    def close(self) -> None:
        self._close(tuple(self._held))

    def _close(self, threads: Iterable[threading.Thread]) -> None:
        for thread in threads:
            connection = self._held.pop(thread, None)
            if connection is not None:
                connection.close()


def _described(bin_dir: Path, run_dir: Path, account: Account, admin: _Administrator) -> Server:
    admin.connection.execute(f"CREATE ROLE {OWNER} LOGIN".encode())
    version = database.major(admin.connection)
    system = database.identify(admin.connection).system_identifier

    @contextmanager
    def make(original: Database | None) -> Iterator[Database]:
        name = f"releasegate_{secrets.token_hex(6)}"
        admin.create(name, original)
        try:
            yield Database(name, _local(run_dir, name, OWNER), _local(run_dir, name, SUPERUSER))
        finally:
            with suppress(psycopg.Error, CouldNotLook):
                admin.drop(name)

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


def _create_database(name: str, owner: str, template: str) -> bytes:
    # STRATEGY=file_copy is twice as fast for a small template without a checkpoint to wait for.
    text = f"CREATE DATABASE {name} OWNER {owner} TEMPLATE {template} ENCODING 'UTF8'"
    return f"{text} STRATEGY file_copy".encode()


def _account() -> Account:
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), is_other=False)
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            entry = pwd.getpwnam(name)
            return Account(entry.pw_uid, entry.pw_gid, is_other=True)
    raise CouldNotLook("PostgreSQL does not run as root, and there is no user postgres or nobody.")
