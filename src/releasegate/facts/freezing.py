"""A database about the vacuum that gives way to nobody: when it is due, and how soon that comes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from releasegate import database
from releasegate.model import Relation

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import timedelta

    from releasegate.database import Connection


@dataclass(frozen=True, slots=True)
class Freeze:
    """How far a table is from a vacuum to prevent wraparound (manual, 24.1.5)."""

    relation: Relation
    #: in transactions
    age: int
    limit: int
    #: in multixacts, which nobody can foretell
    multi_age: int
    multi_limit: int
    #: by the last VACUUM's or ANALYZE's word
    table_bytes: int

    @property
    def is_due(self) -> bool:
        return self.age >= self.limit or self.multi_age >= self.multi_limit


@dataclass(frozen=True, slots=True)
class Pace:
    """How many transaction ids were used up in the time since the last checkpoint."""

    transactions: int
    during: timedelta


def freezes(connection: Connection, names: Collection[Relation]) -> list[Freeze]:
    """Read of each table how old its rows may be; without touching it."""
    rows = database.rows(
        connection,
        "SELECT n.nspname, c.relname, age(c.relfrozenxid)::int8, "
        "  least(current_setting('autovacuum_freeze_max_age')::int8, "
        "    (SELECT option_value::int8 FROM pg_options_to_table(c.reloptions) "
        "     WHERE option_name = 'autovacuum_freeze_max_age')), "
        "  mxid_age(c.relminmxid)::int8, "
        "  least(current_setting('autovacuum_multixact_freeze_max_age')::int8, "
        "    (SELECT option_value::int8 FROM pg_options_to_table(c.reloptions) "
        "     WHERE option_name = 'autovacuum_multixact_freeze_max_age')), "
        "  greatest(c.relpages, 0)::int8 * current_setting('block_size')::int8 "
        "FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
        "WHERE c.relkind IN ('r', 'm') AND n.nspname = ANY (%s) AND c.relname = ANY (%s) "
        "ORDER BY 1, 2",
        ([name.schema for name in names], [name.name for name in names]),
    )
    found = [Freeze(Relation(schema, name), *rest) for schema, name, *rest in rows]
    return [one for one in found if one.relation in names]


def pace(connection: Connection) -> Pace:
    """Compare the next transaction id with the last checkpoint's."""
    used, during = database.one(
        connection,
        "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::int8 "
        "  - (split_part(next_xid, ':', 1)::int8 << 32) - split_part(next_xid, ':', 2)::int8, "
        "  clock_timestamp() - checkpoint_time FROM pg_control_checkpoint()",
    )
    return Pace(max(int(used), 0), during)
