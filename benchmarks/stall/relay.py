"""An address and a round trip -> a local port on which every byte arrives that much later."""

from __future__ import annotations

import queue
import socket
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_CHUNK_BYTES = 1 << 16
#: what goes through a pipe: when it is due, and the bytes; none at the end
_Parcels = queue.SimpleQueue[tuple[float, bytes]]


@contextmanager
def relay(address: tuple[str, int], *, round_trip_ms: float) -> Iterator[int]:
    """Listen on a port of this host; half of the round trip is spent in each direction."""
    delay_s = round_trip_ms / 2000
    with socket.create_server(("127.0.0.1", 0)) as listener:
        accepting = threading.Thread(
            target=_accept, args=(listener, address), kwargs={"delay_s": delay_s}, daemon=True
        )
        accepting.start()
        try:
            yield listener.getsockname()[1]
        finally:
            # NOTE: close alone does not wake a thread that sits in accept.
            listener.shutdown(socket.SHUT_RDWR)
            accepting.join()


def _accept(listener: socket.socket, address: tuple[str, int], *, delay_s: float) -> None:
    while True:
        try:
            near, _ = listener.accept()
        except OSError:
            return
        threading.Thread(target=_carry, args=(near, address, delay_s), daemon=True).start()


def _carry(near: socket.socket, address: tuple[str, int], delay_s: float) -> None:
    """Join two connections until both directions are over."""
    with near, suppress(OSError), socket.create_connection(address) as far:
        for end in (near, far):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        pipes = [*_pipe(near, far, delay_s=delay_s), *_pipe(far, near, delay_s=delay_s)]
        for thread in pipes:
            thread.join()


def _pipe(
    source: socket.socket, sink: socket.socket, *, delay_s: float
) -> tuple[threading.Thread, ...]:
    """Carry one direction: one thread reads, one waits, so that a delay slows nothing behind it."""
    parcels: _Parcels = queue.SimpleQueue()
    threads = tuple(
        threading.Thread(target=target, args=(end, parcels, delay_s), daemon=True)
        for target, end in ((_collect, source), (_deliver, sink))
    )
    for thread in threads:
        thread.start()
    return threads


def _collect(source: socket.socket, parcels: _Parcels, delay_s: float) -> None:
    data = b"begin"
    while data:
        data = b""
        with suppress(OSError):
            data = source.recv(_CHUNK_BYTES)
        parcels.put((time.monotonic() + delay_s, data))


def _deliver(sink: socket.socket, parcels: _Parcels, _: float) -> None:
    with suppress(OSError):
        while True:
            due, data = parcels.get()
            time.sleep(max(0.0, due - time.monotonic()))
            if not data:
                break
            sink.sendall(data)
    # Both ends learn that this direction is over; the other one follows.
    with suppress(OSError):
        sink.shutdown(socket.SHUT_WR)
