"""A plan applied and taken back by the real executor: from every boundary, to every boundary."""

from __future__ import annotations

import hashlib
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psycopg
import pytest

from releasegate import database, ledger, throwaway
from releasegate.executor.undoing import has_values, holding_data, undo_of
from releasegate.gates.ground import Ground, lay, snapshot
from releasegate.gates.rehearsal.trial import Trial, failure, session_on
from releasegate.model import Directives, Migration
from releasegate.plan import AS_WRITTEN, ONLINE, make_plan
from releasegate.statements.parser import parse
from releasegate.throwaway.binaries import binaries
from releasegate.undo import Way

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from releasegate.model import Outcome, Plan
    from releasegate.session import Session
    from releasegate.throwaway import Database, Server

BASELINE = """
CREATE TABLE papers (id int PRIMARY KEY, title text);
CREATE TABLE plans (id int PRIMARY KEY, paper_id int, note text,
  CONSTRAINT plans_id_check CHECK (id > 0));
CREATE TABLE days (day date NOT NULL, plan_id int) PARTITION BY RANGE (day);
CREATE TABLE days_2027 PARTITION OF days FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');
INSERT INTO papers VALUES (1, 'confidential');
INSERT INTO plans VALUES (1, 1, 'n'), (2, NULL, 'n');
INSERT INTO days VALUES ('2027-01-17', 1);
"""
#: one of each thing that can be taken back
EVERYTHING = """
BEGIN;
CREATE TABLE marks (id int PRIMARY KEY, plan_id int);
ALTER TABLE plans ADD COLUMN "Shine" int, ADD COLUMN polish int;
ALTER TABLE plans ADD COLUMN IF NOT EXISTS note text;
ALTER TABLE days ADD COLUMN shine int;
CREATE INDEX plans_paper ON plans (paper_id);
ALTER TABLE plans ADD CONSTRAINT plans_paper_fk FOREIGN KEY (paper_id) REFERENCES papers (id);
ALTER TABLE marks ADD CONSTRAINT marks_plan_fk FOREIGN KEY (plan_id) REFERENCES plans (id);
ALTER TABLE days ADD CONSTRAINT days_plan_fk FOREIGN KEY (plan_id) REFERENCES plans (id);
ALTER TABLE plans ADD CONSTRAINT plans_note_check CHECK (note <> '');
COMMIT;
"""
NOT_NULL = """
ALTER TABLE plans ALTER COLUMN note SET NOT NULL;
"""
PARTITIONED = """
CREATE INDEX days_plan ON days (plan_id);
"""
REPLACED = """
BEGIN;
ALTER TABLE plans DROP CONSTRAINT plans_id_check;
ALTER TABLE plans ADD CONSTRAINT plans_id_check CHECK (id > 1 - 1);
ALTER TABLE plans ADD CONSTRAINT plans_paper_fk FOREIGN KEY (paper_id) REFERENCES papers (id);
COMMIT;
"""
NEW_COLUMN = """
ALTER TABLE plans ADD COLUMN "Shine" int;
"""
NEW_TABLE = """
CREATE TABLE marks (id int PRIMARY KEY, plan_id int);
"""
NEWEST = 18


@dataclass(frozen=True)
class There:
    """A database and the way there and back on it."""

    made: Database
    session: Session
    trial: Trial

    def on(self, *, last: int | None = None) -> tuple[Outcome, ...]:
        return self.trial.run_in(self.session, last=last)

    def back(self, way: Way | None = None, *, last: int | None = None) -> tuple[Outcome, ...]:
        trial = Trial(self.trial.migration, self.undo(way))
        return trial.run_in(self.session, last=last, command="rollback")

    def undo(self, way: Way | None = None) -> Plan:
        return undo_of(
            self.session.connection,
            self.trial.plan,
            1,
            way=self.way() if way is None else way,
            baseline=parse(BASELINE),
        )

    def way(self) -> Way:
        """Let go what is empty now, as --drop-columns does."""
        connection = self.session.connection
        things = holding_data(connection, self.trial.plan, 1)
        return Way(empty=frozenset(t for t in things if not has_values(connection, t)))

    def app(self, statement: str) -> list[tuple[object, ...]]:
        """Do what the app does, in a session of its own."""
        with database.connect(self.made.owner, application_name="app") as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def standing(self) -> list[int]:
        """List the steps of which the ledger says that something is left."""
        rows = ledger.read(self.session.connection).rows[1]
        return sorted(ordinal for ordinal, row in rows.items() if row.is_left)


@pytest.fixture(scope="module")
def there(cluster_cache: Path, server: Server) -> Iterator[Callable[..., There]]:
    """Hand out databases with a plan for them; servers and baselines are shared."""
    grounds: dict[int, Ground] = {}
    with ExitStack() as stack:

        def make(text: str, *, major: int = NEWEST, strategy: str = ONLINE) -> There:
            if major not in binaries():
                pytest.skip(f"PostgreSQL {major} is not installed")
            if major not in grounds:
                other = throwaway.start(major=major, cache=cluster_cache)
                running = server if major == server.major else stack.enter_context(other)
                grounds[major] = lay(running, BASELINE, (), stack)
            made = stack.enter_context(grounds[major].copy())
            session = stack.enter_context(session_on(made))
            return There(made, session, planned(text, major, strategy))

        yield make


