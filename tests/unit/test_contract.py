"""Statements -> keys, tables, and what hides them; migration and baseline -> the contract."""

from __future__ import annotations

from pathlib import Path

import pytest

from releasegate.appcode.contract import Contract, derive, read_contract
from releasegate.model import ForeignKey, Relation
from releasegate.statements import contract, parser

ROOT = Path(__file__).parents[2]
PAPERS, RUNS = Relation("public", "papers"), Relation("public", "runs")


def keys(text: str) -> tuple[ForeignKey, ...]:
    return contract.foreign_keys(parser.parse(text))


def derived(migration: str, baseline: str = "") -> Contract:
    return derive(parser.parse(migration), parser.parse(baseline), path="m.sql")


FK = "CONSTRAINT k FOREIGN KEY (paper_id) REFERENCES"
COLUMN = "paper_id uuid CONSTRAINT k REFERENCES"
KEYS = {
    "alter_table": f"ALTER TABLE runs ADD {FK} papers (id)",
    "alter_table_only": f"ALTER TABLE ONLY public.runs ADD {FK} public.papers (id) NOT VALID",
    "add_column": f"ALTER TABLE runs ADD COLUMN {COLUMN} papers (id)",
    "create_table_column": f"CREATE TABLE runs ({COLUMN} papers (id))",
    "create_table_key": f"CREATE TABLE runs (paper_id uuid, {FK} papers (id))",
    "create_schema": f"CREATE SCHEMA public CREATE TABLE runs ({COLUMN} public.papers (id))",
    "quoted": f'ALTER TABLE "runs" ADD {FK} "papers" ("id")',
}


@pytest.mark.parametrize("text", KEYS.values(), ids=KEYS.keys())
def test_a_key_is_read_however_it_is_written(text: str) -> None:
    (key,) = keys(text)

    assert (key.name, key.child, key.parent) == ("k", RUNS, PAPERS)
    assert (key.columns, key.parent_columns) == (("paper_id",), ("id",))
    assert key.on_delete == "NO ACTION"


@pytest.mark.parametrize("action", ["NO ACTION", "RESTRICT", "CASCADE", "SET NULL", "SET DEFAULT"])
def test_what_a_delete_does_is_read(action: str) -> None:
    (key,) = keys(f"ALTER TABLE a ADD FOREIGN KEY (x) REFERENCES b ON DELETE {action}")

    assert key.on_delete == action
    assert key.name is None
    assert key.parent_columns == ()


def test_a_key_of_several_columns_keeps_their_order() -> None:
    text = "ALTER TABLE s.a ADD FOREIGN KEY (x, y) REFERENCES t.b (v, w)"

    found = derived(text).columns

    assert [(c.column, c.parent_column) for c in found] == [("x", "v"), ("y", "w")]
    assert {(str(c.child), str(c.parent)) for c in found} == {("s.a", "t.b")}


def test_a_table_made_with_its_schema_stands_in_it() -> None:
    (key,) = keys(f"CREATE SCHEMA app CREATE TABLE runs ({COLUMN} public.papers (id))")

    assert (str(key.child), str(key.parent)) == ("app.runs", "public.papers")


def test_a_key_has_its_own_line_in_the_text() -> None:
    text = "-- é\nALTER TABLE a\n  ADD x int,\n  ADD FOREIGN KEY (x) REFERENCES b (id);\n"

    assert [key.line for key in keys(text)] == [4]


@pytest.mark.parametrize(
    "text",
    [
        "ALTER TABLE a ADD CONSTRAINT k UNIQUE (x)",
        "ALTER TABLE a ADD CONSTRAINT k CHECK (x > 0)",
        "CREATE INDEX ON a (x)",
        "-- ALTER TABLE a ADD FOREIGN KEY (x) REFERENCES b",
        "COMMENT ON TABLE a IS 'FOREIGN KEY (x) REFERENCES b'",
    ],
)
def test_other_statements_have_no_keys(text: str) -> None:
    assert keys(text) == ()


def test_the_project_s_own_migration_has_six_keys_and_one_new_column() -> None:
    migration = (ROOT / "db/migrations/001_init_v1.sql").read_text()
    baseline = (ROOT / "db/schema/v0.sql").read_text()

    found = read_contract(migration, baseline, path="m.sql")

    assert [str(column) for column in found.columns] == [
        "plans.paper_id",
        "runs.plan_id",
        "runs.paper_id",
        "run_events.run_id",
        "storyboards.paper_id",
        "storyboards.run_id",
    ]
    assert [str(column) for column in found.columns if column.created] == ["storyboards.run_id"]
    assert found.problems == ()


def test_a_parent_without_columns_means_its_primary_key() -> None:
    migration = "ALTER TABLE runs ADD FOREIGN KEY (paper_id) REFERENCES papers"

    column = derived(migration, "CREATE TABLE papers (key int, PRIMARY KEY (key))").columns[0]

    assert column.parent_column == "key"


