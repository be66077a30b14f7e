"""A real PgBouncer before a server, in any of its modes."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg

if TYPE_CHECKING:
    from collections.abc import Iterator

    from releasegate.database import Parameters
    from releasegate.throwaway import Server
    from releasegate.throwaway.server import Account

#: Debian's package puts it where an ordinary user's PATH does not look
PROGRAM = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
_PATIENCE_S = 10.0
_CONFIGURATION = """
[databases]
* = host={server} port=5432
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir = {folder}
auth_type = trust
auth_file = {folder}/users
pool_mode = {mode}
default_pool_size = {size}
server_login_retry = 1
logfile = {folder}/log
ignore_startup_parameters = extra_float_digits
"""


class Pooler:
    """A running one, started again whenever it ends, as a supervisor does.

    PgBouncer 1.18 ends by itself where a cancel request meets a closing connection.
    """

    def __init__(self, port: int, folder: Path, account: Account) -> None:
        self._port, self._folder, self._account = port, folder, account
        self.socket = f"{folder}/.s.PGSQL.{port}"
        self._is_over = threading.Event()
        self._start()
        self._supervisor = threading.Thread(target=self._supervise)
        self._supervisor.start()

    def url(self, where: Parameters) -> str:
        return self.parameters(where).dsn()

    def parameters(self, where: Parameters) -> Parameters:
        values = {"host": "127.0.0.1", "port": str(self._port)}
        return replace(where, values={**where.values, **values}, may_be_pooled=True)

    def kill(self) -> None:
        self._process.kill()

    def close(self) -> None:
        self._is_over.set()
        self._process.kill()
        self._supervisor.join()

    def _start(self) -> None:
        command = [str(PROGRAM), "-q", str(self._folder / "ini")]
        user = self._account.as_user
        self._process = subprocess.Popen(command, stderr=subprocess.DEVNULL, **user)
        _await(self._port)

    def _supervise(self) -> None:
        while not self._is_over.is_set():
            self._process.wait()
            if not self._is_over.is_set():
                self._start()


@contextmanager
def pooler(server: Server, mode: str, *, size: int = 8) -> Iterator[Pooler]:
    """Start one that listens on a port and on a socket of its own."""
    with socket.create_server(("127.0.0.1", 0)) as free, tempfile.TemporaryDirectory() as name:
        folder, port = Path(name), free.getsockname()[1]
        free.close()
        settings = {"server": server.run_dir, "port": port, "folder": folder, "mode": mode}
        (folder / "ini").write_text(_CONFIGURATION.format(**settings, size=size))
        (folder / "users").write_text("".join(f'"{role}" ""\n' for role in _roles(server)))
        for path in (folder, *folder.iterdir()):
            os.chown(path, server.account.uid, server.account.gid)
        made = Pooler(port, folder, server.account)
        try:
            yield made
        finally:
            made.close()


def _roles(server: Server) -> list[str]:
    with server.database() as made, psycopg.connect(made.admin.dsn()) as connection:
        return [name for (name,) in connection.execute("SELECT rolname FROM pg_roles")]


def _await(port: int) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            assert time.monotonic() < deadline, "PgBouncer does not listen"
            time.sleep(0.02)
        else:
            return
