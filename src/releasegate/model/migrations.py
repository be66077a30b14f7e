"""What is to be done: a file, the objects that it is about, the steps that it becomes."""

from __future__ import annotations

from dataclasses import dataclass

# The annotation is read when a report is: the name must be there at run time.
from datetime import date  # noqa: TC003


@dataclass(frozen=True, slots=True)
class Owner:
    """Who owns a table's rows, as a migration's header declares it."""

    table: Relation
    #: holds the owner, or refers to the parent whose owner it is
    column: str
    is_of_parent: bool
    line: int


@dataclass(frozen=True, slots=True)
class Waiver:
    """A kind of finding that a migration's header lets pass for a time."""

    code: str
    reason: str
    #: the last day on which it holds, in UTC
    expires: date
    #: 1-based, in the migration
    line: int | None = None


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
    waivers: tuple[Waiver, ...] = ()
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
