"""Tables -> a mark that is another one as soon as somebody has written to one of them."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from releasegate import database

if TYPE_CHECKING:
    from collections.abc import Collection

    from releasegate.database import Connection
    from releasegate.model import Relation

# What TRUNCATE and rewrites do shows in the file's number, what INSERT, UPDATE and DELETE do in the
# counters (manual, 27.2); a crash resets those.
_QUERY = """
SELECT c.oid::int8, p.relid::oid::int8, pg_relation_filenode(p.relid)::int8,
  pg_stat_get_tuples_inserted(p.relid), pg_stat_get_tuples_updated(p.relid),
  pg_stat_get_tuples_deleted(p.relid), d.stats_reset::text
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_stat_database d ON d.datname = current_database(),
LATERAL (SELECT c.oid::regclass AS relid UNION SELECT relid FROM pg_partition_tree(c.oid)) AS p
WHERE (n.nspname, c.relname) IN (SELECT * FROM unnest(%s::text[], %s::text[]))
ORDER BY 1, 2
"""


def mark(connection: Connection, tables: Collection[Relation]) -> str | None:
    """Give the mark; None: the server does not keep count.

    A session tells its writes within a second, or ten when it has nothing more to do.
    """
    if database.show(connection, "track_counts") != "on":
        return None
    names = [table.schema for table in tables], [table.name for table in tables]
    return hashlib.sha256(repr(database.rows(connection, _QUERY, names)).encode()).hexdigest()
