"""An app's SQL -> what it writes."""

from __future__ import annotations

import pytest

from releasegate.statements.binds import HOLE, normalise
from releasegate.statements.parser import SqlError
from releasegate.statements.writes import writes

BINDS = {
    "psycopg": ("a = %s AND b = %s", "a = $1 AND b = $2", (0, 1)),
    "psycopg_named": ("a = %(x)s AND b = %(y)s", "a = $1 AND b = $2", ("x", "y")),
    "psycopg_binary": ("a = %b AND b = %t", "a = $1 AND b = $2", (0, 1)),
    "percent": ("a %% 2 AND b LIKE 'x%%' AND c = %s", "a % 2 AND b LIKE 'x%' AND c = $1", (0,)),
    "percent_alone": ("b LIKE 'x%' AND a % 2 = $1", "b LIKE 'x%' AND a % 2 = $1", (0,)),
    "in_quotes": ("a = '%s' AND b = %s", "a = '$1' AND b = $2", (0, 1)),
    "colon": ("a = :x AND b = :y_2", "a = $1 AND b = $2", ("x", "y_2")),
    "cast": ("a::text = :x::text", "a::text = $1::text", ("x",)),
    "colon_in_quotes": ("a = ':x' AND b = \":y\"", "a = ':x' AND b = \":y\"", ()),
    "slice": ("a[1:n] = x[i:j]", "a[1:n] = x[i:j]", ()),
    "question": ("a = ? AND b IN (?, ?)", "a = $1 AND b IN ($2, $3)", (0, 1, 2)),
    "json_question": ("a ? 'x' AND b ?| c", "a ? 'x' AND b ?| c", ()),
    "dollar": ("a = $2 AND b = $1", "a = $1 AND b = $2", (1, 0)),
    "dollar_quoted": ("a = $x$ $1 :y $x$ AND b = $3", "a = $x$ $1 :y $x$ AND b = $1", (2,)),
    "comment": ("a -- :x ?\n= $1 /* $2 */", "a -- :x ?\n= $1 /* $2 */", (0,)),
    "hole": (f"a = {HOLE}", "a = __hole__", ()),
}


@pytest.mark.parametrize(("text", "expected", "keys"), BINDS.values(), ids=BINDS.keys())
def test_placeholders_of_every_style_become_numbers(
    text: str, expected: str, keys: tuple[int | str, ...]
) -> None:
    found = normalise(text)

    assert (found.sql, found.keys) == (expected, keys)


OPERATIONS = {
    "INSERT INTO runs (a) VALUES (1)": [("insert", "runs", ("a",))],
    'INSERT INTO "s"."Runs" ("A b") VALUES (1)': [("insert", "Runs", ("A b",))],
    "insert\n into RUNS values (1)": [("insert", "runs", None)],
    "INSERT INTO runs DEFAULT VALUES": [("insert", "runs", ())],
    "INSERT INTO runs (a) VALUES (1) ON CONFLICT DO NOTHING": [("insert", "runs", ("a",))],
    "INSERT INTO runs (a) VALUES (1) ON CONFLICT (a) DO UPDATE SET a = 2": [
        ("upsert", "runs", ("a",))
    ],
    "UPDATE ONLY runs r SET a = 1, (b, c) = (2, 3)": [("update", "runs", ("a", "b", "c"))],
    "DELETE\n FROM runs WHERE a = 1": [("delete", "runs", ())],
    "TRUNCATE a, b CASCADE": [("delete", "a", ()), ("delete", "b", ())],
    "COPY runs (a, b) FROM STDIN": [("copy", "runs", ("a", "b"))],
    "COPY runs FROM STDIN (FORMAT binary)": [("copy", "runs", None)],
    "COPY runs TO STDOUT": [],
    "SELECT * FROM runs FOR UPDATE": [],
    "SELECT 1; DELETE FROM a; DELETE FROM b": [("delete", "a", ()), ("delete", "b", ())],
    "WITH x AS (DELETE FROM a RETURNING *) INSERT INTO b (c) SELECT c FROM x": [
        ("insert", "b", ("c",)),
        ("delete", "a", ()),
    ],
    "MERGE INTO r USING s ON true WHEN MATCHED THEN DELETE "
    "WHEN NOT MATCHED THEN INSERT (a) VALUES (1)": [("delete", "r", ()), ("insert", "r", ("a",))],
    f"INSERT INTO {HOLE} (a) VALUES (1)": [("insert", None, ("a",))],
    f"INSERT INTO runs ({HOLE}) VALUES (1)": [("insert", "runs", None)],
    "EXPLAIN INSERT INTO runs (a) VALUES (1)": [("insert", "runs", ("a",))],
}


