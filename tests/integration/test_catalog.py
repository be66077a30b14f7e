"""One snapshot of a database, comparable; and names quoted as the server itself does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

from releasegate import catalog
from releasegate.model import CatalogObject
from releasegate.statements.parser import quote

if TYPE_CHECKING:
    from collections.abc import Iterator

    from releasegate.database import Connection
    from releasegate.throwaway import Database

SCHEMA = """
CREATE TABLE public.papers (id int PRIMARY KEY, title text NOT NULL DEFAULT 'a');
CREATE TABLE public.plans (
  id int GENERATED ALWAYS AS IDENTITY,
  paper_id int CONSTRAINT plans_fk REFERENCES public.papers ON DELETE CASCADE,
  twice int GENERATED ALWAYS AS (paper_id * 2) STORED
);
CREATE INDEX plans_paper_id ON public.plans (paper_id);
"""


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    with psycopg.connect(database.owner.dsn(), autocommit=True) as opened:
        opened.execute("SET search_path = pg_catalog")
        opened.execute(SCHEMA.encode())
        yield opened


def named(connection: Connection) -> dict[str, str]:
    return {str(thing): text for thing, text in catalog.snapshot(connection).items()}


def test_a_snapshot_holds_tables_columns_constraints_and_indexes(connection: Connection) -> None:
    held = named(connection)

    assert held == held | {
        "column public.papers.title": "text NOT NULL DEFAULT 'a'::text",
        "column public.plans.id": "integer NOT NULL IDENTITY a",
        "constraint public.papers.papers_pkey": "PRIMARY KEY (id)",
        "constraint public.plans.plans_fk": (
            "FOREIGN KEY (paper_id) REFERENCES public.papers(id) ON DELETE CASCADE"
        ),
        "index public.plans_paper_id": (
            "CREATE INDEX plans_paper_id ON public.plans USING btree (paper_id)"
        ),
    }
    assert "table public.plans" in held
    assert held["column public.plans.twice"].endswith("GENERATED s")


def test_an_empty_database_holds_nothing(database: Database) -> None:
    with psycopg.connect(database.owner.dsn(), autocommit=True) as connection:
        assert catalog.snapshot(connection) == {}


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (
            "ALTER TABLE public.papers ALTER title DROP NOT NULL",
            [
                (
                    "column public.papers.title was text NOT NULL DEFAULT 'a'::text; "
                    "is text DEFAULT 'a'::text"
                )
            ],
        ),
        ("DROP INDEX public.plans_paper_id", ["index public.plans_paper_id is missing"]),
        (
            "CREATE INDEX i ON public.papers (title)",
            [
                "index public.i is there: CREATE INDEX i ON public.papers USING btree (title)",
            ],
        ),
        (
            "ALTER TABLE public.papers ADD CONSTRAINT c CHECK (id > 0) NOT VALID",
            ["constraint public.papers.c is there: CHECK ((id > 0)) NOT VALID"],
        ),
        (
            "ALTER TABLE public.papers ENABLE ROW LEVEL SECURITY",
            [
                (
                    "table public.papers was kind r persistence p row security f f; "
                    "is kind r persistence p row security t f"
                )
            ],
        ),
        ("CREATE SCHEMA releasegate CREATE TABLE step (id int)", []),
        ("CREATE TEMP TABLE passing (id int)", []),
        ("INSERT INTO public.papers VALUES (1)", []),
    ],
    ids=["column", "index-gone", "index", "not-valid", "row-security", "ledger", "temp", "rows"],
)
def test_a_change_is_told_object_by_object(
    connection: Connection, statement: str, expected: list[str]
) -> None:
    before = named(connection)

    connection.execute(statement.encode())

    assert catalog.difference(before, named(connection)) == expected


def test_a_broken_index_is_told_as_such(connection: Connection) -> None:
    connection.execute("INSERT INTO public.papers VALUES (1), (2)")

    with pytest.raises(psycopg.errors.UniqueViolation):
        connection.execute("CREATE UNIQUE INDEX CONCURRENTLY i ON public.papers (title)")

    assert named(connection)["index public.i"].endswith(" INVALID")


def test_absent_objects_are_described_as_none(connection: Connection) -> None:
    things = [
        CatalogObject("table", "public", "papers"),
        CatalogObject("column", "public", "absent", "papers"),
    ]

    described = catalog.describe(connection, things)

    assert described["table public.papers"] is not None
    assert described["column public.papers.absent"] is None


def test_names_are_quoted_as_the_server_does(connection: Connection) -> None:
    keywords = "SELECT word, quote_ident(word) FROM pg_get_keywords()"

    wrong = [(word, said) for word, said in connection.execute(keywords) if quote(word) != said]

    assert wrong == []
