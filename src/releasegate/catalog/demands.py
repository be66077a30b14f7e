"""Two databases, before and after a migration -> what it demands of the rows that are there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from releasegate import database
from releasegate.catalog.demand import CHECK, EXCLUSION, KEY, NOT_NULL, TYPE, UNIQUE, Demand
from releasegate.catalog.layout import Table, layout
from releasegate.catalog.old_rows import PLACE, OldRows, nth
from releasegate.statements.parser import quote, quote_relation

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from releasegate.database import Connection
    from releasegate.model import Relation

_KEYS = """
SELECT c.conname::text, c.conrelid::int8, c.conkey, c.confrelid::int8, c.confkey,
  c.confmatchtype = 'f', c.confdeltype = 'c',
  ARRAY(SELECT quote_ident(n.nspname) || '.' || o.oprname
        FROM unnest(c.conpfeqop) WITH ORDINALITY AS e (op, i)
        JOIN pg_operator o ON o.oid = e.op JOIN pg_namespace n ON n.oid = o.oprnamespace
        ORDER BY e.i), pg_get_constraintdef(c.oid)
FROM pg_constraint c
WHERE c.contype = 'f' AND c.convalidated AND c.conparentid = 0 AND c.conrelid = ANY (%s)
ORDER BY c.conrelid, c.conname
"""
_CHECKS = """
SELECT c.conname::text, c.conrelid::int8, pg_get_expr(c.conbin, c.conrelid)
FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid
WHERE c.contype = 'c' AND c.convalidated AND c.conrelid = ANY (%s)
  AND NOT (r.relispartition AND c.coninhcount > 0)
ORDER BY c.conrelid, c.conname
"""
_BOUNDS = """
SELECT r.relname::text, r.oid::int8, pg_get_partition_constraintdef(r.oid)
FROM pg_class r WHERE r.relispartition AND r.oid = ANY (%s)
"""
_DOMAINS = """
SELECT c.conname::text, a.attrelid::int8, a.attname::text, pg_get_constraintdef(c.oid)
FROM pg_constraint c JOIN pg_attribute a ON a.atttypid = c.contypid AND NOT a.attisdropped
JOIN pg_class r ON r.oid = a.attrelid AND r.relkind = 'r'
WHERE c.contypid <> 0 AND c.contype = 'c' AND c.convalidated AND a.attrelid = ANY (%s)
ORDER BY a.attrelid, a.attnum, c.conname
"""
_UNIQUES = """
SELECT r.relname::text, x.indrelid::int8,
  ARRAY(SELECT pg_get_indexdef(x.indexrelid, k, false) FROM generate_series(1, x.indnkeyatts) k),
  pg_get_expr(x.indpred, x.indrelid), x.indnullsnotdistinct
FROM pg_index x JOIN pg_class r ON r.oid = x.indexrelid
WHERE x.indisunique AND x.indisvalid AND x.indrelid = ANY (%s)
  AND NOT EXISTS (SELECT FROM pg_inherits h WHERE h.inhrelid = x.indexrelid)
ORDER BY x.indrelid, r.relname
"""
# What an index computes of a row can fail, whether or not it is unique.
_COMPUTED = """
SELECT r.relname::text, x.indrelid::int8,
  ARRAY(SELECT pg_get_indexdef(x.indexrelid, k, false) FROM generate_series(1, x.indnkeyatts) k),
  pg_get_expr(x.indpred, x.indrelid)
FROM pg_index x JOIN pg_class r ON r.oid = x.indexrelid
WHERE x.indisvalid AND x.indrelid = ANY (%s) AND (x.indexprs IS NOT NULL OR x.indpred IS NOT NULL)
  AND NOT EXISTS (SELECT FROM pg_inherits h WHERE h.inhrelid = x.indexrelid)
ORDER BY x.indrelid, r.relname
"""
_EXCLUSIONS = """
SELECT c.conname::text, c.conrelid::int8,
  ARRAY(SELECT pg_get_indexdef(c.conindid, k, false) FROM generate_series(1, x.indnkeyatts) k),
  pg_get_expr(x.indpred, x.indrelid),
  ARRAY(SELECT quote_ident(n.nspname) || '.' || o.oprname
        FROM unnest(c.conexclop) WITH ORDINALITY AS e (op, i)
        JOIN pg_operator o ON o.oid = e.op JOIN pg_namespace n ON n.oid = o.oprnamespace
        ORDER BY e.i)
