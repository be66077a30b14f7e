"""A paced load -> what its callers felt: N connections, one schedule, one report.

The pace is an open loop: transactions fall due at an even rate whatever the database does, and
a latency counts from the due time. A closed loop would stop asking while the database stalls,
and hide the stall.
"""

import random
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from math import inf

import psycopg

from . import mix, store
from .load_report import Json, Load, Sample, build_report

#: How often to look whether the load is over.
LOOK_S = 0.05
#: How long after the duration transactions that fell due in it may still begin.
DRAIN_S = 5.0
#: How long a running transaction may take after the end before it is cancelled.
GRACE_S = 2.0
CANCEL_S = 2.0


@dataclass(frozen=True, slots=True)
class Order:
    """The load that is asked for."""

    connections: int
    #: Transactions a second, all connections together.
    rate: float
    #: None: until told to stop.
    duration_s: float | None
    #: Whether reads that scan whole tables belong to the mix.
    scans: bool = False
    #: How long each transaction stays open after its statements, its locks held.
    hold_s: float = 0.0


class Schedule:
    """Due times at an even rate, each handed out once, to whichever connection is free."""

    def __init__(self, order: Order, *, started: float) -> None:
        """Start the first transaction at `started`, in seconds of the monotonic clock."""
        self._rate = order.rate
        self._started = started
        self._taken = 0
        self._lock = threading.Lock()
        #: When the duration is over; infinite when there is none.
        self.ends = inf if order.duration_s is None else started + order.duration_s

    def take(self) -> float | None:
        """Hand out the next due time; None when the duration is over."""
        with self._lock:
            due = self._started + self._taken / self._rate
            if due >= self.ends:
                return None
            self._taken += 1
            return due

    def due_by(self, moment: float) -> int:
        """Count the transactions due before a moment, handed out or not."""
        return int((min(moment, self.ends) - self._started) * self._rate)


@dataclass(slots=True)
class Lane:
    """One connection at work, reopened whenever it is lost."""

    connect: Callable[[], store.Connection]
    scans: bool
    hold_s: float = 0.0
    desk: mix.Desk = field(default_factory=lambda: mix.Desk(random.Random()))
    samples: list[Sample] = field(default_factory=list)
    connection: store.Connection | None = None
    opened: int = 0

    def warm_up(self) -> None:
        """Connect and commit a first story; errors are the caller's."""
        self._transact(mix.open_story)

    def drive(self, schedule: Schedule, *, started: float, stop: threading.Event) -> None:
        """Run transactions as they fall due, until the schedule ends or `stop` is set."""
        while (due := schedule.take()) is not None:
            if stop.wait(max(0.0, due - time.monotonic())):
                break
            self.samples.append(self._sample(due, started))
        self.close()

    def interrupt(self) -> None:
        """Cancel the statement that is running, from another thread."""
        if self.connection is not None:
            with suppress(psycopg.Error):
                self.connection.cancel_safe(timeout=CANCEL_S)

    def close(self) -> None:
        """Hang up."""
        if self.connection is not None:
            self.connection.close()

    def _sample(self, due: float, started: float) -> Sample:
        work = mix.choose(self.desk, scans=self.scans)
        begun = time.monotonic()
        error = self._try(work)
        ended = time.monotonic()
        return Sample(work.__name__, due - started, begun - started, ended - started, error)

    def _try(self, work: mix.Work) -> str | None:
        """Run one transaction; return its error as a SQLSTATE or "connection"."""
        try:
            self._transact(work)
        except psycopg.Error as error:
            # What was thought to be committed may be gone; start from an empty desk.
            self.desk.stories.clear()
            return error.sqlstate or "connection"
        return None

    def _transact(self, work: mix.Work) -> None:
        connection = self._open()
        with store.acting_as(connection, self.desk.user_id):
            story = work(connection, self.desk)
            if self.hold_s:
                time.sleep(self.hold_s)
        if story is not None:
            self.desk.stories.append(story)

    def _open(self) -> store.Connection:
        if self.connection is None or self.connection.closed:
            self.connection = self.connect()
            self.opened += 1
        return self.connection


def run(
    order: Order,
    *,
    connect: Callable[[], store.Connection],
    stop_asked: Callable[[], bool],
    on_ready: Callable[[], None],
) -> Json:
    """Run the load and return its report; see `measure`."""
    load, samples = measure(order, connect=connect, stop_asked=stop_asked, on_ready=on_ready)
    return build_report(load, samples)


def measure(
    order: Order,
    *,
    connect: Callable[[], store.Connection],
    stop_asked: Callable[[], bool],
    on_ready: Callable[[], None],
) -> tuple[Load, list[Sample]]:
    """Run the load and return every transaction that was tried.

    `connect` opens an autocommit connection. `on_ready` is called once every connection has
    committed its first transaction, which is not part of the load.

    Raises:
        psycopg.Error: a first connection or transaction failed. Later errors are counted.
    """
    lanes = [Lane(connect, order.scans, order.hold_s) for _ in range(order.connections)]
    with ExitStack() as opened:
        for lane in lanes:
            opened.callback(lane.close)
            lane.warm_up()
        opened.pop_all()
    on_ready()
    return _drive_all(lanes, order, stop_asked=stop_asked)


def _drive_all(
    lanes: list[Lane], order: Order, *, stop_asked: Callable[[], bool]
) -> tuple[Load, list[Sample]]:
    started_at, started = datetime.now(UTC), time.monotonic()
    schedule = Schedule(order, started=started)
    stop = threading.Event()
    threads = [_begin(lane, schedule, started=started, stop=stop) for lane in lanes]
    _watch(threads, give_up=schedule.ends + DRAIN_S, stop_asked=stop_asked)
    stopped = time.monotonic()
    stop.set()
    _finish(lanes, threads)
    load = Load(
        connections=order.connections,
        rate=order.rate,
        started_at=started_at,
        wall_s=time.monotonic() - started,
        due=schedule.due_by(stopped),
        reconnects=sum(lane.opened - 1 for lane in lanes),
    )
    return load, [sample for lane in lanes for sample in list(lane.samples)]


def _begin(
    lane: Lane, schedule: Schedule, *, started: float, stop: threading.Event
) -> threading.Thread:
    # A daemon: a lane that hangs in the network must not keep the program from reporting.
    thread = threading.Thread(
        target=lane.drive, args=(schedule,), kwargs={"started": started, "stop": stop}, daemon=True
    )
    thread.start()
    return thread


def _watch(
    threads: list[threading.Thread], *, give_up: float, stop_asked: Callable[[], bool]
) -> None:
    """Wait until the schedule is done, the drain is over, or somebody asks to stop."""
    while any(thread.is_alive() for thread in threads):
        if stop_asked() or time.monotonic() >= give_up:
            return
        time.sleep(LOOK_S)


def _finish(lanes: list[Lane], threads: list[threading.Thread]) -> None:
    """Let running transactions end; cancel those that do not."""
    _join(threads, timeout_s=GRACE_S)
    for lane, thread in zip(lanes, threads, strict=True):
        if thread.is_alive():
            lane.interrupt()
    _join(threads, timeout_s=CANCEL_S)


def _join(threads: list[threading.Thread], *, timeout_s: float) -> None:
    deadline = time.monotonic() + timeout_s
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
