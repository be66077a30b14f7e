"""A baseline's roles -> stand-ins for those that a server lacks, and whom its owner stands for."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from releasegate import database
from releasegate.statements.parser import CHANGE_OWNER, kind_of, quote, walk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from releasegate.database import Connection
    from releasegate.statements.parser import Statement
    from releasegate.throwaway import Database

_PUBLIC_ROLES = frozenset({"public", "pg_database_owner"})
_FOR_ROLE = re.compile(
    r'\A(ALTER\s+DEFAULT\s+PRIVILEGES\s)\s*FOR\s+(?:ROLE|USER)\s+("(?:[^"]|"")+"|\w+)\s(?!\s*,)',
    re.IGNORECASE,
)


def named(statement: Statement) -> set[str]:
    parts = walk(statement.node)
    return {part.rolename for part in parts if kind_of(part) == "RoleSpec" and part.rolename}


def missing(admin: Connection, statements: Sequence[Statement]) -> frozenset[str]:
    """Name the roles of a text that the server lacks."""
    wanted = {role for statement in statements for role in named(statement)} - _PUBLIC_ROLES
    query = "SELECT rolname FROM pg_roles WHERE rolname = ANY(%s)"
    rows = database.rows(admin, query, ([*wanted],))
    return frozenset(wanted - {name for (name,) in rows})


def nameable(roles: frozenset[str]) -> frozenset[str]:
    """Leave out names that PostgreSQL keeps for itself (manual, CREATE ROLE)."""
    reserved = {"none", "public"}
    return frozenset(name for name in roles - reserved if not name.startswith("pg_"))


def make(admin: Connection, names: frozenset[str], into: Database) -> list[str]:
    """Stand in for production's roles; the database's owner may act as each of them."""
    owner = quote(into.owner.values["user"])
    for name in sorted(names):
        admin.execute(f"CREATE ROLE {quote(name)} NOLOGIN".encode())
        admin.execute(f"GRANT {quote(name)} TO {owner}".encode())
    return [f"made the roles {', '.join(sorted(names))}"] if names else []


def changes_owner(statement: Statement) -> bool:
    if statement.kind == "alter_table_stmt":
        commands = statement.node.cmds
        return all(command.alter_table_cmd.subtype == CHANGE_OWNER for command in commands)
    return statement.kind == "alter_owner_stmt"


def owner_of_tables(statements: Sequence[Statement]) -> str | None:
    """Find whose place the one owner here takes: who owns the most tables, of ``public`` first."""
    owners: Counter[tuple[bool, str]] = Counter()
    for statement in statements:
        if statement.kind == "alter_table_stmt" and changes_owner(statement):
            is_public = statement.node.relation.schemaname in ("", "public")
            command = statement.node.cmds[0].alter_table_cmd
            owners[is_public, command.newowner.rolename] += 1
    best = max(owners, key=lambda key: (key[0], owners[key]), default=None)
    return best[1] if best and best[1] else None


def for_owner(statement: Statement, stands_for: str | None) -> str:
    """Give default rights of the role that the owner stands for to the owner."""
    text = statement.text
    found = _FOR_ROLE.match(text)
    if statement.kind != "alter_default_privileges_stmt" or found is None or stands_for is None:
        return text
    is_ours = found[2] in (stands_for, f'"{stands_for.replace(chr(34), chr(34) * 2)}"')
    return f"{found[1]}{text[found.end() :]}" if is_ours else text
