"""SQL text -> Statements and their places; tokens, quoting and what the parser survives."""

from __future__ import annotations

import time

import pytest

from releasegate.model import Relation
from releasegate.statements import parser
from releasegate.statements.parser import Source, SqlError, backslashes, comments, parse, quote


def test_statements_come_without_semicolons_and_what_stands_before_them() -> None:
    found = parse("-- first\nSELECT 1; /* second */ SELECT 2\n;\n\nSELECT 3")

    assert [statement.text for statement in found] == ["SELECT 1", "SELECT 2", "SELECT 3"]
    assert [statement.place for statement in found] == [(2, 1), (2, 24), (5, 1)]


def test_a_comment_inside_a_statement_stays_and_one_behind_it_goes() -> None:
    (found,) = parse("SELECT /* a */ 1 -- b\n;")

    assert found.text == "SELECT /* a */ 1"


@pytest.mark.parametrize("text", ["", " \n", ";;", "-- nothing", "/* nothing */;"])
def test_a_text_without_statements_has_none(text: str) -> None:
    assert parse(text) == ()


def test_kinds_are_named_as_the_grammar_names_them() -> None:
    found = parse("BEGIN; ALTER TABLE a ADD b int; CREATE INDEX c ON a (b); COMMIT")

    assert [statement.kind for statement in found] == [
        "transaction_stmt",
        "alter_table_stmt",
        "index_stmt",
        "transaction_stmt",
    ]


@pytest.mark.parametrize(
    "before",
    ["SELECT 'aeiou'; ", "SELECT 'äëïöü'; ", "SELECT '日本語!!'; ", "SELECT '🐘🐘🐘🐘🐘'; "],
    ids=["ascii", "two-bytes", "three-bytes", "four-bytes"],
)
def test_columns_count_characters(before: str) -> None:
    text = f"{before}SELECT 2;"

    second = parse(text)[1]

    assert second.place == (1, len(before) + 1)
    assert second.text == "SELECT 2"


@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_lines_count_whatever_their_ends(end: str) -> None:
    text = end.join(["-- ä", "SELECT 1;", "", "  SELECT 'é', 2;", ""])

    assert [statement.place for statement in parse(text)] == [(2, 1), (4, 3)]


@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize("before", ["a", "é", "日", "🐘"])
def test_an_error_of_the_grammar_is_placed_in_characters(before: str, end: str) -> None:
    text = f"SELECT '{before}';{end}SELECT '{before}' FRM papers;"

    with pytest.raises(SqlError) as caught:
        parse(text)

    assert (caught.value.line, caught.value.column) == (2, 16)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("SELECT 1;\nSELECT 'open", (2, 8)),
        ("SELECT 1;\n  /* open", (2, 3)),
        ("DO $a$ BEGIN END $b$;", (1, 4)),
        ('SELECT "open', (1, 8)),
    ],
    ids=["string", "comment", "dollar", "name"],
)
def test_what_does_not_end_is_an_error_at_its_beginning(text: str, place: tuple[int, int]) -> None:
    for read in (parse, lambda t: parser.scan(Source(t))):
        with pytest.raises(SqlError) as caught:
            read(text)
        assert (caught.value.line, caught.value.column) == place


def test_an_error_at_the_end_of_the_text_has_a_place() -> None:
    with pytest.raises(SqlError) as caught:
        parse("SELECT 1;\nALTER TABLE")

    assert caught.value.line == 2


@pytest.mark.parametrize(
    "text",
    [
        "SELECT " + "(" * 1000 + "1" + ")" * 1000,
        "SELECT " + "(" * 300_000 + "1" + ")" * 300_000,
        "SELECT " + "- " * 400_000 + "1",
        "SELECT " + "1 + " * 15_000 + "1",
        "SELECT " + "NOT " * 200_000 + "true",
        "SELECT " + "ARRAY[" * 100_000 + "1" + "]" * 100_000,
        "SELECT * FROM " + "(SELECT * FROM " * 30_000 + "a" + ") b" * 30_000,
        "SELECT " + "CASE WHEN true THEN " * 30_000 + "1" + " END" * 30_000,
        "/*" * 5_000,
    ],
    ids=[
        "small-parentheses",
        "parentheses",
        "minus",
        "plus",
        "not",
        "array",
        "select",
        "case",
        "comment",
    ],
)
def test_deep_nesting_is_read_or_refused(text: str) -> None:
    try:
        found = parse(text)
    except SqlError:
        return

    assert found[0].line == 1
    assert sum(1 for _ in parser.walk(found[0].node)) > 1


