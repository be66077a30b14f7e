"""A target -> the version of the ledger that it has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg

from releasegate import database
from releasegate.errors import CouldNotLook

if TYPE_CHECKING:
    from releasegate.database import Connection

#: what this releasegate writes; it reads every version up to this one
VERSION = 3
#: the first version that has a journal
WITH_JOURNAL = 2


# pg_class answers without any right on the schema; to_regclass would not. An administrator may have
# made the schema for whoever applies, and nothing in it.
_HAS_RELATIONS = """
SELECT EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n
               ON n.oid = c.relnamespace WHERE n.nspname = 'releasegate')
"""


def version_of(connection: Connection) -> int:
    """Read the ledger's version; 0 where there is none.

    Raises:
        CouldNotLook: it is there and cannot be read, or is newer than this releasegate. That is
            never taken for "no ledger".
    """
    if not database.one(connection, _HAS_RELATIONS)[0]:
        return 0
    try:
        (version,) = database.one(connection, "SELECT max(version) FROM releasegate.ledger")
    except psycopg.errors.DatabaseError as error:
        raise unreadable(error) from None
    if version not in range(1, VERSION + 1):
        raise CouldNotLook(
            f"The ledger has version {version}, but this releasegate knows {VERSION}: update it."
        )
    return int(version)


def unreadable(error: psycopg.Error) -> CouldNotLook:
    return CouldNotLook(f"The ledger is there and cannot be read: {database.meaning(error)}.")
