"""What is played: a command, one strike at it, and what it shows undisturbed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from faults.proxy import When

if TYPE_CHECKING:
    from collections.abc import Callable

    from faults.holdings import Holdings
    from faults.lane import Lane
    from faults.proxy import Then


@dataclass(frozen=True)
class Case:
    """One strike."""

    fault: str
    #: a statement's number, or what it contains
    at: int | bytes
    when: When
    #: where it is none of those that the sweep plays
    act: Callable[[Lane, int], Then] | None = None

    def __str__(self) -> str:
        return f"{self.fault} at statement {self.at!r}, {self.when.value}"


@dataclass(frozen=True)
class Story:
    """A command that is played again and again, each time with one fault."""

    name: str
    strategy: str
    arguments: tuple[str, ...]
    #: the command that goes on after a fault; empty: the same
    again: tuple[str, ...] = ()
    #: commands that have run undisturbed before it
    before: tuple[tuple[str, ...], ...] = ()
    #: through a pooler in session mode, which gives its backends numbers of its own
    is_pooled: bool = False
    #: at how many statements the client is killed where not all is asked for; None: at each
    kills: int | None = None
    #: cases that once broke a promise, or that a small sample may miss; they are played in any run
    always: tuple[Case, ...] = ()


APPLY = ("apply", "--window", "now/PT10M", "001")
# As the text of a statement of its own, and not within a value.
_DROP = b"\x00DROP INDEX CONCURRENTLY"
_KEY = b"\x00ALTER TABLE"
ROLLBACK = ("rollback", "--window", "now/PT10M", "--drop-columns", "001")
POOLED = Story(
    "apply through a pooler",
    "online",
    (*APPLY, "--allow-session-pooler"),
    is_pooled=True,
    kills=8,
)
STORIES = (
    Story(
        "apply online",
        "online",
        APPLY,
        always=(Case("half-open connection", _KEY, When.AFTER),),
    ),
    Story("apply as written", "as-written", APPLY),
    Story(
        "rollback",
        "online",
        ROLLBACK,
        before=(APPLY,),
        always=(
            Case("SIGTERM", _DROP, When.AFTER),
            Case("kill -9 of the client", _DROP, When.AFTER),
        ),
    ),
)


@dataclass(frozen=True)
class Clean:
    """What an undisturbed run showed."""

    #: how many statements it sent
    points: int
    start: Holdings
    final: Holdings
    #: schema and ledger after every one of its statements
    seen: frozenset[Holdings]
