"""A throwaway database -> the app's role on it, and its sessions with prepared statements."""

from __future__ import annotations

import itertools
import secrets
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from psycopg import pq, sql

from releasegate import database, pipeline
from releasegate.database import Parameters
from releasegate.pipeline import Message, MessageFailed
from releasegate.session import MIGRATION_SEARCH_PATH

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from psycopg.pq.abc import PGconn, PGresult

    from releasegate.database import Connection
    from releasegate.pipeline import Answer
    from releasegate.throwaway import Database

#: the phases of a try
PREPARE, EXECUTE = "prepare", "execute"
_SETTINGS = {"search_path": MIGRATION_SEARCH_PATH, "statement_timeout": "2s", "lock_timeout": "1s"}
_MAKE = "CREATE ROLE {} LOGIN NOSUPERUSER PASSWORD {} IN ROLE pg_read_all_data, pg_write_all_data"


@contextmanager
def app_role(where: Database) -> Iterator[Parameters]:
    """Make a role that may read and write every table and owns none; else be the owner.

    Its rights come of PostgreSQL's own roles, so no table's privileges change. It logs in by
    itself: the app's SQL could leave a role that was merely set.
    """
    with database.connect(where.admin, application_name="releasegate") as admin:
        query = "SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user"
        if not database.one(admin, query)[0]:
            yield where.owner
            return
        role, password = f"{where.name}_app", secrets.token_urlsafe(24)
        name = sql.Identifier(role)
        admin.execute(sql.SQL(_MAKE).format(name, sql.Literal(password)))
    # It goes with the server, or with the database where that is lent: nothing that fires the
    # baseline's event triggers may ever be run here by an administrator.
    yield Parameters({**where.owner.values, "user": role, "password": password})


@dataclass(frozen=True, slots=True)
class Refusal:
    sqlstate: str
    #: the column that it is about, where the server names one
    column: str | None = None


@contextmanager
def session(app: Parameters, says: Mapping[str, str] | None = None) -> Iterator[Session]:
    """Log in as the app, with bounds on how long a statement runs and waits.

    ``says`` are settings by which the app says for whom it works.

    Raises:
        CouldNotLook: no connection was to be had.
    """
    with database.connect(app, application_name="app") as connection:
        # The driver would prepare by itself, and not know of what is forgotten.
        connection.prepare_threshold = None
        settings = {**_SETTINGS, **(says or {})}
        database.settle(connection, settings)
        yield Session(connection, settings)


class Session:
    """A connection that prepares by the protocol, as drivers do."""

    def __init__(self, connection: Connection, settings: Mapping[str, str] | None = None) -> None:
        self._connection = connection
        #: what the app sets once it has logged in
        self._settings = settings or {}

    @property
    def _pgconn(self) -> PGconn:
        return self._connection.pgconn

    def begin_anew(self) -> None:
        """Be as a connection that comes new, which would cost a process.

        What a role or a database sets for new ones is no matter: no migration may change that.
        """
        self._pgconn.exec_(b"DISCARD ALL")
        if not self.is_lost:
            database.settle(self._connection, self._settings)

    def prepare(self, name: str, text: str) -> Refusal | None:
        return _refusal(self._pgconn.prepare(name.encode(), text.encode()))

    def parameter_types(self, name: str) -> list[int]:
        """Ask which types a prepared statement's parameters have."""
        told = self._pgconn.describe_prepared(name.encode())
        return [told.param_type(place) for place in range(told.nparams)]

    def try_each(self, tries: Sequence[Try]) -> list[tuple[str, Refusal] | None]:
        """Prepare and execute, each in a transaction that is rolled back; say what was refused.

        Fewer than the tries come back where one of them ended the connection.
        """
        groups = [group for one in tries for group in _groups(one)]
        answered = iter(pipeline.flush_each(self._connection, groups))
        found: list[tuple[str, Refusal] | None] = []
        for one in tries:
            mine = [*itertools.islice(answered, len(_groups(one)))]
            if len(mine) < len(_groups(one)):
                break
            found.append(_first(one, mine))
        return found

    def let_go(self) -> None:
        """Give up advisory locks, which a rollback leaves."""
        self._pgconn.exec_(b"SELECT pg_catalog.pg_advisory_unlock_all()")

    @property
    def is_lost(self) -> bool:
        return self._pgconn.status != pq.ConnStatus.OK


@dataclass(frozen=True, slots=True)
class Try:
    """A statement to prepare, where it has a text, and to execute, where it has values."""

    name: str
    text: str | None
    values: Sequence[str | None] | None


# Deferred keys would else be looked at by a commit that never comes.
_BEGIN = (Message("BEGIN"), Message("SET CONSTRAINTS ALL IMMEDIATE"))
_ROLLBACK = (Message("ROLLBACK"),)


def _groups(one: Try) -> list[Sequence[Message]]:
    groups: list[Sequence[Message]] = []
    if one.text is not None:
        groups.append((Message(one.text, prepares=one.name),))
    if one.values is not None:
        groups += [(*_BEGIN, Message("", tuple(one.values), prepared=one.name)), _ROLLBACK]
    return groups


def _first(
    one: Try, answered: Sequence[tuple[Answer, ...] | MessageFailed]
) -> tuple[str, Refusal] | None:
    """Say what was refused first: of what is not prepared the execution means nothing."""
    for number, said in enumerate(answered):
        if isinstance(said, MessageFailed):
            phase = PREPARE if one.text is not None and number == 0 else EXECUTE
            return phase, Refusal(said.error.sqlstate or "", said.error.diag.column_name)
    return None


def _refusal(result: PGresult) -> Refusal | None:
    if result.status in (pq.ExecStatus.COMMAND_OK, pq.ExecStatus.TUPLES_OK):
        return None
    state = result.error_field(pq.DiagnosticField.SQLSTATE)
    column = result.error_field(pq.DiagnosticField.COLUMN_NAME)
    return Refusal((state or b"").decode(), column.decode() if column else None)
