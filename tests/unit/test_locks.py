"""Statements -> table locks: what the text alone tells. The server's word: test_lock_truth."""

from __future__ import annotations

import itertools

import pytest

from releasegate.model import Lock, Relation
from releasegate.statements.locks import CONFLICTS, MODES, locks, strongest
from releasegate.statements.parser import parse


def predicted(text: str) -> dict[str, str]:
    (statement,) = parse(text)
    return {str(lock.relation): lock.mode for lock in locks(statement)}


def test_conflicts_are_mutual() -> None:
    pairs = itertools.product(MODES, MODES)

    assert [(a, b) for a, b in pairs if (a in CONFLICTS[b]) != (b in CONFLICTS[a])] == []


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("ALTER TABLE a ADD b int", {"public.a": "ACCESS EXCLUSIVE"}),
        ("ALTER TABLE s.a ADD b int", {"s.a": "ACCESS EXCLUSIVE"}),
        ('ALTER TABLE "S"."A" ADD b int', {"S.A": "ACCESS EXCLUSIVE"}),
        ("ALTER TABLE a VALIDATE CONSTRAINT c", {"public.a": "SHARE UPDATE EXCLUSIVE"}),
        (
            "ALTER TABLE a ADD CONSTRAINT c FOREIGN KEY (b) REFERENCES p",
            {"public.a": "SHARE ROW EXCLUSIVE", "public.p": "SHARE ROW EXCLUSIVE"},
        ),
        (
            "ALTER TABLE a ADD b int REFERENCES p",
            {"public.a": "ACCESS EXCLUSIVE", "public.p": "SHARE ROW EXCLUSIVE"},
        ),
        (
            (
                "ALTER TABLE a ADD b int, ADD FOREIGN KEY (b) REFERENCES p, ADD FOREIGN KEY (b) "
                "REFERENCES q"
            ),
            {
                "public.a": "ACCESS EXCLUSIVE",
                "public.p": "SHARE ROW EXCLUSIVE",
                "public.q": "SHARE ROW EXCLUSIVE",
            },
        ),
        ("CREATE TABLE n (b int REFERENCES p)", {"public.p": "SHARE ROW EXCLUSIVE"}),
        ("CREATE TABLE n (b int)", {}),
        ("CREATE INDEX i ON a (b)", {"public.a": "SHARE"}),
        ("CREATE INDEX CONCURRENTLY i ON a (b)", {"public.a": "SHARE UPDATE EXCLUSIVE"}),
        ("DROP TABLE a, s.b", {"public.a": "ACCESS EXCLUSIVE", "s.b": "ACCESS EXCLUSIVE"}),
        ("LOCK TABLE a IN EXCLUSIVE MODE", {"public.a": "EXCLUSIVE"}),
        ("TRUNCATE a, b", {"public.a": "ACCESS EXCLUSIVE", "public.b": "ACCESS EXCLUSIVE"}),
        ("COMMENT ON COLUMN s.a.b IS 'c'", {"s.a": "SHARE UPDATE EXCLUSIVE"}),
        ("DROP TRIGGER t ON s.a", {"s.a": "ACCESS EXCLUSIVE"}),
        ("DROP FUNCTION f()", {}),
        ("CREATE TYPE t AS ENUM ('a')", {}),
        ("ALTER TYPE t RENAME TO u", {}),
        ("ALTER FUNCTION f() SET SCHEMA s", {}),
        ("SELECT 1", {}),
    ],
)
def test_locks_are_read_off_the_statement(statement: str, expected: dict[str, str]) -> None:
    assert predicted(statement) == expected


def test_each_relation_comes_once_in_the_order_of_names() -> None:
    found = strongest(
        [
            Lock(Relation("public", "b"), "SHARE"),
            Lock(Relation("app", "z"), "SHARE"),
            Lock(Relation("public", "a"), "SHARE"),
            Lock(Relation("public", "b"), "ACCESS SHARE"),
        ]
    )

    assert [str(lock.relation) for lock in found] == ["app.z", "public.a", "public.b"]


@pytest.mark.parametrize(("left", "right"), [*itertools.combinations_with_replacement(MODES, 2)])
def test_the_joint_mode_conflicts_with_all_that_either_does(left: str, right: str) -> None:
    name = Relation("public", "a")

    (joint,) = strongest([Lock(name, left), Lock(name, right)])

    assert CONFLICTS[joint.mode] >= CONFLICTS[left] | CONFLICTS[right]
    weaker = MODES[: MODES.index(joint.mode)]
    assert not any(CONFLICTS[m] >= CONFLICTS[left] | CONFLICTS[right] for m in weaker)
