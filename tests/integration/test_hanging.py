"""How many rows hang on one parent: counted in small tables, estimated in large ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

from releasegate import facts
from releasegate.facts import Hanging
from releasegate.model import Relation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from releasegate.database import Connection
    from releasegate.throwaway import Database

RUNS = Relation("public", 'Runs "of" them')
FILL = """
CREATE TABLE "Runs ""of"" them" (id int, "plan id" int, part int);
INSERT INTO "Runs ""of"" them" SELECT n, CASE WHEN n <= 60 THEN 1 WHEN n <= 90 THEN 2
  WHEN n <= 110 THEN 3 WHEN n <= 120 THEN 4 END, n % 2 FROM generate_series(1, 200) n;
"""


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    with psycopg.connect(database.owner.dsn(), autocommit=True) as opened:
        opened.execute(FILL)
        yield opened


def test_a_small_table_is_counted_and_nulls_hang_on_nobody(connection: Connection) -> None:
    found = facts.hanging(connection, RUNS, ["plan id"])

    assert found == Hanging((60, 30, 20), is_counted=True)


def test_a_key_of_two_columns_is_counted_by_both(connection: Connection) -> None:
    found = facts.hanging(connection, RUNS, ["plan id", "part"])

    assert found == Hanging((30, 30, 15), is_counted=True)


def test_of_a_large_table_the_statistics_tell(connection: Connection) -> None:
    assert facts.hanging(connection, RUNS, ["plan id"], read_bytes=0) is None

    connection.execute('ANALYZE "Runs ""of"" them"')
    found = facts.hanging(connection, RUNS, ["plan id"], read_bytes=0)

    assert found == Hanging((60, 30, 20), is_counted=False)


def test_a_partitioned_table_is_as_large_as_its_partitions(connection: Connection) -> None:
    connection.execute("CREATE TABLE parts (id int) PARTITION BY LIST (id)")
    connection.execute("CREATE TABLE part_1 PARTITION OF parts FOR VALUES IN (1)")
    connection.execute("INSERT INTO parts SELECT 1 FROM generate_series(1, 1000)")

    whole = facts.table_bytes(connection, Relation("public", "parts"))

    assert whole == facts.table_bytes(connection, Relation("public", "part_1")) > 0
    assert facts.table_bytes(connection, Relation("public", "nowhere")) == 0
