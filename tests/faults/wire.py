"""One connection between the program and a server: its messages, and how far each end has come."""

from __future__ import annotations

import socket
import struct
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

# Message types (manual, 54.7): Parse, Bind and Describe prepare the statement that follows.
PRELUDE = frozenset({b"P", b"B", b"D"})
EXECUTE, QUERY, SYNC = b"E", b"Q", b"S"
CANCEL_REQUEST = 80877102
_FLUSH = struct.pack("!ci", b"H", 4)
# From the server: CommandComplete, EmptyQueryResponse, PortalSuspended, ErrorResponse.
_ENDINGS = frozenset({b"C", b"I", b"s", b"E"})
_ERROR, _READY, _KEY = b"E", b"Z", b"K"
_PATIENCE_S = 20.0


@dataclass
class Wire:
    """One connection through the proxy, and how far the server has come on it."""

    client: socket.socket
    server: socket.socket
    backend_pid: int = 0
    is_deaf: bool = False
    #: statements sent, and ended, in this pipeline
    sent: int = 0
    ended: int = 0
    has_failed: bool = False
    #: pipelines closed by us, and answered by the server, which begins with an answer
    syncs: int = 1
    readies: int = 0
    is_held: bool = False
    held: bytearray = field(default_factory=bytearray)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def close(self) -> None:
        for end in (self.client, self.server):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def send(self, text: bytes, reader: Reader, *, is_query: bool) -> Callable[[], bool]:
        """Send a statement so that its end is told at once; give what tells that it has ended.

        The reply stays here until it is released.
        """
        self.is_held = True
        self.sent += 1
        if not is_query and reader.next_kind() != SYNC:
            self.server.sendall(text + _FLUSH)
            number, round_ = self.sent, self.readies
            return lambda: self.readies > round_ or self.has_failed or self.ended >= number
        self.syncs += 1
        wanted = self.syncs
        self.server.sendall(text if is_query else text + reader.message()[1])
        return lambda: self.readies >= wanted

    def wait_for(self, is_so: Callable[[], bool]) -> None:
        with self.changed:
            self.changed.wait_for(is_so, _PATIENCE_S)

    def hear(self, kind: bytes, message: bytes) -> None:
        """Take one message of the server's."""
        with self.changed:
            if kind == _KEY:
                (self.backend_pid,) = struct.unpack("!i", message[5:9])
            elif kind == _READY:
                self.readies += 1
                self.sent, self.ended, self.has_failed = 0, 0, False
            self.ended += kind in _ENDINGS
            self.has_failed |= kind == _ERROR
            self.changed.notify_all()
            self.held += message
            if not self.is_held:
                self._deliver()

    def release(self) -> None:
        with self.changed:
            self.is_held = False
            self._deliver()

    def _deliver(self) -> None:
        self.client.sendall(self.held)
        self.held.clear()


class Reader:
    """Bytes -> messages."""

    def __init__(self, source: socket.socket) -> None:
        self._source = source
        self._buffer = b""

    def startup(self) -> bytes:
        (length,) = struct.unpack("!i", self._peek(4))
        return self._take(length)

    def message(self) -> tuple[bytes, bytes]:
        """Read one message: its type, and all of it."""
        head = self._peek(5)
        (length,) = struct.unpack("!i", head[1:])
        return head[:1], self._take(1 + length)

    def next_kind(self) -> bytes:
        """Look at the next message's type; empty where the sender waits for an answer."""
        if not self._buffer:
            self._source.settimeout(0.05)
            with suppress(TimeoutError):
                self._fill()
            self._source.settimeout(None)
        return self._buffer[:1]

    def _peek(self, size: int) -> bytes:
        while len(self._buffer) < size:
            self._fill()
        return self._buffer[:size]

    def _take(self, size: int) -> bytes:
        taken = self._peek(size)[:size]
        self._buffer = self._buffer[size:]
        return taken

    def _fill(self) -> None:
        received = self._source.recv(65536)
        if not received:
            raise EOFError
        self._buffer += received
