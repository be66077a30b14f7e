"""What gates say, and everything that one command found out and did."""

from __future__ import annotations

# The annotations are read when a report is: these names must be there at run time.
from collections.abc import Mapping  # noqa: TC003
from dataclasses import dataclass, field
from datetime import datetime  # noqa: TC003
from enum import StrEnum
from typing import Any

from releasegate.model.migrations import Migration, Plan, Waiver  # noqa: TC001
from releasegate.model.runs import (  # noqa: TC001
    Latency,
    MigrationState,
    Moment,
    ObjectState,
    Outcome,
    Prediction,
    Release,
    Target,
    Window,
)


class Level(StrEnum):
    """How much a finding weighs; errors block, the rest does not unless asked to."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class GateStatus(StrEnum):
    PASSED = "passed"
    BLOCKED = "blocked"
    #: could not look: blocks
    ERRORED = "errored"
    #: an input is missing, or an earlier answer makes the question empty
    NOT_ASKED = "not_asked"


class Verdict(StrEnum):
    PASSED = "passed"
    BLOCKED = "blocked"
    APPLIED = "applied"
    NOTHING_TO_DO = "nothing_to_do"
    ROLLED_BACK = "rolled_back"
    ADOPTED = "adopted"
    STOPPED = "stopped"
    UNKNOWN = "unknown"
    INTERRUPTED = "interrupted"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a gate has to say."""

    code: str
    level: Level
    message: str
    #: what to do instead, a command where there is one
    help: str
    #: relative to the repository
    path: str | None = None
    #: 1-based
    line: int | None = None
    #: 1-based, in characters
    column: int | None = None
    #: the migration's header can let it pass
    may_be_waived: bool = False
    #: by which it does not block; a note then, whatever it was
    waiver: Waiver | None = None


@dataclass(frozen=True, slots=True)
class GateResult:
    gate: str
    title: str
    status: GateStatus
    #: why it was not asked or could not look
    reason: str | None = None
    duration_s: float = 0.0
    findings: tuple[Finding, ...] = ()
    evidence: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that one command found out and did; the renderers' only input."""

    command: str
    tool_version: str
    run_id: str
    started_at: datetime
    finished_at: datetime
    exit_code: int
    verdict: Verdict
    #: one sentence for a person: what happened, or what to do now
    summary: str
    migration: Migration | None = None
    #: HEAD's commit, where the migration was read from a repository
    commit: str | None = None
    release: Release | None = None
    target: Target | None = None
    window: Window | None = None
    gates: tuple[GateResult, ...] = ()
    #: those of the migration's header that hold
    waivers: tuple[Waiver, ...] = ()
    plan: Plan | None = None
    #: by the step's ordinal, where it could be said
    predictions: Mapping[int, Prediction] = field(default_factory=dict)
    #: by the undo's statement: what would be lost with it
    losses: Mapping[str, str] = field(default_factory=dict)
    outcomes: tuple[Outcome, ...] = ()
    #: what happened to the steps, in its order
    timeline: tuple[Moment, ...] = ()
    #: in the order of time; empty: nobody measured, or nobody gave it to the report
    latency: tuple[Latency, ...] = ()
    #: the digest of the last row of the ledger's journal, to be kept elsewhere
    ledger_head: str | None = None
    #: for ``rollback``: what became of each object
    objects: tuple[ObjectState, ...] = ()
    #: for ``status``: where the ledger is another than its journal says
    ledger_faults: tuple[str, ...] = ()
    #: for ``status``: one row a migration
    migrations: tuple[MigrationState, ...] = ()
