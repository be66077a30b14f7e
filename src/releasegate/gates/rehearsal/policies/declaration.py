"""A header's owner lines and the catalogs -> who owns which row, or why nobody can tell."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from releasegate.specimens.columns import columns
from releasegate.specimens.demands import Kind, held
from releasegate.specimens.raw import ask
from releasegate.statements.parser import quote, quote_relation

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from releasegate.database import Connection
    from releasegate.model import Directives, Owner, Relation
    from releasegate.specimens.columns import Column
    from releasegate.specimens.demands import Demand

#: a setting of the app's own has a dot in its name (manual, 20.16)
_SETTING = re.compile(r"[A-Za-z_][\w$]*(\.[A-Za-z_][\w$]*)+\Z")

_PRIMARY = """
SELECT n.nspname, c.relname, a.attname
FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (i.indkey)
WHERE i.indisprimary ORDER BY a.attnum
"""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a line of the header declares nothing."""

    line: int | None
    message: str


@dataclass(frozen=True, slots=True)
class Parent:
    """A key to another table whose rows have owners."""

    columns: tuple[str, ...]
    relation: Relation
    parent_columns: tuple[str, ...]

    def joins(self, child: str, parent: str) -> str:
        pairs = zip(self.columns, self.parent_columns, strict=True)
        return " AND ".join(f"{parent}.{quote(p)} = {child}.{quote(c)}" for c, p in pairs)


@dataclass(frozen=True)
class Table:
    relation: Relation
    #: holds the owner, or is of the key to the parent whose owner it is
    column: str
    #: None: the column holds the owner
    via: Parent | None
    key: tuple[str, ...]
    #: every key to a table whose rows have owners, ``via`` among them
    parents: tuple[Parent, ...]
    columns: tuple[Column, ...]
    #: two rows with the same parents are one too many, as in a table between two others
    is_tied: bool = False

    @property
    def telling(self) -> frozenset[str]:
        """The columns that tell whose a row is: its owner, or its parents."""
        links = (name for parent in self.parents for name in parent.columns)
        return frozenset((self.column, *links))

    def is_nullable(self, *names: str) -> bool:
        own = {column.name: column for column in self.columns}
        return not any(own[name].is_required for name in names)


@dataclass(frozen=True)
class Declaration:
    """Who owns which row. The only thing that the oracle knows."""

    identity: str
    member_of: str | None
    tables: Mapping[Relation, Table]

    def owner(self, table: Table, alias: str) -> str:
        """Write the owner of a row as SQL; NULL where it has none."""
        if table.via is None:
            return f"{alias}.{quote(table.column)}::text"
        inner = f"{alias}p"
        owner = self.owner(self.tables[table.via.relation], inner)
        source = f"{quote_relation(table.via.relation)} {inner}"
        return " ".join(
            ("(SELECT", owner, "FROM", source, "WHERE", table.via.joins(alias, inner) + ")")
        )

    @cached_property
    def ordered(self) -> tuple[Table, ...]:
        """Parents first; a table that refers to itself stands where it would without."""
        waiting, found = dict(self.tables), []
        while waiting:
            others = {
                name: {p.relation for p in table.parents} & waiting.keys() - {name}
                for name, table in waiting.items()
            }
            chosen = min(waiting, key=lambda name: (len(others[name]), name))
            found.append(waiting.pop(chosen))
        return tuple(found)


def read(said: Directives, connection: Connection) -> Declaration | list[Problem]:
    """Look the declared owners up in the catalogs."""
    problems = [*_of_identity(said, connection), *_twice(said.owners)]
    there, keys, primary = columns(connection), held(connection), _primary(connection)
    owned = {owner.table: owner for owner in said.owners if owner.table in there}
    tables = {}
    for owner in said.owners:
        found = _table(owner, owned, there, keys, primary)
        if isinstance(found, Problem):
            problems.append(found)
        else:
            tables[found.relation] = found
    problems += [] if problems else _circles(said.owners, tables)
    if problems:
        return problems
    assert said.identity is not None
    return Declaration(said.identity, said.member_of, tables)


def _of_identity(said: Directives, connection: Connection) -> Iterator[Problem]:
    if said.identity is None:
        line = "-- releasegate: identity SETTING"
        yield Problem(None, f"How a session says who it is is not declared: {line}")
    elif not _SETTING.match(said.identity):
        yield Problem(
            None, f"{said.identity!r} is no setting of an app's own, such as app.user_id."
        )
    if said.member_of is None:
        return
    query = "SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = $1"
    if not ask(connection, query, (said.member_of,)):
        yield Problem(None, f"There is no role {said.member_of}.")


def _twice(owners: tuple[Owner, ...]) -> Iterator[Problem]:
    seen: set[Relation] = set()
    for owner in owners:
        if owner.table in seen:
            yield Problem(owner.line, f"The owner of {owner.table} is declared twice.")
        seen.add(owner.table)


def _table(
    owner: Owner,
    owned: Mapping[Relation, Owner],
    there: Mapping[Relation, tuple[Column, ...]],
    keys: frozenset[Demand],
    primary: Mapping[Relation, tuple[str, ...]],
) -> Table | Problem:
    name = owner.table
    if name not in there:
        return Problem(owner.line, f"There is no table {name}.")
    if owner.column not in {column.name for column in there[name]}:
        return Problem(owner.line, f"{name} has no column {owner.column}.")
    if name not in primary:
        return Problem(owner.line, f"{name} has no primary key: its rows cannot be told apart.")
    parents = tuple(
        Parent(key.columns, key.parent, key.parent_columns)
        for key in sorted(keys, key=lambda key: key.columns)
        if key.kind is Kind.FOREIGN_KEY and key.relation == name and key.parent in owned
        if key.parent is not None
    )
    via = None
    if owner.is_of_parent:
        via = next((p for p in parents if owner.column in p.columns and p.relation != name), None)
        if via is None:
            words = "refers to no other table whose owner is declared"
            return Problem(owner.line, f"{name}.{owner.column} {words}.")
    unique = [key.columns for key in keys if key.kind is Kind.UNIQUE and key.relation == name]
    links = {link for parent in parents for link in parent.columns}
    is_tied = any(links.issuperset(columns) for columns in (primary[name], *unique) if columns)
    return Table(name, owner.column, via, primary[name], parents, there[name], is_tied)


def _circles(owners: tuple[Owner, ...], tables: Mapping[Relation, Table]) -> Iterator[Problem]:
    for owner in owners:
        seen, table = set(), tables[owner.table]
        while table.via is not None and table.relation not in seen:
            seen.add(table.relation)
            table = tables[table.via.relation]
        if table.via is not None:
            yield Problem(owner.line, f"The owner of {owner.table} leads back to {table.relation}.")


def _primary(connection: Connection) -> dict[Relation, tuple[str, ...]]:
    from releasegate.model import Relation

    found: dict[Relation, tuple[str, ...]] = {}
    for schema, name, column in ask(connection, _PRIMARY):
        relation = Relation(schema, name)
        found[relation] = (*found.get(relation, ()), column)
    return found
