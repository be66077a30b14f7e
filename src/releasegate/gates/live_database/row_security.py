"""Declared owners and the live database -> what must be so before policies are enabled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import psycopg

from releasegate import database, facts, findings
from releasegate.baseline import BaselineError
from releasegate.gates.rehearsal.policies.declaration import Declaration, read
from releasegate.statements.parser import quote, quote_relation

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from releasegate.database import Connection
    from releasegate.gates import GateInputs, LiveTarget
    from releasegate.gates.live_database.keeping import Keys
    from releasegate.gates.rehearsal.policies.declaration import Parent, Table
    from releasegate.model import Finding, Owner, Relation

#: rows that nobody will see are counted up to here, and no longer than this
_COUNTED = 1000
_COUNT_MS = 2000


@dataclass(frozen=True)
class _Rows:
    """Rows that somebody has to look at: what they are, and how that is said of one and several."""

    table: Relation
    #: what follows FROM, the table as ``a``
    sql: str
    code: str
    #: in the file of keys
    name: str
    not_counted: str
    one: str
    several: str


def asked(inputs: GateInputs, live: LiveTarget, kept: Keys) -> Iterator[Finding]:
    """Row security is off while this is a draft, and every row has an owner before it is not."""
    migration, connection = inputs.migration, live.connection
    owners = migration.directives.owners
    switched_on = facts.row_security(connection, [owner.table for owner in owners])
    for name in sorted(name for name, is_on in switched_on.items() if is_on and migration.draft):
        message = f"Row security is on for {name}, and {migration.name} is a draft."
        cure = f"ALTER TABLE {quote_relation(name)} DISABLE ROW LEVEL SECURITY;"
        yield findings.make("RG570", message, help=f"Find out who enabled it, then: {cure}")
    for hole in facts.exposures(connection, list(switched_on)):
        yield findings.make("RG572", hole.message, level=hole.level, help=hole.help)
    known = facts.columns(connection, list(switched_on))
    for owner in owners:
        if owner.column in known.get(owner.table, ()):
            yield from _told(connection, _ownerless(owner), kept)
    if owners:
        for rows in _under_others(inputs, known):
            yield from _told(connection, rows, kept)


def _ownerless(owner: Owner) -> _Rows:
    """Rows that nobody will see; their ids appear in no report."""
    name = f"{owner.table}.{owner.column}"
    column = f"a.{quote(owner.column)}"
    return _Rows(
        owner.table,
        " ".join((quote_relation(owner.table), "a WHERE", column, "IS NULL")),
        code="RG571",
        name=f"no {owner.column}",
        not_counted=f"Rows without {name} could not be counted",
        one=f"row has no {name}: with row security on nobody sees it",
        several=f"rows have no {name}: with row security on nobody sees them",
    )


def _under_others(inputs: GateInputs, known: Mapping[Relation, set[str]]) -> Iterator[_Rows]:
    """Rows that refer to another owner's row: no check would take them again."""
    declared = _declared(inputs)
    if declared is None:
        return
    for table in declared.tables.values():
        for parent in (one for one in table.parents if one != table.via):
            if known.get(table.relation, set()).issuperset(parent.columns):
                yield _under_another(declared, table, parent)


def _under_another(declared: Declaration, table: Table, parent: Parent) -> _Rows:
    mine, theirs = declared.owner(table, "a"), declared.owner(declared.tables[parent.relation], "b")
    columns = ", ".join(parent.columns)
    parts = (
        *(quote_relation(table.relation), "a JOIN", quote_relation(parent.relation), "b"),
        *("ON", parent.joins("a", "b"), "WHERE", mine, "IS DISTINCT FROM", theirs),
    )
    name = f"{table.relation}.{columns}"
    return _Rows(
        table.relation,
        " ".join(parts),
        code="RG573",
        name=f"{columns} of another owner",
        not_counted=f"Rows whose {name} is another owner's could not be counted",
        one=f"row has a {name} of another owner's: its owner could not change it",
        several=f"rows have a {name} of another owner's: no owner could change them",
    )


def _declared(inputs: GateInputs) -> Declaration | None:
    """Read it where all keys are: before the earlier migrations the target has none."""
    try:
        original = inputs.ground.original
    except BaselineError:
        return None
    with database.connect(original.owner, application_name="releasegate") as connection:
        connection.execute("SET search_path = pg_catalog")
        found = read(inputs.migration.directives, connection)
    return found if isinstance(found, Declaration) else None


def _told(connection: Connection, rows: _Rows, kept: Keys) -> Iterator[Finding]:
    """Count the rows, say how they are listed, and keep their keys where somebody asked."""
    keys = [f"a.{quote(name)}" for name in facts.primary_key(connection, rows.table)]
    find = " ".join(("SELECT", ", ".join(keys) or "a.*", "FROM", rows.sql))
    try:
        count = facts.count_up_to(connection, rows.sql, most=_COUNTED + 1, within_ms=_COUNT_MS)
    except (psycopg.errors.QueryCanceled, psycopg.errors.InsufficientPrivilege) as error:
        message = f"{rows.not_counted}: {database.meaning(error)}."
        yield findings.make(rows.code, message, help=f"Look yourself: {find};")
        return
    if not count:
        return
    if kept.are_wanted and keys:
        found = connection.execute(f"{find} LIMIT {kept.limit}".encode()).fetchall()
        kept.keep(rows.table, rows.name, found)
    some = f"More than {_COUNTED}" if count > _COUNTED else str(count)
    message = f"{some} {rows.one if count == 1 else rows.several}."
    yield findings.make(rows.code, message, help=f"List them, or --keys-file FILE: {find};")
