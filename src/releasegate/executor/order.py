"""What to execute and by which rules, and how a try can end without a server's error."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import timedelta

    from structlog.typing import FilteringBoundLogger

    from releasegate.model import Migration, Plan, Window


@dataclass(frozen=True)
class Order:
    """What to execute, and by which rules."""

    run_id: str
    migration: Migration
    plan: Plan
    window: Window
    #: the longest wait in a queue that the app stands in, all tables together
    longest_wait: timedelta
    sleep: Callable[[float], None]
    log: FilteringBoundLogger


class WindowClosed(Exception):
    """There is no time left for another try."""


class BrokenPromise(Exception):
    """A step ran, and something is not what its statements say."""


class Overtaken(Exception):
    """Our connection was lost, nothing of the try is left, and another run is at work by now."""

    def __init__(self) -> None:
        super().__init__("another run took over when our connection was lost")


def milliseconds(length: timedelta) -> str:
    """Write a timeout; never 0, which the server takes for "for ever"."""
    return f"{max(1, min(int(length.total_seconds() * 1000), 2**31 - 1))}ms"
