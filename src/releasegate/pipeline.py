"""Several statements -> one flush to the server, so that no round trip lies between them."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus
from psycopg.waiting import Ready, Wait

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from psycopg.abc import PQGen
    from psycopg.pq.abc import PGconn, PGresult

_FINE = frozenset({ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK})

Row = tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Message:
    """One statement of the extended protocol; the server itself refuses a second in it (42601)."""

    sql: str
    #: for $1, $2, ...: in text form
    values: tuple[str | None, ...] = ()
    #: the name under which it was prepared
    prepared: str | None = None
    #: the name under which it is to be prepared, and not executed
    prepares: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said to one message; values are in text form."""

    #: the command tag, such as ``COMMIT``
    tag: str
    rows: tuple[Row, ...]


class MessageFailed(Exception):
    """The server refused one message and skipped the rest."""

    def __init__(self, index: int, error: psycopg.Error) -> None:
        super().__init__(f"message {index} was refused")
        #: 0-based
        self.index = index
        self.error = error


def flush(
    connection: psycopg.Connection[Any], messages: Sequence[Message], *, stays_open: bool = False
) -> tuple[Answer, ...]:
    """Send all messages at once and read what became of each.

    A transaction that they leave open is rolled back, unless it ``stays_open``.

    Raises:
        MessageFailed: the server refused one.
        psycopg.OperationalError: the connection was lost.
    """
    answered = flush_each(connection, [messages], stays_open=stays_open)
    if not answered:
        raise psycopg.OperationalError("the connection was lost")
    if isinstance(answered[0], MessageFailed):
        raise answered[0]
    return answered[0]


def flush_each(
    connection: psycopg.Connection[Any],
    groups: Sequence[Sequence[Message]],
    *,
    stays_open: bool = False,
) -> list[tuple[Answer, ...] | MessageFailed]:
    """Send groups of messages at once; where one is refused, the next group goes on.

    Fewer than there are groups come back where the connection was lost on the way.
    """
    pgconn = connection.pgconn
    pgconn.enter_pipeline_mode()
    try:
        for group in groups:
            for message in group:
                _send(pgconn, message)
            pgconn.pipeline_sync()
        results = connection.wait(_results(pgconn, len(groups)))
    finally:
        with suppress(psycopg.Error):
            pgconn.exit_pipeline_mode()
            if not stays_open:
                roll_back(connection)
    return [_answers(group) for group in results]


def _send(pgconn: PGconn, message: Message) -> None:
    values = [None if value is None else value.encode() for value in message.values]
    if message.prepares:
        pgconn.send_prepare(message.prepares.encode(), message.sql.encode())
    elif message.prepared:
        pgconn.send_query_prepared(message.prepared.encode(), values)
    else:
        pgconn.send_query_params(message.sql.encode(), values)


def ask(connection: psycopg.Connection[Any], message: Message) -> Answer:
    """Send one message by itself.

    Raises:
        psycopg.Error: the server refuses it, or the connection was lost.
    """
    try:
        return flush(connection, [message])[0]
    except MessageFailed as failure:
        raise failure.error from None


def prepare(connection: psycopg.Connection[Any], name: str, sql: str, types: Sequence[str]) -> None:
    """Have the server keep a statement under a name, for the life of the connection.

    Raises:
        psycopg.Error: it refuses.
    """
    told = f" ({', '.join(types)})" if types else ""
    connection.execute(f"PREPARE {name}{told} AS {sql}".encode())


def roll_back(connection: psycopg.Connection[Any]) -> None:
    """Leave the transaction, if there is one."""
    if connection.info.transaction_status != TransactionStatus.IDLE:
        connection.execute("ROLLBACK")


def _results(pgconn: PGconn, count: int) -> PQGen[list[list[PGresult]]]:
    """Send what is buffered, then read to the end of the pipeline, or of the connection."""
    while pgconn.flush():
        # Nothing comes back where the wait timed out, or begins anew after Ctrl-C.
        ready = yield Wait.RW
        if ready and ready & Ready.R:
            pgconn.consume_input()
    groups: list[list[PGresult]] = []
    with suppress(psycopg.OperationalError):
        while len(groups) < count:
            group = yield from _to_sync(pgconn)
            if group is None:
                break
            groups.append(group)
    return groups


def _to_sync(pgconn: PGconn) -> PQGen[list[PGresult] | None]:
    """Read the results of one group; None where the connection is gone."""
    results: list[PGresult] = []
    while True:
        yield from _ready(pgconn)
        result = pgconn.get_result()
        if result is None and pgconn.status == ConnStatus.BAD:
            return None
        if result is not None and result.status == ExecStatus.PIPELINE_SYNC:
            return results
        if result is not None:
            results.append(result)


def _ready(pgconn: PGconn) -> Generator[Wait, Ready, None]:
    while pgconn.is_busy():
        if (yield Wait.R):
            pgconn.consume_input()


def _answers(results: Sequence[PGresult]) -> tuple[Answer, ...] | MessageFailed:
    for index, result in enumerate(results):
        if result.status not in _FINE:
            return MessageFailed(index, psycopg.errors.error_from_result(result, "utf-8"))
    return tuple(map(_answer, results))


def _answer(result: PGresult) -> Answer:
    width = range(result.nfields)
    rows = (tuple(_text(result.get_value(n, i)) for i in width) for n in range(result.ntuples))
    return Answer((result.command_status or b"").decode(), tuple(rows))


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode()
