"""Is the ledger what its journal says, was it recorded here, and does nobody follow it unawares?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from releasegate import facts, findings, ledger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from releasegate.database import Connection
    from releasegate.gates.live_database.scope import Scope
    from releasegate.model import Finding
    from releasegate.settings import Settings

_SHOWN = 3


def asked(scope: Scope) -> Iterator[Finding]:
    yield from _journal(scope)
    yield from _origin(scope)
    yield from publications(scope.connection, scope.inputs.settings)


def _journal(scope: Scope) -> Iterator[Finding]:
    if not scope.ledger.exists:
        return
    faults = ledger.verify(scope.connection)
    for fault in faults[:_SHOWN]:
        yield findings.make("RG551", f"{fault[0].upper()}{fault[1:]}.")
    if len(faults) > _SHOWN:
        yield findings.make("RG551", f"{len(faults) - _SHOWN} more; releasegate status lists them.")


def _origin(scope: Scope) -> Iterator[Finding]:
    """A copy of a database, or a restored dump, brings the ledger along."""
    origins = {e.elsewhere for e in scope.ledger.entries.values() if e.elsewhere}
    for origin in sorted(origins):
        numbers = [n for n, e in scope.ledger.entries.items() if e.elsewhere == origin]
        listed = ", ".join(map(str, sorted(numbers)))
        yield findings.make("RG553", f"Recorded elsewhere ({origin}): migration {listed}.")


def publications(connection: Connection, settings: Settings) -> Iterator[Finding]:
    """Name the publications that carry the ledger's tables, or would as soon as they are made."""
    if settings.configuration.policy.publish_ledger:
        return
    for name in facts.publications_of_schema(connection, "releasegate"):
        message = f"The publication {name} carries the ledger: a subscriber without it stops."
        yield findings.make("RG552", message)
