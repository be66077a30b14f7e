"""Rows since a time: all of a small table, of a large one the newest or a sample."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import psycopg
import pytest

from releasegate import facts
from releasegate.model import Relation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from releasegate.database import Connection
    from releasegate.throwaway import Database

RUNS, PARENTS = Relation("public", "ru%s ns"), Relation("public", "parents")
COLUMN = "of 100%s"
RELEASED = datetime(2027, 1, 1, tzinfo=UTC)
FILL = """
CREATE TABLE "ru%s ns" (id int, "of 100%s" int, created_at timestamptz);
INSERT INTO "ru%s ns"
SELECT n, nullif(n % 4, 0), '2027-01-01'::timestamptz + (n - 1000.5) * '1 min'::interval
FROM generate_series(1, 4000) n;
CREATE TABLE parents (id int PRIMARY KEY, created_at timestamp);
INSERT INTO parents VALUES (1, '2026-01-01'), (2, '2028-01-01'), (3, NULL);
"""


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    with psycopg.connect(database.owner.dsn(), autocommit=True) as opened:
        opened.execute(FILL)
        yield opened


def test_a_small_table_is_read_whole(connection: Connection) -> None:
    found = facts.recent(connection, RUNS, [COLUMN, "id"], RELEASED)

    assert (found.rows, found.without, found.is_whole) == (3000, {COLUMN: 750, "id": 0}, True)


def test_of_a_large_table_a_sample_is_read(connection: Connection) -> None:
    found = facts.recent(connection, RUNS, [COLUMN], RELEASED, read_bytes=60_000)

    assert 0 < found.rows < 3000
    assert found.without[COLUMN] == pytest.approx(found.rows / 4, rel=0.05)
    assert not found.is_whole


def test_an_index_leads_to_the_newest_rows_of_a_large_table(connection: Connection) -> None:
    connection.execute('CREATE INDEX ON "ru%s ns" (created_at)')

    found = facts.recent(connection, RUNS, [COLUMN], RELEASED, read_bytes=0)

    assert (found.rows, found.without, found.is_whole) == (3000, {COLUMN: 750}, True)


def test_children_that_are_older_than_their_parent_are_counted(connection: Connection) -> None:
    assert facts.made_at(connection, [RUNS, PARENTS]) == {RUNS, PARENTS}

    older = facts.older_than_parents(connection, RUNS, COLUMN, PARENTS, "id", RELEASED)

    assert older == 750
