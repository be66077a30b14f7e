"""A backend that does not answer -> whether it still works, or its answer was lost on the way."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING

import psycopg

from releasegate import database, facts
from releasegate.attended import longer_than
from releasegate.errors import CouldNotLook

if TYPE_CHECKING:
    from datetime import datetime

    from releasegate.attended import Attended
    from releasegate.database import Parameters

#: an answer that comes sooner is not worth a question
_PATIENCE_S = 2.0
_BETWEEN_LOOKS_S = 0.75
#: a standby confirms a commit within this time, or is taken to be away
_STANDBY_S = 5.0
#: a server that nobody reaches for this long has lost our connection too
_UNREACHABLE_S = 10.0
_ANSWER_S = 3.0


class Guard:
    """Asks over a session of its own, which it opens when it has something to ask."""

    def __init__(self, parameters: Parameters, name: str) -> None:
        self._parameters = parameters
        self._name = name
        self._connection: Attended | None = None
        self._looked_at = 0.0
        #: the wait and the backend's state at the last look, where that was waiting for us
        self._silent: tuple[float, datetime | None] | None = None
        #: a commit was let go that no synchronous standby has confirmed
        self.has_let_go = False

    def is_lost(self, pid: int, since: float) -> bool:
        """Tell whether the answer that is awaited since a moment will not come any more.

        It won't when the backend is gone, or when it waits for us as well, at two looks in a row.
        """
        now = time.monotonic()
        if now - since < _PATIENCE_S or now - self._looked_at < _BETWEEN_LOOKS_S:
            return False
        self._looked_at = now
        try:
            return self._look(pid, since)
        except (psycopg.Error, CouldNotLook):
            self.close()
            return now - since > _UNREACHABLE_S

    def _look(self, pid: int, since: float) -> bool:
        if self._connection is None:
            self._connection = _open(self._parameters, self._name)
        doing = facts.doing(self._connection, pid)
        if doing is None:
            return True
        if doing.awaits_standby and time.monotonic() - since > _STANDBY_S:
            # The commit has happened here; what is cancelled is the wait alone (manual, 26.2.8).
            self.has_let_go = True
            facts.cancel(self._connection, pid)
        was, self._silent = self._silent, (since, doing.since) if doing.is_silent else None
        return self._silent is not None and self._silent == was

    def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(psycopg.Error):
                connection.close()


def _open(parameters: Parameters, name: str) -> Attended:
    connection = database.connect(
        parameters, application_name=name, is_told=False, connect_timeout="2"
    )
    connection.attend(longer_than(_ANSWER_S))
    return connection
