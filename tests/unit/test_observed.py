"""A statement as pg_stat_statements keeps it -> what it leaves out of the contract."""

from __future__ import annotations

import pytest

from releasegate.appcode.contract import read_contract
from releasegate.appcode.observed import Observed, observed
from releasegate.model import Relation

BASELINE = """
CREATE TABLE papers (id uuid PRIMARY KEY);
CREATE TABLE runs (id uuid PRIMARY KEY, paper_id uuid, status text);
"""
MIGRATION = """
ALTER TABLE runs ADD COLUMN plan_id uuid;
ALTER TABLE runs ADD FOREIGN KEY (paper_id) REFERENCES papers (id),
  ADD FOREIGN KEY (plan_id) REFERENCES papers (id);
"""
CONTRACT = read_contract(MIGRATION, BASELINE, path="001_a.sql")
RUNS = Relation("public", "runs")


@pytest.mark.parametrize(
    ("text", "operation", "omitted", "unread"),
    [
        ("INSERT INTO runs (id, status) VALUES ($1, $2)", "insert", ("paper_id",), ()),
        ("INSERT INTO runs (id, paper_id) VALUES ($1, $2) /* a */", "insert", (), ()),
        ('INSERT INTO "public"."runs" (id) VALUES ($1), ($2)', "insert", ("paper_id",), ()),
        ("INSERT INTO runs VALUES ($1, $2, $3)", "insert", (), ()),
        ("INSERT INTO runs VALUES ($1)", "insert", ("paper_id",), ()),
        ("INSERT INTO runs SELECT * FROM older", "insert", (), ("paper_id",)),
        (
            "INSERT INTO runs (id) VALUES ($1) ON CONFLICT (id) DO UPDATE SET status = $2",
            "upsert",
            ("paper_id",),
            (),
        ),
        ("WITH a AS (INSERT INTO runs (id) VALUES ($1)) SELECT $2", "insert", ("paper_id",), ()),
        (
            "MERGE INTO runs r USING b ON true WHEN NOT MATCHED THEN INSERT (id) VALUES (b.id)",
            "insert",
            ("paper_id",),
            (),
        ),
        ("UPDATE runs SET status = $1 WHERE id IN ($2 /*, ... */)", "update", (), ()),
        ("DELETE FROM runs WHERE id = $1", "delete", (), ()),
    ],
)
def test_what_a_remembered_statement_leaves_out(
    text: str, operation: str, omitted: tuple[str, ...], unread: tuple[str, ...]
) -> None:
    assert list(observed(text, CONTRACT)) == [Observed(RUNS, operation, omitted, unread)]


@pytest.mark.parametrize(
    "text",
    ["INSERT INTO other (id) VALUES ($1)", "SELECT * FROM runs", "not SQL at all", ""],
)
def test_what_writes_no_table_of_the_contract_is_passed_over(text: str) -> None:
    assert list(observed(text, CONTRACT)) == []
