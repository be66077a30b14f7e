"""Rows that were made since the release -> whether the running app sends what keys will demand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import psycopg

from releasegate import database, facts, findings
from releasegate.errors import CouldNotLook
from releasegate.gates.live_database.data import counting_session
from releasegate.repository import Repository

if TYPE_CHECKING:
    from collections.abc import Iterator

    from releasegate.appcode.contract import Contract
    from releasegate.database import Connection
    from releasegate.facts import Recent
    from releasegate.gates.live_database.scope import Scope
    from releasegate.model import Finding, Relation

#: evidence is worth so much of the server's time, and no more
_LOOK_FOR = timedelta(seconds=10)


@dataclass(frozen=True)
class NewRows:
    """The rows of one table."""

    table: Relation
    recent: Recent
    #: parent -> how many rows were made before it
    older: dict[Relation, int]


@dataclass(frozen=True)
class Made:
    """What was made since the release."""

    #: the commit time of the tag; None: there is no tag
    since: datetime | None
    tables: tuple[NewRows, ...] = ()
    #: table -> why it was not looked at
    unread: tuple[tuple[str, str], ...] = ()


def look(scope: Scope, contract: Contract) -> Made:
    """Look at tables that note when a row was made, for seconds at most."""
    since = _released_at(scope)
    if since is None:
        return Made(None)
    try:
        with counting_session(scope) as connection:
            limit = min(_LOOK_FOR, scope.inputs.looking.data_timeout)
            milliseconds = max(1, int(limit / timedelta(milliseconds=1)))
            database.settle(connection, {"statement_timeout": f"{milliseconds}ms"})
            return _made(connection, contract, since)
    except CouldNotLook as why:
        return Made(since, unread=(("all of them", str(why)),))


def _released_at(scope: Scope) -> datetime | None:
    repository, commit = scope.inputs.repository, scope.inputs.release.commit
    if not isinstance(repository, Repository) or commit is None:
        return None
    return repository.committed_at(commit)


def _made(connection: Connection, contract: Contract, since: datetime) -> Made:
    dated = facts.made_at(connection, contract.relations)
    found: list[NewRows] = []
    unread: list[tuple[str, str]] = []
    for table in (child for child in contract.children if child in dated):
        names = [c.column for c in contract.of_child(table) if not c.created]
        try:
            if names:
                recent = facts.recent(connection, table, list(dict.fromkeys(names)), since)
                older = _older(connection, contract, table, dated, since) if recent.rows else {}
                found.append(NewRows(table, recent, older))
        except psycopg.Error as error:
            if connection.broken or connection.closed:
                raise
            unread.append((str(table), database.meaning(error)))
    return Made(since, tuple(found), tuple(unread))


def _older(
    connection: Connection,
    contract: Contract,
    table: Relation,
    dated: set[Relation],
    since: datetime,
) -> dict[Relation, int]:
    return {
        key.parent: facts.older_than_parents(
            connection, table, key.column, key.parent, key.parent_column, since
        )
        for key in contract.of_child(table)
        if not key.created and key.parent in dated and key.parent != table
    }


def told(scope: Scope, made: Made) -> Iterator[Finding]:
    for rows in made.tables:
        for column, count in rows.recent.without.items():
            if count and not scope.is_optional(rows.table, column):
                yield _without(made, rows, column)
        for parent, count in rows.older.items():
            if count:
                what = f"{count} new rows of {rows.table} are older than their parent in {parent}."
                yield findings.make("RG583", what)


def _without(made: Made, rows: NewRows, column: str) -> Finding:
    assert made.since is not None
    of = "" if rows.recent.is_whole else " that were looked at"
    message = (
        f"{rows.recent.without[column]} of {rows.recent.rows} rows of {rows.table}{of} have no "
        f"{column}, though they were made after the release (since "
        f"{made.since.astimezone(UTC):%Y-%m-%d %H:%M} UTC)."
    )
    return findings.make("RG582", message)


def evidence(made: Made) -> dict[str, Any]:
    return {
        "since": made.since,
        "tables": [
            {
                "table": str(rows.table),
                "rows": rows.recent.rows,
                "without": rows.recent.without,
                "is_whole": rows.recent.is_whole,
                "older_than_parent": {str(name): count for name, count in rows.older.items()},
            }
            for rows in made.tables
        ],
        "not_read": [{"table": table, "why": why} for table, why in made.unread],
    }
