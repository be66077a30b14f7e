"""An answer that does not come: does the server still work on it, or was it lost on the way?"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import psycopg
import pytest

from integration.stage import until
from releasegate import facts
from releasegate.database import Parameters
from releasegate.guard import Guard

if TYPE_CHECKING:
    from collections.abc import Iterator

    from releasegate.database import Connection
    from releasegate.throwaway import Database

#: longer than an answer is waited for before anybody asks
LONG_S = 3.0
#: the pause between two looks
PAUSE_S = 0.8


@pytest.fixture
def guard(database: Database) -> Iterator[Guard]:
    made = Guard(database.owner, "test/guard")
    yield made
    made.close()


@pytest.fixture
def backend(database: Database) -> Iterator[Connection]:
    with psycopg.connect(database.owner.dsn(), autocommit=True) as connection:
        yield connection


def looks(guard: Guard, pid: int) -> list[bool]:
    """Ask twice about one answer, awaited for long."""
    since = time.monotonic() - LONG_S
    first = guard.is_lost(pid, since)
    time.sleep(PAUSE_S)
    return [first, guard.is_lost(pid, since)]


def test_an_answer_that_the_server_works_on_is_not_lost(guard: Guard, backend: Connection) -> None:
    pid = backend.info.backend_pid
    working = threading.Thread(target=lambda: backend.execute("SELECT pg_sleep(1.5)"))
    working.start()
    time.sleep(0.2)

    told = looks(guard, pid)

    working.join()
    assert told == [False, False]


def test_a_backend_that_waits_for_us_at_two_looks_has_answered_in_vain(
    guard: Guard, backend: Connection
) -> None:
    assert looks(guard, backend.info.backend_pid) == [False, True]


def test_a_backend_that_is_gone_will_not_answer(
    guard: Guard, backend: Connection, database: Database
) -> None:
    pid = backend.info.backend_pid
    backend.close()
    with psycopg.connect(database.owner.dsn(), autocommit=True) as looking:
        until(lambda: facts.doing(looking, pid) is None, what="it is gone")

    assert guard.is_lost(pid, time.monotonic() - LONG_S)


@pytest.mark.parametrize(("waited_s", "is_lost"), [(1.0, False), (9.0, False), (10.1, True)])
def test_a_server_that_nobody_reaches_is_given_up_after_ten_seconds(
    waited_s: float, is_lost: bool
) -> None:
    nowhere = Guard(Parameters({"host": "/nowhere", "dbname": "x", "user": "x"}), "test/guard")

    assert nowhere.is_lost(1, time.monotonic() - waited_s) == is_lost
