"""The --replica-url -> a session on a standby of this very target."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from releasegate import database, facts
from releasegate.errors import CouldNotLook
from releasegate.session import look_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from releasegate.database import Connection, Parameters
    from releasegate.gates.live_database.scope import Scope


@contextmanager
def open_replica(scope: Scope, parameters: Parameters) -> Iterator[Connection]:
    """Open it for as long as the block looks.

    Raises:
        CouldNotLook: it cannot be reached, or is no standby of the target.
    """
    with look_at(parameters, "data") as replica:
        system = database.identify(replica).system_identifier
        if not facts.is_standby(replica) or system != scope.live.target.system_identifier:
            raise CouldNotLook("--replica-url leads to no standby of this target.")
        yield replica
