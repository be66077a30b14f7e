"""The one direct session that locks, changes and records, and the observer beside it."""

from __future__ import annotations

import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

import psycopg

from releasegate import database, facts
from releasegate.attended import longer_than
from releasegate.errors import CouldNotLook
from releasegate.guard import Guard

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from releasegate.attended import Attended
    from releasegate.database import Connection, Parameters

#: our own queries see system names only; temporary objects can shadow nothing
SEARCH_PATH = "pg_catalog, pg_temp"
#: for statements that stay as written
MIGRATION_SEARCH_PATH = "public, pg_temp"
_OBSERVER_TIMEOUT, _OBSERVER_ANSWERS_S = "2s", 4.0
_SET_UP_S = 10.0
_POLL_S = 0.2

# Our questions are few and asked often; none is worth a plan of its own each time.
_PLANNED_ONCE = {"plan_cache_mode": "force_generic_plan"}
#: what the observer asks a second time has the driver prepare it
_PREPARED_AT = 1
# A client that dies or hangs must not leave its locks behind: the server ends such sessions.
_SETTINGS = {
    **database.PLAIN_SETTINGS,
    "search_path": SEARCH_PATH,
    "row_security": "off",
    "synchronous_commit": "on",
    "idle_in_transaction_session_timeout": "5s",
    "idle_session_timeout": "60s",
    "client_connection_check_interval": "1s",
    "statement_timeout": "60s",
    **_PLANNED_ONCE,
}
# A half-open connection lets go of its locks within 6 s, at whichever end it is noticed.
_TCP_SETTINGS = {
    "tcp_keepalives_idle": "3",
    "tcp_keepalives_interval": "1",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "6000",
}
#: for sessions that only look
LOOKS = {
    "default_transaction_read_only": "on",
    "max_parallel_workers_per_gather": "0",
    # Who holds a table against readers is named, and not waited for.
    "lock_timeout": "5s",
    "search_path": SEARCH_PATH,
    "statement_timeout": _OBSERVER_TIMEOUT,
}
_QUICKLY = {"connect_timeout": "2"}
# DISCARD ALL without what it does to prepared statements (manual, its own page): those are ours
# alone, for a file may hold no PREPARE, and they are dear.
_DISCARD = """
CLOSE ALL; SET SESSION AUTHORIZATION DEFAULT; RESET ALL; UNLISTEN *;
SELECT pg_catalog.pg_advisory_unlock_all(); DISCARD TEMP; DISCARD SEQUENCES
"""
# The same for the client's end (manual, 34.1.2).
_CLIENT_TCP = {
    "keepalives_idle": "3",
    "keepalives_interval": "1",
    "keepalives_count": "3",
    "tcp_user_timeout": "6000",
    "target_session_attrs": "read-write",
}


class Busy(Exception):
    """Another session holds the advisory lock."""

    def __init__(self, holder: facts.Holder | None) -> None:
        super().__init__("another run is at work")
        self.holder = holder


class Promoted(Exception):
    """A server of the same origin answers, on another timeline: a standby took over."""


