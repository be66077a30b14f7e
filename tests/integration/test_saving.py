"""The values of a column that is to go: in a file of its owner's, or the column does not go."""

from __future__ import annotations

import csv
import resource
import stat
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from releasegate import database
from releasegate.errors import CouldNotLook
from releasegate.model import CatalogObject
from releasegate.release.saving import save

if TYPE_CHECKING:
    from collections.abc import Iterator

    from releasegate.database import Connection
    from releasegate.throwaway import Database

SHINE = CatalogObject("column", "public", "Shine, 100%", "papers")
MARKS = CatalogObject("table", "Desk", "a/b")
RUN = {"run_id": "r", "within": timedelta(seconds=20)}


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    with _connected(database) as connection:
        connection.execute(
            """
            CREATE TABLE papers (a int, b text, "Shine, 100%" text, PRIMARY KEY (b, a));
            INSERT INTO papers SELECT g, 'k', repeat('x', 100) FROM generate_series(1, 1000) g;
            INSERT INTO papers VALUES (0, 'k', NULL), (0, 'j', E'"q", \n');
            CREATE SCHEMA "Desk"; CREATE TABLE "Desk"."a/b" (id int, note text);
            INSERT INTO "Desk"."a/b" VALUES (1, 'n'), (2, NULL);
            """
        )
        yield connection


@contextmanager
def _connected(made: Database) -> Iterator[Connection]:
    with database.connect(made.owner, application_name="test") as connection:
        yield connection


def test_a_columns_values_are_saved_with_their_keys(connection: Connection, tmp_path: Path) -> None:
    state = save(connection, SHINE, into=tmp_path, **RUN)

    (file,) = tmp_path.iterdir()
    assert state.detail == f"1001 rows in {file}"
    assert file.name == "papers.Shine, 100%-r.csv"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with file.open(newline="") as opened:
        head, *rows = csv.reader(opened)
    assert head == ["b", "a", "Shine, 100%"]
    assert ["j", "0", '"q", \n'] in rows
    assert len(rows) == 1001


def test_a_tables_rows_are_saved_whole(connection: Connection, tmp_path: Path) -> None:
    save(connection, MARKS, into=tmp_path, **RUN)

    (file,) = tmp_path.iterdir()
    assert file.name == "Desk.a_b-r.csv"
    assert file.read_text() == "id,note\n1,n\n2,\n"


def test_a_folder_that_takes_no_file_is_told(connection: Connection) -> None:
    with pytest.raises(CouldNotLook, match=r"papers\.Shine, 100%-r\.csv cannot be written: "):
        save(connection, SHINE, into=Path("/proc"), **RUN)


def test_a_disk_that_is_full_leaves_no_half_file(connection: Connection, tmp_path: Path) -> None:
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, usual[1]))
    try:
        with pytest.raises(CouldNotLook, match="cannot be written"):
            save(connection, SHINE, into=tmp_path, **RUN)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)

    assert [*tmp_path.iterdir()] == []


def test_rows_that_may_not_be_read_are_not_taken_for_none(
    connection: Connection, database: Database, tmp_path: Path
) -> None:
    connection.execute("ALTER TABLE papers ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    connection.execute("SET row_security = off")

    with pytest.raises(CouldNotLook, match="SQLSTATE 42501"):
        save(connection, SHINE, into=tmp_path, **RUN)

    assert [*tmp_path.iterdir()] == []


def test_a_copy_that_takes_too_long_is_given_up(connection: Connection, tmp_path: Path) -> None:
    with pytest.raises(CouldNotLook, match="SQLSTATE 57014"):
        save(connection, SHINE, into=tmp_path, run_id="r", within=timedelta(0))

    assert [*tmp_path.iterdir()] == []
