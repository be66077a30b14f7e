"""A server about its sessions: who holds which lock, who is at work, who waits for whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from releasegate import database
from releasegate.model import Blocker, Relation
from releasegate.statements.locks import CONFLICTS

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from releasegate.database import Connection
    from releasegate.model import Lock

#: our bigint advisory key ("releaseg" in ASCII); one a database, whatever the migration
ADVISORY_KEY = 0x72656C6561736567


@dataclass(frozen=True, slots=True)
class Holder:
    """The session that holds the advisory lock."""

    pid: int
    role: str | None
    application: str | None
    client: str | None
    since: datetime | None


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
        # Until the server starts anew a prepared transaction keeps the name that it had.
        "LEFT JOIN pg_catalog.pg_locks own ON l.pid IS NULL AND own.pid IS NULL "
        "  AND own.locktype = 'transactionid' AND own.virtualtransaction = l.virtualtransaction "
        "LEFT JOIN pg_catalog.pg_prepared_xacts x ON x.transaction = own.transactionid "
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


@dataclass(frozen=True, slots=True)
class Doing:
    """What a session of our own role does now."""

    state: str | None
    wait_event: str | None
    #: when it came into this state
    since: datetime | None

    @property
    def is_silent(self) -> bool:
        """It waits for its client to speak; in a pipeline it is called active while it does."""
        return self.state != "active" or self.wait_event == "ClientRead"

    @property
    def awaits_standby(self) -> bool:
        return self.wait_event == "SyncRep"


def doing(connection: Connection, pid: int) -> Doing | None:
    """Look at a session; None: it is gone."""
    query = "SELECT state, wait_event, state_change FROM pg_catalog.pg_stat_activity WHERE pid = %s"
    found = database.rows(connection, query, (pid,))
    return Doing(*found[0]) if found else None


def cancel(connection: Connection, pid: int) -> None:
    """Cancel what a session of our own role does."""
    database.one(connection, "SELECT pg_cancel_backend(%s)", (pid,))


def end_others_of(connection: Connection, run: str, *, kept: Collection[int]) -> None:
    """End a run's sessions, by their name, but those that it goes on with."""
    database.rows(
        connection,
        "SELECT pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity "
        "WHERE pid <> ALL(%s) AND usename = current_user AND datname = current_database() "
        "AND application_name IN (%s, %s, %s)",
        (list(kept), run, f"{run}/observer", f"{run}/reader"),
    )


@dataclass(frozen=True, slots=True)
class Backend:
    """A session's process on the server."""

    pid: int
    #: when it began: after a restart, in a container above all, another can have its number
    since: datetime


def own_backend(connection: Connection) -> Backend:
    query = (
        "SELECT pid, backend_start FROM pg_catalog.pg_stat_activity WHERE pid = pg_backend_pid()"
    )
    return Backend(*database.one(connection, query))


def backend_is_alive(connection: Connection, backend: Backend, *, run: str | None = None) -> bool:
    """Tell whether a backend of ours is there; with ``run`` only while it works for that run.

    A pooler keeps its backends, and lends them to others.
    """
    query = (
        "SELECT EXISTS (SELECT FROM pg_catalog.pg_stat_activity WHERE pid = %s "
        "AND backend_start = %s AND (application_name = %s) IS NOT FALSE)"
    )
    return bool(database.one(connection, query, (backend.pid, backend.since, run))[0])


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


def own_pid(connection: Connection) -> int:
    """Ask which backend answers: behind a pooler it is not the one that was dialled."""
    return int(database.one(connection, "SELECT pg_backend_pid()")[0])


#: a setting that nobody else sets, by which a session of ours knows itself
MARK = "releasegate.run"


def own_state(connection: Connection) -> tuple[int, bool, str | None]:
    """Tell which backend answers, whether it holds the lock by its own row, and its mark."""
    pid, is_held, mark = database.one(
        connection,
        "SELECT pg_backend_pid(), EXISTS (SELECT FROM pg_catalog.pg_locks "
        "WHERE locktype = 'advisory' AND granted AND objsubid = 1 AND pid = pg_backend_pid() "
        "AND (classid::bigint << 32) + objid::bigint = %s), current_setting(%s, true)",
        (ADVISORY_KEY, MARK),
    )
    return pid, is_held, mark


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
