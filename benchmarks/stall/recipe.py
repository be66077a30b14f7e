"""The migration rewritten by hand, the way the guides teach it -> applied step by step.

The column under a lock_timeout of 500 ms with back-off, indexes concurrently and without a limit,
each key NOT VALID under that lock_timeout, then VALIDATE. This is what a careful team does today.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import psycopg

from benchmarks.stall.model import Applied, Span

LOCK_TIMEOUT = "500ms"
_PAUSES_S = (0.5, 1.0, 2.0, 4.0)
_RETRYABLE = frozenset({"55P03", "40P01"})

_INDEXES = (
    ("idx_plans_paper_id", "plans (paper_id)"),
    ("idx_runs_plan_id", "runs (plan_id)"),
    ("idx_runs_paper_id", "runs (paper_id)"),
    ("idx_run_events_byseq", "run_events (run_id, seq)"),
)
_KEYS = (
    ("plans", "paper_id", "papers"),
    ("runs", "plan_id", "plans"),
    ("runs", "paper_id", "papers"),
    ("run_events", "run_id", "runs"),
    ("storyboards", "paper_id", "papers"),
    ("storyboards", "run_id", "runs"),
)


@dataclass(frozen=True)
class Statement:
    """One statement of the recipe; what is in the app's way gets the lock_timeout."""

    name: str
    sql: str
    is_in_the_way: bool


def statements() -> tuple[Statement, ...]:
    """Write the recipe down, in the order in which it is run."""
    column = "ALTER TABLE storyboards ADD COLUMN IF NOT EXISTS run_id uuid"
    return (
        Statement("storyboards.run_id", column, is_in_the_way=True),
        *(
            Statement(name, f"CREATE INDEX CONCURRENTLY {name} ON {on}", is_in_the_way=False)
            for name, on in _INDEXES
        ),
        *(part for key in _KEYS for part in _key(*key)),
    )


def _key(table: str, column: str, parent: str) -> tuple[Statement, Statement]:
    name = f"{table}_{column}_fk"
    add = f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY ({column}) "
    validate = f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}"
    return (
        Statement(name, f"{add} REFERENCES {parent} (id) NOT VALID", is_in_the_way=True),
        Statement(f"validate {name}", validate, is_in_the_way=False),
    )


def apply(url: str, *, deadline: float) -> Applied:
    """Run the recipe on one connection; a lock that is not to be had is tried again."""
    began, tries = time.time(), 0
    spans: list[Span] = []
    try:
        with psycopg.connect(url, application_name="recipe", autocommit=True) as connection:
            for statement in statements():
                step_began = time.time()
                tries += _run(connection, statement, deadline=deadline)
                spans.append(Span(statement.name, step_began, time.time()))
    except psycopg.Error as error:
        note = error.sqlstate or "connection"
        return Applied(1, began, time.time(), tries, tuple(spans), note=note)
    return Applied(0, began, time.time(), tries, tuple(spans))


def _run(
    connection: psycopg.Connection[tuple[object, ...]], statement: Statement, *, deadline: float
) -> int:
    """Run a statement until it works; return how many tries that took."""
    limit = LOCK_TIMEOUT if statement.is_in_the_way else "0"
    connection.execute(f"SET lock_timeout = '{limit}'".encode())
    tries = 0
    while True:
        tries += 1
        try:
            connection.execute(statement.sql.encode())
        except psycopg.Error as error:
            pause_s = _PAUSES_S[min(tries, len(_PAUSES_S)) - 1]
            if error.sqlstate not in _RETRYABLE or time.time() + pause_s > deadline:
                raise
            time.sleep(pause_s)
        else:
            return tries
