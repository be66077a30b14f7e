"""Who is at work beside an apply, as the gate sees it: on the primary, on a replica, unfelt."""

from __future__ import annotations

import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from integration.standby import SETTINGS, standby_of
from releasegate import gates, log, settings, throwaway
from releasegate.catalog import Demand
from releasegate.catalog.demand import CHECK
from releasegate.database import Parameters, connect
from releasegate.errors import CouldNotLook
from releasegate.gates import questions
from releasegate.gates.ground import Ground, lay
from releasegate.gates.live_database import counting, in_the_way
from releasegate.gates.live_database.counting import Count, Counter
from releasegate.gates.looking import Looking
from releasegate.model import GateResult, GateStatus, Relation
from releasegate.release.inputs import Request, prepare
from releasegate.session import open_session

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from releasegate.gates import GateInputs
    from releasegate.throwaway import Database, Server

BASELINE = """
CREATE TABLE papers (id int PRIMARY KEY, title text);
CREATE TABLE plans (id int PRIMARY KEY, paper_id int);
"""
MIGRATION = """
BEGIN;
ALTER TABLE plans ADD COLUMN note text;
ALTER TABLE plans ADD CONSTRAINT k FOREIGN KEY (paper_id) REFERENCES papers (id);
CREATE INDEX idx_plans_paper_id ON plans (paper_id);
COMMIT;
"""
CONFIGURATION = """
migrations = "migrations"
baseline = "baseline.sql"
"""
OPTIONS = {
    **SETTINGS,
    "wal_level": "logical",
    "max_wal_size": "2MB",
    "autovacuum": "on",
    "autovacuum_naptime": "1s",
}
_PATIENCE_S = 20.0


@dataclass
class Place:
    """A primary, its standby, and what the baseline gives on a third server."""

    primary: Server
    standby: Parameters
    ground: Ground
    target: Database
    folder: Path

    @contextmanager
    def inputs(self, **changes: Any) -> Iterator[GateInputs]:
        request = Request(
            "preflight",
            settings.load(self.folder, {}),
            str(uuid.uuid4()),
            log.set_up("company"),
            migration="001",
            target=self.target.owner,
        )
        with prepare(replace(request, **changes)) as made:
            made.inputs.__dict__["ground"] = self.ground
            yield made.inputs

    def ask(self, **changes: Any) -> GateResult:
        with self.inputs(**changes) as inputs:
            return gates.run(questions.LIVE_DATABASE, inputs)

    @property
    def replica(self) -> Parameters:
        return Parameters({**self.standby.values, "dbname": self.target.name})

    @contextmanager
    def held(self, statement: str, where: Parameters | None = None) -> Iterator[None]:
        """Keep a transaction open, so long that it is none of the app's short ones."""
        at = (where or self.target.owner).dsn(application_name="nightly-export")
        with psycopg.connect(at) as holder:
            holder.execute(statement.encode())
            time.sleep(in_the_way.A_MOMENT_S)
            yield
            holder.rollback()


@pytest.fixture(scope="module")
def servers(cluster_cache: Path) -> Iterator[tuple[Server, Parameters, Ground]]:
    with ExitStack() as stack:
        primary = stack.enter_context(throwaway.start(cache=cluster_cache, options=OPTIONS))
        standby = stack.enter_context(standby_of(primary, cluster_cache))
        rehearsals = stack.enter_context(throwaway.start(cache=cluster_cache))
        yield primary, standby, lay(rehearsals, BASELINE, (), stack)


@pytest.fixture
def place(servers: tuple[Server, Parameters, Ground], tmp_path: Path) -> Iterator[Place]:
    primary, standby, ground = servers
    (tmp_path / "migrations").mkdir()
    (tmp_path / "migrations/001_case.sql").write_text(MIGRATION)
    (tmp_path / "baseline.sql").write_text(BASELINE)
    (tmp_path / "releasegate.toml").write_text(CONFIGURATION)
    with primary.database() as target:
        with psycopg.connect(target.owner.dsn(), autocommit=True) as connection:
            connection.execute(BASELINE.encode())
        yield Place(primary, standby, ground, target, tmp_path)


def said(result: GateResult) -> dict[str, str]:
    """Give each code its level and words."""
    return {one.code: f"{one.level.value}: {one.message}" for one in result.findings}