@dataclass
class Session:
    """Two connections to one server; the first holds the advisory lock."""

    parameters: Parameters
    run_id: str
    system_identifier: str
    #: the history that the server writes on
    timeline: str
    connection: Attended
    observer: Attended
    guard: Guard
    #: the server's clock, and ours by the monotonic one just before it was asked: rather ahead
    _offset: tuple[datetime, float] = field(repr=False)
    #: whoever has waited this long for a lock looks for a deadlock, and may be its victim
    deadlock_timeout: timedelta
    #: the backend that has our questions prepared
    prepared_for: int | None = None
    #: what that backend was set up with, as one text
    settings: str | None = None
    monotonic: Callable[[], float] = time.monotonic
    #: nobody was reached when the connections were to be opened anew
    is_away: bool = False
    #: backends that may still be at work on something of ours
    lost: list[facts.Backend] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._keep_backends()

    def _keep_backends(self) -> None:
        """Remember the backends: a broken connection does not know its own any more.

        Raises:
            CouldNotLook: two sessions of ours are one, as a pooler can make them.
        """
        self._backend = facts.own_backend(self.connection)
        self.pid = self._backend.pid
        self.own_pids = (self.pid, facts.own_pid(self.observer))
        self.is_pooled = self.pid != self.connection.info.backend_pid
        if self.pid == self.own_pids[1]:
            raise CouldNotLook("Two sessions of ours have the same backend: a pooler is between.")
        pid = self.pid
        self.connection.attend(lambda since: self.guard.is_lost(pid, since))

    def now(self) -> datetime:
        """Tell the server's time without asking it again."""
        at, then = self._offset
        return at + timedelta(seconds=self.monotonic() - then)

    @property
    def is_lost(self) -> bool:
        """Tell whether either connection is gone; both are opened anew then."""
        return any(c.closed or c.broken for c in (self.connection, self.observer))

    def check(self) -> None:
        """Make sure that we still talk to our own backend and hold our lock.

        Raises:
            CouldNotLook: one of them is not so, or nobody else has our last commit.
        """
        if self.guard.has_let_go:
            raise CouldNotLook(
                "No synchronous standby confirms commits: what is done so far is on this server "
                "alone. See to the standby, or take it out of synchronous_standby_names"
            )
        if self.is_pooled and facts.own_pid(self.observer) != self.own_pids[1]:
            raise CouldNotLook("The pooler has given our observer another backend.")
        pid, is_held, mark = facts.own_state(self.connection)
        if (pid, mark) != (self.pid, self.run_id):
            raise CouldNotLook("Another backend answers than the one that holds our lock.")
        if not is_held:
            raise CouldNotLook("Our advisory lock is gone; somebody released it.")

    def take_lock(self, *, wait: timedelta, sleep: Callable[[float], None]) -> None:
        """Take the advisory lock by trying, never by queueing: a queued session ends in deadlocks.

        Raises:
            Busy: another session holds it still when the wait is over.
        """
        deadline = self.monotonic() + wait.total_seconds()
        query = "SELECT pg_try_advisory_lock(%s)"
        while not database.one(self.connection, query, (facts.ADVISORY_KEY,))[0]:
            if self.monotonic() >= deadline:
                raise Busy(facts.advisory_holder(self.observer))
            sleep(_POLL_S)

    def abandon(self) -> None:
        """Close both connections: an interrupt may have come while an answer was on its way."""
        for old in (self.connection, self.observer):
            with suppress(psycopg.Error):
                old.close()

    def reconnect(self) -> None:
        """Open both connections anew after a loss, to the same server or not at all.

        What is left of the old ones is ended, so that no lock of ours outlives them.

        Raises:
            CouldNotLook: the server is not there yet, or is another one.
            Promoted: it was a standby of the one that we were at work on.
        """
        if self._backend not in self.lost:
            self.lost.append(self._backend)
        self.abandon()
        self.is_away = True
        self.connection = _connect(self.parameters, self.run_id, is_again=True)
        self.is_away = False
        here = database.as_reached(self.connection, self.parameters)
        self.observer = _observe(here, self.run_id, is_again=True)
        self._keep_backends()
        if database.identify(self.connection).system_identifier != self.system_identifier:
            raise CouldNotLook("Another server answers at this address now.")
        if facts.timeline(self.connection) != self.timeline:
            raise Promoted
        facts.end_others_of(self.observer, _name(self.run_id), kept=self.own_pids)

    def old_backends_are_gone(self) -> bool:
        run = _name(self.run_id) if self.is_pooled else None
        return not any(facts.backend_is_alive(self.observer, one, run=run) for one in self.lost)

    @contextmanager
    def anew(self) -> Iterator[None]:
        """Let the block find what a new session would, and leave nothing behind, no lock either."""
        _set_up(self.connection, self.run_id)
        try:
            yield
        finally:
            with suppress(psycopg.Error):
                self.connection.execute(_DISCARD)

    def close(self) -> None:
        self.abandon()
        self.guard.close()


