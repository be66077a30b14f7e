"""A statement and the rows that are there -> values for its parameters that keys should take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from releasegate.specimens.bindings import bindings
from releasegate.specimens.columns import types
from releasegate.specimens.demands import Kind
from releasegate.specimens.raw import ask
from releasegate.specimens.values import array, candidates
from releasegate.statements.parser import quote, quote_relation

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from releasegate.database import Connection
    from releasegate.model import Relation
    from releasegate.specimens.bindings import Bindings, Place
    from releasegate.specimens.checks import Row
    from releasegate.specimens.columns import Column, Type
    from releasegate.specimens.rows import Maker
    from releasegate.statements.parser import Statement

#: numbers of values that no row has
_FRESH = 20_000
_ROWS_READ = 20


@dataclass(frozen=True, slots=True)
class Arguments:
    values: tuple[str | None, ...]
    #: each value that a key or a check looks at is one that it takes
    is_known: bool
    #: columns that the statement writes
    written: frozenset[str]


#: a value, and whether keys and checks are known to take it
_Drawn = tuple[str | None, bool]


class Arguer:
    """Draws the values once: the same ones before and after a step."""

    def __init__(
        self,
        connection: Connection,
        maker: Maker,
        rows: Mapping[Relation, list[Row]] | None = None,
    ) -> None:
        """``rows``: to draw from instead of those that the tables hold."""
        self._connection = connection
        self._maker = maker
        self._types: dict[int, Type] = dict(maker.types)
        self._rows = dict(rows or {})

    def arguments(self, statement: Statement, oids: Sequence[int]) -> Arguments:
        """Draw a value for each parameter, of the types that the server told."""
        self._know(oids)
        found = bindings(statement, self._maker.tables)
        drawn = [self._draw(found, number, oid) for number, oid in enumerate(oids, start=1)]
        values = tuple(value for value, _ in drawn)
        return Arguments(values, all(known for _, known in drawn), frozenset(found.written))

    def _know(self, oids: Iterable[int]) -> None:
        unknown = set(oids) - set(self._types)
        if unknown:
            self._types |= types(self._connection, unknown)

    def _draw(self, found: Bindings, number: int, oid: int) -> _Drawn:
        if number in found.counts:
            return "1", True
        place = found.places.get(number)
        column = self._column(place) if place else None
        if place is None or column is None:
            return self._typed(oid, number), False
        if not place.is_direct:
            return self._typed(oid, number), not self._is_looked_at(place)
        value, is_known = self._of_column(place, number)
        if value is None:
            return self._typed(oid, number), not place.is_written
        is_list = self._types[oid].category == "A" != self._types[column.type].category
        return (array((value,)) if is_list else value), is_known

    def _column(self, place: Place) -> Column | None:
        own = self._maker.tables[place.relation]
        return next((column for column in own if column.name == place.column), None)

    def _typed(self, oid: int, number: int) -> str | None:
        if oid not in self._types:
            return None
        return next(iter(candidates(self._types, oid, -1, number=number)), None)

    def _is_looked_at(self, place: Place) -> bool:
        return any(self._is_in(kind, place) for kind in Kind)

    def _is_in(self, kind: Kind, place: Place) -> bool:
        return any(place.column in one.columns for one in self._maker.of(place.relation, kind))

    def _of_column(self, place: Place, number: int) -> _Drawn:
        """Take a value that a row has; where one is written to a unique key, one that none has."""
        held = self._held(place.relation, place.column)
        if not place.is_written or not self._is_in(Kind.UNIQUE, place):
            return next(iter(held or self._of_parents(place)), None), True
        if self._is_in(Kind.FOREIGN_KEY, place):
            free = [value for value in self._of_parents(place) if value not in held]
            return next(iter(free or held), None), bool(free)
        row = self._maker.row(place.relation, _FRESH + number, is_numbered=True)
        fresh = row.get(place.column)
        return fresh, fresh not in held and not self._is_checked_with_others(place)

    def _is_checked_with_others(self, place: Place) -> bool:
        checks = self._maker.of(place.relation, Kind.CHECK)
        return any(place.column in one.columns and len(one.columns) > 1 for one in checks)

    def _of_parents(self, place: Place) -> list[str]:
        for key in self._maker.parents(place.relation):
            if place.column in key.columns and key.parent is not None:
                other = key.parent_columns[key.columns.index(place.column)]
                return self._held(key.parent, other)
        return []

    def _held(self, relation: Relation, name: str) -> list[str]:
        if relation not in self._rows:
            self._rows[relation] = self._read(relation)
        values = (row.get(name) for row in self._rows[relation])
        return [value for value in values if value is not None]

    def _read(self, relation: Relation) -> list[Row]:
        names = [column.name for column in self._maker.tables[relation]]
        texts = ", ".join(f"{quote(name)}::text" for name in names)
        query = " ".join(("SELECT", texts, "FROM", quote_relation(relation), "LIMIT $1"))
        found = ask(self._connection, query, (_ROWS_READ,))
        return [dict(zip(names, row, strict=True)) for row in found]
