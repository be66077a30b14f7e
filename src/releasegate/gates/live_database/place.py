"""Is this the right server, and nothing between it and us, or beside it, that would bite?"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

import psycopg

from releasegate import database, facts, findings, migrations
from releasegate.model import Level
from releasegate.statements.effects import effects

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from releasegate.gates.live_database.scope import Scope
    from releasegate.model import Finding

#: sslmode -> what it leaves open (manual, 34.19.3)
_LEFT_OPEN = {
    "require": "it is encrypted, with whoever answers in the server's place",
    "verify-ca": "whoever has a certificate of the same authority can answer in the server's place",
}
_NOTHING_PROVEN = "whoever is between can read along, or answer in the server's place"
_WEAKER = (
    "A pooler in session mode stands before the target, which is allowed. Before each step the "
    "session proves that it has kept its backend. Less is promised: that we died, or that the way "
    "to us is cut, only the pooler notices, and our locks stay until it lets go of the backend."
)
_ON = frozenset({"on", "true", "yes", "1", "t", "y"})


def asked(scope: Scope) -> Iterator[Finding]:
    connection = scope.connection
    if scope.major not in database.SUPPORTED_MAJORS:
        yield findings.make("RG505", f"The target is PostgreSQL {scope.major}.")
    if scope.live.is_pooled:
        yield findings.make("RG556", _WEAKER)
    if facts.is_standby(connection):
        yield findings.make("RG503", "The target is in recovery: a standby takes no changes.")
    elif facts.is_template(connection):
        message = f"{scope.live.target.database} is a template: new databases are copied from it."
        yield findings.make("RG532", message)
    yield from way(scope.connection.info.hostaddr, scope.live.parameters.values)
    yield from _encoding(scope)
    yield from _settings(scope)
    yield from _replication(scope)
    yield from _event_triggers(scope)


def way(address: str, values: Mapping[str, str]) -> Iterator[Finding]:
    """Warn of a way over the network that does not prove the server; a socket has no address."""
    if not address or ipaddress.ip_address(address.partition("%")[0]).is_loopback:
        return
    default = "verify-full" if values.get("sslrootcert") == "system" else "prefer"
    mode = values.get("sslmode") or default
    if mode != "verify-full":
        what = _LEFT_OPEN.get(mode, _NOTHING_PROVEN)
        yield findings.make("RG555", f"The target is remote and sslmode is {mode}: {what}.")


def _encoding(scope: Scope) -> Iterator[Finding]:
    encoding = facts.encoding(scope.connection)
    text = migrations.text(scope.inputs.migration)
    if encoding == "UTF8" or text.isascii():
        return
    if encoding == "SQL_ASCII":
        message = "The database knows no encoding (SQL_ASCII); the file is stored as UTF-8 bytes."
        yield findings.make("RG518", message)
        return
    for line, part in enumerate(text.splitlines(), 1):
        if part.isascii() or _can_hold(scope, part):
            continue
        message = f"A character of this line does not exist in the database's encoding, {encoding}."
        yield findings.make("RG534", message, path=scope.inputs.migration.path, line=line)


def _can_hold(scope: Scope, text: str) -> bool:
    try:
        # The server converts the value before anything is done with it.
        with scope.connection.transaction():
            database.one(scope.connection, "SELECT length(%s::text)", (text,))
    except psycopg.DataError:
        return False
    return True


def _settings(scope: Scope) -> Iterator[Finding]:
    """What ALTER ROLE and ALTER DATABASE set for whoever applies; our session resets the rest."""
    told = facts.settings(scope.connection, scope.role)
    is_ours = scope.role == scope.live.target.role
    by_role = told.get("default_transaction_read_only", "off").lower() in _ON
    if by_role or (is_ours and facts.is_read_only_by_default(scope.connection)):
        message = "Sessions of this role are read-only here: default_transaction_read_only is on."
        yield findings.make("RG504", message)
    if told.get("session_replication_role", "origin") == "replica":
        message = (
            f"Triggers and keys do not work in sessions of {scope.role}: "
            "session_replication_role is replica."
        )
        yield findings.make("RG518", message)
    if told.get("role", "none") not in ("none", scope.role):
        message = f"Sessions of {scope.role} act as {told['role']}: a setting of theirs says so."
        yield findings.make("RG518", message)
    yield from _search_path(scope, told.get("search_path"))


def _search_path(scope: Scope, path: str | None) -> Iterator[Finding]:
    """Unqualified names mean ``public`` in a step; the app may mean another schema's table."""
    named = (path or "public").replace("$user", scope.role)
    schemas = [part.strip().strip('"') for part in named.split(",")]
    before = schemas[: schemas.index("public")] if "public" in schemas else schemas
    hidden = facts.hidden_by(scope.connection, scope.tables, before)
    for name, schema in hidden:
        message = (
            f"search_path is {path}: there {name.name} means {schema}.{name.name}, "
            f"and the steps mean {name}."
        )
        yield findings.make("RG518", message)


def _replication(scope: Scope) -> Iterator[Finding]:
    connection, tables = scope.connection, scope.there
    for name in facts.subscribed(connection, tables):
        message = f"A subscription fills {name}: rows come in that no key is asked about."
        yield findings.make("RG520", message)
    level = Level.ERROR if facts.logical_slots(connection) else Level.WARNING
    columns = {
        (e.object.schema, e.object.table)
        for e in effects(scope.statements)
        if e.object.kind == "column" and e.is_new
    }
    for one in facts.published(connection, tables):
        grows = (one.relation.schema, one.relation.name) in columns and one.columns is None
        what = "a subscriber without the new column stops" if grows else "its changes are followed"
        message = f"The publication {one.publication} carries {one.relation}: {what}."
        help_ = "Make the same change on the subscribers first."
        its_level = level if grows else Level.NOTE
        yield findings.make("RG520", message, level=its_level, help=help_)


def _event_triggers(scope: Scope) -> Iterator[Finding]:
    known = {thing.name for thing in scope.before or () if thing.kind == "event trigger"}
    for name, function in facts.event_triggers(scope.connection):
        if name not in known:
            message = f"The event trigger {name} runs {function} at the migration's commands."
            yield findings.make("RG535", message)
