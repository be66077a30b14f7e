"""A stage -> everybody's attempts at every table, held against what the declaration says."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import psycopg

from releasegate.errors import CouldNotLook
from releasegate.gates.rehearsal.policies import oracle
from releasegate.gates.rehearsal.policies.operations import POOLED, attempts
from releasegate.gates.rehearsal.policies.stage import TABLE_OWNER, A, B
from releasegate.specimens.raw import ask

if TYPE_CHECKING:
    from collections.abc import Iterator

    from releasegate.database import Connection
    from releasegate.gates.rehearsal.policies.declaration import Table
    from releasegate.gates.rehearsal.policies.operations import Attempt
    from releasegate.gates.rehearsal.policies.oracle import Truth
    from releasegate.gates.rehearsal.policies.stage import Identity, Stage
    from releasegate.model import Relation


_LONGEST_S = 120


@dataclass(frozen=True, slots=True)
class Cell:
    """One attempt by one identity."""

    identity: str
    operation: str
    table: Relation
    #: the key that it is about, where the table has several
    column: str | None
    expected: str
    actual: str

    @property
    def is_red(self) -> bool:
        return self.expected != self.actual


@dataclass(frozen=True)
class Matrix:
    """Every attempt with what must become of it: worked out once, tried as often as need be."""

    stage: Stage
    tries: tuple[tuple[Attempt, Truth, Identity, str], ...]
    #: attempts that constraints or triggers refuse to everybody
    left_out: dict[str, str]
    #: by the monotonic clock; a policy that takes its time is tried some thousand times
    ends: float

    def cells(self, *, table: Relation | None = None, only_bound: bool = False) -> Iterator[Cell]:
        """Try them, all or those at one table."""
        for attempt, told, identity, wanted in self.tries:
            if table not in (None, attempt.table.relation):
                continue
            if only_bound and identity.is_unbound:
                continue
            if time.monotonic() > self.ends:
                raise CouldNotLook(f"they were not done after {_LONGEST_S} s")
            yield Cell(
                identity=identity.name,
                operation=attempt.operation,
                table=attempt.table.relation,
                column=attempt.column,
                expected=wanted,
                actual=_tried(attempt, told, identity),
            )


def laid_out(stage: Stage) -> Matrix:
    """Ask the oracle of each attempt, before anybody tries."""
    tries: list[tuple[Attempt, Truth, Identity, str]] = []
    left_out = dict(stage.missing)
    for table in stage.declaration.ordered:
        for me in (A, B):
            everybody = [_there(stage, one, table) for one in stage.identities]
            stage.speak_for(me)
            for attempt in attempts(stage, table, me):
                told = oracle.truth(stage, attempt)
                if told.refusal is not None:
                    left_out[f"{attempt.operation} {table.relation}"] = told.refusal
                    continue
                for identity in everybody:
                    if (identity.whose or A) == me:
                        user = stage.users[identity.whose] if identity.whose else None
                        wanted = oracle.expected(attempt, told, identity, user)
                        tries.append((attempt, told, identity, wanted))
    return Matrix(stage, tuple(tries), left_out, time.monotonic() + _LONGEST_S)


def _there(stage: Stage, identity: Identity, table: Table) -> Identity:
    """Policies bind a table's owner too where they are forced on it."""
    is_bound = identity.name == TABLE_OWNER and table.relation in stage.forced
    return replace(identity, is_unbound=False) if is_bound else identity


def _tried(attempt: Attempt, told: Truth, identity: Identity) -> str:
    """Try it as somebody, in a transaction that is rolled back."""
    connection = identity.connection
    try:
        with connection.transaction(force_rollback=True):
            if attempt.operation == POOLED:
                _prepare_for_another(identity, attempt)
            say_who(identity)
            ask(connection, "SET CONSTRAINTS ALL IMMEDIATE")
            if told.rows is not None:
                found = _read(connection, attempt)
                return oracle.words(found, told.rows)
            return _counted(_changed(connection, attempt))
    except psycopg.Error as error:
        if error.sqlstate == oracle.NO_RIGHT:
            return oracle.REFUSED
        return f"fails with {error.sqlstate or 'a lost connection'}"


def say_who(identity: Identity) -> None:
    """Set what the app would, until the transaction ends."""
    if identity.setting is not None:
        query = "SELECT pg_catalog.set_config($1, $2, true)"
        ask(identity.connection, query, (identity.setting_name, identity.setting))


def _prepare_for_another(identity: Identity, attempt: Attempt) -> None:
    """Have the statement planned once and for all, while somebody else is at work."""
    ask(identity.connection, "SET LOCAL plan_cache_mode = force_generic_plan")
    if identity.another is not None:
        say_who(replace(identity, setting=identity.another))
    _read(identity.connection, attempt)


def _read(connection: Connection, attempt: Attempt) -> list[tuple[str | None, ...]]:
    with psycopg.RawCursor(connection) as cursor:
        cursor.execute(attempt.sql.encode(), prepare=attempt.operation == POOLED)
        return cursor.fetchall()


def _changed(connection: Connection, attempt: Attempt) -> int:
    with psycopg.RawCursor(connection) as cursor:
        cursor.execute(attempt.sql.encode(), attempt.values, prepare=False)
        return cursor.rowcount


def _counted(count: int) -> str:
    return {0: oracle.NONE, 1: oracle.ONE}.get(count, f"{count} rows")
