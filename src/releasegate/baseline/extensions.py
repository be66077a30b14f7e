"""CREATE EXTENSION statements -> the extensions, or stand-ins for those that a server lacks."""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING

import psycopg

from releasegate import database
from releasegate.baseline.errors import BaselineError, MissingExtensions, failure
from releasegate.statements.parser import kind_of, quote, walk

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from releasegate.database import Connection
    from releasegate.statements.parser import Statement
    from releasegate.throwaway import Server

_KIND = "create_extension_stmt"
#: the first major that looks for extensions elsewhere too (manual, extension_control_path)
_HAS_CONTROL_PATH = 18
_CONTROL = "default_version = '1'\nrelocatable = true\n"


def named(statements: Sequence[Statement]) -> dict[str, Statement]:
    """Give the extensions that a text makes, each with its first statement."""
    found: dict[str, Statement] = {}
    for statement in statements:
        if statement.kind == _KIND:
            found.setdefault(statement.node.extname, statement)
    return found


def make(
    statements: Sequence[Statement],
    *,
    admin: Connection,
    owner: Connection,
    server: Server,
    stand_ins: Collection[str],
) -> tuple[str, ...]:
    """Make every extension of a text, and name those that only have a stand-in.

    Raises:
        MissingExtensions: the server lacks some that no stand-in may take the place of.
    """
    wanted = named(statements)
    query = "SELECT name FROM pg_available_extensions WHERE name = ANY(%s)"
    there = {name for (name,) in database.rows(admin, query, ([*wanted],))}
    lacking = [name for name in wanted if name not in there]
    can_stand_in = server.kind != "borrowed" and server.major >= _HAS_CONTROL_PATH
    unmet = [name for name in lacking if name not in stand_ins or not can_stand_in]
    if unmet:
        raise _missing(wanted[unmet[0]], sorted(unmet), server, can_stand_in=can_stand_in)
    if lacking:
        folder = server.lend({file: text for n in lacking for file, text in _files(n).items()})
        admin.execute(f"SET extension_control_path = '$system:{folder}'".encode())
    for statement in statements:
        if statement.kind == _KIND:
            _make(statement, admin, owner)
    return tuple(sorted(lacking))


def _missing(
    first: Statement, names: Sequence[str], server: Server, *, can_stand_in: bool
) -> MissingExtensions:
    """Name the ways out; stand-ins last, for they prove less."""
    listed = ", ".join(f'"{name}"' for name in names)
    third = f"or set [scratch] stand-ins = [{listed}]: stand-ins prove less"
    if not can_stand_in:
        third = f"stand-ins need an embedded PostgreSQL {_HAS_CONTROL_PATH}"
    message = (
        f"the throwaway server (PostgreSQL {server.major}, {server.kind}) lacks "
        f"{', '.join(names)}: install a PostgreSQL that has them; or give --scratch-url; {third}"
    )
    line, column = first.place
    return MissingExtensions(message, line=line, column=column)


def _make(statement: Statement, admin: Connection, owner: Connection) -> None:
    """Make an extension as an administrator, by a statement of our own, before any other.

    Its script runs with all rights, so nothing of the file may exist yet that it could call.
    """
    name, schema = statement.node.extname, _schema(statement, owner)
    try:
        admin.execute(f"CREATE EXTENSION IF NOT EXISTS {quote(name)}{schema}".encode())
    except psycopg.Error as error:
        raise failure(statement, error) from error


def _schema(statement: Statement, owner: Connection) -> str:
    """Write the schema that an extension is to live in, and make it where it is missing."""
    for part in walk(statement.node):
        if kind_of(part) == "DefElem" and part.defname == "schema":
            name = part.arg.string.sval
            if not name.startswith("pg_"):
                owner.execute(f"CREATE SCHEMA IF NOT EXISTS {quote(name)}".encode())
            return f" SCHEMA {quote(name)}"
    return ""


def _files(name: str) -> dict[str, str]:
    """Write a stand-in's control file and script; one that we have no script for is empty."""
    if "/" in name or name.startswith("."):
        raise BaselineError(f"{name!r} is no extension's name", line=1, column=1)
    script = resources.files("releasegate.baseline").joinpath("stand_ins", f"{name}.sql")
    text = script.read_text(encoding="utf-8") if script.is_file() else ""
    return {f"extension/{name}.control": _CONTROL, f"extension/{name}--1.sql": text}