def planned(text: str, major: int, strategy: str) -> Trial:
    digest = hashlib.sha256(text.encode()).hexdigest()
    migration = Migration("m/001_a.sql", 1, digest, text.encode(), Directives(), draft=False)
    before = parse(BASELINE)
    plan = make_plan(migration, parse(text), major=major, strategy=strategy, baseline=before)
    return Trial(migration, plan)


def done(outcomes: tuple[Outcome, ...], last: int | None = None) -> bool:
    return failure(outcomes[:last]) is None


@pytest.mark.parametrize(
    ("major", "strategy", "text"),
    [
        pytest.param(18, ONLINE, EVERYTHING, id="pg18"),
        pytest.param(18, ONLINE, NOT_NULL, id="pg18-not-null"),
        pytest.param(15, AS_WRITTEN, EVERYTHING, id="pg15-as-written"),
        pytest.param(18, AS_WRITTEN, PARTITIONED, id="pg18-partitioned"),
        pytest.param(15, ONLINE, NOT_NULL, id="pg15-not-null"),
    ],
)
def test_every_boundary_leads_back_and_on_again(
    there: Callable[..., There], major: int, strategy: str, text: str
) -> None:
    one = there(text, major=major, strategy=strategy)
    before = snapshot(one.made)

    for last in range(1, len(one.trial.plan.steps) + 1):
        assert done(one.on(last=last), last)
        assert done(one.back())
        assert snapshot(one.made) == before, f"back from step {last}"
        assert one.standing() == []
    assert done(one.on())
    whole = snapshot(one.made)
    for last in range(1, len(one.undo().steps)):
        assert done(one.back(last=last), last)
        assert done(one.on())
        assert snapshot(one.made) == whole, f"on from step {last} of the way back"
    assert whole != before


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param(NEW_COLUMN, 'UPDATE plans SET "Shine" = 7 WHERE id = 1', id="column"),
        pytest.param(NEW_TABLE, "INSERT INTO marks VALUES (7)", id="table"),
    ],
)
def test_what_is_written_before_the_check_is_there_stays(
    there: Callable[..., There], text: str, value: str
) -> None:
    one = there(text)
    assert done(one.on())
    written = snapshot(one.made)
    way = one.way()
    one.app(value)

    outcomes = one.back(way)

    assert [outcome.status.value for outcome in outcomes] == ["applied", "failed", "not_run"]
    assert outcomes[1].sqlstate == "23514"
    assert done(one.back())
    assert snapshot(one.made) == written
    one.app(value.replace("7", "8"))
    assert one.back() == ()


@pytest.mark.parametrize("last", [1, 2])
def test_what_is_written_once_the_check_is_there_is_refused_and_not_lost(
    there: Callable[..., There], last: int
) -> None:
    one = there(NEW_COLUMN)
    before = snapshot(one.made)
    assert done(one.on())
    assert done(one.back(last=last), last)

    with pytest.raises(psycopg.errors.CheckViolation):
        one.app('UPDATE plans SET "Shine" = 7')
    assert one.app("UPDATE plans SET note = 'm' RETURNING note") == [("m",), ("m",)]
    assert done(one.back())
    assert snapshot(one.made) == before


def test_a_half_taken_back_column_takes_values_once_it_is_applied_again(
    there: Callable[..., There],
) -> None:
    one = there(NEW_COLUMN)
    assert done(one.on())
    assert done(one.back(last=1), 1)
    assert one.standing() == [1]

    assert done(one.on())

    one.app('UPDATE plans SET "Shine" = 7')
    assert one.undo().steps == ()


def test_what_was_found_is_not_taken_back(there: Callable[..., There]) -> None:
    one = there(EVERYTHING)
    assert done(one.on())
    assert done(one.back())

    assert one.app("SELECT note FROM plans ORDER BY id") == [("n",), ("n",)]


def test_what_somebody_else_took_away_counts_as_taken_back(there: Callable[..., There]) -> None:
    one = there(NEW_COLUMN)
    before = snapshot(one.made)
    assert done(one.on())
    one.app('ALTER TABLE plans DROP COLUMN "Shine"')

    assert done(one.back())

    assert (one.standing(), one.undo().steps) == ([], ())
    assert snapshot(one.made) == before
    assert done(one.on())
    assert snapshot(one.made) != before


def test_what_took_the_place_of_another_stays_and_so_do_the_steps_that_made_it(
    there: Callable[..., There],
) -> None:
    one = there(REPLACED)
    assert done(one.on())
    written = snapshot(one.made)
    kept = [step.ordinal for step in one.trial.plan.steps if "plans_id_check" in step.title]
    assert done(one.back())

    assert one.undo().steps == ()
    assert set(one.standing()) >= set(kept)
    assert done(one.on())
    assert snapshot(one.made) == written
