"""A baseline's text -> a throwaway database that holds it, and what had to be adapted."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psycopg

from releasegate import database
from releasegate.baseline import extensions, prelude, roles
from releasegate.baseline.errors import (
    BaselineError,
    MissingExtensions,
    PreludeError,
    failure,
    server_message,
)
from releasegate.baseline.extensions import named as extensions_of
from releasegate.baseline.files import File, joined, place
from releasegate.baseline.prelude import platform
from releasegate.baseline.running import TIMEOUT, Run
from releasegate.statements.parser import SqlError, parse

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from releasegate.database import Connection
    from releasegate.statements.parser import Statement
    from releasegate.throwaway import Database, Server

__all__ = [
    "TIMEOUT",
    "BaselineError",
    "File",
    "Loaded",
    "MissingExtensions",
    "PreludeError",
    "Setup",
    "extensions_of",
    "failure",
    "joined",
    "load",
    "place",
    "platform",
    "readable",
    "server_message",
]

# pg_dump frames its output so that psql takes no other meta-command; here nothing reads those. With
# --create it connects to the database that it has made.
_FOR_PSQL = re.compile(r"^\\(?:(?:un)?restrict [A-Za-z0-9]+|connect [^\n]*?)\r?$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Setup:
    """What the configuration says about the throwaway server."""

    #: extensions that stand-ins may take the place of
    stand_ins: frozenset[str] = frozenset()
    #: whose roles and schemas are there before the baseline; empty: nobody's
    platform: str = ""
    #: the repository's own files, which an administrator runs before the baseline
    prelude: tuple[File, ...] = ()
    #: whoever runs this vouches for the prelude
    trusts_prelude: bool = False


@dataclass(frozen=True, slots=True)
class Loaded:
    """How a baseline came onto a throwaway server."""

    #: what had to be adapted
    remarks: tuple[str, ...]
    #: extensions in whose place is a stand-in
    stand_ins: tuple[str, ...] = ()


def readable(text: str) -> str:
    """Blank what pg_dump writes for psql alone; lines keep their numbers."""
    return _FOR_PSQL.sub("", text)


def load(
    text: str,
    *,
    into: Database,
    server: Server,
    setup: Setup | None = None,
    say: Callable[[int], str] = "line {}".format,
) -> Loaded:
    """Run a schema, a ``pg_dump -s`` as it comes among them, and return what was adapted.

    ``say`` words a place, given a line of the text.

    Raises:
        BaselineError: at the first statement that fails.
    """
    setup = setup or Setup()
    try:
        statements = parse(readable(text))
    except SqlError as error:
        raise BaselineError(str(error), line=error.line, column=error.column) from error
    left_out = prelude.run(
        platform(setup.platform, statements),
        setup.prelude,
        into,
        server,
        is_trusted=setup.trusts_prelude,
    )
    with (
        database.connect(into.admin, application_name="releasegate") as admin,
        database.connect(into.owner, application_name="releasegate") as owner,
    ):
        owner.execute(f"SET statement_timeout = '{TIMEOUT}'")
        missing = roles.missing(admin, statements)
        made = frozenset() if server.kind == "borrowed" else roles.nameable(missing)
        remarks = roles.make(admin, made, into)
        stand_ins = extensions.make(
            statements, admin=admin, owner=owner, server=server, stand_ins=setup.stand_ins
        )
        run = Run(owner, missing - made, roles.owner_of_tables(statements), stand_ins)
        _run(statements, run, admin, is_ours=server.kind != "borrowed")
        return Loaded((*left_out, *remarks, *run.remarks(say)), stand_ins)


def _run(statements: Sequence[Statement], run: Run, admin: Connection, *, is_ours: bool) -> None:
    late = [s for s in statements if is_ours and _is_event_trigger(s)]
    for statement in statements:
        if statement not in late:
            run.one(statement)
    for statement in late:
        _make_event_trigger(statement, admin)


def _is_event_trigger(statement: Statement) -> bool:
    """Tell whether it makes a trigger on DDL; one on logins would run with our rights too."""
    is_one = statement.kind == "create_event_trig_stmt"
    return is_one and statement.node.eventname.lower() != "login"


def _make_event_trigger(statement: Statement, admin: Connection) -> None:
    """Make it last of all, as only an administrator may: from here on none changes this database.

    Its function runs with the rights of whoever makes a change, an ordinary role's.
    """
    try:
        database.send(admin, statement.text)
    except psycopg.Error as error:
        raise failure(statement, error) from error