@pytest.mark.parametrize("depth", [100, 500, 1500])
def test_ordinary_depth_is_read(depth: int) -> None:
    (found,) = parse("SELECT " + "1 + " * depth + "1")

    operators = [n for n in parser.walk(found.node) if parser.kind_of(n) == "A_Expr"]

    assert len(operators) == depth


def test_a_text_beyond_the_limit_is_refused() -> None:
    with pytest.raises(SqlError, match="longer than 16 MiB"):
        parse(" " * (parser.MAX_TEXT_BYTES + 1))


def test_a_statement_beyond_the_limit_is_refused_at_its_beginning() -> None:
    text = "SELECT 1;\nSELECT '" + "a" * parser.MAX_STATEMENT_BYTES + "';"

    with pytest.raises(SqlError, match="a statement of more than 1 MiB") as caught:
        parse(text)

    assert caught.value.line in (1, 2)


@pytest.mark.parametrize(
    "text",
    ["SELECT " + "1 + " * 150_000 + "1", "/*" * 200_000, ";" * (16 << 20)],
    ids=["operators", "comments", "semicolons"],
)
def test_what_would_keep_the_parser_busy_is_refused_at_once(text: str) -> None:
    began = time.monotonic()

    with pytest.raises(SqlError, match="more than"):
        parse(text)

    assert time.monotonic() - began < 5


def test_many_small_statements_may_be_long_together() -> None:
    text = "SELECT 'abcdefghijklmnopqrstuvwxyz';\n" * 30_000

    assert len(parse(text)) == 30_000


@pytest.mark.parametrize(
    ("name", "quoted"),
    [
        ("papers", "papers"),
        ("_a$1", "_a$1"),
        ("Papers", '"Papers"'),
        ("two words", '"two words"'),
        ('a"b', '"a""b"'),
        ("1st", '"1st"'),
        ("größe", '"größe"'),
        ("", '""'),
        ("a\n", '"a\n"'),
        ("a--b", '"a--b"'),
        ("a'; DROP TABLE b; --", '"a\'; DROP TABLE b; --"'),
        ("select", '"select"'),
        ("user", '"user"'),
        ("left", '"left"'),
        ("between", '"between"'),
        ("begin", "begin"),
        ("index", "index"),
    ],
)
def test_a_name_is_quoted_where_the_lexer_needs_it(name: str, quoted: str) -> None:
    assert quote(name) == quoted


@pytest.mark.parametrize("name", ["papers", "Papers", 'a"b', "select", "größe", "a;b", "a\\b"])
def test_a_quoted_name_is_read_back_as_it_was(name: str) -> None:
    relation = Relation("Odd schema", name)

    (found,) = parse(f"LOCK TABLE {parser.quote_relation(relation)}")

    assert parser.relation(found.node.relations[0].range_var) == relation


def test_a_name_without_a_schema_is_in_the_default_one() -> None:
    (found,) = parse("TRUNCATE Papers")

    name = found.node.relations[0].range_var

    assert parser.relation(name) == Relation("public", "papers")
    assert parser.relation(name, default_schema="app") == Relation("app", "papers")


def test_comments_are_told_with_their_lines() -> None:
    text = "-- é one\nSELECT 1 /* two\n three */;\nSELECT '-- not'; -- four"

    found = list(comments(Source(text)))

    assert found == [(1, "-- é one"), (2, "/* two\n three */"), (4, "-- four")]


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("\\! id", [(1, 1)]),
        ("SELECT 1 \\! id", [(1, 10)]),
        ("SELECT 'é';\r\n\\i x\r\n\\q", [(2, 1), (3, 1)]),
        ("SELECT 'a\\b', E'\\'\\\\';", []),
        ('SELECT "a\\b";', []),
        ("SELECT $$ \\! id $$, $x$ \\q $x$;", []),
        ("-- \\! id\nSELECT 1;", []),
        ("/* \\! id /* \\q */ */ SELECT 1;", []),
        ("SELECT U&'\\0061';", []),
    ],
    ids=[
        "alone",
        "behind",
        "lines",
        "strings",
        "names",
        "dollar",
        "line-comment",
        "comment",
        "unicode",
    ],
)
def test_backslashes_are_told_outside_quotes_and_comments(
    text: str, places: list[tuple[int, int]]
) -> None:
    assert list(backslashes(Source(text))) == places


def test_a_place_in_a_statement_is_a_place_in_its_source() -> None:
    second = parse("SELECT 1;\n  SELECT 'é',\n    é;")[1]

    assert second.place_of_character(second.text.rindex("é")) == (3, 5)
