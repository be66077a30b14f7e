"""Demands and a session -> how many rows break each, counted without being felt."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import psycopg

from releasegate import database, facts
from releasegate.errors import CouldNotLook
from releasegate.session import SEARCH_PATH

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from releasegate.catalog import Demand
    from releasegate.database import Connection
    from releasegate.gates.looking import KnownCount, Looking

_READ_AGAIN_S = 1.0
_TELL_S = 5.0
#: how far replicas may fall behind, and other sessions' dead rows pile up, while we count
_LAG_BYTES = 256 << 20
_HELD_TRANSACTIONS = 5_000_000


@dataclass(frozen=True, slots=True)
class Count:
    """What a count gave: a number, or why there is none."""

    demand: Demand
    broken: int | None
    seconds: float
    #: SQLSTATE of the refusal; None where it was us who stopped
    sqlstate: str | None = None
    why: str = ""
    #: of the tables before the count; None: the server does not keep count of writes
    mark: str | None = None
    #: by an earlier look, and not again
    known: KnownCount | None = None


class Counter:
    """One session that counts, and beside it a watch that stops it before anybody suffers."""

    def __init__(self, connection: Connection, looking: Looking, look: Callable[[], Connection]):
        self._connection = connection
        self._looking = looking
        self._look = look

    def count(self, demand: Demand) -> Count:
        began = time.monotonic()
        with self._watched(demand) as watch:
            try:
                # Without values: a percent sign of a LIKE is no place for one.
                found = self._connection.execute(demand.count.encode()).fetchall()
            except psycopg.Error as error:
                took = time.monotonic() - began
                if self._connection.broken or self._connection.closed:
                    raise
                why = watch.why or self._meaning(error)
                return Count(demand, None, took, None if watch.why else error.sqlstate, why)
        return Count(demand, found[0][0], time.monotonic() - began)

    def keys(self, demand: Demand, limit: int) -> list[tuple[object, ...]]:
        """Read primary keys of rows that break a demand, at most so many."""
        if demand.listing is None:
            return []
        query = f"{demand.listing} LIMIT {int(limit)}"
        return self._connection.execute(query.encode()).fetchall()

    def _meaning(self, error: psycopg.Error) -> str:
        if error.sqlstate == database.QUERY_CANCELED:
            seconds = self._looking.data_timeout.total_seconds()
            return f"it was not done within {seconds:g} s (--data-timeout)"
        return database.meaning(error)

    @contextmanager
    def _watched(self, demand: Demand) -> Iterator[_Watch]:
        watch = _Watch(self._connection, self._looking, self._look, demand)
        thread = threading.Thread(target=watch.run, daemon=True)
        thread.start()
        try:
            yield watch
        finally:
            watch.done.set()
            thread.join()


class _Watch:
    """Looks every second, by another session, at what a long count does to others."""

    def __init__(
        self,
        connection: Connection,
        looking: Looking,
        look: Callable[[], Connection],
        demand: Demand,
    ) -> None:
        self.done = threading.Event()
        #: why the count was stopped; empty: it was not
        self.why = ""
        self._connection, self._pid = connection, facts.own_pid(connection)
        self._looking, self._look = looking, look
        self._demand = demand

    def run(self) -> None:
        if self.done.wait(_READ_AGAIN_S):
            return
        with suppress(psycopg.Error, CouldNotLook), self._look() as observer:
            self._observe(observer)

    def _observe(self, observer: Connection) -> None:
        began, told = time.monotonic(), 0.0
        lag = facts.lag_bytes(observer)
        while not self.done.wait(_READ_AGAIN_S):
            passed = time.monotonic() - began + _READ_AGAIN_S
            if passed - told >= _TELL_S:
                told = passed
                self._looking.say(
                    "data.counting",
                    table=str(self._demand.table),
                    demand=self._demand.name,
                    rows=facts.rows_about(observer, self._demand.table),
                    seconds=round(passed),
                )
            self.why = self._harm(observer, lag)
            if self.why:
                self._connection.cancel_safe()
                return

    def _harm(self, observer: Connection, lag: int) -> str:
        if facts.lag_bytes(observer) > lag + _LAG_BYTES:
            return "replicas fell behind meanwhile"
        held = facts.held_transactions(observer, self._pid)
        if held is not None and held > _HELD_TRANSACTIONS:
            return f"its snapshot held up cleaning for {held} transactions"
        return ""


@contextmanager
def settled(connection: Connection, looking: Looking) -> Iterator[None]:
    """Set a session up for counting: by itself, in the memory of maintenance, for so long."""
    memory = database.show(connection, "maintenance_work_mem")
    usual = {
        name: database.show(connection, name)
        for name in ("statement_timeout", "work_mem", "hash_mem_multiplier")
    }
    milliseconds = max(1, int(looking.data_timeout / timedelta(milliseconds=1)))
    database.settle(
        connection,
        {
            "statement_timeout": f"{milliseconds}ms",
            "max_parallel_workers_per_gather": "0",
            "work_mem": memory,
            "hash_mem_multiplier": "1",
            "row_security": "off",
            "search_path": SEARCH_PATH,
        },
    )
    try:
        yield
    finally:
        with suppress(psycopg.Error):
            database.settle(connection, usual)
