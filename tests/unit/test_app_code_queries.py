"""An app's source and table names -> the complete statements that it sends to them."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from releasegate.appcode import queries
from releasegate.appcode.queried import Query
from releasegate.model import Relation
from releasegate.repository import content
from releasegate.statements.parser import parse

RUNS = Relation("public", "runs")
EXAMPLE = Path(__file__).parents[2] / "examples" / "papers"


def found(source: str, path: str = "app.py") -> list[tuple[int, str]]:
    text = textwrap.dedent(source).encode()
    return [(item.line, item.sql) for item in queries({path: text}, [RUNS])]


STATEMENTS = {
    "psycopg": ("SELECT 1 FROM runs WHERE id = %s", "SELECT 1 FROM runs WHERE id = $1"),
    "named": (
        "UPDATE runs SET status = %(a)s WHERE id = %(b)s",
        "UPDATE runs SET status = $1 WHERE id = $2",
    ),
    "asyncpg": ("DELETE FROM runs WHERE id = $1", "DELETE FROM runs WHERE id = $1"),
    "twice": (
        "SELECT $2, $1, $2 FROM runs",
        "SELECT $1, $2, $3 FROM runs",
    ),
    "colon": (
        "SELECT id::text FROM runs WHERE id IN :ids",
        "SELECT id::text FROM runs WHERE id IN ($1)",
    ),
    "listed": ("DELETE FROM runs WHERE id IN %s", "DELETE FROM runs WHERE id IN ($1)"),
    "rows": (
        "INSERT INTO runs (plan_id, paper_id) VALUES %s",
        "INSERT INTO runs (plan_id, paper_id) VALUES ($1, $2)",
    ),
    "qualified": ("SELECT 1 FROM public.runs", "SELECT 1 FROM public.runs"),
    "with": (
        "WITH x AS (SELECT 1 FROM runs) SELECT * FROM x",
        "WITH x AS (SELECT 1 FROM runs) SELECT * FROM x",
    ),
    "join": (
        "SELECT 1 FROM plans p JOIN runs r ON r.plan_id = p.id",
        "SELECT 1 FROM plans p JOIN runs r ON r.plan_id = p.id",
    ),
    "percent": ("SELECT 1 FROM runs WHERE a LIKE 'x%%'", "SELECT 1 FROM runs WHERE a LIKE 'x%'"),
}


@pytest.mark.parametrize(("text", "expected"), STATEMENTS.values(), ids=STATEMENTS.keys())
def test_a_statement_is_given_with_numbered_placeholders(text: str, expected: str) -> None:
    assert found(f'def f(c, x):\n    c.execute("{text}", x)\n') == [(2, expected)]


LEFT_OUT = {
    "hole": 'c.execute(f"SELECT {x} FROM runs")',
    "other_table": 'c.execute("SELECT 1 FROM runs_archive")',
    "other_schema": 'c.execute("SELECT 1 FROM archive.runs")',
    "hidden_by_with": 'c.execute("WITH runs AS (SELECT 1) SELECT * FROM runs")',
    "broken": 'c.execute("SELECT FROM WHERE runs")',
    "message": 'log.info("select a plan from runs")',
    "definition": 'c.execute("DROP TABLE runs")',
    "select_into": 'c.execute("SELECT 1 AS a INTO x FROM runs")',
    "rows_without_columns": 'c.execute("INSERT INTO runs VALUES %s", x)',
}


@pytest.mark.parametrize("line", LEFT_OUT.values(), ids=LEFT_OUT.keys())
def test_what_cannot_be_prepared_as_it_is_is_left_out(line: str) -> None:
    assert found(f"def f(c, x, log):\n    {line}\n") == []


def test_every_statement_of_a_text_stands_on_its_own_line() -> None:
    source = 'SQL = """\nSELECT %s FROM runs;\nSELECT 1;\nDELETE FROM runs WHERE id = %s"""\n'

    assert found(source) == [
        (2, "SELECT $1 FROM runs"),
        (4, "DELETE FROM runs WHERE id = $1"),
    ]


def test_a_sql_file_is_read_as_well() -> None:
    source = "-- name: get-run\nSELECT 1 FROM runs WHERE id = :id;\n"

    assert found(source, "queries/runs.sql") == [(2, "SELECT 1 FROM runs WHERE id = $1")]


def test_a_builder_gives_the_insert_of_the_keys_that_it_always_sends() -> None:
    source = """
        def f(c, a, b):
            row = {"plan_id": a, "Paper": b}
            if b:
                row["status"] = b
            c.table("runs").insert(row).execute()
            c.table("runs").update({"status": a}).eq("id", b).execute()
    """

    assert found(source) == [
        (6, 'INSERT INTO public.runs (plan_id, "Paper") VALUES ($1, $2)'),
        (7, "UPDATE public.runs SET status = $1 WHERE ctid = '(0,1)'"),
    ]


def test_the_example_app_sends_statements_that_all_parse() -> None:
    contents = {path.name: content(path) for path in sorted(EXAMPLE.glob("*.py"))}
    names = ("papers", "plans", "runs", "run_events", "storyboards")

    listed = queries(contents, [Relation("public", name) for name in names])

    assert len(listed) >= 11
    assert listed == tuple(sorted(set(listed)))
    assert all(isinstance(item, Query) and len(parse(item.sql)) == 1 for item in listed)


def test_files_that_cannot_be_read_are_passed_over() -> None:
    assert queries({"a.py": b"runs = (", "b.py": None, "c.py": b"\xff runs"}, [RUNS]) == ()
