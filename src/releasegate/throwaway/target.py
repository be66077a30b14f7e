"""A target -> its schema as pg_dump writes it, by the programs that come with releasegate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from releasegate import database
from releasegate.throwaway.binaries import binaries
from releasegate.throwaway.server import dump

if TYPE_CHECKING:
    from releasegate.database import Parameters

_LOCKED_MS = 5_000


def dump_target(parameters: Parameters) -> str:
    """Dump the schema without the ledger's; nothing is written to the target.

    Raises:
        CouldNotLook: it cannot be reached, may not be read, or a table stays locked.
    """
    with database.connect(parameters, application_name="releasegate/init") as connection:
        where = database.as_reached(connection, parameters)
    found = binaries()
    options = ("--schema-only", "--exclude-schema=releasegate", f"--lock-wait-timeout={_LOCKED_MS}")
    return dump(found[max(found)], where, *options, place="target", user={})
