"""A baseline's own statements -> run as an ordinary role, or left out and said why."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg

from releasegate import database
from releasegate.baseline import roles
from releasegate.baseline.errors import BaselineError, failure
from releasegate.statements.parser import kind_of, walk

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from releasegate.database import Connection
    from releasegate.statements.parser import Statement

#: a statement's longest time on a throwaway server
TIMEOUT = "60s"
_DUPLICATE_SCHEMA = "42P06"
_UNKNOWN_SETTING = "42704"
#: no such function, table, type or other object, or schema
_UNKNOWN = frozenset({"42883", "42P01", "42704", "3F000"})
_SYSTEM_SCHEMAS = frozenset({"pg_catalog", "information_schema"})
#: alike, they are said one by one up to so many
_FEW = 3

# What an ordinary role may not do, and no migration of tables depends on.
_SKIPPABLE = frozenset(
    """variable_set_stmt comment_stmt create_event_trig_stmt alter_event_trig_stmt
    create_publication_stmt alter_publication_stmt create_subscription_stmt create_fdw_stmt
    create_foreign_server_stmt create_user_mapping_stmt sec_label_stmt alter_role_set_stmt
    alter_database_set_stmt alter_database_stmt grant_stmt alter_default_privileges_stmt
    create_role_stmt alter_role_stmt grant_role_stmt createdb_stmt""".split()
)

_HANDLED = frozenset({"transaction_stmt", "create_extension_stmt"})


class Run:
    """The baseline's own statements, every one as the ordinary role that owns the database."""

    def __init__(
        self,
        owner: Connection,
        unknown_roles: frozenset[str],
        stands_for: str | None,
        stand_ins: Collection[str],
    ) -> None:
        self._owner = owner
        self._unknown_roles = unknown_roles
        self._stands_for = stands_for
        self._stand_ins = stand_ins
        self._owners: set[str] = set()
        #: (why, first words) -> the statements that begin so
        self._left_out: dict[tuple[str, str], list[Statement]] = {}

    def one(self, statement: Statement) -> None:
        if statement.kind in _HANDLED or _is_timeout(statement):
            return
        if roles.changes_owner(statement):
            self._owners |= roles.named(statement)
            return
        if roles.named(statement) & self._unknown_roles:
            self._skip(statement, "it names a role that this server lacks")
            return
        try:
            database.send(self._owner, roles.for_owner(statement, self._stands_for))
        except psycopg.Error as error:
            self._judge(statement, error)

    def remarks(self, say: Callable[[int], str]) -> Iterator[str]:
        """Say what was left out and where: each by itself where they are few, else how many."""
        if self._owners:
            names = ", ".join(sorted(self._owners))
            yield f"left out OWNER TO: one role owns everything here, in place of {names}"
        for (why, words), statements in self._left_out.items():
            if len(statements) > _FEW:
                first = say(statements[0].line)
                yield f"from {first} on: left out {len(statements)} {words}: {why}"
                continue
            for statement in statements:
                words = " ".join(statement.text.split()[:4])
                yield f"{say(statement.line)}: left out {words}: {why}"

    def _judge(self, statement: Statement, error: psycopg.Error) -> None:
        is_setting = statement.kind == "variable_set_stmt"
        if error.sqlstate == _DUPLICATE_SCHEMA and statement.kind == "create_schema_stmt":
            return
        if error.sqlstate == database.NO_RIGHT and statement.kind in _SKIPPABLE:
            self._skip(statement, "an ordinary role may not do it")
        elif error.sqlstate == _UNKNOWN_SETTING and is_setting:
            self._skip(statement, "this version has no such setting")
        elif (
            error.sqlstate in _UNKNOWN and statement.kind == "grant_stmt" and _of_system(statement)
        ):
            self._skip(statement, "this version has no such system object")
        elif error.sqlstate in _UNKNOWN and self._stand_ins and statement.kind == "grant_stmt":
            self._skip(statement, "an extension's stand-in has no such object")
        else:
            raise self._failure(statement, error)

    def _failure(self, statement: Statement, error: psycopg.Error) -> BaselineError:
        found = failure(statement, error)
        if error.sqlstate not in _UNKNOWN or not self._stand_ins:
            return found
        names = ", ".join(self._stand_ins)
        message = f"{found} (stand-ins are in place of {names}; scratch.prelude can make it)"
        return BaselineError(message, line=found.line, column=found.column)

    def _skip(self, statement: Statement, why: str) -> None:
        words = " ".join(statement.text.split()[:2])
        self._left_out.setdefault((why, words), []).append(statement)


def _is_timeout(statement: Statement) -> bool:
    """Our own bound on each statement stays."""
    return statement.kind == "variable_set_stmt" and statement.node.name.endswith("_timeout")


def _of_system(statement: Statement) -> bool:
    """Tell whether rights are given on what PostgreSQL itself brings, as its version does."""
    parts = [*walk(statement.node)]
    schemas = {part.schemaname for part in parts if kind_of(part) == "RangeVar"}
    functions = [part for part in parts if kind_of(part) == "ObjectWithArgs"]
    schemas |= {part.objname[0].string.sval for part in functions if part.objname}
    return bool(schemas) and schemas <= _SYSTEM_SCHEMAS
