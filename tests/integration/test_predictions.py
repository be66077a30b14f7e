"""What a server's statistics and a short look at it come to, before any step is run."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import psycopg
import pytest

from releasegate import facts
from releasegate.forecast import forecast
from releasegate.model import Plan, Relation
from releasegate.plan import number
from releasegate.rewrite import Draft
from releasegate.statements.reach import Reach

if TYPE_CHECKING:
    from collections.abc import Iterator

    from releasegate.database import Connection
    from releasegate.throwaway import Database

PARENTS, CHILDREN = Relation("public", "parents"), Relation("public", "100% of ours")
ROWS = 20_000
SCHEMA = f"""
CREATE TABLE parents (id bigint PRIMARY KEY);
CREATE TABLE "100% of ours" (id bigint, parent bigint, word text);
INSERT INTO parents SELECT n FROM generate_series(1, {ROWS}) n;
INSERT INTO "100% of ours" SELECT n, n % 100 + 1, 'word' FROM generate_series(1, {ROWS}) n;
CREATE TABLE days (day date) PARTITION BY RANGE (day);
CREATE TABLE days_1 PARTITION OF days FOR VALUES FROM ('2027-01-01') TO ('2027-01-02');
CREATE TABLE days_2 PARTITION OF days FOR VALUES FROM ('2027-01-02') TO ('2027-01-03');
INSERT INTO days SELECT '2027-01-01' FROM generate_series(1, 1000);
INSERT INTO days SELECT '2027-01-02' FROM generate_series(1, 3000);
"""
INDEX = 'CREATE INDEX CONCURRENTLY by_parent ON public."100% of ours" (parent)'
KEY = (
    'ALTER TABLE public."100% of ours" ADD CONSTRAINT k FOREIGN KEY (parent) '
    "REFERENCES public.parents NOT VALID"
)
PROOF = 'ALTER TABLE public."100% of ours" VALIDATE CONSTRAINT k'


@contextmanager
def session(database: Database, *, user: str | None = None) -> Iterator[Connection]:
    where = database.owner if user is None else database.admin
    extra = {"user": user} if user else {}
    with psycopg.connect(where.dsn(**extra), autocommit=True) as opened:
        yield opened


@pytest.fixture
def owner(database: Database) -> Iterator[Connection]:
    with session(database) as opened:
        opened.execute(SCHEMA)
        yield opened


@pytest.fixture
def looker(database: Database, owner: Connection) -> Iterator[Connection]:
    """A session as the gate has it."""
    with session(database) as opened:
        opened.execute("SET default_transaction_read_only = on")
        yield opened


def plan(*steps: str, is_lenient: bool = False) -> Plan:
    drafts = [Draft("", (sql,), is_lenient=is_lenient) for sql in steps]
    return Plan("online", "", tuple(number(drafts, Reach())))


def test_rows_and_bytes_are_told_of_analyzed_tables_and_guessed_of_others(
    owner: Connection, looker: Connection
) -> None:
    guessed = facts.sizes(looker, [PARENTS, CHILDREN])
    owner.execute('ANALYZE parents, "100% of ours"')
    told = facts.sizes(looker, [PARENTS, CHILDREN])

    assert told[CHILDREN].rows == ROWS
    assert guessed[CHILDREN].rows == pytest.approx(ROWS, rel=0.5)
    assert told[CHILDREN].columns["parent"].distinct == 100
    assert told[PARENTS].index_bytes > 400_000
    assert told[PARENTS].table_bytes == told[PARENTS].pages * 8192


def test_texts_in_a_languages_order_are_told_from_those_in_the_order_of_their_bytes(
    owner: Connection, looker: Connection
) -> None:
    found = owner.execute(
        "SELECT quote_ident(collname) FROM pg_collation "
        "WHERE collprovider = 'c' AND collcollate NOT IN ('C', 'POSIX') LIMIT 1"
    ).fetchall()
    if not found:
        pytest.skip("this machine has no language")
    language = f"text COLLATE {found[0][0]}"
    owner.execute(f'CREATE TABLE words (c text COLLATE "C", u {language}, n int, d text)'.encode())
    words = Relation("public", "words")

    columns = facts.sizes(looker, [words])[words].columns

    # The server's own order is that of bytes.
    assert [name for name, column in columns.items() if column.is_collated] == ["u"]


def test_a_table_that_has_grown_since_is_not_taken_for_what_it_was(
    owner: Connection, looker: Connection
) -> None:
    owner.execute("ANALYZE parents")
    owner.execute(f"INSERT INTO parents SELECT n FROM generate_series({ROWS + 1}, {2 * ROWS}) n")

    assert facts.sizes(looker, [PARENTS])[PARENTS].rows == pytest.approx(2 * ROWS, rel=0.05)


def test_a_partitioned_table_is_as_large_as_its_partitions(
    owner: Connection, looker: Connection
) -> None:
    owner.execute("ANALYZE days")
    days = Relation("public", "days")

    told = facts.sizes(looker, [days])[days]

    assert told.rows == 4000
    assert told.place == "public.days_2"


def test_an_index_needs_about_the_bytes_that_it_is_given(
    owner: Connection, looker: Connection
) -> None:
    owner.execute('ANALYZE "100% of ours"')
    told = forecast(looker, plan(INDEX)).bytes_needed

    owner.execute(INDEX)

    ((actual,),) = owner.execute("SELECT pg_relation_size('by_parent')").fetchall()
    assert told == pytest.approx(actual, rel=0.2)


def test_an_index_that_if_not_exists_will_find_is_not_built_again(
    owner: Connection, looker: Connection
) -> None:
    owner.execute(INDEX)

    assert forecast(looker, plan(INDEX, is_lenient=True)).bytes_needed == 0
    assert forecast(looker, plan(INDEX)).bytes_needed > 0


def test_a_constraint_that_waits_for_its_proof_is_read_off_the_target(
    owner: Connection, looker: Connection
) -> None:
    steps = plan(KEY, PROOF)
    before = forecast(looker, steps).predictions[2]

    owner.execute(KEY)
    resumed = forecast(looker, steps, done={1}).predictions

    assert set(resumed) == {2}
    assert resumed[2].high == pytest.approx(before.high, rel=3)


def test_what_lies_in_rows_or_code_is_not_predicted(looker: Connection) -> None:
    told = forecast(looker, plan("UPDATE public.parents SET id = id", KEY))

    assert (told.unpredicted, set(told.predictions)) == ((1,), {2})


def test_the_look_is_short_and_leaves_the_session_as_it_was(looker: Connection) -> None:
    began = time.monotonic()

    told = forecast(looker, plan(INDEX, KEY, PROOF))

    assert time.monotonic() - began < 2
    assert told.pace is not None
    assert told.pace.read_page_s is not None
    ((timeout, security),) = looker.execute(
        "SELECT current_setting('statement_timeout'), current_setting('row_security')"
    ).fetchall()
    assert (timeout, security) == ("0", "on")


def test_a_table_that_somebody_holds_is_not_waited_for(
    database: Database, owner: Connection, looker: Connection
) -> None:
    with session(database) as other, other.transaction():
        other.execute("LOCK TABLE parents IN ACCESS EXCLUSIVE MODE")
        began = time.monotonic()
        with pytest.raises(psycopg.errors.LockNotAvailable):
            forecast(looker, plan(KEY, PROOF))

        assert time.monotonic() - began < 1


def test_no_policy_runs_on_our_behalf_and_a_role_without_rights_still_gets_an_answer(
    database: Database, owner: Connection
) -> None:
    owner.execute("ALTER TABLE parents ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    owner.execute("CREATE POLICY p ON parents USING (1 / (id - id) = 1)")

    with session(database) as looks:
        hidden = forecast(looks, plan("VACUUM public.parents"))

    assert hidden.pace is not None
    assert hidden.pace.read_page_s is None
    assert hidden.predictions[1].high > 0
