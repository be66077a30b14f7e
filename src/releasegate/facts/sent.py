"""What a server has seen of its clients: statements that write to some tables, names, roles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from releasegate import database
from releasegate.statements.parser import quote

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from releasegate.database import Connection
    from releasegate.model import Relation

_MOST, _LONGEST = 1000, 64 << 10
#: how pg_stat_statements shows what is not ours to see
_HIDDEN = "<insufficient privilege>"


@dataclass(frozen=True, slots=True)
class SentStatement:
    #: normalised by the server; utility statements keep their literals, so it is never shown
    text: str
    queryid: int
    calls: int
    role: str | None


@dataclass(frozen=True, slots=True)
class SentStatements:
    statements: tuple[SentStatement, ...] = ()
    #: when the server began to remember
    since: datetime | None = None
    #: how many of other roles we may not read
    hidden: int = 0


def sent_statements(connection: Connection, tables: Collection[Relation]) -> SentStatements | None:
    """Read the writes that pg_stat_statements remembers and that name one of the tables.

    None: it is not installed in this database.

    Raises:
        psycopg.Error: the library is not preloaded, or a right is missing.
    """
    query = (
        "SELECT n.nspname::text FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace "
        "WHERE e.extname = 'pg_stat_statements'"
    )
    place = database.rows(connection, query)
    if not place:
        return None
    return _read(connection, quote(place[0][0]).replace("%", "%%"), tables)


def _read(connection: Connection, schema: str, tables: Collection[Relation]) -> SentStatements:
    names = [table.name.lower().replace('"', '""') for table in tables]
    view = f"{schema}.pg_stat_statements"
    of_here = "s.dbid = (SELECT oid FROM pg_database WHERE datname = current_database())"
    found = database.rows(
        connection,
        "SELECT s.query, s.queryid, s.calls, "  # noqa: S608
        "(SELECT rolname::text FROM pg_roles WHERE oid = s.userid) "
        f"FROM {view} s WHERE {of_here} AND length(s.query) <= {_LONGEST} "
        r"AND s.query ~* '\m(insert|update|delete|merge)\M' "
        "AND EXISTS (SELECT FROM unnest(%s::text[]) AS t(name) "
        "  WHERE position(t.name IN lower(s.query)) > 0) "
        f"ORDER BY s.calls DESC LIMIT {_MOST}",
        (names,),
    )
    count = f"SELECT count(*) FROM {view} s WHERE {of_here} AND s.query = %s"  # noqa: S608
    (hidden,) = database.one(connection, count, (_HIDDEN,))
    (since,) = database.one(connection, f"SELECT stats_reset FROM {view}_info")  # noqa: S608
    return SentStatements(tuple(SentStatement(*row) for row in found), since, hidden)


@dataclass(frozen=True, slots=True)
class Client:
    """Sessions of one name and role, connected to this database now."""

    application: str
    role: str | None
    sessions: int


def clients(connection: Connection) -> tuple[Client, ...]:
    """List who is connected, without ourselves; names are seen without any right."""
    rows = database.rows(
        connection,
        "SELECT application_name, usename::text, count(*) FROM pg_stat_activity "
        "WHERE datname = current_database() AND usesysid IS NOT NULL "
        "AND coalesce(backend_type, 'client backend') = 'client backend' "
        "AND application_name !~ '^releasegate(/|$)' AND pid <> pg_backend_pid() "
        "GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2",
    )
    return tuple(Client(*row) for row in rows)
