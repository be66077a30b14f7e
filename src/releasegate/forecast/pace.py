"""A server -> how quick it is now: a round trip, a row, a page; asked for a moment, read-only."""

from __future__ import annotations

import math
import random
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psycopg

from releasegate import database

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from releasegate.database import Connection
    from releasegate.facts import Size

#: round trips before each join; joins; after this no further one is made
_TRIPS, _JOINS, _JOIN_FOR_S = 3, 10, 0.2
_ROWS = 50_000  # as in the join below
_STRETCH_PAGES, _STRETCHES = 512, 4
#: after this no further stretch is read
_READ_FOR_S = 0.2
#: the longest that one question may take
SLOWEST_S = 2.0
_REFUSED = (psycopg.errors.InsufficientPrivilege, psycopg.errors.LockNotAvailable)
_JOIN = """
SELECT count(*) FROM generate_series(1, 50000) a LEFT JOIN generate_series(1, 50000) b ON a = b
WHERE b IS NULL
"""
_MEMORY = """
SELECT (SELECT setting::int8 * 1024 FROM pg_settings WHERE name = 'maintenance_work_mem'),
  current_setting('max_parallel_maintenance_workers')::int,
  (SELECT setting::int8 FROM pg_settings WHERE name = 'min_parallel_table_scan_size')
"""


@dataclass(frozen=True, slots=True)
class Pace:
    """What a server does in which time, alone and without parallel workers."""

    round_trip_s: float
    #: for one row of a join of numbers, which tells processors apart
    row_s: float
    #: for one page of the table that was looked at, with its rows; None: it was not to be read
    read_page_s: float | None
    #: rows on such a page
    read_rows: float
    #: maintenance_work_mem
    memory_bytes: int
    #: that the server starts for one index build, at most
    workers: int
    #: a table of fewer pages is read by one process
    least_pages: int


def pace(
    connection: Connection, size: Size, *, chance: Callable[[], float] = random.random
) -> Pace:
    """Time a join of numbers, and some thousand pages of a table.

    It lasts some 100 ms, reads 16 MB at most, and takes ACCESS SHARE on the table for so long. The
    caller's transaction says how long a question may take. ``chance`` gives numbers from 0 to 1:
    pages are read that the last look has not brought into memory.

    Raises:
        psycopg.Error: the server is gone, or too slow to be asked.
    """
    trips, joins = _tried(connection)
    memory, workers, least_pages = database.one(connection, _MEMORY)
    return Pace(
        round_trip_s=trips,
        row_s=joins / _ROWS,
        read_page_s=_read(connection, size, chance) if size.place and size.place_pages else None,
        read_rows=size.rows / max(size.pages, 1),
        memory_bytes=memory,
        workers=workers,
        least_pages=least_pages,
    )


def _tried(connection: Connection) -> tuple[float, float]:
    """Time round trips and joins, in turn."""
    trips: list[float] = []
    joins: list[float] = []
    while len(joins) < _JOINS and sum(joins) < _JOIN_FOR_S:
        trips += [_timed(connection, "SELECT 1") for _ in range(_TRIPS)]
        joins.append(_timed(connection, _JOIN))
    return _between(trips), _between(joins)


def _read(connection: Connection, size: Size, chance: Callable[[], float]) -> float | None:
    """Read stretches from all over a table; tell how long a page took."""
    pages: list[float] = []
    began = time.perf_counter()
    try:
        with connection.transaction():
            for start, end in _stretches(size.place_pages, chance):
                seconds = _timed(
                    connection,
                    f"SELECT count(*) FROM ONLY {size.place} "  # noqa: S608  its quoted name
                    f"WHERE ctid >= '({start},0)' AND ctid < '({end},0)'",
                )
                pages.append(seconds / (end - start))
                if time.perf_counter() - began >= _READ_FOR_S:
                    break
    except _REFUSED:
        # Our role may not, or rows are hidden from it, or somebody holds the table.
        return None
    except psycopg.errors.QueryCanceled:
        return SLOWEST_S / _STRETCH_PAGES
    return _between(pages)


def _between(times: Sequence[float]) -> float:
    """Take the middle, by ratio, of the quickest and the average.

    The average is for a server that stays as busy as it is, the quickest for one that comes to
    rest; nobody knows which, and so both are as far from what is told.
    """
    return math.sqrt(min(times) * sum(times) / len(times))


def _stretches(pages: int, chance: Callable[[], float]) -> Iterator[tuple[int, int]]:
    if pages <= _STRETCH_PAGES:
        yield 0, pages
        return
    for number in range(_STRETCHES):
        start = int((pages - _STRETCH_PAGES) * (number + chance()) / _STRETCHES)
        yield start, start + _STRETCH_PAGES


def _timed(connection: Connection, query: str) -> float:
    began = time.perf_counter()
    # Without values: a percent sign of a name is no place for one.
    connection.execute(query.encode()).fetchall()
    return time.perf_counter() - began
