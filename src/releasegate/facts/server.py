"""A server about itself: its clock, what it is, how far its log has come."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from releasegate import database

if TYPE_CHECKING:
    from datetime import datetime

    from releasegate.database import Connection


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


def timeline(connection: Connection) -> str:
    """Name the history that a primary writes on: a promotion begins another (manual, 25.3.6)."""
    query = "SELECT left(pg_walfile_name(pg_current_wal_insert_lsn()), 8)"
    return str(database.one(connection, query)[0])


def is_on_tcp(connection: Connection) -> bool:
    """Tell whether the server's end is on the network, and no Unix socket."""
    return bool(database.one(connection, "SELECT inet_server_addr() IS NOT NULL")[0])