@pytest.mark.parametrize(("text", "expected"), OPERATIONS.items())
def test_every_write_of_a_text_is_found(
    text: str, expected: list[tuple[str, str | None, tuple[str, ...] | None]]
) -> None:
    found = writes(text)

    assert sorted((w.operation, str(w.table), w.columns) for w in found) == sorted(
        (operation, str(table), columns) for operation, table, columns in expected
    )


VALUES = {
    "%s": "bind",
    "%s::uuid": "bind",
    "CAST(%s AS uuid)": "bind",
    "NULL": "null",
    "NULL::uuid": "null",
    "'x'": "constant",
    "DEFAULT": "default",
    "(SELECT id FROM a)": "subquery",
    "NULLIF(%s, '')": "subquery",
    "coalesce(%s, %s)": "any",
    "CASE WHEN true THEN %s END": "all",
    "gen_random_uuid()": "generated",
    "f(%s)": "unknown",
    HOLE: "unknown",
}


@pytest.mark.parametrize(("value", "kind"), VALUES.items())
def test_a_value_is_what_it_is_made_of(value: str, kind: str) -> None:
    (write,) = writes(f"INSERT INTO runs (a) VALUES ({value})")

    assert [row["a"].kind for row in write.rows] == [kind]


def test_columns_meet_their_values_by_position() -> None:
    (write,) = writes("INSERT INTO runs (a, b) VALUES (%(x)s, NULL), (DEFAULT, %(y)s)")

    assert [(row["a"].kind, row["b"].kind) for row in write.rows] == [
        ("bind", "null"),
        ("default", "bind"),
    ]
    assert (write.rows[0]["a"].bind, write.rows[1]["b"].bind) == ("x", "y")


def test_a_select_of_another_width_gives_nothing_away() -> None:
    (write,) = writes("INSERT INTO runs (a, b) SELECT * FROM other")

    assert {value.kind for value in write.rows[0].values()} == {"unknown"}


def test_both_sides_of_a_union_are_rows() -> None:
    (write,) = writes("INSERT INTO runs (a) SELECT 1 UNION ALL SELECT NULL")

    assert [row["a"].kind for row in write.rows] == ["constant", "null"]


def test_values_of_execute_values_come_from_one_bind() -> None:
    (write,) = writes("INSERT INTO runs (a, b) VALUES %s")

    assert [(v.kind, v.bind, v.index) for v in write.rows[0].values()] == [
        ("element", 0, 0),
        ("element", 0, 1),
    ]


def test_a_column_of_a_select_is_traced_to_its_table() -> None:
    (write,) = writes("INSERT INTO a (x, y) SELECT p.id, q.id FROM plans p LEFT JOIN s.q ON true")

    row = write.rows[0]
    assert row["x"].reference == (None, "plans", "id")
    assert row["y"].reference == ("s", "q", "id")
    assert row["y"].is_outer


def test_a_column_of_a_written_row_is_traced_through_with() -> None:
    parent = "WITH p AS (INSERT INTO plans DEFAULT VALUES RETURNING id)"
    text = f"{parent} INSERT INTO r (x) SELECT id FROM p"

    found = {write.table: write for write in writes(text)}

    assert found["r"].rows[0]["x"].reference == (None, "plans", "id")


def test_lines_count_within_the_text() -> None:
    (write,) = writes("\n\nINSERT INTO runs (a)\nVALUES (\n  NULL\n)\n")

    assert (write.line, write.end_line, write.rows[0]["a"].line) == (3, 6, 5)


@pytest.mark.parametrize(
    "text", ["insert into runs failed", "INSERT INTO runs (", "'", "\x00", "\ud800"]
)
def test_what_is_no_sql_is_refused(text: str) -> None:
    with pytest.raises(SqlError):
        writes(text)
