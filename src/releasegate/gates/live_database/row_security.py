"""Declared owners and the live database -> what must be so before policies are enabled."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg

from releasegate import database, facts, findings
from releasegate.statements.parser import quote, quote_relation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from releasegate.database import Connection
    from releasegate.gates import GateInputs, LiveTarget
    from releasegate.model import Finding, Owner

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


def _ownerless(connection: Connection, owner: Owner) -> Iterator[Finding]:
    """Count the rows that nobody will see; their ids stay where they are."""
    name = f"{owner.table}.{owner.column}"
    rows = " ".join((quote_relation(owner.table), "WHERE", quote(owner.column), "IS NULL"))
    try:
        count = _count(connection, rows)
    except (psycopg.errors.QueryCanceled, psycopg.errors.InsufficientPrivilege) as error:
        message = f"Rows without {name} could not be counted: {database.meaning(error)}."
        yield findings.make(
            "RG571", message, help=" ".join(("Look yourself: SELECT count(*) FROM", f"{rows};"))
        )
        return
    if count:
        some = f"more than {_COUNTED}" if count > _COUNTED else str(count)
        have = "row has" if count == 1 else "rows have"
        message = f"{some} {have} no {name}: with row security on nobody sees them."
        yield findings.make(
            "RG571", message, help=" ".join(("Find them: SELECT * FROM", f"{rows};"))
        )


def _count(connection: Connection, rows: str) -> int:
    with connection.transaction():
        # Off: whoever would see a part of the rows only gets an error.
        for setting in (f"statement_timeout = {_COUNT_MS}", "row_security = off"):
            connection.execute(f"SET LOCAL {setting}".encode())
        some = " ".join(("(SELECT FROM", rows, f"LIMIT {_COUNTED + 1}) AS found"))
        return int(database.one(connection, " ".join(("SELECT count(*) FROM", some)))[0])
