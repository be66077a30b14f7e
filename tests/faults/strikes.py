"""A lane and the pid of the backend at work -> something breaks there."""

from __future__ import annotations

import os
import signal
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import psycopg

from faults.proxy import Then

if TYPE_CHECKING:
    from collections.abc import Callable

    from faults.lane import Lane

#: after any fault the app writes again within this time
APP_S = 8.0
#: an interrupted run has ended and reported within this time
SOON_S = 5.0
_WAITS_S = 0.3
STRANGERS = "CREATE INDEX idx_run_events_byseq ON run_events USING btree (seq)"


def _kill_client(where: Lane, _: int) -> Then:
    os.kill(where.program.pid, signal.SIGKILL)
    return Then.IS_CUT


def _terminate(where: Lane, backend: int) -> Then:
    with where.admin() as admin:
        admin.execute("SELECT pg_terminate_backend(%s)", (backend,))
    return Then.GOES_ON


def _cut(_: Lane, __: int) -> Then:
    return Then.IS_CUT


def _deafen(_: Lane, __: int) -> Then:
    return Then.IS_DEAF


def _restart(where: Lane, _: int) -> Then:
    where.restart()
    return Then.GOES_ON


def _kill_backend(_: Lane, backend: int) -> Then:
    os.kill(backend, signal.SIGKILL)
    return Then.GOES_ON


def _kill_pooler(where: Lane, _: int) -> Then:
    assert where.pooler is not None
    where.pooler.kill()
    return Then.GOES_ON


def _terminate_waiting(where: Lane, backend: int) -> Then:
    """End a statement that waits for the app, which is in a transaction on every table."""

    def act() -> None:
        # The case can be over by now, and its database dropped.
        with suppress(psycopg.Error), where.app_at_work():
            holding.set()
            time.sleep(_WAITS_S)
            _terminate(where, backend)
            time.sleep(_WAITS_S)

    holding = threading.Event()
    threading.Thread(target=act, daemon=True).start()
    holding.wait(APP_S)
    return Then.GOES_ON


def _away(where: Lane, _: int) -> Then:
    """Stop the server, ask the program to end, and let the server come back after that."""

    def act() -> None:
        time.sleep(_WAITS_S)
        # A run that has only looked so far ends by itself.
        if not where.program.ended.is_set():
            os.kill(where.program.pid, signal.SIGTERM)
        where.program.ended.wait(SOON_S)
        where.begin()

    where.stop()
    threading.Thread(target=act, daemon=True).start()
    return Then.IS_CUT


def _make_index(where: Lane, _: int) -> Then:
    """Make an index that is to be made, by other means and another one."""
    assert where.current is not None
    with where.current.connect() as connection:
        connection.execute(STRANGERS.encode())
    return Then.GOES_ON


def _signal(*numbers: signal.Signals) -> Callable[[Lane, int], Then]:
    def act(where: Lane, _: int) -> Then:
        for number in numbers:
            os.kill(where.program.pid, number)
            time.sleep(0.02)
        return Then.GOES_ON

    return act


FAULTS: dict[str, Callable[[Lane, int], Then]] = {
    "kill -9 of the client": _kill_client,
    "pg_terminate_backend": _terminate,
    "connection cut": _cut,
    "half-open connection": _deafen,
    "pg_terminate_backend while it waits": _terminate_waiting,
    "immediate restart of the server": _restart,
    "server away, and SIGTERM": _away,
    "kill -9 of a backend": _kill_backend,
    "SIGINT": _signal(signal.SIGINT),
    "SIGTERM": _signal(signal.SIGTERM),
    "SIGHUP": _signal(signal.SIGHUP),
    "SIGINT twice": _signal(signal.SIGINT, signal.SIGINT),
}
#: those that need no number of a backend; behind a pooler nobody knows it
_UNNUMBERED = (
    "kill -9 of the client",
    "connection cut",
    "half-open connection",
    "immediate restart of the server",
    "server away, and SIGTERM",
    "SIGINT",
    "SIGTERM",
    "SIGHUP",
    "SIGINT twice",
)
POOLED_FAULTS = {name: FAULTS[name] for name in _UNNUMBERED} | {
    "kill -9 of the pooler": _kill_pooler
}
STRANGER = "a stranger's index"
ACTS = {**FAULTS, **POOLED_FAULTS, STRANGER: _make_index}
KILL = "kill -9 of the client"
SIGNALS = frozenset({"SIGINT", "SIGTERM", "SIGHUP", "SIGINT twice"})
