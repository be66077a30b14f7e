"""Two databases, before and after a migration -> what the migration demands of the rows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from releasegate.model import Relation
from releasegate.specimens.raw import ask

if TYPE_CHECKING:
    from collections.abc import Iterable

    from releasegate.database import Connection
    from releasegate.model import ForeignKey


class Kind(StrEnum):
    FOREIGN_KEY = "foreign key"
    NOT_NULL = "not null"
    #: unique keys and indexes, and exclusion constraints: rows that may not be alike
    UNIQUE = "unique"
    CHECK = "check"


@dataclass(frozen=True, slots=True)
class Demand:
    """What a table demands of its rows, whatever the demand is called."""

    kind: Kind
    relation: Relation
    #: those of the key or the check; a unique index names those of its expressions as well
    columns: tuple[str, ...]
    #: of a foreign key
    parent: Relation | None = None
    parent_columns: tuple[str, ...] = ()
    #: the check, or what a unique index compares beside columns, as the server prints it
    expression: str = ""
    #: of a partial unique index
    condition: str = ""

    def __str__(self) -> str:
        return f"{self.relation}.{', '.join(self.columns)}"


TABLES = """
WITH relation AS (
  SELECT c.oid, s.nspname, c.relname
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace s ON s.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p') AND s.nspname !~ '^pg_'
    AND s.nspname NOT IN ('information_schema', 'releasegate')
)
"""

_CONSTRAINTS = """
SELECT k.contype::text, r.nspname, r.relname, p.nspname, p.relname,
       ARRAY(SELECT a.attname::text FROM unnest(k.conkey) WITH ORDINALITY u(n, i)
             JOIN pg_catalog.pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.n
             ORDER BY u.i),
       ARRAY(SELECT a.attname::text FROM unnest(k.confkey) WITH ORDINALITY u(n, i)
             JOIN pg_catalog.pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.n
             ORDER BY u.i),
       coalesce(pg_catalog.pg_get_expr(k.conbin, k.conrelid), '')
FROM pg_catalog.pg_constraint k
JOIN relation r ON r.oid = k.conrelid LEFT JOIN relation p ON p.oid = k.confrelid
WHERE k.contype IN ('c', 'f')
"""

# A key's index depends on its constraint alone; any other index on each column that it reads.
_INDEXES = """
SELECT r.nspname, r.relname,
       ARRAY(SELECT a.attname::text FROM pg_catalog.pg_attribute a
             WHERE a.attrelid = r.oid AND a.attnum > 0
               AND (a.attnum = ANY ((i.indkey::int2[])[0:i.indnkeyatts - 1])
                    OR (i.indexprs IS NOT NULL OR i.indpred IS NOT NULL)
                       AND EXISTS (SELECT FROM pg_catalog.pg_depend d
                                   WHERE d.classid = 'pg_catalog.pg_class'::regclass
                                     AND d.objid = i.indexrelid AND d.refobjid = r.oid
                                     AND d.refobjsubid = a.attnum))
             ORDER BY a.attnum),
       coalesce(pg_catalog.pg_get_expr(i.indexprs, i.indrelid), ''),
       coalesce(pg_catalog.pg_get_expr(i.indpred, i.indrelid), '')
FROM pg_catalog.pg_index i JOIN relation r ON r.oid = i.indrelid
WHERE i.indisunique OR i.indisexclusion
"""

_NOT_NULL = """
SELECT r.nspname, r.relname, a.attname
FROM relation r JOIN pg_catalog.pg_attribute a ON a.attrelid = r.oid
WHERE a.attnum > 0 AND a.attnotnull AND NOT a.attisdropped
"""


def held(connection: Connection) -> frozenset[Demand]:
    """Read what the tables of a database demand, valid or not: new rows meet it in any case."""
    return frozenset(
        (*_constraints(connection), *_unique(connection), *_not_null(connection)),
    )


def demands(before: Connection, after: Connection) -> tuple[Demand, ...]:
    """Tell what is demanded afterwards and was not before, in a fixed order."""
    added = held(after) - held(before)
    return tuple(sorted(added, key=in_order))


def in_order(demand: Demand) -> tuple[object, ...]:
    """Order demands whole; a parent that is there does not compare with one that is not."""
    parent = (str(demand.parent), demand.parent_columns)
    texts = (demand.expression, demand.condition)
    return demand.relation, demand.kind, demand.columns, parent, texts


def of_key(key: ForeignKey, existing: Iterable[Demand]) -> Demand:
    """Turn a key as a statement declares it into a demand; its parent's columns are looked up."""
    columns = key.parent_columns or _primary_columns(key, existing)
    return Demand(Kind.FOREIGN_KEY, key.child, key.columns, key.parent, columns)


def is_plain(key: Demand) -> bool:
    """Tell whether a unique key holds for all rows and compares columns alone."""
    return not key.expression and not key.condition


def _primary_columns(key: ForeignKey, existing: Iterable[Demand]) -> tuple[str, ...]:
    """Guess a parent's primary key: its unique key of that width whose columns take no NULL."""
    own = [one for one in existing if one.relation == key.parent]
    firm = {one.columns[0] for one in own if one.kind is Kind.NOT_NULL}
    keys = sorted(one.columns for one in own if one.kind is Kind.UNIQUE and is_plain(one))
    fitting = [c for c in keys if len(c) == len(key.columns) and firm.issuperset(c)]
    return fitting[0] if fitting else ()


def _constraints(connection: Connection) -> Iterable[Demand]:
    for kind, schema, name, *parent, columns, parent_columns, text in ask(
        connection, TABLES + _CONSTRAINTS
    ):
        child = Relation(schema, name)
        if kind == "c":
            yield Demand(Kind.CHECK, child, tuple(sorted(columns)), expression=text)
        elif parent[1] is not None:
            names = tuple(parent_columns)
            yield Demand(Kind.FOREIGN_KEY, child, tuple(columns), Relation(*parent), names)


def _unique(connection: Connection) -> Iterable[Demand]:
    for schema, name, columns, *texts in ask(connection, TABLES + _INDEXES):
        yield Demand(Kind.UNIQUE, Relation(schema, name), tuple(columns), None, (), *texts)


def _not_null(connection: Connection) -> Iterable[Demand]:
    for schema, name, column in ask(connection, TABLES + _NOT_NULL):
        yield Demand(Kind.NOT_NULL, Relation(schema, name), (column,))