def until(look: Callable[[], Any], *, what: str) -> Any:
    deadline = time.monotonic() + _PATIENCE_S
    while not (found := look()):
        assert time.monotonic() < deadline, f"waited in vain until {what}"
        time.sleep(0.05)
    return found


def caught_up(place: Place) -> None:
    """Wait until the standby has this test's tables."""

    def is_there() -> bool:
        try:
            with psycopg.connect(place.replica.dsn()) as replica:
                return bool(replica.execute("SELECT to_regclass('plans')").fetchall()[0][0])
        except psycopg.OperationalError:
            return False

    until(is_there, what="the standby has the tables")


# -- replicas --------------------------------------------------------------------------------------


def test_a_long_reader_on_the_replica_holds_up_the_strongest_locks(place: Place) -> None:
    caught_up(place)

    with place.held("SELECT * FROM plans", place.replica):
        looked, unlooked = place.ask(replica=place.replica), place.ask()

    (text,) = [words for code, words in said(looked).items() if code == "RG561"]
    assert text.startswith("note: nightly-export (pid ")
    assert "on the replica, idle in transaction" in text
    assert "ACCESS SHARE on public.plans: step 1 waits for its end" in text
    assert "RG566" not in said(looked)
    assert "RG561" not in said(unlooked)
    assert said(unlooked)["RG566"].startswith("note: A replica repeats the locks of step 1")
    assert unlooked.evidence["looked_at"]["replicas"] == 1


def test_rows_are_counted_on_the_replica_where_one_is_given(place: Place) -> None:
    caught_up(place)

    with psycopg.connect(place.standby.dsn(), autocommit=True) as replica:
        replica.execute("SELECT pg_wal_replay_pause()")
        try:
            with psycopg.connect(place.target.owner.dsn(), autocommit=True) as app:
                app.execute("INSERT INTO plans (id, paper_id) VALUES (1, 7)")
            there, here = place.ask(replica=place.replica), place.ask()
        finally:
            replica.execute("SELECT pg_wal_replay_resume()")

    # The replica has not heard of the orphan yet.
    assert "RG521" not in said(there)
    assert said(here)["RG521"].startswith("error: 1 row of public.plans")


def test_a_standby_as_the_target_is_said_before_apply_fails_on_it(place: Place) -> None:
    caught_up(place)

    result = place.ask(target=place.replica)

    assert result.status is GateStatus.BLOCKED
    assert "RG503" in said(result)
    with (
        pytest.raises((CouldNotLook, psycopg.Error)),
        open_session(place.replica, "r"),
    ):
        pass


def test_a_slot_that_keeps_the_log_is_named_with_what_it_keeps(place: Place) -> None:
    with psycopg.connect(place.target.admin.dsn(), autocommit=True) as admin:
        admin.execute("SELECT pg_create_logical_replication_slot('forgotten', 'pgoutput')")
        admin.execute(
            "SELECT pg_logical_emit_message(false, 'x', repeat('y', 900000), true) "
            "FROM generate_series(1, 8)"
        )
        admin.execute("CHECKPOINT")

        result = place.ask()

        admin.execute("SELECT pg_drop_replication_slot('forgotten')")
    assert "The logical slot forgotten, which nobody reads, keeps " in said(result)["RG567"]
    assert "the index build of step" in said(result)["RG567"]


def test_a_standby_that_confirms_commits_is_seen_to_do_so(place: Place) -> None:
    with confirming(place, "ANY 1 (standby1, standby2)"):
        assert "RG569" not in said(place.ask(target=place.target.admin))


def test_apply_would_wait_for_a_standby_that_is_not_there(place: Place) -> None:
    with confirming(place, "FIRST 2 (standby1, standby2)"):
        before = said(place.ask(target=place.target.admin))
        within = said(place.ask(target=place.target.admin, window="now/PT1H"))

    assert before["RG569"].startswith("warning: ")
    assert within["RG569"].startswith("error: ")


@contextmanager
def confirming(place: Place, names: str) -> Iterator[None]:
    with psycopg.connect(place.target.admin.dsn(), autocommit=True) as admin:
        admin.execute(f"ALTER SYSTEM SET synchronous_standby_names = '{names}'".encode())
        admin.execute("SELECT pg_reload_conf()")
        wanted = "SELECT current_setting('synchronous_standby_names')"
        until(lambda: admin.execute(wanted.encode()).fetchone() == (names,), what="it is told")
        time.sleep(0.1)
        yield
        admin.execute("ALTER SYSTEM RESET synchronous_standby_names")
        admin.execute("SELECT pg_reload_conf()")


