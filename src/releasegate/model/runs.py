"""Where and when steps run, and what became of them."""

from __future__ import annotations

# The annotations are read when a report is: these names must be there at run time.
from dataclasses import dataclass
from datetime import datetime  # noqa: TC003
from enum import StrEnum


class OutcomeStatus(StrEnum):
    APPLIED = "applied"
    ALREADY_APPLIED = "already_applied"
    FAILED = "failed"
    #: the connection was lost and the truth could not be read back
    UNKNOWN = "unknown"
    NOT_RUN = "not_run"


@dataclass(frozen=True, slots=True)
class Blocker:
    """A session that holds a lock in a step's way. Never the text of its query."""

    pid: int
    role: str | None
    application: str | None
    state: str | None
    #: age of its transaction; None when we may not see it
    age_s: float | None
    relation: str
    mode: str
    #: its virtual transaction: the same in two looks is an old one
    transaction: str
    is_autovacuum: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    ordinal: int
    status: OutcomeStatus
    attempts: int = 0
    duration_s: float = 0.0
    #: summed over all attempts
    lock_wait_s: float = 0.0
    sqlstate: str | None = None
    message: str | None = None


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happened while steps ran; many of a kind in a row are one."""

    at: datetime
    #: as the log names it, such as ``lock.refused``
    event: str
    step: int | None = None
    #: for how many in a row it stands, the last of them at ``until``
    count: int = 1
    until: datetime | None = None
    status: str | None = None
    sqlstate: str | None = None
    #: how long a try waited in the queue, at most; None: it did not wait
    waited_ms: int | None = None
    #: who was in the way, each session once
    held_by: tuple[Blocker, ...] = ()
    #: backends that the server itself waited for
    waits_for: tuple[int, ...] = ()


#: unit, its seconds, and the shortest time that is written in it
_UNITS = (("h", 3600.0, 3 * 3600.0), ("min", 60.0, 120.0), ("s", 1.0, 1.0), ("ms", 0.001, 0.0))


def _figures(number: float) -> str:
    return f"{number:.0f}" if number >= 10 else f"{number:.1f}".removesuffix(".0")


@dataclass(frozen=True, slots=True)
class Prediction:
    """How long a step will take, in seconds."""

    low: float
    high: float

    def __str__(self) -> str:
        """Write both ends in the unit that suits the longer one: ``41 to 95 min``."""
        unit, factor, _ = next(row for row in _UNITS if self.high >= row[2])
        low, high = (_figures(seconds / factor) for seconds in (self.low, self.high))
        return f"{high} {unit}" if low == high else f"{low} to {high} {unit}"


@dataclass(frozen=True, slots=True)
class Latency:
    """What the app felt in one stretch of time, as somebody measured it beside the run."""

    at: datetime
    #: the longest that a caller waited
    max_ms: float


@dataclass(frozen=True, slots=True)
class Release:
    tag: str
    commit: str | None
    #: None: nobody asked for a signature
    signed: bool | None = None
    #: what the tag's name points to: another one for a tag that was made again
    object: str | None = None


@dataclass(frozen=True, slots=True)
class Target:
    role: str
    host: str
    database: str
    server_version: str
    system_identifier: str

    def __str__(self) -> str:
        return f"{self.role}@{self.host}/{self.database}"


@dataclass(frozen=True, slots=True)
class Window:
    """When steps may run; both ends are zone-aware, by a fixed offset each."""

    opens_at: datetime
    closes_at: datetime
    #: the IANA name of the zone that it was given in
    zone: str | None = None
    #: of a configured one
    name: str | None = None
    #: what the zone's clock does to it
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ObjectState:
    """What a rollback left of one object."""

    object: str
    #: gone, as before, differs, is there, stays or saved
    state: str
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class MigrationState:
    """Where one migration stands on the target."""

    path: str
    number: int
    #: applied, adopted, pending, draft, unfinished, drifted or changed
    state: str
    detail: str | None = None
    applied_at: datetime | None = None
