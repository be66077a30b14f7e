"""What the throwaway server needs before the baseline -> made there by an administrator."""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING

import psycopg

from releasegate import database
from releasegate.baseline.errors import BaselineError, PreludeError, failure
from releasegate.baseline.files import File
from releasegate.baseline.running import TIMEOUT
from releasegate.statements.parser import SqlError, parse, quote

if TYPE_CHECKING:
    from collections.abc import Sequence

    from releasegate.database import Connection
    from releasegate.statements.parser import Statement
    from releasegate.throwaway import Database, Server

_DUPLICATE_ROLE = "42710"
# The owner here must be able to act as each role there, as it must as those of the baseline.
_MEMBERSHIPS = """
SELECT r.rolname FROM pg_roles r, pg_roles o
WHERE o.rolname = %s AND r.oid <> o.oid AND NOT r.rolsuper AND r.oid >= 16384
  AND NOT pg_has_role(o.oid, r.oid, 'MEMBER') AND NOT pg_has_role(r.oid, o.oid, 'MEMBER')
"""


def platform(name: str, statements: Sequence[Statement]) -> tuple[File, ...]:
    """Give what a platform brings, but for the schemas that the baseline makes itself."""
    if not name:
        return ()
    made = {s.node.schemaname for s in statements if s.kind == "create_schema_stmt"}
    folder = resources.files("releasegate.baseline").joinpath("platforms", name)
    parts = sorted(folder.iterdir(), key=lambda part: part.name)
    return tuple(
        File(f"the platform {name}, {part.name}", part.read_text(encoding="utf-8"))
        for part in parts
        if part.name.removesuffix(".sql").partition("-")[2] not in made
    )


def run(
    ours: Sequence[File],
    theirs: Sequence[File],
    into: Database,
    server: Server,
    *,
    is_trusted: bool,
) -> list[str]:
    """Run a platform's files, then the repository's own; say what was left out.

    Raises:
        BaselineError: a statement fails, or nobody vouches for the repository's files where they
            could reach more than the throwaway server.
    """
    if not ours and not theirs:
        return []
    if server.kind == "borrowed":
        return ["left out the prelude: the server is lent, and an administrator would run it there"]
    if theirs and not server.is_caged and not is_trusted:
        message = (
            "the prelude runs with an administrator's rights, and the throwaway server is in no "
            "cage: install bubblewrap, or vouch for the file: --trust-prelude"
        )
        raise PreludeError(message, path=theirs[0].path, line=1, column=1)
    with database.connect(into.admin, application_name="releasegate") as admin:
        for file in (*ours, *theirs):
            _file(file, admin)
    with database.connect(into.admin, application_name="releasegate") as admin:
        owner = into.owner.values["user"]
        for (role,) in database.rows(admin, _MEMBERSHIPS, (owner,)):
            admin.execute(f"GRANT {quote(role)} TO {quote(owner)}".encode())
    return []


def _file(file: File, admin: Connection) -> None:
    admin.execute(f"SET statement_timeout = '{TIMEOUT}'")
    try:
        for statement in parse(file.text):
            _one(statement, admin)
    except (BaselineError, SqlError) as error:
        raise PreludeError(
            str(error), path=file.path, line=error.line, column=error.column
        ) from error


def _one(statement: Statement, admin: Connection) -> None:
    try:
        database.send(admin, statement.text)
    except psycopg.Error as error:
        # Roles are the whole server's: another database of the same run has made it.
        if error.sqlstate != _DUPLICATE_ROLE or statement.kind != "create_role_stmt":
            raise failure(statement, error) from error