# -- what is not shown, and what gives way to nobody -----------------------------------------------


def test_whose_age_is_not_shown_is_told_all_the_same(place: Place) -> None:
    role = f"app_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(place.target.admin.dsn(), autocommit=True) as admin:
        admin.execute(f"CREATE ROLE {role} LOGIN; GRANT SELECT ON papers TO {role}".encode())
        at = place.target.owner.dsn(user=role, application_name="report")
        with psycopg.connect(at) as other:
            other.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            other.execute("SELECT * FROM papers")
            result = place.ask()
        admin.execute(f"DROP OWNED BY {role}; DROP ROLE {role}".encode())

    text = said(result)["RG562"]
    assert text.startswith("note: report (pid ")
    assert "of unknown age, holds a snapshot" in text


SLOW_VACUUM = """
INSERT INTO papers SELECT n, repeat('x', 1000) FROM generate_series(1, 3000) n;
ALTER TABLE papers SET (autovacuum_freeze_max_age = 100000,
  autovacuum_vacuum_cost_delay = 100, autovacuum_vacuum_cost_limit = 1);
UPDATE pg_class SET relfrozenxid = '4294000000' WHERE oid = 'papers'::regclass;
"""
AT_WORK = (
    "SELECT pid FROM pg_stat_activity WHERE datname = current_database() "
    "AND query LIKE 'autovacuum: VACUUM public.papers (to prevent wraparound)' "
    "AND xact_start < clock_timestamp() - interval '1 s'"
)


def test_a_vacuum_against_wraparound_is_known_with_and_without_a_right_to_see_it(
    place: Place,
) -> None:
    with psycopg.connect(place.target.admin.dsn(), autocommit=True) as admin:
        admin.execute(SLOW_VACUUM.encode())
        until(lambda: admin.execute(AT_WORK.encode()).fetchall(), what="autovacuum works")

        seen, unseen = place.ask(target=place.target.admin), place.ask()

    for result in (seen, unseen):
        assert said(result)["RG564"].startswith("warning: autovacuum (pid ")
        assert "gives way to nobody" in said(result)["RG564"]


def test_a_vacuum_of_somebody_is_told_by_its_work(place: Place) -> None:
    with (
        psycopg.connect(place.target.owner.dsn(), autocommit=True) as owner,
        psycopg.connect(place.target.owner.dsn(application_name="cron"), autocommit=True) as cron,
        ThreadPoolExecutor() as pool,
    ):
        owner.execute(
            "INSERT INTO papers SELECT n, repeat('x', 1000) FROM generate_series(1, 900) n"
        )
        cron.execute("SET vacuum_cost_delay = 100; SET vacuum_cost_limit = 1")
        vacuum = pool.submit(cron.execute, b"VACUUM papers")
        time.sleep(in_the_way.A_MOMENT_S)
        before, within = place.ask(), place.ask(window="now/PT1S")
        cron.cancel()
        with pytest.raises(psycopg.errors.QueryCanceled):
            vacuum.result()

    assert said(before)["RG564"].startswith("note: cron (pid ")
    assert "at VACUUM" in said(before)["RG564"]
    # By its pace so far it goes on for longer than a window of a second.
    assert said(within)["RG564"].startswith("error: cron (pid ")


# -- the gate itself -------------------------------------------------------------------------------

POLITE = {
    "default_transaction_read_only": "on",
    "max_parallel_workers_per_gather": "0",
    "statement_timeout": "15000",
    "lock_timeout": "5000",
    "idle_in_transaction_session_timeout": "15000",
}


def test_the_gates_session_is_polite_before_and_after_it_counted(place: Place) -> None:
    def told() -> dict[str, str]:
        query = "SELECT name, setting FROM pg_settings WHERE name = ANY (%s)"
        return dict(inputs.live.connection.execute(query, (list(POLITE),)).fetchall())  # type: ignore[union-attr]

    with place.inputs() as inputs:
        before = told()
        gates.run(questions.LIVE_DATABASE, inputs)
        after = told()

    assert before == after == POLITE