FROM pg_constraint c JOIN pg_index x ON x.indexrelid = c.conindid
WHERE c.contype = 'x' AND c.conrelid = ANY (%s)
ORDER BY c.conrelid, c.conname
"""


#: what a domain's check calls the value
_VALUE = re.compile(r"\bVALUE\b")

Row = tuple[Any, ...]


def demands(
    before: Connection, after: Connection, *, conversions: Mapping[tuple[Relation, str], str]
) -> tuple[Demand, ...]:
    """Read what the second database demands of rows and the first did not.

    The second is a copy of the first on which the migration ran. ``conversions`` are the USING
    expressions of type changes, by table and column.
    """
    reading = _Reading(before, after, conversions)
    reads = (
        reading.types,
        reading.not_nulls,
        reading.checks,
        reading.domains,
        reading.computed,
        reading.uniques,
        reading.exclusions,
        reading.keys,
    )
    return tuple(demand for read in reads for demand in read())


class _Reading:
    """Both databases, kind by kind."""

    def __init__(
        self,
        before: Connection,
        after: Connection,
        conversions: Mapping[tuple[Relation, str], str],
    ) -> None:
        self._connections = before, after
        self._rows = OldRows(layout(before), layout(after))
        self._conversions = conversions

    def types(self) -> Iterator[Demand]:
        for number in self._rows.numbers:
            old, new = self._rows.before[number], self._rows.after[number]
            for part in sorted(old.columns.keys() & new.columns.keys()):
                if old.columns[part].type != new.columns[part].type:
                    yield from self._type(number, part)

    def _type(self, number: int, part: int) -> Iterator[Demand]:
        old, new = self._rows.before[number], self._rows.after[number].columns[part]
        was = quote(old.columns[part].name)
        using = self._conversions.get((old.name, old.columns[part].name))
        place = f"FROM {old.only}{quote_relation(old.name)}"
        value = f"({using or was})::{new.type}"
        yield Demand(TYPE, old.name, new.name, f"FROM (SELECT {value} AS value {place}) AS r")
        if new.length is not None and using is None:
            # An assignment refuses what a cast cuts off.
            longer = f"{place} AS r WHERE length(rtrim(r.{was}::text, ' ')) > {new.length}"
            yield Demand(CHECK, old.name, f"{new.name} {new.type}", longer)

    def not_nulls(self) -> Iterator[Demand]:
        for number in self._rows.numbers:
            old, new = self._rows.before[number], self._rows.after[number]
            if old.is_partition and new.is_partition:
                # Partitions are counted with their parent.
                continue
            for part, column in new.columns.items():
                had = old.columns.get(part)
                if column.not_null and not (had and had.not_null):
                    yield from self._of_rows(
                        NOT_NULL, number, column.name, f"r.{quote(column.name)} IS NULL"
                    )

    def checks(self) -> Iterator[Demand]:
        for query in (_CHECKS, _BOUNDS):
            for name, number, condition in self._new(query):
                if condition:
                    yield from self._of_rows(CHECK, number, name, f"({condition}) IS FALSE")

    def domains(self) -> Iterator[Demand]:
        for name, number, column, definition in self._new(_DOMAINS):
            # Backslashes of a name mean nothing in what replaces.
            value = f"r.{quote(column)}".replace("\\", r"\\")
            condition = _VALUE.sub(value, definition.removeprefix("CHECK "))
            yield from self._of_rows(CHECK, number, name, f"({condition}) IS FALSE")

    def computed(self) -> Iterator[Demand]:
        for name, number, values, predicate in self._new(_COMPUTED):
            source = self._rows.source(number, " ".join((*values, predicate or "")))
            if source is not None:
                given = ", ".join(f"({value})" for value in values)
                place = f"FROM {source}{_where([predicate])}"
                broken = f"FROM (SELECT ROW({given}) AS value {place}) AS r"
                yield Demand(TYPE, self._rows.before[number].name, name, broken)

    def uniques(self) -> Iterator[Demand]:
        for name, number, values, predicate, nulls_are_equal in self._new(_UNIQUES):
            source = self._rows.source(number, " ".join((*values, predicate or "")))
            if source is None:
                continue
            where = [f"({predicate})"] if predicate else []
            where += [] if nulls_are_equal else [f"({value}) IS NOT NULL" for value in values]
            group = f"GROUP BY {', '.join(f'({value})' for value in values)} HAVING count(*) > 1"
            broken = f"FROM {source}{_where(where)} {group}"
            yield Demand(UNIQUE, self._rows.before[number].name, name, broken)

    def exclusions(self) -> Iterator[Demand]:
        for name, number, values, predicate, operators in self._new(_EXCLUSIONS):
            uses = " ".join((*values, predicate or ""))
            source = self._rows.source(number, uses, values=values)
            if source is None:
                continue
            pairs = [
                f"r.{nth(i)} OPERATOR({operator}) o.{nth(i)}"
                for i, operator in enumerate(operators)
            ]
            meets = " AND ".join((f"r.{PLACE} <> o.{PLACE}", *pairs))
            rows = f"(SELECT * FROM {source}{_where([predicate])}) AS r"  # noqa: S608
            others = f"(SELECT * FROM {source}{_where([predicate])}) AS o"  # noqa: S608
            broken = f"FROM {rows} WHERE EXISTS (SELECT FROM {others} WHERE {meets})"
            table = self._rows.before[number].name
            yield Demand(EXCLUSION, table, name, broken, self._rows.key(number))

    def keys(self) -> Iterator[Demand]:
        for row in self._new(_KEYS):
            name, child, columns, parent, parent_columns, is_full, cascades, operators, _ = row
            names = [self._rows.after[child].columns[part].name for part in columns]
            source = self._rows.source(child, " ".join(map(quote, names)))
            if source is None or any(self._rows.is_all_null(child, part) for part in columns):
                continue
            values = [f"r.{quote(name)}" for name in names]
            old, table = self._rows.before.get(parent), self._rows.before[child]
            pairs = list(zip(parent_columns, operators, values, strict=True))
            yield Demand(
                kind=KEY,
                table=table.name,
                name=name,
                broken=f"FROM {source} WHERE {_orphans(old, pairs, is_full=is_full)}",
                key=self._rows.key(child),
                columns=_names(table, columns),
                parent=(old or self._rows.after[parent]).name,
                parent_columns=_names(old or self._rows.after[parent], parent_columns),
                cascades=cascades,
            )

    def _of_rows(self, kind: str, number: int, name: str, condition: str) -> Iterator[Demand]:
        source = self._rows.source(number, condition)
        if source is not None:
            broken = f"FROM {source} WHERE {condition}"
            key = self._rows.key(number)
            yield Demand(kind, self._rows.before[number].name, name, broken, key)

    def _new(self, query: str) -> Iterator[Row]:
        """Give the rows of the second database that the first has not, whatever their names."""
        before, after = self._connections
        had = {repr(row[1:]) for row in database.rows(before, query, (self._rows.numbers,))}
        for row in database.rows(after, query, (self._rows.numbers,)):
            if repr(row[1:]) not in had:
                yield row


def _orphans(parent: Table | None, pairs: Sequence[tuple[int, str, str]], *, is_full: bool) -> str:
    """Ask by an anti-join: a LIMIT would make the planner look row by row."""
    values = [value for _, _, value in pairs]
    some = " AND ".join(f"{value} IS NOT NULL" for value in values)
    if parent is None or any(part not in parent.columns for part, _, _ in pairs):
        # Nobody has a parent in a table or a column that is yet to be made.
        orphans = some
    else:
        equal = " AND ".join(
            f"p.{quote(parent.columns[part].name)} OPERATOR({operator}) {value}"
            for part, operator, value in pairs
        )
        place = f"{parent.only}{quote_relation(parent.name)}"
        orphans = f"{some} AND NOT EXISTS (SELECT FROM {place} AS p WHERE {equal})"
    if not is_full or len(values) == 1:
        return orphans
    return f"(num_nulls({', '.join(values)}) BETWEEN 1 AND {len(values) - 1}) OR ({orphans})"


def _where(conditions: Sequence[str | None]) -> str:
    kept = [f"({condition})" for condition in conditions if condition]
    return f" WHERE {' AND '.join(kept)}" if kept else ""


def _names(table: Table, parts: Sequence[int]) -> tuple[str, ...]:
    return tuple(table.columns[part].name for part in parts if part in table.columns)
