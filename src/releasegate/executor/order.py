"""What to execute and by which rules, and how a try can end without a server's error."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import timedelta

    from structlog.typing import FilteringBoundLogger

    from releasegate.database import Connection
    from releasegate.model import Migration, Plan, Step, Window
    from releasegate.pipeline import Row

#: object -> its definition after a step; None: gone
Definitions = dict[str, str | None]


@dataclass(frozen=True)
class Probe:
    """A question asked inside every step's transaction, before it commits; for rehearsals."""

    #: asked by itself before the transaction
    before: str
    sql: str
    #: called with the step and the rows of both answers once it has committed
    take: Callable[[Step, tuple[Row, ...], tuple[Row, ...]], None]


@dataclass(frozen=True)
class Order:
    """What to execute, and by which rules."""

    run_id: str
    migration: Migration
    plan: Plan
    window: Window
    #: the longest wait in a queue that the app stands in, all tables together
    longest_wait: timedelta
    #: how long a step that is in nobody's way may go on after the close
    grace: timedelta
    sleep: Callable[[float], None]
    log: FilteringBoundLogger
    #: ordinal -> what the rehearsal saw after the step; empty: nothing was rehearsed
    expected: Mapping[int, Mapping[str, str | None]] = field(default_factory=dict)
    #: stop after this step; None: after the last one
    last: int | None = None
    probe: Probe | None = None
    #: a session on a replica, to look for readers that a strong lock would hold up there
    replica: Connection | None = None
    #: a random number between two bounds, for pauses that no other client keeps in step with
    jitter: Callable[[float, float], float] = random.uniform
    #: on a database that is thrown away: an interrupt leaves nothing that must be found out
    is_trial: bool = False


class WindowClosed(Exception):
    """There is no time left for another try."""


class BrokenPromise(Exception):
    """A step ran, or was found done, and something is not what its statements say."""


class Overtaken(Exception):
    """Our connection was lost, nothing of the try is left, and another run is at work by now."""

    def __init__(self) -> None:
        super().__init__("another run took over when our connection was lost")


class LockRefused(Exception):
    """A table's lock was not to be had in the time that we may stand in the app's way."""

    def __init__(self, sqlstate: str | None) -> None:
        super().__init__("the locks were not to be had")
        self.sqlstate = sqlstate


def milliseconds(length: timedelta) -> str:
    """Write a timeout; never 0, which the server takes for "for ever"."""
    return f"{max(1, min(int(length.total_seconds() * 1000), 2**31 - 1))}ms"
