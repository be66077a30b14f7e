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
from releasegate.session.connections import (
    DISCARD,
    LOOKS,
    MIGRATION_SEARCH_PATH,
    OBSERVER_ANSWERS_S,
    SEARCH_PATH,
    connect,
    dial,
    look_at,
    name_of,
    observe,
    set_up,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from releasegate.attended import Attended
    from releasegate.database import Parameters

__all__ = [
    "LOOKS",
    "MIGRATION_SEARCH_PATH",
    "SEARCH_PATH",
    "Busy",
    "Promoted",
    "Session",
    "look_at",
    "open_session",
]

_POLL_S = 0.2


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
        self.connection = connect(self.parameters, self.run_id, is_again=True)
        self.is_away = False
        here = database.as_reached(self.connection, self.parameters)
        self.observer = observe(here, self.run_id, is_again=True)
        self._keep_backends()
        if database.identify(self.connection).system_identifier != self.system_identifier:
            raise CouldNotLook("Another server answers at this address now.")
        if facts.timeline(self.connection) != self.timeline:
            raise Promoted
        facts.end_others_of(self.observer, name_of(self.run_id), kept=self.own_pids)

    def old_backends_are_gone(self) -> bool:
        run = name_of(self.run_id) if self.is_pooled else None
        return not any(facts.backend_is_alive(self.observer, one, run=run) for one in self.lost)

    @contextmanager
    def anew(self) -> Iterator[None]:
        """Let the block find what a new session would, and leave nothing behind, no lock either."""
        set_up(self.connection, self.run_id)
        try:
            yield
        finally:
            with suppress(psycopg.Error):
                self.connection.execute(DISCARD)

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
    connection = connect(parameters, run_id)
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
        observer=observe(here, run_id),
        guard=Guard(here, f"{name_of(run_id)}/guard"),
        _offset=(now, asked_at),
        deadlock_timeout=facts.deadlock_timeout(connection),
    )


def _end_what_is_left(parameters: Parameters, run_id: str) -> None:
    """End sessions of ours that the server believes to be there: they would keep the lock."""
    with suppress(psycopg.Error, CouldNotLook):
        connection = dial(parameters, f"{name_of(run_id)}/guard", is_again=True)
        connection.attend(longer_than(OBSERVER_ANSWERS_S))
        try:
            facts.end_others_of(connection, name_of(run_id), kept=())
        finally:
            connection.close()
