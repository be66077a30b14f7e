"""Two sessions on one target -> whether a pooler stands before it, and what it shares out."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from enum import StrEnum
from typing import TYPE_CHECKING

import psycopg

from releasegate import database, facts
from releasegate.attended import longer_than
from releasegate.errors import CouldNotLook

if TYPE_CHECKING:
    from collections.abc import Iterator

    from releasegate.attended import Attended
    from releasegate.database import Connection, Parameters

#: whoever has another backend at hand gives it out in this many tries
_ROUNDS = 10
_ANSWERS_S = 4.0


class Pooling(StrEnum):
    """What a backend is lent out for."""

    SESSION = "session"
    TRANSACTION = "transaction"
    STATEMENT = "statement"


def find(connection: Connection, parameters: Parameters, name: str) -> Pooling | None:
    """Find out how a pooler lends backends out; None: the server itself was dialled.

    Nothing is set before that is known: it would be set for somebody else.

    Raises:
        CouldNotLook: the pooler has no second backend for us.
    """
    if facts.own_pid(connection) == connection.info.backend_pid:
        return None
    # A prepared statement would be another session's too.
    connection.prepare_threshold = None
    try:
        with _another(parameters, name) as other:
            return _lent_for(connection, other)
    except psycopg.OperationalError:
        raise CouldNotLook(
            "A pooler stands before the target and has no second session for us: releasegate "
            "needs five at once (pool_size)."
        ) from None


@contextmanager
def _another(parameters: Parameters, name: str) -> Iterator[Attended]:
    connection = database.connect(parameters, application_name=name)
    try:
        connection.prepare_threshold = None
        connection.attend(longer_than(_ANSWERS_S))
        yield connection
    finally:
        connection.close()


def _lent_for(one: Connection, other: Connection) -> Pooling:
    own, its = facts.own_pid(one), facts.own_pid(other)
    is_shared = own == its or _wanders(one, other, own, its)
    try:
        other.execute("BEGIN")
    except psycopg.Error:
        return Pooling.STATEMENT
    try:
        # While a backend is taken another one has to do for who had it before.
        is_shared = is_shared or _wanders(one, other, own, its)
        return Pooling.TRANSACTION if is_shared else Pooling.SESSION
    finally:
        with suppress(psycopg.Error):
            other.execute("ROLLBACK")


def _wanders(one: Connection, other: Connection, own: int, its: int) -> bool:
    return any(facts.own_pid(one) != own or facts.own_pid(other) != its for _ in range(_ROUNDS))
