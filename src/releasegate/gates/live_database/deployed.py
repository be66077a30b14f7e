"""Statements that the server has seen, and who is connected -> what runs and leaves columns out."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Any

import psycopg

from releasegate import database, facts, findings
from releasegate.appcode.observed import observed
from releasegate.counted import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from releasegate.appcode.contract import Contract
    from releasegate.appcode.observed import Observed
    from releasegate.facts import Client, SentStatement, SentStatements
    from releasegate.gates.live_database.scope import Scope
    from releasegate.model import Finding

_SHOWN = 20
_NOT_THERE = "pg_stat_statements is not installed in this database"


@dataclass(frozen=True)
class Running:
    """What runs now, as far as the server tells it."""

    #: or why the statements were not read
    sent: SentStatements | str
    writes: tuple[tuple[SentStatement, Observed], ...]
    clients: tuple[Client, ...]


def look(scope: Scope, contract: Contract) -> Running:
    """Read what pg_stat_statements remembers by the rules that the app's own SQL is read by."""
    sent = _sent(scope, contract)
    statements = () if isinstance(sent, str) else sent.statements
    writes = tuple((one, write) for one in statements for write in observed(one.text, contract))
    return Running(sent, writes, facts.clients(scope.connection))


def _sent(scope: Scope, contract: Contract) -> SentStatements | str:
    connection = scope.connection
    try:
        return facts.sent_statements(connection, contract.relations) or _NOT_THERE
    except psycopg.Error as error:
        if connection.broken or connection.closed:
            raise
        # The library is not preloaded, or a right is missing.
        return f"pg_stat_statements cannot be read: {database.meaning(error)}"


def told(scope: Scope, running: Running) -> Iterator[Finding]:
    yield from _unread(running)
    found = list(_omissions(scope, running))
    yield from found[:_SHOWN]
    if len(found) > _SHOWN:
        more = f"{len(found) - _SHOWN} more statements that run leave columns out."
        yield findings.make("RG581", more)
    names = [f"{one.application or 'no name'} ({one.role}, {one.sessions})"
             for one in running.clients]  # fmt: skip
    if names:
        rest = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
        yield findings.make("RG584", f"Connected now: {', '.join(names[:_SHOWN])}{rest}.")


def _unread(running: Running) -> Iterator[Finding]:
    sent = running.sent
    if isinstance(sent, str):
        if sent != _NOT_THERE:
            yield findings.make("RG585", f"What the app sends was not read: {sent}.")
    elif sent.hidden:
        hidden = counted(
            sent.hidden, "statement of another role is", "statements of other roles are"
        )
        yield findings.make("RG585", f"{hidden} not shown to us.")


def _omissions(scope: Scope, running: Running) -> Iterator[Finding]:
    since = None if isinstance(running.sent, str) else running.sent.since
    when = f" since {since.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if since else ""
    for one, write in running.writes:
        columns = [c for c in write.omitted if not scope.is_optional(write.relation, c)]
        if not columns:
            continue
        message = (
            f"What runs leaves {', '.join(columns)} out of an {write.operation} of "
            f"{write.relation}: queryid {one.queryid}, {one.calls} calls by {one.role}{when}."
        )
        forget = f"SELECT pg_stat_statements_reset(queryid => {one.queryid});"
        help_ = f"Find and release what sends it; then forget it, and look again: {forget}"
        yield findings.make("RG581", message, help=help_)


def evidence(running: Running) -> dict[str, Any]:
    """Arrange what was seen: of statements table, operation and columns, never a text."""
    sent = running.sent
    return {
        "statements": sent if isinstance(sent, str) else "read",
        "writes": [
            {
                "table": str(write.relation),
                "operation": write.operation,
                "omitted": list(write.omitted),
                "unread": list(write.unread),
                "queryid": one.queryid,
                "calls": one.calls,
                "role": one.role,
            }
            for one, write in running.writes
        ],
        "clients": [asdict(one) for one in running.clients],
    }
