"""A network that swallows everything: whoever interrupts a run is told within 5 s what is known."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import pytest

from acceptance.project import MIGRATION

if TYPE_CHECKING:
    from collections.abc import Iterator

    from acceptance.production import Production
    from acceptance.project import Project

SOON_S = 5.0


class Network:
    """Carries what is sent to a socket's port, until it swallows it; nothing is ever closed."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._door = socket.create_server(("127.0.0.1", 0))
        self._ends = [self._door]
        self._is_dark = threading.Event()
        self.port = self._door.getsockname()[1]
        threading.Thread(target=self._admit, daemon=True).start()

    def swallow(self) -> None:
        self._is_dark.set()

    def close(self) -> None:
        for end in self._ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _admit(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._door.accept()
                far = socket.socket(socket.AF_UNIX)
                self._ends += [near, far]
                if not self._is_dark.is_set():
                    far.connect(self._path)
                    for way in ((near, far), (far, near)):
                        threading.Thread(target=self._carry, args=way, daemon=True).start()

    def _carry(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while part := source.recv(1 << 16):
                if self._is_dark.is_set():
                    return
                sink.sendall(part)


@contextmanager
def network(production: Production) -> Iterator[Network]:
    where = production.database.owner.values
    made = Network(f"{where['host']}/.s.PGSQL.{where['port']}")
    try:
        yield made
    finally:
        made.close()


@pytest.mark.parametrize("times", [1, 2])
def test_a_run_that_reaches_nobody_ends_soon_after_it_is_asked_to(
    project: Project, production: Production, times: int
) -> None:
    nap = "SELECT pg_sleep(least(count(*), 1) * 3) FROM papers;"
    project.edit(MIGRATION, "COMMIT;", f"{nap}\n\nCOMMIT;")
    project.commit()
    project.tag()
    where = production.database.owner.values

    with network(production) as way:
        place = f"{where['user']}@127.0.0.1:{way.port}/{where['dbname']}?sslmode=disable"
        running = project.start_apply(f"postgresql://{place}")
        production.await_sleep()
        way.swallow()
        began = time.monotonic()
        for _ in range(times):
            os.kill(running.pid, signal.SIGTERM)
            time.sleep(0.3)
        run = running.finish()
        took_s = time.monotonic() - began

    assert run.exit_code == 4
    assert "could not be read back. Is our session still at work: SELECT" in run.report["summary"]
    assert took_s < SOON_S
    production.await_silence()
