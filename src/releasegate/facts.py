"""What the live database says of itself: one query, one function, one fact."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from releasegate import database
from releasegate.model import Blocker, Relation
from releasegate.statements.locks import CONFLICTS

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from releasegate.database import Connection
    from releasegate.model import Effect, Lock

#: our bigint advisory key ("releaseg" in ASCII); one a database, whatever the migration
ADVISORY_KEY = 0x72656C6561736567

_TABLES = frozenset("rp")


@dataclass(frozen=True, slots=True)
class Holder:
    """The session that holds the advisory lock."""

    pid: int
    role: str | None
    application: str | None
    client: str | None
    since: datetime | None


def now(connection: Connection) -> datetime:
    """Read the server's clock."""
    at: datetime = database.one(connection, "SELECT clock_timestamp()")[0]
    return at


def deadlock_timeout(connection: Connection) -> timedelta:
    query = "SELECT setting::int FROM pg_settings WHERE name = 'deadlock_timeout'"
    return timedelta(milliseconds=database.one(connection, query)[0])


def is_standby(connection: Connection) -> bool:
    return bool(database.one(connection, "SELECT pg_is_in_recovery()")[0])


def is_read_only_by_default(connection: Connection) -> bool:
    """Tell whether new sessions of this role are read-only; ours was made so after the login."""
    (reset,) = database.one(
        connection,
        "SELECT reset_val FROM pg_settings WHERE name = 'default_transaction_read_only'",
    )
    return bool(reset == "on")


def is_superuser(connection: Connection) -> bool:
    return database.show(connection, "is_superuser") == "on"


def relation_kinds(connection: Connection, names: Collection[Relation]) -> dict[Relation, str]:
    """Map those that exist to their kind: ``pg_class.relkind`` (manual, 51.11)."""
    rows = database.rows(
        connection,
        "SELECT n.nspname, c.relname, c.relkind::text FROM pg_catalog.pg_class c "
        "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
        "WHERE n.nspname = ANY(%s) AND c.relname = ANY(%s)",
        ([name.schema for name in names], [name.name for name in names]),
    )
    found = {Relation(schema, name): kind for schema, name, kind in rows}
    return {name: found[name] for name in names if name in found}


def existing_tables(connection: Connection, names: Collection[Relation]) -> set[Relation]:
    """Keep those that are tables, partitioned ones among them."""
    kinds = relation_kinds(connection, names)
    return {name for name, kind in kinds.items() if kind in _TABLES}


def not_owned(connection: Connection, names: Collection[Relation]) -> list[Relation]:
    """Keep those tables whose owner the current role cannot act as."""
    rows = database.rows(
        connection,
        "SELECT n.nspname, c.relname FROM pg_catalog.pg_class c "
        "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
        "WHERE NOT pg_has_role(c.relowner, 'USAGE') AND n.nspname = ANY(%s) "
        "AND c.relname = ANY(%s) AND c.relkind IN ('r', 'p')",
        ([name.schema for name in names], [name.name for name in names]),
    )
    return sorted({Relation(*row) for row in rows} & set(names))


def bound_by_dropped_keys(connection: Connection, effects: Sequence[Effect]) -> set[Relation]:
    """Find the other ends of the foreign keys that go with dropped constraints and tables.

    Dropping a key takes ACCESS EXCLUSIVE on both tables, which its text does not tell.
    """
    gone = [e.object for e in effects if not (e.present or e.is_renamed)]
    rows = database.rows(
        connection,
        "SELECT DISTINCT n.nspname, c.relname FROM pg_catalog.pg_constraint k "
        "JOIN pg_catalog.pg_class child ON child.oid = k.conrelid "
        "JOIN pg_catalog.pg_class parent ON parent.oid = k.confrelid "
        "JOIN pg_catalog.pg_class c ON c.oid IN (child.oid, parent.oid) "
        "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
        "WHERE k.contype = 'f' AND (k.conname = ANY(%s) AND child.relname = ANY(%s) "
        "  OR child.relname = ANY(%s) OR parent.relname = ANY(%s))",
        (
            [thing.name for thing in gone if thing.kind == "constraint"],
            [thing.table for thing in gone if thing.kind == "constraint"],
            [thing.name for thing in gone if thing.kind == "table"],
            [thing.name for thing in gone if thing.kind == "table"],
        ),
    )
    return {Relation(*row) for row in rows}


def may_create_schema(connection: Connection) -> bool:
    query = "SELECT has_database_privilege(current_database(), 'CREATE')"
    return bool(database.one(connection, query)[0])


def blockers(
    connection: Connection, locks: Sequence[Lock], *, own_pids: Collection[int]
) -> list[Blocker]:
    """Find who holds what conflicts with these locks, the oldest transaction first.

    Age and state of other roles' sessions are None without pg_read_all_stats. A pid of 0 is a
    prepared transaction. An autovacuum worker is known by having no role.
    """
    rows = database.rows(
        connection,
        "SELECT coalesce(l.pid, 0), a.usename::text, a.application_name, "
        "  CASE WHEN l.pid IS NULL THEN 'prepared transaction' ELSE a.state END, "
        "  extract(epoch FROM clock_timestamp() - coalesce(a.xact_start, x.prepared))::float8, "
        "  n.nspname::text, c.relname::text, l.mode, l.virtualtransaction, "
        "  a.pid IS NOT NULL AND a.usesysid IS NULL "
        "FROM pg_catalog.pg_locks l "
        "JOIN pg_catalog.pg_class c ON c.oid = l.relation "
        "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
        "LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid "
        "LEFT JOIN pg_catalog.pg_prepared_xacts x "
        "  ON l.pid IS NULL AND l.virtualtransaction = '-1/' || x.transaction::text "
        "WHERE l.locktype = 'relation' AND l.granted AND (l.pid = ANY (%s)) IS NOT TRUE "
        "AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()) "
        "AND c.relname = ANY (%s) "
        "ORDER BY coalesce(a.xact_start, x.prepared) NULLS FIRST",
        (list(own_pids), [lock.relation.name for lock in locks]),
    )
    wanted = {lock.relation: CONFLICTS[lock.mode] for lock in locks}
    return [
        Blocker(
            pid, role, application, state, age, f"{schema}.{table}", database.mode_name(mode), *rest
        )
        for pid, role, application, state, age, schema, table, mode, *rest in rows
        if database.mode_name(mode) in wanted.get(Relation(schema, table), ())
    ]


