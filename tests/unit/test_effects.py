"""Statements -> the objects that they leave behind or remove, and the way back."""

from __future__ import annotations

import pytest

from releasegate.statements.effects import effects, undo
from releasegate.statements.parser import parse


def promised(text: str) -> dict[str, bool]:
    return {str(effect.object): effect.present for effect in effects(parse(text))}


def undone(text: str) -> list[str]:
    return [said.sql for effect in effects(parse(text)) if (said := undo(effect))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "CREATE TABLE a (b int CONSTRAINT c CHECK (b > 0), CONSTRAINT d UNIQUE (b))",
            {
                "table public.a": True,
                "column public.a.b": True,
                "constraint public.a.c": True,
                "constraint public.a.d": True,
            },
        ),
        ("CREATE TABLE s.a (b int PRIMARY KEY)", {"table s.a": True, "column s.a.b": True}),
        ("CREATE TEMP TABLE a (b int)", {}),
        (
            "ALTER TABLE a ADD b int CONSTRAINT c REFERENCES d",
            {"column public.a.b": True, "constraint public.a.c": True},
        ),
        ("ALTER TABLE a ADD CONSTRAINT c CHECK (b > 0)", {"constraint public.a.c": True}),
        ("ALTER TABLE a ADD CHECK (b > 0)", {}),
        ("ALTER TABLE a ALTER b SET NOT NULL", {"column public.a.b": True}),
        ("ALTER TABLE a DROP b", {"column public.a.b": False}),
        ("ALTER TABLE a DROP CONSTRAINT c", {"constraint public.a.c": False}),
        ("ALTER TABLE a VALIDATE CONSTRAINT c", {"constraint public.a.c": True}),
        ("CREATE INDEX i ON s.a (b)", {"index s.i": True}),
        ("CREATE INDEX ON a (b)", {}),
        ("DROP INDEX i, s.j", {"index public.i": False, "index s.j": False}),
        ("DROP TABLE a", {"table public.a": False}),
        ("DROP VIEW a", {}),
        ("ALTER TABLE may_be_a_view RENAME TO b", {}),
        ("ALTER TABLE may_be_a_view RENAME b TO c", {}),
        ("ALTER VIEW v RENAME COLUMN a TO b", {}),
        ("ALTER TABLE IF EXISTS gone RENAME TO b", {}),
        ("ALTER TABLE IF EXISTS gone ADD a int", {}),
        ("ALTER TABLE a ADD PRIMARY KEY USING INDEX i", {}),
        (
            "CREATE TABLE t (id int CONSTRAINT k PRIMARY KEY); ALTER INDEX k RENAME TO j",
            {
                "table public.t": True,
                "column public.t.id": True,
                "index public.k": False,
                "index public.j": True,
            },
        ),
        (
            "ALTER TABLE a ADD CONSTRAINT i UNIQUE USING INDEX i; ALTER TABLE a DROP CONSTRAINT i",
            {"constraint public.a.i": False},
        ),
        (
            "CREATE TABLE p (a int); CREATE TABLE p1 PARTITION OF p DEFAULT; DROP TABLE p",
            {"table public.p": False},
        ),
        (
            "ALTER TABLE a RENAME CONSTRAINT b TO c",
            {"constraint public.a.b": False, "constraint public.a.c": True},
        ),
        ("ALTER INDEX i RENAME TO j", {"index public.i": False, "index public.j": True}),
        ("ALTER TYPE a RENAME TO b", {}),
        ("SELECT 1", {}),
    ],
)
def test_a_statement_promises_what_it_names(text: str, expected: dict[str, bool]) -> None:
    assert promised(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ALTER TABLE a ADD b int; ALTER TABLE a DROP b", {"column public.a.b": False}),
        ("DROP INDEX i; CREATE INDEX i ON a (b)", {"index public.i": True}),
    ],
    ids=["made-and-dropped", "dropped-and-made"],
)
def test_the_last_statement_about_an_object_counts(text: str, expected: dict[str, bool]) -> None:
    assert promised(text) == expected


def test_a_promise_names_its_line() -> None:
    found = effects(parse("SELECT 1;\n\nCREATE INDEX i\n ON a (b);"))

    assert [effect.line for effect in found] == [3]


def test_new_constraints_and_indexes_are_undone_with_quoted_names() -> None:
    text = 'ALTER TABLE "My Plans" ADD CONSTRAINT "k""1" CHECK (true); CREATE INDEX "I" ON s.a (b)'

    assert undone(text) == [
        'ALTER TABLE public."My Plans" DROP CONSTRAINT "k""1"',
        'DROP INDEX CONCURRENTLY s."I"',
    ]


@pytest.mark.parametrize(
    "text",
    [
        "DROP INDEX i",
        "ALTER TABLE a DROP CONSTRAINT c",
    ],
)
def test_what_is_gone_is_not_undone(text: str) -> None:
    assert undone(text) == []


def test_an_undo_says_what_takes_data_along() -> None:
    text = "CREATE TABLE a (b int); ALTER TABLE c ADD d int; CREATE INDEX i ON c (d)"

    said = [undo(effect) for effect in effects(parse(text))]

    assert [(one.sql, one.loses_data) for one in said if one] == [
        ("DROP TABLE public.a", True),
        ("ALTER TABLE public.a DROP COLUMN b", True),
        ("ALTER TABLE public.c DROP COLUMN d", True),
        ("DROP INDEX CONCURRENTLY public.i", False),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "ALTER TABLE a VALIDATE CONSTRAINT c",
        "ALTER TABLE a RENAME CONSTRAINT b TO c",
        "ALTER INDEX i RENAME TO j",
    ],
)
def test_what_was_there_before_is_not_dropped_by_the_undo(text: str) -> None:
    assert not [said for said in undone(text) if "DROP" in said]


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("CREATE TABLE a (b int); ALTER TABLE a RENAME TO c", "column public.a.b"),
        ("CREATE INDEX i ON a (b); DROP TABLE a", "index public.i"),
        ("ALTER TABLE a ADD CONSTRAINT c CHECK (true); DROP TABLE a", "constraint public.a.c"),
        (
            "CREATE UNIQUE INDEX i ON a (b); ALTER TABLE a ADD CONSTRAINT c UNIQUE USING INDEX i",
            "index public.i",
        ),
        ("ALTER TABLE a ADD b int; ALTER TABLE a SET SCHEMA s", "column public.a.b"),
        ("ALTER TABLE a ADD b int CONSTRAINT c NOT NULL", "constraint public.a.c"),
        ("CREATE TEMP TABLE a (b int); CREATE INDEX i ON a (b)", "index public.i"),
    ],
    ids=[
        "renamed-table",
        "index-of-dropped-table",
        "constraint-of-dropped-table",
        "using-index",
        "moved-table",
        "named-not-null",
        "temporary",
    ],
)
def test_what_a_later_statement_takes_along_is_not_promised(text: str, gone: str) -> None:
    assert promised(text).get(gone) is not True
