"""A baseline's text -> a throwaway database that holds it, and what had to be adapted."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import psycopg

from releasegate import database
from releasegate.statements.parser import (
    CHANGE_OWNER,
    SqlError,
    Statement,
    kind_of,
    parse,
    quote,
    walk,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from releasegate.database import Connection
    from releasegate.throwaway import Database, Server

# pg_dump frames its output so that psql takes no other meta-command; here nothing reads those.
_RESTRICT = re.compile(r"^\\(un)?restrict [A-Za-z0-9]+\r?$", re.MULTILINE)
#: a statement's longest time on a throwaway server
TIMEOUT = "60s"
_PUBLIC_ROLES = frozenset({"public", "pg_database_owner"})
_UNKNOWN_SETTING = "42704"
_DUPLICATE_SCHEMA = "42P06"

# What an ordinary role may not do, and no migration of tables depends on.
_SKIPPABLE = frozenset(
    """variable_set_stmt comment_stmt create_event_trig_stmt alter_event_trig_stmt
    create_publication_stmt alter_publication_stmt create_subscription_stmt create_fdw_stmt
    create_foreign_server_stmt create_user_mapping_stmt sec_label_stmt alter_role_set_stmt
    alter_database_set_stmt alter_database_stmt grant_stmt alter_default_privileges_stmt
    create_role_stmt alter_role_stmt grant_role_stmt""".split()
)

_HANDLED = frozenset({"transaction_stmt", "create_extension_stmt"})


class BaselineError(Exception):
    """A statement of the baseline that the throwaway server refuses; lines are 1-based."""

    def __init__(self, message: str, *, line: int, column: int) -> None:
        super().__init__(message)
        self.line = line
        self.column = column


def readable(text: str) -> str:
    """Blank what pg_dump writes for psql alone; lines keep their numbers."""
    return _RESTRICT.sub("", text)


def load(text: str, *, into: Database, server: Server) -> tuple[str, ...]:
    """Run a schema, a ``pg_dump -s`` as it comes among them, and return what was adapted.

    Raises:
        BaselineError: at the first statement that fails.
    """
    try:
        statements = parse(readable(text))
    except SqlError as error:
        raise BaselineError(str(error), line=error.line, column=error.column) from error
    with (
        database.connect(into.admin, application_name="releasegate") as admin,
        database.connect(into.owner, application_name="releasegate") as owner,
    ):
        owner.execute(f"SET statement_timeout = '{TIMEOUT}'")
        missing = _missing_roles(admin, statements)
        made = frozenset() if server.kind == "borrowed" else _nameable(missing)
        remarks = _make_roles(admin, made, into)
        for statement in statements:
            if statement.kind == "create_extension_stmt":
                _make_extension(statement, admin, owner)
        run = _Load(owner, missing - made)
        is_ours = server.kind != "borrowed"
        late = [s for s in statements if is_ours and _is_event_trigger(s)]
        for statement in statements:
            if statement not in late:
                run.one(statement)
        for statement in late:
            _make_event_trigger(statement, admin)
        return (*remarks, *run.remarks)


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


def _make_extension(statement: Statement, admin: Connection, owner: Connection) -> None:
    """Make an extension as an administrator, by a statement of our own, before any other.

    Its script runs with all rights, so nothing of the file may exist yet that it could call.
    """
    name = statement.node.extname
    available = "SELECT EXISTS (SELECT FROM pg_available_extensions WHERE name = %s)"
    if not database.one(admin, available, (name,))[0]:
        line, column = statement.place
        message = (
            f"the throwaway server lacks the extension {name}; install a PostgreSQL that has it "
            "beside releasegate, or give --scratch-url"
        )
        raise BaselineError(message, line=line, column=column)
    try:
        admin.execute(
            f"CREATE EXTENSION IF NOT EXISTS {quote(name)}{_schema(statement, owner)}".encode()
        )
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


class _Load:
    """The baseline's own statements, every one as the ordinary role that owns the database."""

    def __init__(self, owner: Connection, unknown_roles: frozenset[str]) -> None:
        self._owner = owner
        self._unknown_roles = unknown_roles
        self._is_owner_kept = True
        self.remarks: list[str] = []

    def one(self, statement: Statement) -> None:
        if statement.kind in _HANDLED or _is_timeout(statement):
            return
        if _changes_owner(statement):
            self._keep_owner()
            return
        if _roles(statement) & self._unknown_roles:
            self._skip(statement, "it names a role that this server lacks")
            return
        try:
            database.send(self._owner, statement.text)
        except psycopg.Error as error:
            self._judge(statement, error)

    def _keep_owner(self) -> None:
        """One role owns everything here, as one role must that applies; said once."""
        if self._is_owner_kept:
            self.remarks.append("left out OWNER TO: one role owns everything here")
            self._is_owner_kept = False

    def _judge(self, statement: Statement, error: psycopg.Error) -> None:
        is_setting = statement.kind == "variable_set_stmt"
        if error.sqlstate == _DUPLICATE_SCHEMA and statement.kind == "create_schema_stmt":
            return
        if error.sqlstate == database.NO_RIGHT and statement.kind in _SKIPPABLE:
            self._skip(statement, "an ordinary role may not do it")
        elif error.sqlstate == _UNKNOWN_SETTING and is_setting:
            self._skip(statement, "this version has no such setting")
        else:
            raise failure(statement, error) from error

    def _skip(self, statement: Statement, why: str) -> None:
        words = " ".join(statement.text.split()[:4])
        self.remarks.append(f"line {statement.line}: left out {words}: {why}")


