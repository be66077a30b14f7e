"""Who holds the locks that a step needs -> when it is worth trying to take them."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import psycopg

from releasegate import facts
from releasegate.executor.order import WindowClosed
from releasegate.statements.locks import ACCESS_EXCLUSIVE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import timedelta

    from structlog.typing import FilteringBoundLogger

    from releasegate.executor.order import Order
    from releasegate.model import Blocker, Lock
    from releasegate.session import Session

#: a transaction of this age is waited for outside the queue
A_MOMENT_S = 0.1
_LOOK_S = 0.025
_TELL_S = 1.0


class Holders:
    """Looks at pg_locks through the observer, so that no lock of ours is in anybody's way."""

    def __init__(self, session: Session, order: Order, log: FilteringBoundLogger) -> None:
        self._session = session
        self._order = order
        self._log = log
        #: virtual transaction -> when it was first seen; for ages that we may not read
        self._seen: dict[tuple[int, str], float] = {}
        #: who was in the way at the last look
        self.last: tuple[Blocker, ...] = ()

    def await_none_old(self, locks: Sequence[Lock], left: Any) -> None:
        """Stay outside the queue while an old transaction holds what we need.

        Autovacuum is not waited for: it gives way to whoever waits for its own lock.

        Raises:
            WindowClosed: somebody holds it still.
        """
        told = None
        while any(map(self._is_old, self.look(locks))):
            now = self._session.monotonic()
            if left().total_seconds() <= 0:
                raise WindowClosed
            if told is None or now - told >= _TELL_S:
                told = now
                self._log.info("lock.awaited", left_s=seconds(left()), held_by=self.named())
            self._order.sleep(_LOOK_S)

    def look(self, locks: Sequence[Lock]) -> tuple[Blocker, ...]:
        """Find who is in the way now, here and, for the strongest locks, on the replica."""
        found = facts.blockers(self._session.observer, locks, own_pids=self._session.own_pids)
        strong = [lock for lock in locks if lock.mode == ACCESS_EXCLUSIVE]
        if strong and self._order.replica is not None:
            found += facts.blockers(self._order.replica, strong, own_pids=())
        now = self._session.monotonic()
        keys = {_key(blocker) for blocker in found}
        self._seen = {key: self._seen.get(key, now) for key in keys}
        self.last = tuple(found)
        return self.last

    def age_s(self, blocker: Blocker) -> float:
        """Give a transaction's age, or for how long it has been seen."""
        if blocker.age_s is not None:
            return blocker.age_s
        return self._session.monotonic() - self._seen[_key(blocker)]

    def look_if_possible(self, locks: Sequence[Lock]) -> tuple[Blocker, ...]:
        """Look without failing: for messages."""
        try:
            return self.look(locks)
        except psycopg.Error:
            return ()

    def named(self) -> list[dict[str, Any]]:
        """Write the last look for the log."""
        return [_rounded(asdict(blocker)) for blocker in self.last]

    def describe(self) -> str:
        """Say in a sentence who was in the way."""
        if not self.last:
            return "The locks were not to be had."
        who = self.last[0]
        age = "of unknown age" if who.age_s is None else f"{who.age_s:.0f} s old"
        holds = f"holds {who.mode} on {who.relation}"
        if who.pid == 0:
            return f"The locks were not to be had: a prepared transaction {age} {holds}."
        name = who.application or "no name"
        return (
            f"The locks were not to be had: pid {who.pid} ({name}) {holds} in a transaction {age}."
        )

    def _is_old(self, blocker: Blocker) -> bool:
        return not blocker.is_autovacuum and self.age_s(blocker) > A_MOMENT_S


def _key(blocker: Blocker) -> tuple[int, str]:
    return blocker.pid, blocker.transaction


def _rounded(blocker: dict[str, Any]) -> dict[str, Any]:
    if blocker["age_s"] is not None:
        blocker["age_s"] = round(blocker["age_s"], 1)
    return blocker


def seconds(length: timedelta) -> float:
    return round(length.total_seconds(), 1)
