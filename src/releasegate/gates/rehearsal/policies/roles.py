"""A throwaway database -> roles that log in to it: bound by policies, and by none."""

from __future__ import annotations

import secrets
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from psycopg import sql

from releasegate import database
from releasegate.database import Parameters
from releasegate.errors import CouldNotLook
from releasegate.session import MIGRATION_SEARCH_PATH
from releasegate.specimens.raw import ask

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from releasegate.database import Connection
    from releasegate.gates.rehearsal.policies.declaration import Declaration
    from releasegate.throwaway import Database

_SETTINGS = {"search_path": MIGRATION_SEARCH_PATH, "statement_timeout": "5s", "lock_timeout": "1s"}
_MAKE = "CREATE ROLE {} LOGIN NOSUPERUSER {} PASSWORD {} IN ROLE {}"
_EVERYBODY = ("pg_read_all_data", "pg_write_all_data")

# A role that policies are written for; False: it can do more than an app should, perhaps on
# somebody's server, and what a draft brings along would be run with that.
_NAMED = """
SELECT DISTINCT r.rolname, NOT EXISTS (
  SELECT FROM pg_catalog.pg_roles s
  WHERE (s.rolsuper OR s.rolbypassrls OR s.rolcreaterole OR s.rolcreatedb OR s.oid = c.relowner
         OR s.rolname ~ '^pg_' AND s.rolname <> ALL ($3::text[]))
    AND pg_catalog.pg_has_role(r.oid, s.oid, 'MEMBER'))
FROM pg_catalog.pg_roles r
LEFT JOIN (
  SELECT c.relowner, p.polroles
  FROM pg_catalog.pg_policy p JOIN pg_catalog.pg_class c ON c.oid = p.polrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = ANY ($1) AND c.relname = ANY ($2)
) c ON r.oid = ANY (c.polroles)
WHERE c.polroles IS NOT NULL OR r.rolname = $4
ORDER BY 1
"""


@dataclass(frozen=True)
class Roles:
    #: what policies are meant for
    app: Parameters
    #: no policy binds it
    unbound: Parameters
    #: members of each other role that a policy names
    named: Mapping[str, Parameters]
    #: roles that a policy names and nobody became
    passed_over: tuple[str, ...]


def roles_for(made: Database, declaration: Declaration) -> Roles:
    """Make roles that log in by themselves: what they run could leave a role merely set.

    Raises:
        CouldNotLook: the server lets us make none, or the app's role may do too much.
    """
    with database.connect(made.admin, application_name="releasegate") as admin:
        query = "SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user"
        if not database.one(admin, query)[0]:
            raise CouldNotLook("the scratch server's role may make none that no policy binds")
        found = _named(admin, declaration)
        app = declaration.member_of
        if app is not None and not found.pop(app, False):
            raise CouldNotLook(f"{app} is no role for an app: it may do more than policies bind")
        named = {
            name: _make(admin, made, f"_as{number}", groups=[name])
            for number, (name, is_plain) in enumerate(found.items())
            if is_plain
        }
        return Roles(
            _make(admin, made, "_app", groups=[app] if app else []),
            _make(admin, made, "_all", is_unbound=True),
            named,
            tuple(name for name, is_plain in found.items() if not is_plain),
        )


def _named(admin: Connection, declaration: Declaration) -> dict[str, bool]:
    names = list(declaration.tables)
    schemas, tables = [name.schema for name in names], [name.name for name in names]
    values = schemas, tables, list(_EVERYBODY), declaration.member_of
    found: dict[str, bool] = {}
    for name, is_plain in ask(admin, _NAMED, values):
        found[name] = found.get(name, True) and is_plain
    return found


def _make(
    admin: Connection,
    made: Database,
    tail: str,
    *,
    groups: Sequence[str] = (),
    is_unbound: bool = False,
) -> Parameters:
    role, password = f"{made.name}{tail}", secrets.token_urlsafe(24)
    into = sql.SQL(", ").join(map(sql.Identifier, (*_EVERYBODY, *groups)))
    bypass = sql.SQL("BYPASSRLS" if is_unbound else "NOBYPASSRLS")
    parts = sql.Identifier(role), bypass, sql.Literal(password), into
    admin.execute(sql.SQL(_MAKE).format(*parts))
    return Parameters({**made.owner.values, "user": role, "password": password})


@contextmanager
def session(where: Parameters) -> Iterator[Connection]:
    """Log in, with bounds on how long a statement runs and waits."""
    with database.connect(where, application_name="app") as connection:
        database.settle(connection, _SETTINGS)
        yield connection
