"""The app's statements on a stage -> whether each owner gets what they would if they were alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import psycopg

from releasegate.gates.rehearsal.policies.matrix import say_who
from releasegate.gates.rehearsal.policies.stage import A, B
from releasegate.specimens.app import Session
from releasegate.specimens.arguments import Arguer
from releasegate.specimens.raw import ask
from releasegate.statements.parser import SqlError, parse, quote_relation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from releasegate.database import Connection
    from releasegate.gates.rehearsal.policies.matrix import Matrix
    from releasegate.gates.rehearsal.policies.stage import Identity, Stage
    from releasegate.specimens.arguments import Arguments
    from releasegate.specimens.player import Query

_PLAYED = frozenset("select_stmt insert_stmt update_stmt delete_stmt merge_stmt".split())


@dataclass(frozen=True)
class Answer:
    """What a statement gave; of a refusal its SQLSTATE."""

    refusal: str | None
    #: as the server counts them
    count: int
    rows: tuple[str, ...]

    def __str__(self) -> str:
        return f"SQLSTATE {self.refusal}" if self.refusal else f"{self.count} rows"


@dataclass(frozen=True)
class Played:
    """One statement, done for one owner with their own rows."""

    query: Query
    identity: str
    #: with policies, and without them where nobody else has rows
    with_policies: Answer
    alone: Answer

    @property
    def is_same(self) -> bool:
        return self.with_policies == self.alone


def played(matrix: Matrix, queries: Sequence[Query]) -> Iterator[Played]:
    """Do each of the app's statements as user A and as user B."""
    stage = matrix.stage
    for identity in stage.identities:
        # Over a role that only some policies are for, the app does not work.
        if identity.name not in (f"user {A}", f"user {B}"):
            continue
        refusal = _cannot_be_alone(stage, identity)
        if refusal is not None:
            matrix.left_out[f"the app's statements as {identity.name}"] = refusal
            continue
        held = {name: rows[identity.whose or A] for name, rows in stage.rows.items()}
        arguer = Arguer(stage.oracle, stage.maker, held)
        for number, query in enumerate(queries):
            arguments = _arguments(identity, arguer, query, f"app {number}")
            if arguments is not None:
                yield _play(stage, identity, query, arguments)


def _arguments(identity: Identity, arguer: Arguer, query: Query, name: str) -> Arguments | None:
    try:
        found = parse(query.sql)
    except SqlError:
        return None
    if len(found) != 1 or found[0].kind not in _PLAYED:
        return None
    session = Session(identity.connection)
    if session.prepare(name, query.sql) is not None:
        return None
    return arguer.arguments(found[0], session.parameter_types(name))


def _play(stage: Stage, identity: Identity, query: Query, arguments: Arguments) -> Played:
    with_policies = _answer(identity.connection, query, arguments, lambda: say_who(identity))
    alone, again = (
        _answer(stage.oracle, query, arguments, lambda: _be_alone(stage, identity))
        for _ in range(2)
    )
    if alone != again:
        # Numbers of a sequence, or the clock: only how many rows there are can be compared.
        with_policies, alone = (
            Answer(one.refusal, one.count, ()) for one in (with_policies, alone)
        )
    return Played(query, identity.name, with_policies, alone)


def _answer(
    connection: Connection, query: Query, arguments: Arguments, before: Callable[[], None]
) -> Answer:
    try:
        with connection.transaction(force_rollback=True):
            before()
            ask(connection, "SET CONSTRAINTS ALL IMMEDIATE")
            with psycopg.RawCursor(connection) as cursor:
                cursor.execute(query.sql.encode(), arguments.values, prepare=False)
                found: list[Any] = cursor.fetchall() if cursor.description else []
                return Answer(None, cursor.rowcount, tuple(sorted(map(repr, found))))
    except psycopg.Error as error:
        return Answer(error.sqlstate or "a lost connection", 0, ())


def _cannot_be_alone(stage: Stage, identity: Identity) -> str | None:
    """Keys of other tables may hold rows of others fast."""
    try:
        with stage.oracle.transaction(force_rollback=True):
            _be_alone(stage, identity)
            ask(stage.oracle, "SET CONSTRAINTS ALL IMMEDIATE")
    except psycopg.Error as error:
        return error.sqlstate or "a lost connection"
    return None


def _be_alone(stage: Stage, identity: Identity) -> None:
    """Take everybody else's rows away, children first."""
    stage.speak_for(identity.whose or A)
    user = stage.users[identity.whose or A]
    for table in reversed(stage.declaration.ordered):
        owner = stage.declaration.owner(table, "a")
        source = f"{quote_relation(table.relation)} a"
        text = " ".join(("DELETE FROM", source, "WHERE", owner, "IS DISTINCT FROM $1"))
        ask(stage.oracle, text, (user,))
