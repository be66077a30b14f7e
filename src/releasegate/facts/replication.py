"""A server about those that follow its log: how far behind they are, and what they keep of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from releasegate import database

if TYPE_CHECKING:
    from releasegate.database import Connection


_NUMBER = re.compile(r"(?:(?:FIRST|ANY)\s+)?(\d+)\s*\(", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Follower:
    """A standby that receives the log now."""

    application: str
    #: what it has not replayed yet; None where we may not see it
    behind_bytes: int | None
    #: commits wait for its word; None where we may not see it
    confirms: bool | None


@dataclass(frozen=True, slots=True)
class Slot:
    """A replication slot for which more of the log is kept than max_wal_size."""

    name: str
    kind: str
    is_active: bool
    kept_bytes: int


def followers(connection: Connection) -> list[Follower]:
    rows = database.rows(
        connection,
        "SELECT coalesce(application_name, ''), "
        "  pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn)::int8, "
        "  sync_state IN ('sync', 'quorum') "
        "FROM pg_catalog.pg_stat_replication WHERE state IS NULL OR state = 'streaming' ORDER BY 1",
    )
    return [Follower(*row) for row in rows]


def confirmations(connection: Connection) -> int:
    """Tell how many standbys must confirm a commit (manual, synchronous_standby_names)."""
    names = database.show(connection, "synchronous_standby_names").strip()
    number = _NUMBER.match(names)
    return int(number[1]) if number else int(bool(names))


def slots_that_keep(connection: Connection) -> list[Slot]:
    """List the slots that hold the log back beyond its usual size (manual, 54.20)."""
    rows = database.rows(
        connection,
        "SELECT slot_name::text, slot_type, active, "
        "  pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)::int8 "
        "FROM pg_catalog.pg_replication_slots "
        "WHERE wal_status IN ('extended', 'unreserved') AND restart_lsn IS NOT NULL ORDER BY 1",
    )
    return [Slot(*row) for row in rows]
