"""One snapshot of a database, comparable; and names quoted as the server itself does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

from releasegate import catalog, throwaway
from releasegate.model import CatalogObject, Relation
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


def test_an_empty_database_holds_what_every_database_holds(database: Database) -> None:
    with psycopg.connect(database.owner.dsn(), autocommit=True) as connection:
        held = catalog.things(catalog.snapshot(connection))
        assert catalog.tables(connection) == {}

    assert {str(thing) for thing in held} == {"schema public", "extension plpgsql"}


def test_tables_are_those_of_the_snapshot(connection: Connection) -> None:
    kinds = {"table", "column", "constraint", "index"}
    whole = catalog.snapshot(connection)

    alone = catalog.tables(connection)

    assert alone == {thing: text for thing, text in whole.items() if thing.kind in kinds}
    assert len(alone) > 10


def test_what_belongs_to_an_extension_is_told_by_the_extension(database: Database) -> None:
    with psycopg.connect(database.admin.dsn(), autocommit=True) as connection:
        connection.execute("SET search_path = pg_catalog")
        before = named(connection)
        connection.execute("CREATE EXTENSION ltree SCHEMA public")
        connection.execute("CREATE EXTENSION btree_gin SCHEMA public")
        after = named(connection)

    new = {name for name in after.keys() - before.keys() if not name.startswith("extension ")}
    assert new == set()
    assert "extension ltree" in after
    assert after["extension btree_gin"].endswith("SCHEMA public")


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (
            "ALTER TABLE public.papers ALTER title DROP NOT NULL",
            [
                (
                    "column public.papers.title was text NOT NULL DEFAULT 'a'::text; "
                    "is text DEFAULT 'a'::text"
                ),
                "constraint public.papers.papers_title_not_null is missing",
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


def test_a_body_is_told_by_its_first_line_that_differs(connection: Connection) -> None:
    function = (
        "CREATE OR REPLACE FUNCTION public.f() RETURNS int LANGUAGE plpgsql AS "
        "'BEGIN\n  PERFORM 1;\n  RETURN {};\nEND'"
    )
    connection.execute(function.format(1).encode())
    before = named(connection)

    connection.execute(function.format(2).encode())
    after = named(connection)

    changed = "function public.f() differs from line 6 on: was RETURN 1;; is RETURN 2;"
    assert catalog.difference(before, after) == [changed]
    assert catalog.difference({}, {"function public.f()": after["function public.f()"]}) == [
        "function public.f() is there: CREATE OR REPLACE FUNCTION public.f() ..."
    ]


def test_an_order_of_columns_is_told_only_among_the_same_columns(connection: Connection) -> None:
    before = named(connection)
    connection.execute("ALTER TABLE public.papers ADD a int, ADD b int")
    told = catalog.difference(before, named(connection))
    one_way = named(connection)

    connection.execute("ALTER TABLE public.papers DROP a, DROP b, ADD b int")
    connection.execute("ALTER TABLE public.papers ADD a int")

    assert [line.split(" is there")[0] for line in told] == [
        "column public.papers.a",
        "column public.papers.b",
    ]
    assert catalog.difference(one_way, named(connection)) == [
        "column order public.papers was id, title, a, b; is id, title, b, a"
    ]


def test_privileges_are_told_alike_however_they_came_about(connection: Connection) -> None:
    before = named(connection)

    connection.execute("GRANT SELECT ON public.papers TO PUBLIC")
    granted = named(connection)["table privileges public.papers"]
    connection.execute("REVOKE SELECT ON public.papers FROM PUBLIC")

    assert granted.startswith("PUBLIC: SELECT; the database's owner: ")
    assert named(connection) == before
    connection.execute("REVOKE ALL ON public.papers FROM CURRENT_USER")
    assert named(connection)["table privileges public.papers"] == "nobody"


def test_the_order_of_an_enums_labels_counts(connection: Connection) -> None:
    connection.execute("CREATE TYPE public.mood AS ENUM ('b', 'a')")
    before = named(connection)

    connection.execute("DROP TYPE public.mood; CREATE TYPE public.mood AS ENUM ('a', 'b')")

    assert catalog.difference(before, named(connection)) == [
        "type public.mood was ENUM 'b', 'a'; is ENUM 'a', 'b'"
    ]


def test_databases_of_two_owners_on_a_lent_server_are_equal(database: Database) -> None:
    seen, owners = [], set()
    with throwaway.borrow(database.admin) as lent:
        for _ in range(2):
            with lent.database() as made, psycopg.connect(made.owner.dsn()) as connection:
                connection.execute("CREATE TABLE public.t (id int)")
                connection.execute("CREATE POLICY p ON public.t TO CURRENT_USER USING (true)")
                connection.execute("GRANT SELECT ON public.t TO PUBLIC")
                connection.execute("ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC")
                connection.commit()
                owner = made.owner.values["user"]
                lines = catalog.dump_lines(lent.dump(made.owner, "--schema-only"), owner=owner)
                seen.append((named(connection), lines))
                owners.add(owner)

    assert seen[0] == seen[1]
    assert len(owners) == 2


def test_a_not_null_that_is_not_proven_is_told(connection: Connection) -> None:
    statement = "ALTER TABLE public.plans ADD CONSTRAINT n NOT NULL paper_id NOT VALID"
    connection.execute(statement.encode())
    held = named(connection)

    assert held["column public.plans.paper_id"] == "integer NOT NULL NOT VALID"
    assert held["constraint public.plans.n"] == "NOT NULL paper_id NOT VALID"
    connection.execute("ALTER TABLE public.plans VALIDATE CONSTRAINT n")
    assert named(connection)["column public.plans.paper_id"] == "integer NOT NULL"


def test_a_rewritten_table_has_another_file(connection: Connection) -> None:
    papers, plans = Relation("public", "papers"), Relation("public", "plans")
    before = catalog.relfilenodes(connection)

    connection.execute("ALTER TABLE public.papers ADD a int DEFAULT 1")
    kept = catalog.relfilenodes(connection)
    connection.execute("ALTER TABLE public.plans ADD b int DEFAULT random()")
    after = catalog.relfilenodes(connection)

    assert kept == before
    assert before.keys() == {papers, plans}
    assert after[papers] == before[papers]
    assert after[plans] != before[plans]


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


def test_objects_are_described_as_in_the_snapshot(connection: Connection) -> None:
    connection.execute("COMMENT ON TABLE public.papers IS 'a'")
    connection.execute('CREATE TABLE public."Odd.Name" ("a b" int CHECK ("a b" > 0))')
    whole = catalog.snapshot(connection)

    described = catalog.describe(connection, whole)

    assert described == {str(thing): text for thing, text in whole.items()}
    assert catalog.describe(connection, []) == {}


def test_a_description_waits_for_nobody_who_changes_another_table(
    connection: Connection, database: Database
) -> None:
    connection.execute("CREATE VIEW public.seen AS SELECT id FROM public.papers")
    connection.execute("SET lock_timeout = '50ms'")
    thing = CatalogObject("column", "public", "paper_id", "plans")

    with psycopg.connect(database.owner.dsn()) as other:
        other.execute("LOCK TABLE public.papers")

        assert catalog.describe(connection, [thing])[str(thing)] == "integer"
        with pytest.raises(psycopg.errors.LockNotAvailable):
            catalog.snapshot(connection)


def test_names_are_quoted_as_the_server_does(connection: Connection) -> None:
    keywords = "SELECT word, quote_ident(word) FROM pg_get_keywords()"

    wrong = [(word, said) for word, said in connection.execute(keywords) if quote(word) != said]

    assert wrong == []
