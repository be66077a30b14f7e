"""How the live database may be looked at: for how long, from where, and what is kept of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from pathlib import Path

    from releasegate.database import Parameters

COUNT_FOR = timedelta(minutes=10)
KEYS_KEPT = 100


def _say_nothing(event: str, **values: object) -> None:
    """Leave progress untold."""


@dataclass(frozen=True, slots=True)
class KnownCount:
    """That no row was in the way, as an earlier look found it."""

    at: datetime
    #: of the tables before the count: another one now means that somebody wrote to them
    mark: str
    run_id: str


@dataclass(frozen=True)
class Looking:
    """What the command line allows the gate live-database."""

    #: the longest that one count may take
    data_timeout: timedelta = COUNT_FOR
    #: gets the primary keys of rows in the way, by mode 0600; None: nobody asked
    keys_file: Path | None = None
    #: at most so many of each demand
    keys_kept: int = KEYS_KEPT
    #: what the target's disk has free, as somebody says who can see it; None: nobody does
    free_bytes: int | None = None
    #: where the counting goes on instead, and readers are looked for
    replica: Parameters | None = None
    #: by demand and table: what an earlier look has counted
    known: Mapping[str, KnownCount] = field(default_factory=dict)
    #: tells progress: the event's name and its values
    say: Callable[..., None] = field(default=_say_nothing)