@contextmanager
def open_session(parameters: Parameters, run_id: str) -> Iterator[Session]:
    """Open both connections before anything begins, so that neither is missing later.

    Raises:
        CouldNotLook: the server cannot be reached or does not take the settings.
    """
    try:
        session = _open(parameters, run_id)
        try:
            yield session
        finally:
            is_left = session.is_lost and not session.is_away
            session.close()
            if is_left:
                _end_what_is_left(parameters, run_id)
    except (psycopg.Error, CouldNotLook):
        _end_what_is_left(parameters, run_id)
        raise


def _open(parameters: Parameters, run_id: str) -> Session:
    connection = _connect(parameters, run_id)
    # Of several hosts or addresses: whoever looks on looks at this one.
    here = database.as_reached(connection, parameters)
    asked_at = time.monotonic()
    now = facts.now(connection)
    return Session(
        parameters=parameters,
        run_id=run_id,
        system_identifier=database.identify(connection).system_identifier,
        timeline=facts.timeline(connection),
        connection=connection,
        observer=_observe(here, run_id),
        guard=Guard(here, f"{_name(run_id)}/guard"),
        _offset=(now, asked_at),
        deadlock_timeout=facts.deadlock_timeout(connection),
    )


def _end_what_is_left(parameters: Parameters, run_id: str) -> None:
    """End sessions of ours that the server believes to be there: they would keep the lock."""
    with suppress(psycopg.Error, CouldNotLook):
        connection = _dial(parameters, f"{_name(run_id)}/guard", is_again=True)
        connection.attend(longer_than(_OBSERVER_ANSWERS_S))
        try:
            facts.end_others_of(connection, _name(run_id), kept=())
        finally:
            connection.close()


@contextmanager
def look_at(replica: Parameters, run_id: str) -> Iterator[Connection]:
    """Open a session on a replica that only looks.

    Raises:
        CouldNotLook: it cannot be reached.
    """
    name = f"{_name(run_id)}/replica"
    connection = database.connect(replica, application_name=name)
    try:
        _refuse_pooler(connection, replica)
        database.settle(connection, {**database.PLAIN_SETTINGS, **LOOKS})
        yield connection
    finally:
        connection.close()


def _name(run_id: str) -> str:
    return f"releasegate/{run_id}"


def _dial(parameters: Parameters, name: str, *, is_again: bool) -> Attended:
    """Open a session; a server that comes back does so at once, and is asked again and again."""
    given = {**_CLIENT_TCP, **_QUICKLY} if is_again else _CLIENT_TCP
    return database.connect(parameters, application_name=name, is_told=not is_again, **given)


def _connect(parameters: Parameters, run_id: str, *, is_again: bool = False) -> Attended:
    connection = _dial(parameters, _name(run_id), is_again=is_again)
    # While it is set up every question is a quick one.
    connection.attend(longer_than(_SET_UP_S))
    _refuse_pooler(connection, parameters)
    _set_up(connection, run_id)
    return connection


def _refuse_pooler(connection: Connection, parameters: Parameters) -> None:
    """Set nothing on a backend that may be somebody else's a moment later."""
    is_pooled = facts.own_pid(connection) != connection.info.backend_pid
    if is_pooled and not parameters.may_be_pooled:
        raise CouldNotLook("A pooler stands before the server: connect to the server itself.")


def _set_up(connection: Connection, run_id: str) -> None:
    # The driver would prepare by itself, and with the first DROP forget ours as well.
    connection.prepare_threshold = None
    settings = {**_SETTINGS, facts.MARK: run_id}
    if database.major(connection) >= 17:
        settings["transaction_timeout"] = "0"
    database.settle(connection, settings)
    # Without effect, and told as 0, where the server's end is a Unix socket.
    if facts.is_on_tcp(connection):
        database.settle(connection, _TCP_SETTINGS)


def _observe(parameters: Parameters, run_id: str, *, is_again: bool = False) -> Attended:
    observer = _dial(parameters, f"{_name(run_id)}/observer", is_again=is_again)
    observer.attend(longer_than(_OBSERVER_ANSWERS_S))
    _refuse_pooler(observer, parameters)
    database.settle(observer, {**database.PLAIN_SETTINGS, **LOOKS, **_PLANNED_ONCE})
    observer.prepare_threshold = _PREPARED_AT
    return observer
