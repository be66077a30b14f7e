"""What rewrites give and go by: drafts of steps, refusals, and what is known of tables."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from releasegate.model import CatalogObject, Relation
from releasegate.statements import parser
from releasegate.statements.contract import declared_tables
from releasegate.statements.effects import effects
from releasegate.statements.parser import enum, quote_relation

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from releasegate.model import Undo
    from releasegate.statements.actions import Action
    from releasegate.statements.contract import Table
    from releasegate.statements.parser import Statement

MAX_NAME_BYTES = 63
_LOOSENING = {enum("AlterTableType", name) for name in ("AT_DropNotNull", "AT_DropColumn")}


class Phase(IntEnum):
    """Where a step stands among its neighbours: what others need comes first."""

    COLUMN = 1
    NOT_NULL = 2
    INDEX = 3
    CHECK = 4
    #: after the indexes that make its checks and its deletes fast
    KEY = 5
    #: after the index that takes the place of the dropped one
    DROP_INDEX = 6


@dataclass(frozen=True, slots=True)
class Draft:
    """A step without its number: what commits together."""

    title: str
    sql: tuple[str, ...]
    transactional: bool = True
    #: it may find its objects there already, by the file's own IF [NOT] EXISTS
    is_lenient: bool = False
    #: beside what takes the made objects back
    undo: tuple[Undo, ...] = ()
    #: what it changes without naming it
    touches: tuple[CatalogObject, ...] = ()


@dataclass(frozen=True, slots=True)
class Online:
    """Steps that may commit one by one, in this order."""

    phase: Phase
    drafts: tuple[Draft, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A column to add: with others of its table under one lock, or among kept statements."""

    table: Relation
    name: str
    #: ADD COLUMN and its checks, without ALTER TABLE
    commands: tuple[str, ...]
    only: bool
    is_lenient: bool
    #: the rows that exist get the time of the transaction
    is_timed: bool


@dataclass(frozen=True, slots=True)
class Kept:
    """Statements as they were written, which commit with their neighbours or not at all."""

    sql: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Refusal:
    """What cannot be made online: why, and what to write instead."""

    action: Action
    why: str
    instead: str


#: what a rewrite answers: parts in the file's order, or refusals
Part = Online | Column | Kept | Refusal
Rewritten = tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """A part of the plan to be, and what it came from."""

    action: Action
    part: Part


@dataclass(frozen=True)
class Known:
    """What is known of the tables before and during the migration, without a server."""

    #: the server's major version
    major: int
    #: as baseline, earlier migrations and this file up to its end declare them
    tables: Mapping[Relation, Table]
    partitioned: frozenset[Relation]
    #: made by this file: nobody else sees them before it commits
    new: frozenset[Relation]
    #: domains that check values: a new column of such a type reads every row
    checked_domains: frozenset[str]
    #: partitioned tables with a partition for the rest
    with_default: frozenset[Relation]
    #: (schema, name) of the constraints and indexes there are before the file
    names: frozenset[tuple[str, str]]
    #: columns that are NOT NULL no more, or are others, once the file has begun
    loosened: frozenset[tuple[Relation, str]]
    #: index -> its columns, where it has nothing else
    index_columns: Mapping[Relation, tuple[str, ...]]

    def is_not_null(self, table: Relation, column: str) -> bool:
        """Tell whether a column is known to be NOT NULL before the file changes it."""
        known = None if (table, column) in self.loosened else self.tables.get(table)
        return known is not None and column in known.columns and known.columns[column].not_null


def know(statements: Sequence[Statement], baseline: Iterable[Statement], *, major: int) -> Known:
    """Read what texts tell of tables; ``baseline`` are the statements run before the file's."""
    before = tuple(baseline)
    everything = (*before, *statements)
    return Known(
        major=major,
        tables=declared_tables(before),
        partitioned=frozenset(_partitioned(everything)),
        new=frozenset(_created(statements)),
        checked_domains=frozenset(_checked_domains(everything)),
        with_default=frozenset(_with_default(everything)),
        names=frozenset(_names(before)),
        loosened=frozenset(_loosened(statements)),
        index_columns=dict(_index_columns(everything)),
    )


def _with_default(statements: Iterable[Statement]) -> Iterable[Relation]:
    for statement in statements:
        for part in parser.walk(statement.node) if statement.kind == "create_stmt" else ():
            if parser.kind_of(part) == "PartitionBoundSpec" and part.is_default:
                parents = statement.node.inh_relations
                yield from (parser.relation(parent.range_var) for parent in parents)


def _loosened(statements: Iterable[Statement]) -> Iterable[tuple[Relation, str]]:
    for statement in statements:
        node = statement.node
        if statement.kind == "rename_stmt" and node.HasField("relation"):
            yield parser.relation(node.relation), node.subname
            yield parser.relation(node.relation), node.newname
        for item in node.cmds if statement.kind == "alter_table_stmt" else ():
            if item.alter_table_cmd.subtype in _LOOSENING:
                yield parser.relation(node.relation), item.alter_table_cmd.name


def _names(statements: Sequence[Statement]) -> Iterable[tuple[str, str]]:
    for effect in effects(statements):
        if effect.present and effect.object.kind in ("constraint", "index"):
            yield effect.object.schema, effect.object.name


def _index_columns(statements: Iterable[Statement]) -> Iterable[tuple[Relation, tuple[str, ...]]]:
    for statement in statements:
        if statement.kind != "index_stmt":
            continue
        columns = tuple(item.index_elem.name for item in statement.node.index_params)
        if all(columns):
            schema = parser.relation(statement.node.relation).schema
            yield Relation(schema, statement.node.idxname), columns


def _created(statements: Iterable[Statement]) -> Iterable[Relation]:
    for statement in statements:
        if statement.kind == "create_stmt" and not statement.node.if_not_exists:
            yield parser.relation(statement.node.relation)


def _partitioned(statements: Iterable[Statement]) -> Iterable[Relation]:
    for statement in statements:
        if statement.kind == "create_stmt" and statement.node.HasField("partspec"):
            yield parser.relation(statement.node.relation)


def _checked_domains(statements: Iterable[Statement]) -> set[str]:
    """Find those with a check of their own, of the domain they are over, or given later."""
    found: set[str] = set()
    for statement in statements:
        if statement.kind == "create_domain_stmt":
            name = parser.strings(statement.node.domainname)[-1]
            over = parser.strings(statement.node.type_name.names)[-1]
            if statement.node.constraints or over in found:
                found.add(name)
        elif statement.kind == "alter_domain_stmt":
            found.add(parser.strings(statement.node.type_name)[-1])
    return found


def alter(table: Relation, *commands: str, only: bool = False) -> str:
    """Write an ALTER TABLE of our own."""
    words = "ALTER TABLE ONLY" if only else "ALTER TABLE"
    return f"{words} {quote_relation(table)} {', '.join(commands)}"


def is_only(node: Any) -> bool:
    """Tell whether a statement leaves children out (``ONLY``)."""
    return not node.relation.inh


def automatic_name(*parts: str) -> str | None:
    """Give the name that PostgreSQL makes for something unnamed; None where it would be cut off.

    The rule is makeObjectName's (src/backend/commands/indexcmds.c): the parts with underscores.
    """
    name = "_".join(parts)
    return name if len(name.encode()) <= MAX_NAME_BYTES else None
