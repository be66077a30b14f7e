"""Each policy weakened in turn -> whether the matrix notices."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from releasegate.model import Relation
from releasegate.specimens.raw import ask
from releasegate.statements.parser import quote, quote_relation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from releasegate.database import Connection
    from releasegate.gates.rehearsal.policies.declaration import Declaration
    from releasegate.gates.rehearsal.policies.matrix import Cell, Matrix

#: USING is the check then; where it means the same, nothing is weaker
_WITHOUT_CHECK = "without its WITH CHECK"
_ALL, _INSERT, _UPDATE = "*", "a", "w"
_COMMANDS = {"*": "ALL", "r": "SELECT", "a": "INSERT", "w": "UPDATE", "d": "DELETE"}

_POLICIES = """
SELECT n.nspname, c.relname, p.polname, p.polcmd::text, p.polpermissive,
       ARRAY(SELECT CASE WHEN r = 0 THEN NULL ELSE pg_catalog.pg_get_userbyid(r)::text END
             FROM unnest(p.polroles) r),
       pg_catalog.pg_get_expr(p.polqual, p.polrelid),
       pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid)
FROM pg_catalog.pg_policy p JOIN pg_catalog.pg_class c ON c.oid = p.polrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
ORDER BY 1, 2, 3
"""


@dataclass(frozen=True)
class Policy:
    table: Relation
    name: str
    #: pg_policy's letter
    command: str
    is_permissive: bool
    #: None among them is PUBLIC
    roles: tuple[str | None, ...]
    using: str | None
    check: str | None

    def create(self) -> str:
        kind = "PERMISSIVE" if self.is_permissive else "RESTRICTIVE"
        roles = ", ".join("PUBLIC" if role is None else quote(role) for role in self.roles)
        text = (
            f"CREATE POLICY {quote(self.name)} ON {quote_relation(self.table)} AS {kind} "
            f"FOR {_COMMANDS[self.command]} TO {roles}"
        )
        text += f" USING ({self.using})" if self.using is not None else ""
        return text + (f" WITH CHECK ({self.check})" if self.check is not None else "")

    def drop(self) -> str:
        return f"DROP POLICY {quote(self.name)} ON {quote_relation(self.table)}"

    def weakened(self) -> Iterator[tuple[str, Policy | None]]:
        """Yield what people leave out, or write to get on."""
        yield "dropped", None
        is_checked = self.command in (_ALL, _INSERT, _UPDATE)
        if self.using not in (None, "true"):
            check = (self.check or self.using) if is_checked else None
            yield "USING (true)", replace(self, using="true", check=check)
        if not is_checked or "true" in (self.check, self.using):
            return
        yield "WITH CHECK (true)", replace(self, check="true")
        if None not in (self.check, self.using) and self.check != self.using:
            yield _WITHOUT_CHECK, replace(self, check=None)


@dataclass(frozen=True, slots=True)
class Bite:
    """What became of one weakening."""

    table: Relation
    policy: str
    how: str
    #: the first cell that turned red; None: nothing noticed
    cell: Cell | None


def policies(connection: Connection, declaration: Declaration) -> list[Policy]:
    """Read the policies of the declared tables; names in them are qualified."""
    ask(connection, "SET search_path = pg_catalog")
    found = (
        Policy(Relation(schema, table), name, command, permissive, tuple(roles), using, check)
        for schema, table, name, command, permissive, roles, using, check in ask(
            connection, _POLICIES
        )
    )
    return [policy for policy in found if policy.table in declaration.tables]


def bites(matrix: Matrix) -> Iterator[Bite]:
    """Weaken one policy at a time, look, and put it back."""
    owner = matrix.stage.owner
    for policy in policies(owner, matrix.stage.declaration):
        for how, weaker in policy.weakened():
            _replace(owner, policy.drop(), weaker.create() if weaker else None)
            try:
                cells = matrix.cells(table=policy.table, only_bound=True)
                red = next((cell for cell in cells if cell.is_red), None)
            finally:
                _replace(owner, policy.drop() if weaker else None, policy.create())
            if red is not None or how != _WITHOUT_CHECK:
                yield Bite(policy.table, policy.name, how, red)


def _replace(owner: Connection, *statements: str | None) -> None:
    with owner.transaction():
        for statement in statements:
            if statement is not None:
                ask(owner, statement)
