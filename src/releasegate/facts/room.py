"""A database about sizes and about what long reading does to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from releasegate import database

if TYPE_CHECKING:
    from releasegate.database import Connection
    from releasegate.model import Relation


def rows_about(connection: Connection, name: Relation) -> int | None:
    """Tell how many rows a table has by its statistics; None where there are none yet."""
    rows = database.rows(
        connection,
        "SELECT sum(c.reltuples) FILTER (WHERE c.reltuples >= 0)::int8 FROM pg_class c "
        "WHERE c.oid IN (SELECT r.oid FROM pg_class r JOIN pg_namespace n ON n.oid = r.relnamespace"
        "  WHERE n.nspname = %s AND r.relname = %s)",
        (name.schema, name.name),
    )
    return rows[0][0] if rows else None


def count_up_to(connection: Connection, rows: str, *, most: int, within_ms: int) -> int:
    """Count rows, so many at most and no longer than this; ``rows`` follows FROM.

    Raises:
        psycopg.errors.QueryCanceled: it took longer.
        psycopg.errors.InsufficientPrivilege: the role may not read them, or not all of them.
    """
    with connection.transaction():
        # Off: whoever would see a part of the rows only gets an error.
        for setting in (f"statement_timeout = {within_ms}", "row_security = off"):
            connection.execute(f"SET LOCAL {setting}".encode())
        some = " ".join(("(SELECT FROM", rows, f"LIMIT {most}) AS found"))
        # Without values: a percent sign of a name is no place for one.
        found = connection.execute(" ".join(("SELECT count(*) FROM", some)).encode())
        return int((found.fetchone() or (0,))[0])


def lag_bytes(connection: Connection) -> int:
    """Tell how far the slowest replica is behind; 0 where there is none, or we may not see."""
    if database.one(connection, "SELECT pg_is_in_recovery()")[0]:
        return 0
    query = (
        "SELECT coalesce(max(pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn)), 0)::int8 "
        "FROM pg_stat_replication"
    )
    return int(database.one(connection, query)[0])


def held_transactions(connection: Connection, pid: int) -> int | None:
    """Tell how many transactions back the snapshot of a session holds up cleaning."""
    rows = database.rows(
        connection,
        "SELECT age(backend_xmin)::int8 FROM pg_stat_activity WHERE pid = %s "
        "AND backend_xmin IS NOT NULL",
        (pid,),
    )
    return rows[0][0] if rows else None
