"""A database about what goes on in it: whose transactions hold which locks, and since when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from releasegate import database
from releasegate.model import Lock, Relation

if TYPE_CHECKING:
    from collections.abc import Collection

    from releasegate.database import Connection


@dataclass(frozen=True, slots=True)
class Transaction:
    """Somebody else's, with a snapshot or a lock on a table of ours. Never its query's text."""

    #: 0: a prepared one
    pid: int
    role: str | None
    #: what it calls itself; of a process of the server's: what it is
    application: str
    state: str | None
    #: None where we may not see it
    age_s: float | None
    #: for how long it has done nothing, inside its transaction
    idle_s: float | None
    #: its virtual transaction: the same in two looks is an old one
    name: str
    has_snapshot: bool
    is_autovacuum: bool
    #: an autovacuum that does not give way; None where we may not see it
    is_urgent: bool | None
    #: the command of maintenance that it is, and for a VACUUM which part of the table it has read
    work: str | None
    share: float | None
    #: of a prepared transaction: how the others call it, quoted for SQL
    gid: str | None
    locks: tuple[Lock, ...]


@dataclass(frozen=True, slots=True)
class Presence:
    """How many there are, besides us."""

    sessions: int
    prepared: int


_TRANSACTIONS = """
WITH wanted AS (
  SELECT c.oid, n.nspname::text AS schema, c.relname::text AS name
  FROM unnest(%s::text[], %s::text[]) AS w (schema, name)
  JOIN pg_catalog.pg_namespace n ON n.nspname = w.schema
  JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = w.name
), held AS (
  SELECT coalesce(l.pid, 0) AS pid, l.virtualtransaction AS name,
    (array_agg(l.transactionid::text) FILTER (WHERE l.locktype = 'transactionid'))[1] AS xid,
    array_agg(ARRAY[w.schema, w.name, l.mode] ORDER BY w.schema, w.name, l.mode)
      FILTER (WHERE w.oid IS NOT NULL) AS locks
  FROM pg_catalog.pg_locks l
  LEFT JOIN wanted w ON l.locktype = 'relation' AND w.oid = l.relation
    AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
  WHERE l.granted GROUP BY 1, 2
), work AS (
  SELECT pid, 'VACUUM' AS command, heap_blks_scanned::float8 / nullif(heap_blks_total, 0) AS share
  FROM pg_catalog.pg_stat_progress_vacuum
  UNION ALL SELECT pid, 'ANALYZE', NULL FROM pg_catalog.pg_stat_progress_analyze
  UNION ALL SELECT pid, command, NULL FROM pg_catalog.pg_stat_progress_create_index
  UNION ALL SELECT pid, command, NULL FROM pg_catalog.pg_stat_progress_cluster
)
SELECT a.pid, a.usename::text,
  coalesce(nullif(a.application_name, ''), nullif(a.backend_type, 'client backend'), ''),
  a.state, extract(epoch FROM clock_timestamp() - a.xact_start)::float8,
  CASE WHEN a.state LIKE 'idle in transaction%%'
    THEN extract(epoch FROM clock_timestamp() - a.state_change)::float8 END,
  coalesce(h.name, a.pid::text),
  a.backend_xmin IS NOT NULL AND a.usesysid IS NOT NULL AND w.command IS DISTINCT FROM 'VACUUM',
  a.usesysid IS NULL,
  CASE WHEN a.query <> '<insufficient privilege>'
    THEN a.query LIKE 'autovacuum: %%(to prevent wraparound)' END,
  w.command, w.share, NULL, coalesce(h.locks, '{}'::text[])
FROM pg_catalog.pg_stat_activity a LEFT JOIN held h USING (pid) LEFT JOIN work w USING (pid)
WHERE a.datname = current_database() AND a.pid <> pg_backend_pid()
  AND a.leader_pid IS NULL
  AND (a.backend_xmin IS NOT NULL OR h.locks IS NOT NULL)
UNION ALL
SELECT 0, x.owner::text, '', 'prepared', extract(epoch FROM clock_timestamp() - x.prepared)::float8,
  NULL, h.name, false, false, false, NULL, NULL, quote_literal(x.gid), h.locks
FROM pg_catalog.pg_prepared_xacts x JOIN held h
  ON h.pid = 0 AND h.xid = x.transaction::text AND h.locks IS NOT NULL
WHERE x.database = current_database()
ORDER BY 5 DESC NULLS FIRST, 1
"""


def transactions(connection: Connection, names: Collection[Relation]) -> list[Transaction]:
    """List those that have a snapshot, or a lock on one of these tables, the oldest first."""
    schemas, tables = [name.schema for name in names], [name.name for name in names]
    rows = database.rows(connection, _TRANSACTIONS, (schemas, tables))
    return [Transaction(*(*rest, _locks(held))) for *rest, held in rows]


def _locks(held: list[list[str]]) -> tuple[Lock, ...]:
    return tuple(
        Lock(Relation(schema, name), database.mode_name(mode)) for schema, name, mode in held
    )


def presence(connection: Connection) -> Presence:
    """Count the sessions of roles, and the prepared transactions, of this database."""
    row = database.one(
        connection,
        "SELECT (SELECT count(*) FROM pg_catalog.pg_stat_activity WHERE usesysid IS NOT NULL "
        "  AND datname = current_database() AND pid <> pg_backend_pid()), "
        "(SELECT count(*) FROM pg_catalog.pg_prepared_xacts WHERE database = current_database())",
    )
    return Presence(*row)
