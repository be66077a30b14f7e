"""A schema on a throwaway database -> a few good rows in its tables, and what tables hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import psycopg

from releasegate.specimens.checks import Row, good_rows, groups
from releasegate.specimens.columns import columns, types_of
from releasegate.specimens.demands import Kind, held, in_order, of_key
from releasegate.specimens.raw import ask
from releasegate.specimens.values import candidates
from releasegate.statements.parser import quote, quote_relation

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from releasegate.database import Connection
    from releasegate.model import ForeignKey, Relation
    from releasegate.specimens.columns import Column
    from releasegate.specimens.demands import Demand

#: a table's rows: parents have one that no child needs, so that a child more finds a parent
_ROWS = 3
_CHILD_ROWS = 2
#: how far apart the numbers are of two tries at one row
_STRIDE = 100
_TRIES = 3
#: where no sequence of a few rows has come to
_UNNUMBERED = 9000


@dataclass(frozen=True, slots=True)
class Filled:
    """What was inserted, as the server gave it back, and why a table has no row."""

    rows: Mapping[Relation, tuple[Row, ...]]
    #: the SQLSTATE of the first try, or what is missing
    unfilled: Mapping[Relation, str]


@dataclass(frozen=True, slots=True)
class Insertion:
    """One row to insert: SQL with $1, $2, ..., and its values as texts."""

    sql: str
    values: tuple[str | None, ...]


def fill(
    connection: Connection,
    tables: Collection[Relation],
    *,
    keys: Sequence[ForeignKey] = (),
    demands: Sequence[Demand] = (),
) -> Filled:
    """Insert two or three rows into each table and into the parents that they need.

    The rows meet the tables' own demands, and those of a migration to come, of ``keys`` and
    ``demands``. The same schema gives the same rows. No refusal of a row is raised.
    """
    existing = held(connection)
    to_come = {*demands, *(of_key(key, existing) for key in keys)}
    maker = Maker(connection, to_come)
    unfilled = {name: "42P01" for name in sorted(tables) if name not in maker.tables}
    with connection.transaction():
        ask(connection, "SET CONSTRAINTS ALL IMMEDIATE")
        for relation in maker.ordered(tables):
            why = maker.fill(relation)
            if why is not None:
                unfilled[relation] = why
    return Filled({name: tuple(rows) for name, rows in maker.rows.items() if rows}, unfilled)


class Maker:
    """Makes rows that should be good, one number a row."""

    def __init__(self, connection: Connection, to_come: Iterable[Demand]) -> None:
        self.connection = connection
        self.tables = columns(connection)
        self.types = types_of(connection, self.tables)
        self._demands: dict[Relation, list[Demand]] = {}
        for demand in sorted({*held(connection), *to_come}, key=in_order):
            self._demands.setdefault(demand.relation, []).append(demand)
        self.rows: dict[Relation, list[Row]] = {}

    def of(self, relation: Relation, kind: Kind) -> list[Demand]:
        """Give a table's demands of a kind, as far as their columns are there."""
        names = {column.name for column in self.tables[relation]}
        return [
            one
            for one in self._demands.get(relation, ())
            if one.kind is kind and names.issuperset(one.columns)
        ]

    def parents(self, relation: Relation) -> list[Demand]:
        keys = self.of(relation, Kind.FOREIGN_KEY)
        return [key for key in keys if key.parent in self.tables and key.parent_columns]

    def ordered(self, tables: Collection[Relation]) -> Iterator[Relation]:
        """Put parents first; in a circle the first by name."""
        waiting = set(self._with_parents(tables))
        while waiting:
            free = [one for one in waiting if not self._parent_names(one) & (waiting - {one})]
            chosen = min(free or waiting)
            waiting.remove(chosen)
            yield chosen

    def _with_parents(self, tables: Collection[Relation]) -> set[Relation]:
        found: set[Relation] = set()
        open_ones = [one for one in tables if one in self.tables]
        while open_ones:
            one = open_ones.pop()
            if one not in found:
                found.add(one)
                open_ones.extend(self._parent_names(one))
        return found

    def _parent_names(self, relation: Relation) -> set[Relation]:
        return {key.parent for key in self.parents(relation) if key.parent is not None}

    def fill(self, relation: Relation) -> str | None:
        """Insert rows; say why not when none went in."""
        kept = self.rows.setdefault(relation, [])
        missing = self._without_value(relation)
        if missing is not None:
            return f"no value is known for column {missing}"
        first = None
        for number in range(1, 1 + (_CHILD_ROWS if self.parents(relation) else _ROWS)):
            for row in self._tries(relation, number):
                state = self.insert(relation, row)
                if state is None:
                    break
                first = first or state
        return None if kept else first

    def _tries(self, relation: Relation, number: int) -> Iterator[Row]:
        for turn in range(_TRIES):
            yield self.row(relation, number + turn * _STRIDE)
        row = self.row(relation, number)
        needed = {c.name for c in self.tables[relation] if self._is_needed(relation, c)}
        yield {name: value for name, value in row.items() if name in needed}

    def _is_needed(self, relation: Relation, column: Column) -> bool:
        return self.is_required(relation, column.name) and not column.has_default

    def insert(self, relation: Relation, row: Row) -> str | None:
        """Insert a row and keep it as the server gave it back; say why it was refused."""
        names = [column.name for column in self.tables[relation]]
        made = insertion(relation, row)
        back = ", ".join(f"{quote(name)}::text" for name in names)
        try:
            with self.connection.transaction():
                found = ask(self.connection, f"{made.sql} RETURNING {back}", made.values)
        except psycopg.Error as error:
            return error.sqlstate or "the connection was lost"
        if not found:
            return "the table kept no row"
        self.rows[relation].append(dict(zip(names, found[0], strict=True)))
        return None

    def row(self, relation: Relation, number: int, *, is_numbered: bool = False) -> Row:
        """Make one row; ``is_numbered`` gives a value to columns that a sequence numbers."""
        own = [column for column in self.tables[relation] if not column.is_closed]
        if not is_numbered:
            own = [column for column in own if not column.is_numbered]
        row = self._plain(own, number) | self._checked(relation, own, number=number)
        return row | self._children(relation, row, number=number)

    def _plain(self, own: list[Column], number: int) -> Row:
        row: Row = {}
        for column in own:
            own_number = number + (_UNNUMBERED if column.is_numbered else 0)
            texts = candidates(self.types, column.type, column.modifier, number=own_number)
            if texts or not column.has_default:
                row[column.name] = texts[0] if texts else None
        return row

    def _checked(self, relation: Relation, own: list[Column], *, number: int) -> Row:
        row: Row = {}
        keys = {name for key in self.of(relation, Kind.UNIQUE) for name in key.columns}
        for names, checks in self._groups(relation, own):
            involved = [column for column in own if column.name in names]
            if len(involved) < len(names):
                continue
            good = good_rows(self.connection, self.types, involved, checks, number=number)
            full = [one for one in good if None not in one.values()] or good
            if full:
                row |= full[0 if names & keys else number % len(full)]
        return row

    def _groups(
        self, relation: Relation, own: list[Column]
    ) -> list[tuple[frozenset[str], list[Demand]]]:
        """Group the checks; a domain's own are met by the cast to it."""
        found = groups(self.of(relation, Kind.CHECK))
        spoken_of = {name for names, _ in found for name in names}
        domains = [c.name for c in own if self.types[c.type].checks and c.name not in spoken_of]
        return [*found, *((frozenset({name}), []) for name in domains)]

    def _children(self, relation: Relation, row: Row, *, number: int) -> Row:
        given: Row = {}
        for key in self.parents(relation):
            pairs = list(zip(key.columns, key.parent_columns, strict=True))
            assert key.parent is not None
            fitting = [
                parent
                for parent in self.rows.get(key.parent, [])
                if all(given.get(name, parent[other]) == parent[other] for name, other in pairs)
            ]
            if fitting:
                chosen = fitting[(number - 1) % len(fitting)]
                given |= {name: chosen[other] for name, other in pairs}
            else:
                given |= self._orphaned(relation, row, pairs, is_own=key.parent == relation)
        return given

    def _orphaned(
        self, relation: Relation, row: Row, pairs: list[tuple[str, str]], *, is_own: bool
    ) -> Row:
        """Without a parent: NULL where it may be, else, in a table of its own, itself."""
        free = [name for name, _ in pairs if not self.is_required(relation, name)]
        if free:
            return dict.fromkeys(free)
        return {name: row.get(other) for name, other in pairs} if is_own else {}

    def is_required(self, relation: Relation, name: str) -> bool:
        return any(name in one.columns for one in self.of(relation, Kind.NOT_NULL))

    def _without_value(self, relation: Relation) -> str | None:
        for column in self.tables[relation]:
            is_open = not column.is_closed and not column.has_default and column.is_required
            made = candidates(self.types, column.type, column.modifier, number=0)
            if is_open and not made:
                return column.name
        return None


