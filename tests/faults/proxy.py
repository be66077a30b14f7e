"""The wire between the program and a server: counts the statements sent, and strikes at one."""

from __future__ import annotations

import socket
import struct
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from faults.wire import CANCEL_REQUEST, EXECUTE, PRELUDE, QUERY, SYNC, Reader, Wire

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class When(Enum):
    """The moment of a strike, beside the statement that it is at."""

    BEFORE = "before it reaches the server"
    DURING = "while it runs"
    AFTER = "after it was executed, before the reply"


class Then(Enum):
    """What becomes of the wire once the strike has happened."""

    #: it works as before; what was held back is delivered
    GOES_ON = "goes on"
    #: both ends see it closed
    IS_CUT = "is cut"
    #: no wire of now carries anything again, and neither end is told so
    IS_DEAF = "is deaf"


@dataclass(frozen=True)
class Strike:
    """Where to strike and how."""

    #: the statement's number over all connections, 1-based; or what the first such one contains
    at: int | bytes
    when: When
    #: called with the pid of the backend that the statement goes to
    act: Callable[[int], Then]
    #: how long the statement runs before a strike while it runs
    delay_s: float = 0.0

    def is_at(self, number: int, text: bytes) -> bool:
        return self.at == number if isinstance(self.at, int) else self.at in text


class Proxy:
    """Listens on a port of its own and forwards to a server's Unix socket."""

    def __init__(self, server: str) -> None:
        self._server = server
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=20)
        self.port: int = self._listener.getsockname()[1]
        self._lock = threading.Lock()
        self._strike: Strike | None = None
        self._wires: list[Wire] = []
        #: statements sent since the last reset
        self.count = 0
        #: called with each statement's number once it has ended; the reply waits for it
        self.watch: Callable[[int], None] | None = None
        #: set when the strike has happened
        self.struck = threading.Event()
        _start(self._accept)

    def reset(self, strike: Strike | None = None) -> None:
        """Close what is left of the last run and count anew."""
        with self._lock:
            wires, self._wires = self._wires, []
            self._strike, self.count = strike, 0
            self.struck = threading.Event()
        for wire in wires:
            wire.close()

    def close(self) -> None:
        self._listener.close()
        self.reset()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                _start(self._serve, client)

    def _serve(self, client: socket.socket) -> None:
        server = socket.socket(socket.AF_UNIX)
        wire = Wire(client, server)
        try:
            server.connect(self._server)
        except OSError:
            wire.close()
            return
        with self._lock:
            self._wires.append(wire)
        _start(self._down, wire)
        with suppress(OSError, EOFError):
            self._up(wire, Reader(client))
        _hang_up(wire, server)

    def _down(self, wire: Wire) -> None:
        with suppress(OSError, EOFError):
            reader = Reader(wire.server)
            while True:
                kind, message = reader.message()
                if not wire.is_deaf:
                    wire.hear(kind, message)
        _hang_up(wire, wire.client)

    def _up(self, wire: Wire, reader: Reader) -> None:
        first = reader.startup()
        wire.server.sendall(first)
        if struct.unpack("!i", first[4:8])[0] == CANCEL_REQUEST:
            return
        prelude = b""
        while True:
            kind, message = reader.message()
            if wire.is_deaf:
                continue
            if kind in PRELUDE:
                prelude += message
                continue
            if kind in (EXECUTE, QUERY):
                self._statement(wire, prelude + message, reader, is_query=kind == QUERY)
            else:
                wire.syncs += kind == SYNC
                wire.server.sendall(prelude + message)
            prelude = b""

    def _statement(self, wire: Wire, text: bytes, reader: Reader, *, is_query: bool) -> None:
        with self._lock:
            self.count += 1
            number, strike = self.count, self._strike
            is_it = strike is not None and strike.is_at(number, text)
            if is_it:
                self._strike = None
        if strike is not None and is_it:
            self._strike_at(wire, text, reader, strike, is_query=is_query)
        elif self.watch is not None:
            wire.wait_for(wire.send(text, reader, is_query=is_query))
            self.watch(number)
            wire.release()
        else:
            wire.sent += 1
            wire.syncs += is_query
            wire.server.sendall(text)

    def _strike_at(
        self, wire: Wire, text: bytes, reader: Reader, strike: Strike, *, is_query: bool
    ) -> None:
        has_ended: Callable[[], bool] = bool
        if strike.when is not When.BEFORE:
            has_ended = wire.send(text, reader, is_query=is_query)
        if strike.when is When.DURING:
            time.sleep(strike.delay_s)
        if strike.when is When.AFTER:
            wire.wait_for(has_ended)
        self._act(wire, strike)
        if wire.is_deaf:
            return
        if strike.when is When.BEFORE:
            wire.sent += 1
            wire.syncs += is_query
            wire.server.sendall(text)
        wire.release()

    def _act(self, wire: Wire, strike: Strike) -> None:
        then = strike.act(wire.backend_pid)
        if then is Then.IS_DEAF:
            with self._lock:
                for each in self._wires:
                    each.is_deaf = True
        if then is Then.IS_CUT:
            wire.close()
        self.struck.set()
        if then is Then.IS_CUT:
            raise EOFError


def _hang_up(wire: Wire, end: socket.socket) -> None:
    """Pass the end of one direction on, where the wire still passes anything on."""
    if not wire.is_deaf:
        with suppress(OSError):
            end.shutdown(socket.SHUT_WR)


def _start(work: Callable[..., None], *arguments: object) -> None:
    threading.Thread(target=work, args=arguments, daemon=True).start()


@contextmanager
def proxy(server: str) -> Iterator[Proxy]:
    made = Proxy(server)
    try:
        yield made
    finally:
        made.close()
