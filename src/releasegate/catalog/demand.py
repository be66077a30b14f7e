"""What a migration demands of rows: the kinds, and the queries for the rows that break it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from releasegate.statements.parser import quote

if TYPE_CHECKING:
    from releasegate.model import Relation

KEY, UNIQUE, CHECK, NOT_NULL = "key", "unique", "check", "not null"
EXCLUSION, TYPE = "exclusion", "type"


@dataclass(frozen=True, slots=True)
class Demand:
    """Something that every row must fulfil, and the query for those that do not."""

    kind: str
    #: as it is called before the migration
    table: Relation
    #: the constraint, the index or the column that demands it
    name: str
    #: FROM and WHERE of the rows that break it; for UNIQUE of the keys that do, by GROUP BY
    broken: str
    #: columns of the table's primary key, as the query calls them
    key: tuple[str, ...] = ()
    #: columns of a foreign key before the migration; empty where it makes one of them
    columns: tuple[str, ...] = ()
    parent: Relation | None = None
    parent_columns: tuple[str, ...] = ()
    cascades: bool = False

    @property
    def count(self) -> str:
        """A query that gives the number of rows, or of keys, that break it."""
        if self.kind == TYPE:
            # The value of every row is made, or the query fails.
            return f"SELECT count(r.value) * 0 {self.broken}"
        if self.kind == UNIQUE:
            return f"SELECT count(*) FROM (SELECT 1 {self.broken}) AS keys"  # noqa: S608
        return f"SELECT count(*) {self.broken}"

    @property
    def listing(self) -> str | None:
        """A query for the primary keys of the rows that break it."""
        if not self.key or self.kind in (UNIQUE, TYPE):
            return None
        return f"SELECT {', '.join(f'r.{quote(name)}' for name in self.key)} {self.broken}"
