"""Declared owners and the live database -> what must be so before policies are enabled."""

from __future__ import annotations

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
    from releasegate.model import Finding, Owner, Relation

#: rows that nobody will see are counted up to here, and no longer than this
_COUNTED = 1000
_COUNT_MS = 2000


def asked(inputs: GateInputs, live: LiveTarget) -> Iterator[Finding]:
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
            yield from _ownerless(connection, owner)
    if owners:
        yield from _under_others(inputs, connection, known)


def _ownerless(connection: Connection, owner: Owner) -> Iterator[Finding]:
    """Count the rows that nobody will see; their ids stay where they are."""
    name = f"{owner.table}.{owner.column}"
    rows = " ".join((quote_relation(owner.table), "WHERE", quote(owner.column), "IS NULL"))
    yield from _told(
        connection,
        rows,
        code="RG571",
        not_counted=f"Rows without {name} could not be counted",
        one=f"row has no {name}: with row security on nobody sees it",
        several=f"rows have no {name}: with row security on nobody sees them",
    )


def _under_others(
    inputs: GateInputs, connection: Connection, known: Mapping[Relation, set[str]]
) -> Iterator[Finding]:
    """Count rows that refer to another owner's row: no check would take them again."""
    declared = _declared(inputs)
    if declared is None:
        return
    for table in declared.tables.values():
        for parent in (one for one in table.parents if one != table.via):
            if not known.get(table.relation, set()).issuperset(parent.columns):
                continue
            owners = (
                declared.owner(table, "a"),
                declared.owner(declared.tables[parent.relation], "b"),
            )
            rows = " ".join(
                (
                    *(quote_relation(table.relation), "a JOIN", quote_relation(parent.relation)),
                    *("b ON", parent.joins("a", "b")),
                    *("WHERE", owners[0], "IS DISTINCT FROM", owners[1]),
                )
            )
            name = f"{table.relation}.{', '.join(parent.columns)}"
            yield from _told(
                connection,
                rows,
                code="RG573",
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


def _told(
    connection: Connection, rows: str, *, code: str, not_counted: str, one: str, several: str
) -> Iterator[Finding]:
    find = " ".join(("SELECT * FROM", f"{rows};"))
    try:
        count = facts.count_up_to(connection, rows, most=_COUNTED + 1, within_ms=_COUNT_MS)
    except (psycopg.errors.QueryCanceled, psycopg.errors.InsufficientPrivilege) as error:
        message = f"{not_counted}: {database.meaning(error)}."
        yield findings.make(code, message, help=f"Look yourself: {find}")
        return
    if count:
        some = f"More than {_COUNTED}" if count > _COUNTED else str(count)
        message = f"{some} {one if count == 1 else several}."
        yield findings.make(code, message, help=f"Find them: {find}")
