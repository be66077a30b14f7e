"""What a migration demands of the app, and where the app writes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from releasegate.model.migrations import Relation


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
