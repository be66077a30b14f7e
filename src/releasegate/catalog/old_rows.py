"""Layouts before and after a migration -> the rows that are there, as they will be named."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from releasegate.statements.parser import quote, quote_relation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from releasegate.catalog.layout import Table

#: what gives another value each time, or calls what only the migration makes
_UNKNOWABLE = re.compile(
    r"\b(nextval|random|gen_random_uuid|clock_timestamp|uuidv[47]|\w+\.\w+)\(", re.IGNORECASE
)
#: tells a row of a table and its partitions apart from every other
PLACE = '"releasegate place"'


class OldRows:
    """The rows of the first database under the names and types of the second."""

    def __init__(self, before: dict[int, Table], after: dict[int, Table]) -> None:
        self.before, self.after = before, after
        #: tables that may hold rows already
        self.numbers = sorted(before.keys() & after.keys())

    def source(self, number: int, uses: str, *, values: Sequence[str] = ()) -> str | None:
        """Write a table expression called r; None where ``uses`` names what cannot be known.

        ``values`` are expressions over the columns, given beside them with the row's place.
        """
        old, new = self.before[number], self.after[number]
        shown = []
        for part, column in new.columns.items():
            value = self._value(number, part)
            if value is None and _names(uses, quote(column.name)):
                return None
            shown.append(f"{value or f'NULL::{column.type}'} AS {quote(column.name)}")
        if values:
            shown.append(f"ROW(t.tableoid, t.ctid)::text AS {PLACE}")
        origin = f"{old.only}{quote_relation(old.name)}"
        table = f"(SELECT {', '.join(shown)} FROM {origin} AS t) AS r"  # noqa: S608
        if not values:
            return table
        asked = ", ".join(f"({value}) AS {nth(i)}" for i, value in enumerate(values))
        return f"(SELECT *, {asked} FROM {table}) AS r"  # noqa: S608

    def is_all_null(self, number: int, part: int) -> bool:
        """Tell whether a column will be NULL in every row that is there."""
        column = self.after[number].columns[part]
        is_new = part not in self.before[number].columns
        return is_new and column.default is None and not column.is_identity

    def key(self, number: int) -> tuple[str, ...]:
        """Name the primary key's columns; none where one of them goes."""
        parts, columns = self.before[number].key, self.after[number].columns
        is_there = all(part in columns for part in parts)
        return tuple(columns[part].name for part in parts) if is_there else ()

    def _value(self, number: int, part: int) -> str | None:
        """Write what a column has in the rows that are there; None: nobody knows."""
        old, column = self.before[number].columns.get(part), self.after[number].columns[part]
        if old is not None:
            name = f"t.{quote(old.name)}"
            return name if old.type == column.type else f"{name}::{column.type}"
        if self.is_all_null(number, part):
            return f"NULL::{column.type}"
        is_known = column.default is not None and not _UNKNOWABLE.search(column.default)
        return f"({column.default})::{column.type}" if is_known else None


def nth(number: int) -> str:
    """Name one of the values that a source was asked for."""
    return f'"releasegate value {number}"'


def _names(text: str, name: str) -> bool:
    return bool(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text))
