"""A database -> the columns of its tables, and the types that values are made for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from releasegate.model import Relation
from releasegate.specimens.demands import TABLES
from releasegate.specimens.raw import ask

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from releasegate.database import Connection


@dataclass(frozen=True, slots=True)
class Type:
    oid: int
    name: str
    #: pg_type's letters (manual, 53.64): base, domain, enum, range, multirange, composite
    kind: str
    #: N numbers, S texts, D dates and times, A arrays
    category: str
    #: of an array's elements, of a domain's base; 0 where there is none
    element: int
    base: int
    #: of a domain
    modifier: int
    labels: tuple[str, ...]
    #: a domain's checks, as the server prints them
    checks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    type: int
    modifier: int
    #: the type's name for a cast, without a length: a cast to a shorter one would cut silently
    cast: str
    is_required: bool
    has_default: bool
    #: a sequence gives its value, which an explicit one may replace
    is_numbered: bool
    #: GENERATED ALWAYS, as an identity or from other columns
    is_closed: bool


_COLUMNS = """
SELECT r.nspname, r.relname, a.attname, a.atttypid::int8, a.atttypmod,
       pg_catalog.format_type(a.atttypid, -1), a.attnotnull,
       d.adbin IS NOT NULL OR a.attidentity <> '',
       a.attidentity = 'd'
         OR coalesce(pg_catalog.pg_get_expr(d.adbin, d.adrelid) LIKE '%nextval(%', false),
       a.attidentity = 'a' OR a.attgenerated <> ''
FROM relation r JOIN pg_catalog.pg_attribute a ON a.attrelid = r.oid
LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = r.oid AND d.adnum = a.attnum
WHERE a.attnum > 0 AND NOT a.attisdropped
ORDER BY r.nspname, r.relname, a.attnum
"""

_TYPES = """
WITH RECURSIVE used(oid) AS (
  SELECT unnest($1::int8[])::oid
  UNION
  SELECT part FROM used JOIN pg_catalog.pg_type t ON t.oid = used.oid,
                   LATERAL (VALUES (t.typelem), (t.typbasetype)) v(part)
  WHERE part <> 0
)
SELECT t.oid::int8, t.typname::text, t.typtype::text, t.typcategory::text, t.typelem::int8,
       t.typbasetype::int8, t.typtypmod,
       ARRAY(SELECT e.enumlabel::text FROM pg_catalog.pg_enum e WHERE e.enumtypid = t.oid
             ORDER BY e.enumsortorder),
       ARRAY(SELECT pg_catalog.pg_get_expr(k.conbin, 0) FROM pg_catalog.pg_constraint k
             WHERE k.contypid = t.oid AND k.conbin IS NOT NULL)
FROM used JOIN pg_catalog.pg_type t ON t.oid = used.oid
"""


def columns(connection: Connection) -> dict[Relation, tuple[Column, ...]]:
    """Read the columns of every table, in the table's order."""
    found: dict[Relation, list[Column]] = {}
    for schema, name, *rest in ask(connection, TABLES + _COLUMNS):
        found.setdefault(Relation(schema, name), []).append(Column(*rest))
    return {relation: tuple(own) for relation, own in found.items()}


def types(connection: Connection, oids: Iterable[int]) -> dict[int, Type]:
    """Read types, and those that they are made of."""
    found = ask(connection, _TYPES, (sorted(set(oids)),))
    return {row[0]: Type(*_frozen(row)) for row in found}


def _frozen(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(tuple(one) if isinstance(one, list) else one for one in row)


def types_of(
    connection: Connection, tables: Mapping[Relation, tuple[Column, ...]]
) -> dict[int, Type]:
    return types(connection, (column.type for own in tables.values() for column in own))
