"""A connection that knows since when it waits for an answer, and is cut off when none will come."""

from __future__ import annotations

import os
import socket
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import psycopg

if TYPE_CHECKING:
    from collections.abc import Callable

    from psycopg.abc import RV, PQGen

_LOOK_S = 0.25
#: whoever interrupts waits no longer for a server that cannot be reached
_CANCEL_S = 0.5


class Attended(psycopg.Connection[tuple[Any, ...]]):
    """The driver waits for ever: the network can lose an answer without telling either end."""

    #: by the monotonic clock; None: nothing is awaited
    waiting_since: float | None = None
    _is_lost: Callable[[float], bool] | None = None
    #: by the monotonic clock; the answer to a cancel comes at once, or the way is cut
    _cancelled_at: float | None = None

    def wait(self, gen: PQGen[RV], *arguments: Any, **options: Any) -> RV:
        """Wait for an answer, as the driver does, and have it known."""
        self.waiting_since = time.monotonic()
        try:
            return super().wait(gen, *arguments, **options)
        finally:
            self.waiting_since = None

    def _try_cancel(self, *, timeout: float = _CANCEL_S) -> None:
        """Cancel at Ctrl-C; the driver would try that for 5 s, and wait for the answer as long."""
        super()._try_cancel(timeout=min(timeout, _CANCEL_S))
        self._cancelled_at = time.monotonic()

    def attend(self, is_lost: Callable[[float], bool]) -> None:
        """Cut the connection off when an answer awaited since a moment is said to be lost.

        What is said last counts from then on.
        """
        is_first = self._is_lost is None
        self._is_lost = is_lost
        if is_first:
            threading.Thread(target=self._attend, name="attend", daemon=True).start()

    def _attend(self) -> None:
        while not self.closed:
            time.sleep(_LOOK_S)
            since, is_lost = self.waiting_since, self._is_lost
            if since is None or is_lost is None:
                continue
            if not self._is_cancelled_in_vain(since) and not is_lost(since):
                continue
            if self.waiting_since == since:
                self.cut_off()

    def _is_cancelled_in_vain(self, since: float) -> bool:
        at = self._cancelled_at
        return at is not None and at > since and time.monotonic() - at > _CANCEL_S

    def close(self) -> None:
        """Close it, not while another thread is inside the driver: that would crash."""
        if self.waiting_since is not None:
            self.cut_off()
        with self.lock:
            super().close()

    def cut_off(self) -> None:
        """Close the wire: whoever waits for an answer learns that the connection is lost."""
        with suppress(OSError, psycopg.Error), socket.socket(fileno=os.dup(self.fileno())) as end:
            end.shutdown(socket.SHUT_RDWR)


def longer_than(limit_s: float) -> Callable[[float], bool]:
    """Give up an answer that the server's own timeout would have sent long ago."""
    return lambda since: time.monotonic() - since > limit_s
