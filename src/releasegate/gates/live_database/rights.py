"""May the role do what each step does, and may the tables' owners what the keys will ask?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from releasegate import facts, findings, ledger
from releasegate.statements.locks import SHARE_ROW_EXCLUSIVE
from releasegate.statements.parser import quote, quote_relation
from releasegate.statements.rights import OWN, Right, rights

if TYPE_CHECKING:
    from collections.abc import Iterator

    from releasegate.gates.live_database.scope import Scope
    from releasegate.model import Finding, Relation

#: the session that changes, and the one that only looks
_SESSIONS = 2
_MADE_BY_ITS_OWNER = "As its owner: releasegate init-ledger"
_LEDGER = tuple(
    Right(what, "releasegate", name)
    for name, whats in {
        "run": ("SELECT", "INSERT", "UPDATE"),
        "step": ("SELECT", "INSERT", "UPDATE"),
        "journal": ("SELECT", "INSERT"),
    }.items()
    for what in whats
)


def asked(scope: Scope) -> Iterator[Finding]:
    login = facts.login(scope.connection, scope.role)
    if login is None:
        message = f"There is no role {scope.role}, which policy.apply-role names."
        yield findings.make("RG519", message)
        return
    yield from _login(scope, login)
    yield from _of_ledger(scope, login)
    yield from _of_steps(scope)
    yield from _of_locks(scope)
    yield from _of_owners(scope)
    yield from _of_rows(scope, login)


def _login(scope: Scope, login: facts.Login) -> Iterator[Finding]:
    role = scope.role
    if login.is_superuser:
        yield findings.make("RG512", f"{role} is a superuser: nothing confines it.")
    if not login.can_login:
        help_ = f"ALTER ROLE {quote(role)} LOGIN;"
        yield findings.make("RG519", f"{role} may not log in.", help=help_)
    if not login.may_connect:
        database = quote(scope.live.target.database)
        help_ = f"GRANT CONNECT ON DATABASE {database} TO {quote(role)};"
        yield findings.make("RG519", f"{role} may not connect to this database.", help=help_)
    window = scope.inputs.window
    until = window.closes_at if window else scope.inputs.now
    if login.valid_until is not None and login.valid_until <= until:
        message = f"The password of {role} is valid until {login.valid_until:%Y-%m-%d %H:%M} UTC."
        yield findings.make("RG519", message)
    yield from _free(scope, login)


def _free(scope: Scope, login: facts.Login) -> Iterator[Finding]:
    if login.is_superuser:
        return
    bounds = {
        f"the role {scope.role}": login.free_of_role,
        "this database": login.free_of_database,
        "the server": login.free_of_server,
    }
    for what, free in bounds.items():
        if free is not None and free < _SESSIONS:
            message = f"{what} has room for {max(free, 0)} more sessions; apply opens {_SESSIONS}."
            yield findings.make("RG519", message[0].upper() + message[1:])


def _of_ledger(scope: Scope, login: facts.Login) -> Iterator[Finding]:
    old = 0 < scope.ledger.version < ledger.VERSION
    if old and facts.missing(scope.connection, scope.role, [Right(OWN, "releasegate", "run")]):
        message = (
            f"The ledger is of version {scope.ledger.version}, and {scope.role} is not its owner."
        )
        yield findings.make("RG514", message, help=_MADE_BY_ITS_OWNER)
    elif scope.ledger.exists:
        for right in facts.missing(scope.connection, scope.role, _LEDGER):
            yield _finding(scope, right, "the ledger")
    elif not login.may_create_schema and not facts.may_create_in(
        scope.connection, scope.role, "releasegate"
    ):
        database = quote(scope.live.target.database)
        yield findings.make(
            "RG514",
            f"{scope.role} may not create the ledger's schema in this database.",
            help=f"GRANT CREATE ON DATABASE {database} TO {quote(scope.role)}; or, as an "
            f"administrator: releasegate init-ledger --grant-to {quote(scope.role)}",
        )


def _of_steps(scope: Scope) -> Iterator[Finding]:
    """Ask for each right once, and name the first step that needs it."""
    wanted: dict[Right, str] = {}
    for ordinal, statements in scope.steps:
        where = "the file" if ordinal is None else f"step {ordinal}"
        for right in (right for statement in statements for right in rights(statement)):
            if right.relation not in scope.made:
                wanted.setdefault(right, where)
                wanted.setdefault(Right("USAGE", right.schema), where)
    for right in facts.missing(scope.connection, scope.role, list(wanted)):
        yield _finding(scope, right, wanted[right])


def _finding(scope: Scope, right: Right, where: str) -> Finding:
    role, name = scope.role, right.relation
    if right.what == OWN:
        message = f"{role} does not own {name}, which {where} changes."
        return findings.make("RG514", message, help=_own(name, role))
    thing = f"the schema {right.schema}" if not right.name else str(name)
    message = f"{role} lacks {right.what} on {thing}, for {where}."
    return findings.make("RG514", message, help=grant(right, role))


def grant(right: Right, role: str) -> str:
    """Write what gives a role a right."""
    target = quote_relation(right.relation) if right.name else f"SCHEMA {quote(right.schema)}"
    return f"GRANT {right.what} ON {target} TO {quote(role)};"


def _own(name: Relation, role: str) -> str:
    return f"ALTER TABLE {quote_relation(name)} OWNER TO {quote(role)};"


def _of_locks(scope: Scope) -> Iterator[Finding]:
    """REFERENCES lets a role refer to a parent, not lock it: the ALTER itself then asks for it."""
    if scope.plan is None:
        return
    strong = {
        lock.relation
        for step in scope.plan.steps
        for lock in step.locks
        if lock.mode == SHARE_ROW_EXCLUSIVE and lock.relation in scope.there
    }
    for name in sorted(facts.unlockable(scope.connection, strong, role=scope.role)):
        message = (
            f"{scope.role} may not LOCK {name}: steps that need it try for 1 ms at a time, and "
            "never stand in its queue."
        )
        yield findings.make("RG536", message)


def _of_owners(scope: Scope) -> Iterator[Finding]:
    """A key's checks run as the tables' owners, whoever writes (manual, 5.5.5)."""
    parents = {key.parent for key in scope.keys} & scope.there.keys()
    children = {key.child for key in scope.keys if key.on_delete != "NO ACTION"}
    for one in facts.owners_lack(scope.connection, parents, children & scope.there.keys()):
        is_schema = one.privilege == "USAGE"
        thing = f"the schema {one.relation.schema}" if is_schema else str(one.relation)
        target = (
            f"SCHEMA {quote(one.relation.schema)}" if is_schema else quote_relation(one.relation)
        )
        message = (
            f"{one.owner}, the owner of {one.relation}, lacks {one.privilege} on {thing}: with "
            "the key the app's own writes would fail."
        )
        help_ = f"GRANT {one.privilege} ON {target} TO {quote(one.owner)};"
        yield findings.make("RG533", message, help=help_)


def _of_rows(scope: Scope, login: facts.Login) -> Iterator[Finding]:
    """What hides rows from a role hides them from VALIDATE too, which then refuses to run."""
    if login.sees_every_row:
        return
    found = facts.hidden_rows(
        scope.connection,
        role=scope.role,
        keyed={key.child for key in scope.keys} | {key.parent for key in scope.keys},
        written=scope.written,
    )
    for name in found:
        message = f"Row-level security on {name} hides rows from {scope.role}."
        help_ = f"ALTER TABLE {quote_relation(name)} NO FORCE ROW LEVEL SECURITY;"
        yield findings.make("RG523", message, help=help_)