def insertion(relation: Relation, row: Row) -> Insertion:
    """Write an INSERT of one row."""
    if not row:
        return Insertion(f"INSERT INTO {quote_relation(relation)} DEFAULT VALUES", ())
    names = ", ".join(quote(name) for name in row)
    places = ", ".join(f"${number}" for number in range(1, len(row) + 1))
    target = f"INSERT INTO {quote_relation(relation)} ({names})"
    return Insertion(f"{target} VALUES ({places})", tuple(row.values()))


Contents = dict["Relation", tuple[tuple[str | None, ...], ...]]
#: a table -> its columns, in the order of the alphabet
Names = dict["Relation", tuple[str, ...]]


def column_names(connection: Connection) -> Names:
    """Name every table's columns."""
    held = columns(connection)
    return {relation: tuple(sorted(c.name for c in own)) for relation, own in held.items()}


def contents(
    connection: Connection, tables: Collection[Relation], *, names: Names | None = None
) -> Contents:
    """Read all rows as sorted texts, by these of each table's columns, or by all of them.

    What is not there is left out.
    """
    there = column_names(connection)
    wanted = there if names is None else names
    return {
        relation: _rows(
            connection, relation, [one for one in wanted[relation] if one in there[relation]]
        )
        for relation in sorted(tables)
        if relation in there and relation in wanted
    }


def _rows(
    connection: Connection, relation: Relation, names: Sequence[str]
) -> tuple[tuple[str | None, ...], ...]:
    texts = ", ".join(f"{quote(name)}::text" for name in names)
    found = ask(connection, " ".join(("SELECT", texts, "FROM", quote_relation(relation))))
    return tuple(sorted(found, key=lambda row: [(one is None, one or "") for one in row]))