def failure(statement: Statement, error: psycopg.Error) -> BaselineError:
    """Place a throwaway server's refusal: where it gives a position, else at the first token."""
    position = error.diag.statement_position
    place = statement.place_of_character(int(position) - 1) if position else statement.place
    return BaselineError(server_message(error), line=place[0], column=place[1])


def server_message(error: psycopg.Error) -> str:
    """Quote a throwaway server. It holds no row but the file's own, so its text may be shown."""
    text = error.diag.message_primary or database.meaning(error)
    return "".join(c if c.isprintable() else " " for c in text)


def _changes_owner(statement: Statement) -> bool:
    if statement.kind == "alter_table_stmt":
        commands = statement.node.cmds
        return all(command.alter_table_cmd.subtype == CHANGE_OWNER for command in commands)
    return statement.kind == "alter_owner_stmt"


def _is_timeout(statement: Statement) -> bool:
    """Our own bound on each statement stays."""
    return statement.kind == "variable_set_stmt" and statement.node.name.endswith("_timeout")


def _roles(statement: Statement) -> set[str]:
    parts = walk(statement.node)
    return {part.rolename for part in parts if kind_of(part) == "RoleSpec" and part.rolename}


def _missing_roles(admin: Connection, statements: Sequence[Statement]) -> frozenset[str]:
    named = {role for statement in statements for role in _roles(statement)} - _PUBLIC_ROLES
    rows = database.rows(admin, "SELECT rolname FROM pg_roles WHERE rolname = ANY(%s)", ([*named],))
    return frozenset(named - {name for (name,) in rows})


def _nameable(roles: frozenset[str]) -> frozenset[str]:
    """Leave out names that PostgreSQL keeps for itself (manual, CREATE ROLE)."""
    reserved = {"none", "public"}
    return frozenset(name for name in roles - reserved if not name.startswith("pg_"))


def _make_roles(admin: Connection, names: frozenset[str], into: Database) -> list[str]:
    """Stand in for production's roles; the database's owner may act as each of them."""
    owner = quote(into.owner.values["user"])
    for name in sorted(names):
        admin.execute(f"CREATE ROLE {quote(name)} NOLOGIN".encode())
        admin.execute(f"GRANT {quote(name)} TO {owner}".encode())
    return [f"made the roles {', '.join(sorted(names))}"] if names else []