def test_a_primary_key_added_as_pg_dump_does_counts() -> None:
    baseline = (
        "CREATE TABLE public.papers (key int NOT NULL);"
        "ALTER TABLE ONLY public.papers ADD CONSTRAINT p PRIMARY KEY (key);"
    )

    column = derived("ALTER TABLE a ADD FOREIGN KEY (x) REFERENCES papers", baseline).columns[0]

    assert column.parent_column == "key"


def test_a_parent_whose_key_is_unknown_is_a_problem() -> None:
    found = derived("\nALTER TABLE a ADD FOREIGN KEY (x) REFERENCES papers")

    assert [(problem.code, problem.line) for problem in found.problems] == [("RG208", 2)]
    assert len(found.columns) == 1


CREATED = {
    "new": ("ALTER TABLE runs ADD COLUMN p int", "CREATE TABLE runs (id int)", True),
    "if_not_exists_new": (
        "ALTER TABLE runs ADD COLUMN IF NOT EXISTS p int",
        "CREATE TABLE runs (id int)",
        True,
    ),
    "if_not_exists_known": (
        "ALTER TABLE runs ADD COLUMN IF NOT EXISTS p int",
        "CREATE TABLE runs (p int)",
        False,
    ),
    "known": ("SELECT 1", "CREATE TABLE runs (p int)", False),
    "added_later_in_the_baseline": (
        "ALTER TABLE runs ADD COLUMN IF NOT EXISTS p int",
        "CREATE TABLE runs (id int); ALTER TABLE runs ADD p int",
        False,
    ),
    "dropped_in_the_baseline": (
        "ALTER TABLE runs ADD COLUMN p int",
        "CREATE TABLE runs (p int); ALTER TABLE runs DROP COLUMN p",
        True,
    ),
    "renamed_in_the_baseline": (
        "ALTER TABLE runs ADD COLUMN IF NOT EXISTS p int",
        "CREATE TABLE runs (q int); ALTER TABLE runs RENAME COLUMN q TO p",
        False,
    ),
    "table_renamed_in_the_baseline": (
        "ALTER TABLE runs ADD COLUMN IF NOT EXISTS p int",
        "CREATE TABLE old (p int); ALTER TABLE old RENAME TO runs",
        False,
    ),
    "copied_from_another_table": (
        "ALTER TABLE runs ADD COLUMN IF NOT EXISTS p int",
        "CREATE TABLE old (p int); CREATE TABLE runs (LIKE old)",
        False,
    ),
    "inherited": (
        "ALTER TABLE runs ADD COLUMN IF NOT EXISTS p int",
        "CREATE TABLE old (p int); CREATE TABLE runs () INHERITS (old)",
        False,
    ),
    "not_visible": (
        "ALTER TABLE runs ADD COLUMN IF NOT EXISTS p int",
        "CREATE TABLE runs AS SELECT 1 AS p",
        False,
    ),
    "other_schema": (
        "ALTER TABLE runs ADD COLUMN IF NOT EXISTS p int",
        "CREATE TABLE other.runs (p int); CREATE TABLE runs ()",
        True,
    ),
    "new_table": ("CREATE TABLE runs (p int)", "", True),
}


@pytest.mark.parametrize(
    ("migration", "baseline", "expected"), CREATED.values(), ids=CREATED.keys()
)
def test_a_column_is_created_where_the_baseline_lacks_it(
    migration: str, baseline: str, expected: bool
) -> None:
    key = "; ALTER TABLE runs ADD FOREIGN KEY (p) REFERENCES papers (id)"

    assert [column.created for column in derived(migration + key, baseline).columns] == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "DO $$ BEGIN ALTER TABLE a ADD FOREIGN KEY (x) REFERENCES b; END $$",
        "DO $$ BEGIN EXECUTE 'x'; END $$",
        "DO 'BEGIN PERFORM add_keys(); END'",
        "DO LANGUAGE plpython3u $$ plpy.run() $$",
        "CALL add_keys()",
        "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS 'EXECUTE x'; SELECT f()",
    ],
)
def test_keys_that_hide_in_code_are_named(text: str) -> None:
    assert len(contract.unreadable(parser.parse(text))) == 1


@pytest.mark.parametrize(
    "text",
    [
        "DO $$ BEGIN RAISE NOTICE 'hello'; END $$",
        "DO $$ BEGIN /* no foreign key */ UPDATE a SET x = 1; -- execute\nEND $$",
        "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS 'BEGIN EXECUTE ''x''; END'",
        "SELECT f()",
    ],
)
def test_code_that_adds_no_keys_is_let_through(text: str) -> None:
    assert contract.unreadable(parser.parse(text)) == ()


def test_a_suspicious_function_of_the_baseline_counts_when_it_is_called() -> None:
    baseline = parser.parse(
        "CREATE FUNCTION s.add_keys() RETURNS void LANGUAGE plpgsql AS 'BEGIN EXECUTE ''x''; END'"
    )

    (place,) = contract.unreadable(parser.parse("SELECT 1;\nSELECT s.add_keys()"), baseline)

    assert place.line == 2


def test_a_baseline_that_is_no_sql_is_a_problem() -> None:
    found = read_contract("SELECT 1", "CREATE TABEL papers;", path="m.sql")

    assert [problem.code for problem in found.problems] == ["RG208"]
