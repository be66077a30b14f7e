"""A mark of tables: another one once somebody has written to them, and the same until then."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

from releasegate import facts
from releasegate.model import Relation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from releasegate.database import Connection
    from releasegate.throwaway import Database

TABLES = (Relation("public", "papers"), Relation("public", "parts"))
FILL = """
CREATE TABLE papers (id int);
INSERT INTO papers VALUES (1), (2);
CREATE TABLE parts (id int) PARTITION BY LIST (id);
CREATE TABLE part_1 PARTITION OF parts FOR VALUES IN (1);
CREATE TABLE other (id int);
"""


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    with psycopg.connect(database.owner.dsn(), autocommit=True) as opened:
        opened.execute(FILL)
        yield opened


def marked(connection: Connection) -> str | None:
    # What a session has written it tells at once when it is asked to.
    connection.execute("SELECT pg_stat_force_next_flush()")
    return facts.mark(connection, TABLES)


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO papers VALUES (3)",
        "UPDATE papers SET id = id",
        "DELETE FROM papers WHERE id = 1",
        "TRUNCATE papers",
        "INSERT INTO parts VALUES (1)",
        "CREATE TABLE part_2 PARTITION OF parts FOR VALUES IN (2)",
    ],
)
def test_a_write_changes_the_mark(connection: Connection, statement: str) -> None:
    before = marked(connection)

    connection.execute(statement)

    assert before is not None
    assert marked(connection) != before


@pytest.mark.parametrize(
    "statement",
    ["SELECT * FROM papers", "ANALYZE papers", "VACUUM papers", "INSERT INTO other VALUES (1)"],
)
def test_what_writes_no_row_of_them_leaves_it(connection: Connection, statement: str) -> None:
    before = marked(connection)

    connection.execute(statement)

    assert marked(connection) == before


def test_a_server_that_keeps_no_count_gives_no_mark(database: Database) -> None:
    with psycopg.connect(database.admin.dsn(), autocommit=True) as opened:
        opened.execute("SET track_counts = off")

        assert facts.mark(opened, TABLES) is None