def backend_is_alive(connection: Connection, pid: int) -> bool:
    query = "SELECT EXISTS (SELECT FROM pg_catalog.pg_stat_activity WHERE pid = %s)"
    return bool(database.one(connection, query, (pid,))[0])


def advisory_holder(connection: Connection) -> Holder | None:
    """Find the session that is at work on this database."""
    found = database.rows(
        connection,
        "SELECT l.pid, a.usename::text, a.application_name, host(a.client_addr), a.backend_start "
        "FROM pg_catalog.pg_locks l LEFT JOIN pg_catalog.pg_stat_activity a USING (pid) "
        "WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 "
        "AND (l.classid::bigint << 32) + l.objid::bigint = %s "
        "AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())",
        (ADVISORY_KEY,),
    )
    return Holder(*found[0]) if found else None


def pid_and_lock(connection: Connection) -> tuple[int, bool]:
    """Tell which backend answers, and whether it holds the lock by its own row in pg_locks."""
    pid, is_held = database.one(
        connection,
        "SELECT pg_backend_pid(), EXISTS (SELECT FROM pg_catalog.pg_locks "
        "WHERE locktype = 'advisory' AND granted AND objsubid = 1 AND pid = pg_backend_pid() "
        "AND (classid::bigint << 32) + objid::bigint = %s)",
        (ADVISORY_KEY,),
    )
    return pid, is_held


def unlockable(connection: Connection, names: Collection[Relation]) -> set[Relation]:
    """Keep those tables on which the current role may not use LOCK TABLE (manual, LOCK).

    REFERENCES is enough for a key's parent in ALTER TABLE, but not for LOCK TABLE.
    """
    rows = database.rows(
        connection,
        "SELECT n.nspname, c.relname FROM pg_catalog.pg_class c "
        "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
        "WHERE NOT (has_table_privilege(c.oid, 'UPDATE') OR has_table_privilege(c.oid, 'DELETE') "
        "OR has_table_privilege(c.oid, 'TRUNCATE') OR pg_has_role(c.relowner, 'USAGE')) "
        "AND n.nspname = ANY(%s) AND c.relname = ANY(%s) AND c.relkind IN ('r', 'p')",
        ([name.schema for name in names], [name.name for name in names]),
    )
    return {Relation(*row) for row in rows} & set(names)


def flushed_up_to(connection: Connection, position: str) -> bool:
    """Tell whether the log is on disk up to a position."""
    query = "SELECT pg_current_wal_flush_lsn() >= %s::pg_lsn"
    return bool(database.one(connection, query, (position,))[0])


def replayed_up_to(replica: Connection, position: str) -> bool:
    """Tell whether a replica has replayed the log up to a position of its primary."""
    query = "SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn"
    return bool(database.one(replica, query, (position,))[0])


def log_position(connection: Connection) -> str:
    return str(database.one(connection, "SELECT pg_current_wal_insert_lsn()::text")[0])


def index_builders(connection: Connection, table: Relation) -> list[int]:
    """List the pids that build an index on a table now."""
    rows = database.rows(
        connection,
        "SELECT p.pid FROM pg_catalog.pg_stat_progress_create_index p "
        "JOIN pg_catalog.pg_class c ON c.oid = p.relid "
        "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
        "WHERE n.nspname = %s AND c.relname = %s",
        (table.schema, table.name),
    )
    return [pid for (pid,) in rows]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an index build has come (manual, 28.4.2)."""

    phase: str
    blocks_done: int
    blocks_total: int
    #: the session that the build waits for
    waits_for: int | None


def index_progress(connection: Connection, pid: int) -> Progress | None:
    rows = database.rows(
        connection,
        "SELECT phase, coalesce(blocks_done, 0), coalesce(blocks_total, 0), "
        "nullif(current_locker_pid, 0) FROM pg_catalog.pg_stat_progress_create_index "
        "WHERE pid = %s",
        (pid,),
    )
    return Progress(*rows[0]) if rows else None


def blocking_pids(connection: Connection, pid: int) -> list[int]:
    """List whom a session waits for; 0 is a prepared transaction."""
    return list(database.one(connection, "SELECT pg_blocking_pids(%s)", (pid,))[0])


def hot_standbys(connection: Connection) -> int:
    """Count the replicas that receive the log now."""
    query = (
        "SELECT count(*) FROM pg_catalog.pg_stat_replication "
        "WHERE state IS NULL OR state = 'streaming'"
    )
    return int(database.one(connection, query)[0])


def indexes_of(connection: Connection, name: Relation) -> list[Relation]:
    """List a table's indexes, or the one of this name."""
    rows = database.rows(
        connection,
        "SELECT n.nspname, c.relname FROM pg_catalog.pg_index x "
        "JOIN pg_catalog.pg_class c ON c.oid = x.indexrelid "
        "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
        "JOIN pg_catalog.pg_class t ON t.oid = x.indrelid "
        "WHERE n.nspname = %s AND %s IN (c.relname, t.relname) ORDER BY c.relname",
        (name.schema, name.name),
    )
    return [Relation(*row) for row in rows]
