"""A migration's demands and good rows -> one bad variant of the rows per demand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import psycopg

from releasegate.specimens.checks import BAD, MET, combinations, judged
from releasegate.specimens.demands import Kind
from releasegate.specimens.raw import ask
from releasegate.specimens.rows import Maker, insertion
from releasegate.specimens.values import candidates

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from releasegate.database import Connection
    from releasegate.model import Relation
    from releasegate.specimens.checks import Row
    from releasegate.specimens.columns import Column
    from releasegate.specimens.demands import Demand
    from releasegate.specimens.rows import Filled, Insertion

#: values of this number are no other row's
_STRANGER = 9000
_NULLS = ("a NULL", "a pair of NULLs")


@dataclass(frozen=True, slots=True)
class Variant:
    """Rows on top of the filled ones that a demand may refuse."""

    #: for people: "an orphan in public.runs.plan_id"
    name: str
    insertions: tuple[Insertion, ...]
    #: whether it is all NULL where a demand looks: most demands let that pass
    is_null: bool = False


@dataclass(frozen=True, slots=True)
class Variants:
    made: tuple[Variant, ...]
    #: a variant's name -> why it cannot be there before the migration: a SQLSTATE, or words
    missing: Mapping[str, str]


def variants(connection: Connection, filled: Filled, demands: Sequence[Demand]) -> Variants:
    """Make the variants, and try each on the database of before; it stays as it is.

    A demand on a table or column that is not there yet has none.
    """
    maker = Maker(connection, demands)
    maker.rows.update({relation: list(rows) for relation, rows in filled.rows.items()})
    made: list[Variant] = []
    missing: dict[str, str] = {}
    for name, rows in _Bad(maker).of_all(demands):
        insertions = tuple(insertion(relation, row) for relation, row in rows)
        variant = Variant(name, insertions, is_null=name.startswith(_NULLS))
        why = _refusal(connection, variant) if rows else "no value breaks it"
        if why is None:
            made.append(variant)
        else:
            missing[name] = why
    return Variants(tuple(made), missing)


def add(connection: Connection, variant: Variant) -> str | None:
    """Insert a variant's rows, or none of them; return the SQLSTATE of a refusal."""
    try:
        with connection.transaction():
            for one in variant.insertions:
                ask(connection, one.sql, one.values)
    except psycopg.Error as error:
        return error.sqlstate or "the connection was lost"
    return None


def _refusal(connection: Connection, variant: Variant) -> str | None:
    with connection.transaction(force_rollback=True):
        ask(connection, "SET CONSTRAINTS ALL IMMEDIATE")
        return add(connection, variant)


#: a name for people, and the rows; none where no value was found
_Found = tuple[str, "list[tuple[Relation, Row]]"]


class _Bad:
    def __init__(self, maker: Maker) -> None:
        self._maker = maker
        self._count = 0

    def of_all(self, demands: Iterable[Demand]) -> Iterator[_Found]:
        for demand in demands:
            if self._columns(demand):
                yield from _OF_KIND[demand.kind](self, demand)

    def _columns(self, demand: Demand) -> list[Column]:
        """Give the demand's columns; nothing where one is not there, or cannot be written."""
        own = {c.name: c for c in self._maker.tables.get(demand.relation, ()) if not c.is_closed}
        there = [own[name] for name in demand.columns if name in own]
        return there if len(there) == len(demand.columns) else []

    def _row(self, demand: Demand, changes: Row) -> tuple[Relation, Row]:
        """Make a row more, good but for the changes, that no other variant's row is like."""
        self._count += 1
        held = len(self._maker.rows.get(demand.relation, ()))
        row = self._maker.row(demand.relation, held + self._count, is_numbered=True)
        return demand.relation, row | changes

    def _orphans(self, demand: Demand) -> Iterator[_Found]:
        assert demand.parent is not None
        parents = self._maker.rows.get(demand.parent, [])
        row: Row = {}
        for column, other in zip(self._columns(demand), demand.parent_columns, strict=False):
            strange = self._strange(column, {parent.get(other) for parent in parents})
            row |= {column.name: strange} if strange is not None else {}
        yield f"an orphan in {demand}", [self._row(demand, row)] if row else []
        yield from self._nulls(demand)
        if len(row) > 1:
            half = row | {demand.columns[0]: None}
            yield f"a half NULL reference in {demand}", [self._row(demand, half)]

    def _strange(self, column: Column, known: set[str | None]) -> str | None:
        maker = self._maker
        made = candidates(maker.types, column.type, column.modifier, number=_STRANGER)
        return next((text for text in made if text not in known), None)

    def _nulls(self, demand: Demand) -> Iterator[_Found]:
        """One row with NULL in every column of the demand that takes it."""
        free: Row = {c.name: None for c in self._columns(demand) if not c.is_required}
        if free:
            yield f"a NULL in {demand}", [self._row(demand, free)]

    def _duplicates(self, demand: Demand) -> Iterator[_Found]:
        same = self._same(demand)
        pair = [self._row(demand, same) for _ in range(2)] if same else []
        yield f"a duplicate in {demand}", pair
        free: Row = {c.name: None for c in self._columns(demand) if not c.is_required}
        if free:
            pair = [self._row(demand, free) for _ in range(2)]
            yield f"a pair of NULLs in {demand}", pair

    def _same(self, demand: Demand) -> Row:
        """Find key values that the index looks at: a good row's, or made for its condition."""
        maker, own, texts = self._maker, self._columns(demand), [demand.condition or "true"]
        rows = maker.rows.get(demand.relation, [])
        some = [{name: row[name] for name in demand.columns} for row in rows]
        some += combinations(maker.types, own, texts, number=_STRANGER)
        met = judged(maker.connection, texts, own, some, verdict=MET)
        return met[0] if met else {}

    def _violations(self, demand: Demand) -> Iterator[_Found]:
        maker, own, texts = self._maker, self._columns(demand), [demand.expression]
        some = combinations(maker.types, own, texts, number=_STRANGER)
        bad = judged(maker.connection, texts, own, some, verdict=BAD)
        rows = [self._row(demand, bad[0])] if bad else []
        yield f"a row against the check of {demand}: {demand.expression}", rows
        for _, nulls in self._nulls(demand):
            yield f"a NULL under the check of {demand}: {demand.expression}", nulls


_OF_KIND: dict[Kind, Callable[[_Bad, Demand], Iterator[_Found]]] = {
    Kind.FOREIGN_KEY: _Bad._orphans,
    Kind.NOT_NULL: _Bad._nulls,
    Kind.UNIQUE: _Bad._duplicates,
    Kind.CHECK: _Bad._violations,
}
