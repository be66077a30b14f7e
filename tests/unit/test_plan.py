"""Migration -> Plan: one step, its locks and its undo, and a fingerprint of all that counts."""

from __future__ import annotations

import hashlib
from dataclasses import FrozenInstanceError

import pytest

from releasegate.model import Directives, Migration, Plan
from releasegate.plan import AS_WRITTEN, make_plan
from releasegate.statements.parser import parse

TEXT = """BEGIN;
ALTER TABLE runs ADD plan_id uuid, ADD CONSTRAINT k FOREIGN KEY (plan_id) REFERENCES plans (id);
CREATE INDEX i ON runs (plan_id);
COMMIT;
"""


def plan_of(text: str = TEXT, *, major: int = 18, path: str = "db/migrations/001_a.sql") -> Plan:
    content = text.encode()
    digest = hashlib.sha256(content).hexdigest()
    migration = Migration(path, 1, digest, content, Directives(), draft=False)
    return make_plan(migration, parse(text), major=major, strategy=AS_WRITTEN)


def test_the_file_is_one_transaction_without_its_frame() -> None:
    (step,) = plan_of().steps

    assert (step.ordinal, step.transactional) == (1, True)
    assert [text.split()[0] for text in step.sql] == ["ALTER", "CREATE"]


def test_each_table_is_locked_once_in_its_strongest_mode_and_in_order() -> None:
    (step,) = plan_of().steps

    found = [(str(lock.relation), lock.mode) for lock in step.locks]

    assert found == [
        ("public.plans", "SHARE ROW EXCLUSIVE"),
        ("public.runs", "ACCESS EXCLUSIVE"),
    ]


def test_tables_that_the_file_creates_are_not_locked() -> None:
    text = (
        "BEGIN; CREATE TABLE new (id int PRIMARY KEY, p uuid REFERENCES plans); "
        "CREATE INDEX i ON new (p); ALTER TABLE new ADD c int; COMMIT;"
    )

    (step,) = plan_of(text).steps

    assert [str(lock.relation) for lock in step.locks] == ["public.plans"]


def test_a_table_that_is_changed_before_it_is_made_anew_is_locked() -> None:
    text = "BEGIN; DROP TABLE old; CREATE TABLE old (id int); ALTER TABLE old ADD c int; COMMIT;"

    (step,) = plan_of(text).steps

    assert [str(lock.relation) for lock in step.locks] == ["public.old"]


def test_the_undo_goes_backwards() -> None:
    (step,) = plan_of().steps

    assert [item.sql for item in step.undo] == [
        "DROP INDEX CONCURRENTLY public.i",
        "ALTER TABLE public.runs DROP CONSTRAINT k",
        "ALTER TABLE public.runs DROP COLUMN plan_id",
    ]


def test_the_same_file_gives_the_same_fingerprint() -> None:
    assert plan_of().fingerprint == plan_of().fingerprint


def test_the_files_name_does_not_count() -> None:
    assert plan_of(path="sql/007_b.sql").fingerprint == plan_of().fingerprint


@pytest.mark.parametrize(
    "text",
    [
        TEXT + "\n",
        TEXT.replace("\n", "\r\n"),
        "-- a\n" + TEXT,
        TEXT.replace("plan_id uuid", "plan_id text"),
    ],
    ids=["one-byte", "line-ends", "comment", "type"],
)
def test_other_bytes_give_another_fingerprint(text: str) -> None:
    assert plan_of(text).fingerprint != plan_of().fingerprint


def test_another_major_gives_another_fingerprint() -> None:
    found = {plan_of(major=major).fingerprint for major in (15, 16, 17, 18)}

    assert len(found) == 4


def test_a_plan_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        plan_of().fingerprint = "0"  # type: ignore[misc]
