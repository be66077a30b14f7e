"""The nouns: frozen values that every other module passes on and none changes."""

from __future__ import annotations

# The annotations are read when a report is: these names must be there at run time.
from collections.abc import Mapping  # noqa: TC003
from dataclasses import dataclass, field
from datetime import date, datetime  # noqa: TC003
from enum import StrEnum
from typing import Any


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


class OutcomeStatus(StrEnum):
    APPLIED = "applied"
    ALREADY_APPLIED = "already_applied"
    FAILED = "failed"
    #: the connection was lost and the truth could not be read back
    UNKNOWN = "unknown"
    NOT_RUN = "not_run"


class Verdict(StrEnum):
    PASSED = "passed"
    BLOCKED = "blocked"
    APPLIED = "applied"
    NOTHING_TO_DO = "nothing_to_do"
    ROLLED_BACK = "rolled_back"
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
class Owner:
    """Who owns a table's rows, as a migration's header declares it."""

    table: Relation
    #: holds the owner, or refers to the parent whose owner it is
    column: str
    is_of_parent: bool
    line: int


@dataclass(frozen=True, slots=True)
class Directives:
    """What a migration's header says after ``-- releasegate:``."""

    requires_tag: str | None = None
    draft: bool = False
    owners: tuple[Owner, ...] = ()
    #: the setting by which a session says who it is
    identity: str | None = None
    #: the role that the app's own roles are members of; None: policies are for everybody
    member_of: str | None = None
    #: (line, text) of each directive that means nothing
    unknown: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Migration:
    """One SQL file, ``NNN_words.sql``."""

    #: relative to the project's root
    path: str
    number: int
    #: hexadecimal, of the bytes as they lie on disk
    sha256: str
    content: bytes
    directives: Directives
    #: drafts are checked and never applied; the header says so, or the policy
    draft: bool

    @property
    def name(self) -> str:
        return self.path.rsplit("/", 1)[-1]


@dataclass(frozen=True, slots=True, order=True)
class Relation:
    """A schema-qualified name, unquoted."""

    schema: str
    name: str

    def __str__(self) -> str:
        return f"{self.schema}.{self.name}"


@dataclass(frozen=True, slots=True)
class Lock:
    relation: Relation
    #: PostgreSQL's name of the mode, ``ACCESS EXCLUSIVE``
    mode: str


@dataclass(frozen=True, slots=True, order=True)
class CatalogObject:
    """A thing that a database holds and a statement can name, or one side of it (its owner)."""

    #: table, column, constraint, index and whatever else the catalog's snapshot tells apart
    kind: str
    #: empty for what lies in no schema, such as an extension
    schema: str
    #: empty for a schema itself
    name: str
    #: the table of a column, a constraint, a policy, ...; empty for the rest
    table: str = ""

    def __str__(self) -> str:
        path = (part for part in (self.schema, self.table, self.name) if part)
        return f"{self.kind} {'.'.join(path)}"


@dataclass(frozen=True, slots=True)
class Effect:
    """An object that a statement promises to leave behind, or to remove."""

    object: CatalogObject
    present: bool
    #: 1-based line of the statement in its file
    line: int
    #: the statement makes it; False where it only changes, validates or renames it
    is_new: bool
    #: False where the statement itself leaves it NOT VALID
    is_valid: bool = True
    #: gone under this name only
    is_renamed: bool = False


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """A key as a statement declares it; ``parent_columns`` is empty where it names none."""

    name: str | None
    child: Relation
    columns: tuple[str, ...]
    parent: Relation
    parent_columns: tuple[str, ...]
    #: NO ACTION, RESTRICT, CASCADE, SET NULL or SET DEFAULT
    on_delete: str
    line: int


@dataclass(frozen=True, slots=True)
class Undo:
    """How to take one object back that a step has made."""

    thing: CatalogObject
    sql: str
    #: rows or values go with it
    loses_data: bool = False
    #: only where the step has made the object, not where it has found it
    is_of_made: bool = True


@dataclass(frozen=True, slots=True)
class TakesBack:
    """Which applied steps a step of the way back is about."""

    #: the one that made what it removes
    ordinal: int
    #: those that count as applied no more, once it has committed
    undone: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """What commits together."""

    #: 1-based
    ordinal: int
    #: what it does, in a few words
    title: str
    sql: tuple[str, ...]
    transactional: bool
    #: each relation once, in its strongest mode, in the order in which they are taken
    locks: tuple[Lock, ...]
    #: of what it makes, the last first
    undo: tuple[Undo, ...]
    #: what must be there, or gone, once the step has committed
    effects: tuple[Effect, ...]
    #: the file says IF [NOT] EXISTS, so its objects may be there, or gone, already
    is_lenient: bool = False
    #: the undo takes back all that the step does
    is_reversible: bool = True
    #: None: a step of the way forward
    takes_back: TakesBack | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    #: online or as-written
    strategy: str
    #: hexadecimal SHA-256 over the file's bytes, the rewriter's version and the server's major
    fingerprint: str
    steps: tuple[Step, ...]


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


@dataclass(frozen=True, slots=True)
class Prediction:
    """How long a step will take, in seconds."""

    low: float
    high: float


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
class Waiver:
    code: str
    reason: str
    expires: date


@dataclass(frozen=True, slots=True)
class ObjectState:
    """What a rollback left of one object."""

    object: str
    #: gone, as before, differs, is there, stays or saved
    state: str
    detail: str | None = None


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
    waivers: tuple[Waiver, ...] = ()
    plan: Plan | None = None
    #: by the step's ordinal, where it could be said
    predictions: Mapping[int, Prediction] = field(default_factory=dict)
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


@dataclass(frozen=True, slots=True)
class MigrationState:
    """Where one migration stands on the target."""

    path: str
    number: int
    #: applied, pending, draft, unfinished, drifted or changed
    state: str
    detail: str | None = None
    applied_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Proof:
    """A place that decided a verdict."""

    path: str
    line: int
    what: str


@dataclass(frozen=True, slots=True)
class ColumnVerdict:
    #: sent, maybe_null, omitted, alias, wrong_reference or undecidable
    verdict: str
    proof: tuple[Proof, ...]


@dataclass(frozen=True, slots=True)
class WriteSite:
    """A place in the app's source that writes rows of a contract table."""

    path: str
    line: int
    end_line: int
    table: str
    #: insert, update, upsert, delete or copy
    operation: str
    #: the family of calls, such as ``sql`` or ``postgrest``
    api: str
    columns: Mapping[str, ColumnVerdict]


@dataclass(frozen=True, slots=True)
class ContractColumn:
    """What one foreign-key column demands of the app."""

    child: Relation
    column: str
    parent: Relation
    parent_column: str
    on_delete: str
    #: the migration itself creates the column, so it cannot be sent before
    created: bool
    #: line of the key in the migration
    line: int

    def __str__(self) -> str:
        return f"{self.child.name}.{self.column}"
