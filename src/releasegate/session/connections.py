"""Parameters -> connections that are set up for what a session does: change, look on, look."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from releasegate import database, facts
from releasegate.attended import longer_than
from releasegate.errors import CouldNotLook

if TYPE_CHECKING:
    from collections.abc import Iterator

    from releasegate.attended import Attended
    from releasegate.database import Connection, Parameters

#: our own queries see system names only; temporary objects can shadow nothing
SEARCH_PATH = "pg_catalog, pg_temp"
#: for statements that stay as written
MIGRATION_SEARCH_PATH = "public, pg_temp"
_OBSERVER_TIMEOUT, OBSERVER_ANSWERS_S = "2s", 4.0
_SET_UP_S = 10.0

# Our questions are few and asked often; none is worth a plan of its own each time.
_PLANNED_ONCE = {"plan_cache_mode": "force_generic_plan"}
#: what the observer asks a second time has the driver prepare it
_PREPARED_AT = 1
# A client that dies or hangs must not leave its locks behind: the server ends such sessions.
_SETTINGS = {
    **database.PLAIN_SETTINGS,
    "search_path": SEARCH_PATH,
    "row_security": "off",
    "synchronous_commit": "on",
    "idle_in_transaction_session_timeout": "5s",
    "idle_session_timeout": "60s",
    "client_connection_check_interval": "1s",
    "statement_timeout": "60s",
    **_PLANNED_ONCE,
}
# A half-open connection lets go of its locks within 6 s, at whichever end it is noticed.
_TCP_SETTINGS = {
    "tcp_keepalives_idle": "3",
    "tcp_keepalives_interval": "1",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "6000",
}
#: for sessions that only look
LOOKS = {
    "default_transaction_read_only": "on",
    "max_parallel_workers_per_gather": "0",
    # Who holds a table against readers is named, and not waited for.
    "lock_timeout": "5s",
    "search_path": SEARCH_PATH,
    "statement_timeout": _OBSERVER_TIMEOUT,
}
_QUICKLY = {"connect_timeout": "2"}
# DISCARD ALL without what it does to prepared statements (manual, its own page): those are ours
# alone, for a file may hold no PREPARE, and they are dear.
DISCARD = """
CLOSE ALL; SET SESSION AUTHORIZATION DEFAULT; RESET ALL; UNLISTEN *;
SELECT pg_catalog.pg_advisory_unlock_all(); DISCARD TEMP; DISCARD SEQUENCES
"""
# The same for the client's end (manual, 34.1.2).
_CLIENT_TCP = {
    "keepalives_idle": "3",
    "keepalives_interval": "1",
    "keepalives_count": "3",
    "tcp_user_timeout": "6000",
    "target_session_attrs": "read-write",
}


@contextmanager
def look_at(replica: Parameters, run_id: str) -> Iterator[Connection]:
    """Open a session on a replica that only looks.

    Raises:
        CouldNotLook: it cannot be reached.
    """
    name = f"{name_of(run_id)}/replica"
    connection = database.connect(replica, application_name=name)
    try:
        _refuse_pooler(connection, replica)
        database.settle(connection, {**database.PLAIN_SETTINGS, **LOOKS})
        yield connection
    finally:
        connection.close()


def name_of(run_id: str) -> str:
    return f"releasegate/{run_id}"


def dial(parameters: Parameters, name: str, *, is_again: bool) -> Attended:
    """Open a session; a server that comes back does so at once, and is asked again and again."""
    given = {**_CLIENT_TCP, **_QUICKLY} if is_again else _CLIENT_TCP
    return database.connect(parameters, application_name=name, is_told=not is_again, **given)


def connect(parameters: Parameters, run_id: str, *, is_again: bool = False) -> Attended:
    connection = dial(parameters, name_of(run_id), is_again=is_again)
    # While it is set up every question is a quick one.
    connection.attend(longer_than(_SET_UP_S))
    _refuse_pooler(connection, parameters)
    set_up(connection, run_id)
    return connection


def _refuse_pooler(connection: Connection, parameters: Parameters) -> None:
    """Set nothing on a backend that may be somebody else's a moment later."""
    is_pooled = facts.own_pid(connection) != connection.info.backend_pid
    if is_pooled and not parameters.may_be_pooled:
        raise CouldNotLook("A pooler stands before the server: connect to the server itself.")


def set_up(connection: Connection, run_id: str) -> None:
    # The driver would prepare by itself, and with the first DROP forget ours as well.
    connection.prepare_threshold = None
    settings = {**_SETTINGS, facts.MARK: run_id}
    if database.major(connection) >= 17:
        settings["transaction_timeout"] = "0"
    database.settle(connection, settings)
    # Without effect, and told as 0, where the server's end is a Unix socket.
    if facts.is_on_tcp(connection):
        database.settle(connection, _TCP_SETTINGS)


def observe(parameters: Parameters, run_id: str, *, is_again: bool = False) -> Attended:
    observer = dial(parameters, f"{name_of(run_id)}/observer", is_again=is_again)
    observer.attend(longer_than(OBSERVER_ANSWERS_S))
    _refuse_pooler(observer, parameters)
    database.settle(observer, {**database.PLAIN_SETTINGS, **LOOKS, **_PLANNED_ONCE})
    observer.prepare_threshold = _PREPARED_AT
    return observer