HELD = (
    "SELECT DISTINCT mode FROM pg_locks l JOIN pg_class c ON c.oid = l.relation "
    "WHERE l.pid = %s AND c.relnamespace = 'public'::regnamespace AND l.database = "
    "(SELECT oid FROM pg_database WHERE datname = current_database())"
)


def test_nobody_who_writes_waits_for_the_gate_and_it_waits_for_nobody_for_long(
    place: Place,
) -> None:
    with (
        psycopg.connect(place.target.owner.dsn()) as ddl,
        psycopg.connect(place.target.owner.dsn(), autocommit=True) as app,
        place.inputs() as inputs,
        ThreadPoolExecutor() as pool,
    ):
        pid = inputs.live.connection.info.backend_pid  # type: ignore[union-attr]
        inputs.live.connection.execute("SET lock_timeout = '1s'")  # type: ignore[union-attr]
        ddl.execute("LOCK TABLE papers IN ACCESS EXCLUSIVE MODE")
        began = time.monotonic()
        answer = pool.submit(gates.run, questions.LIVE_DATABASE, inputs)
        held = until(lambda: app.execute(HELD.encode(), (pid,)).fetchall(), what="it waits")
        app.execute("BEGIN; LOCK TABLE plans IN SHARE ROW EXCLUSIVE MODE NOWAIT; COMMIT")
        result = answer.result()

        assert time.monotonic() - began < 15
    assert held == [("AccessShareLock",)]
    assert "RG568" in said(result)
    assert "holds ACCESS EXCLUSIVE on public.papers" in said(result)["RG561"]


# -- a count that would be felt --------------------------------------------------------------------

#: it lasts until it is stopped
ENDLESS = Demand(CHECK, Relation("public", "plans"), "slow", "FROM pg_sleep(20)")


def counted(place: Place, meanwhile: str) -> Count:
    """Count as an administrator, who sees replicas, while somebody else is busy."""
    with (
        psycopg.connect(place.target.admin.dsn(), autocommit=True) as connection,
        psycopg.connect(place.target.admin.dsn(), autocommit=True) as app,
        ThreadPoolExecutor() as pool,
    ):
        look = partial(connect, place.target.admin, application_name="watch")
        answer = pool.submit(Counter(connection, Looking(), look).count, ENDLESS)
        while not answer.done():
            app.execute(meanwhile.encode())
        return answer.result()


@pytest.fixture
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "_READ_AGAIN_S", 0.05)
    monkeypatch.setattr(counting, "_LAG_BYTES", 1 << 20)
    monkeypatch.setattr(counting, "_HELD_TRANSACTIONS", 20)


@pytest.mark.usefixtures("quickly")
def test_a_count_ends_before_it_has_held_up_cleaning_for_long(place: Place) -> None:
    count = counted(place, "SELECT txid_current()")

    assert (count.broken, count.sqlstate) == (None, None)
    assert count.why.startswith("its snapshot held up cleaning for ")
    assert count.seconds < 10


@pytest.mark.usefixtures("quickly")
def test_a_count_ends_when_replicas_fall_behind(place: Place) -> None:
    wal = "SELECT pg_logical_emit_message(false, 'x', repeat('y', 100000), true)"
    with psycopg.connect(place.standby.dsn(), autocommit=True) as replica:
        replica.execute("SELECT pg_wal_replay_pause()")
        try:
            count = counted(place, wal)
        finally:
            replica.execute("SELECT pg_wal_replay_resume()")

    assert count.why == "replicas fell behind meanwhile"
    assert count.seconds < 10


def test_a_count_that_takes_long_says_how_long_of_which_table(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "_READ_AGAIN_S", 0.05)
    monkeypatch.setattr(counting, "_TELL_S", 0.1)
    told: list[tuple[str, dict[str, object]]] = []
    looking = Looking(say=lambda event, **values: told.append((event, values)))
    demand = replace(ENDLESS, broken="FROM pg_sleep(0.6)")

    with psycopg.connect(place.target.admin.dsn(), autocommit=True) as connection:
        look = partial(connect, place.target.admin, application_name="watch")
        Counter(connection, looking, look).count(demand)

    assert len(told) > 1
    event, values = told[0]
    assert (event, values["table"], values["demand"]) == ("data.counting", "public.plans", "slow")
    assert set(values) == {"table", "demand", "rows", "seconds"}
