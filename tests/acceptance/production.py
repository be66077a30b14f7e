"""The database that the team's app writes to, and what can be seen of it from outside."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

from examples.papers import seed
from releasegate import catalog
from releasegate.throwaway import Database, Server

ROOT = Path(__file__).parents[2]
TABLES = ("papers", "plans", "runs", "run_events", "storyboards")
#: every column that the migration names
COLUMNS = {
    "plans.paper_id",
    "runs.paper_id",
    "runs.plan_id",
    "run_events.run_id",
    "storyboards.paper_id",
    "storyboards.run_id",
}
KEYS = {
    "plans_paper_id_fk",
    "runs_paper_id_fk",
    "runs_plan_id_fk",
    "run_events_run_id_fk",
    "storyboards_paper_id_fk",
    "storyboards_run_id_fk",
}
INDEXES = {
    "idx_plans_paper_id",
    "idx_runs_plan_id",
    "idx_runs_paper_id",
    "idx_run_events_byseq",
}
_PATIENCE_S = 20.0

Connection = psycopg.Connection[tuple[Any, ...]]


def until(is_so: Callable[[], bool], *, what: str) -> None:
    """Wait for something that a run or the server is about to do."""
    deadline = time.monotonic() + _PATIENCE_S
    while not is_so():
        assert time.monotonic() < deadline, f"waited in vain until {what}"
        time.sleep(0.02)


@contextmanager
def password_demanded(server: Server, role: str) -> Iterator[None]:
    """Make a role that must prove itself by a password."""
    hba = server.run_dir / "data/pg_hba.conf"
    trusting = hba.read_text()
    hba.write_text(f"local all {role} scram-sha-256\n{trusting}")
    try:
        yield
    finally:
        hba.write_text(trusting)


@dataclass(frozen=True)
class Production:
    """The v0 schema with a few rows that belong together."""

    server: Server
    database: Database

    @property
    def url(self) -> str:
        return self.database.owner.dsn()

    def connect(self, *, is_admin: bool = False, **extra: Any) -> Connection:
        where = self.database.admin if is_admin else self.database.owner
        return psycopg.connect(where.dsn(application_name="papers-worker"), **extra)

    def execute(self, statement: str) -> None:
        with self.connect() as connection:
            connection.execute(statement)

    def administer(self, statement: str) -> None:
        with self.connect(is_admin=True) as connection:
            connection.execute(statement)

    def rows(self, query: str, *, is_admin: bool = False) -> list[tuple[Any, ...]]:
        with self.connect(is_admin=is_admin) as connection:
            return connection.execute(query).fetchall()

    def names(self, query: str) -> set[str]:
        return {name for (name,) in self.rows(query)}

    def fill(self) -> None:
        self.execute((ROOT / "db/schema/v0.sql").read_text())
        size = seed.Size(papers=3, runs_per_paper=1, events_per_run=2)
        with self.connect() as connection:
            seed.seed(connection, size, now=datetime.now(UTC))

    # -- what it holds

    def schema(self) -> catalog.Snapshot:
        """Everything outside the ledger that a migration can change."""
        with self.connect(autocommit=True) as connection:
            connection.execute("SET search_path = pg_catalog")
            return catalog.snapshot(connection)

    def columns(self) -> set[str]:
        return self.names(
            "SELECT table_name || '.' || column_name FROM information_schema.columns "
            "WHERE table_schema = 'public' AND data_type = 'uuid'"
        )

    def validated_keys(self) -> set[str]:
        return self.names(
            "SELECT conname FROM pg_constraint WHERE contype = 'f' AND convalidated "
            "AND connamespace = 'public'::regnamespace"
        )

    def valid_indexes(self) -> set[str]:
        return self.names(
            "SELECT relname FROM pg_index JOIN pg_class c ON c.oid = indexrelid "
            "WHERE indisvalid AND indisready AND NOT indisprimary "
            "AND relnamespace = 'public'::regnamespace"
        )

    # -- the ledger

    def has_ledger(self) -> bool:
        return bool(self.rows("SELECT FROM pg_namespace WHERE nspname = 'releasegate'"))

    def runs(self) -> list[tuple[str, str | None, bool]]:
        """List the runs, the first one first: id, verdict, whether its end is written."""
        return self.rows(
            "SELECT run_id::text, verdict, finished_at IS NOT NULL "
            "FROM releasegate.run ORDER BY started_at"
        )

    def began_at(self) -> str:
        """When the only run began, in ISO 8601."""
        ((at,),) = self.rows("SELECT started_at FROM releasegate.run")
        return str(at.astimezone(UTC).isoformat())

    def steps(self) -> list[tuple[str, int, str]]:
        """List the steps: run id, ordinal, digest of the file."""
        return self.rows(
            "SELECT run_id::text, ordinal, migration_sha256 FROM releasegate.step ORDER BY ordinal"
        )

    def ledger(self) -> tuple[list[Any], list[Any]]:
        runs = self.rows("SELECT * FROM releasegate.run ORDER BY started_at")
        return runs, self.rows("SELECT * FROM releasegate.step ORDER BY ordinal")

    def is_hardened(self) -> bool:
        return (self.validated_keys(), self.valid_indexes()) == (KEYS, INDEXES)

    # -- who is at work

    @contextmanager
    def held(self, table: str = "plans", *, since_s: float = 0.0) -> Iterator[Connection]:
        """Stay idle in a transaction that has written to a table, as a hung worker does."""
        with self.connect() as connection:
            connection.execute(f"LOCK TABLE {table} IN ROW EXCLUSIVE MODE")
            time.sleep(since_s)
            yield connection

    def sleeping_pids(self) -> list[int]:
        """Find the program's backends that are inside a slow statement."""
        return [
            pid
            for (pid,) in self.rows(
                "SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'releasegate/%' "
                "AND wait_event = 'PgSleep' AND datname = current_database()",
            )
        ]

    def await_sleep(self) -> int:
        until(lambda: bool(self.sleeping_pids()), what="the run is inside its transaction")
        return self.sleeping_pids()[0]

    def await_silence(self) -> None:
        """Wait until no session of the program is left."""
        query = (
            "SELECT FROM pg_stat_activity WHERE application_name LIKE 'releasegate/%' "
            "AND datname = current_database()"
        )
        until(lambda: not self.rows(query), what="the program's sessions are gone")


@dataclass
class Worker:
    """The app: it writes and reads all the time, and notes how long it was kept waiting."""

    production: Production
    longest_s: float = 0.0
    rounds: int = 0
    _stop: threading.Event = field(default_factory=threading.Event)

    def work(self) -> None:
        with self.production.connect(autocommit=True) as connection:
            while not self._stop.is_set():
                began = time.monotonic()
                connection.execute("INSERT INTO papers (id) VALUES (gen_random_uuid())")
                connection.execute("SELECT count(*) FROM plans JOIN papers ON papers.id = paper_id")
                self.longest_s = max(self.longest_s, time.monotonic() - began)
                self.rounds += 1
                time.sleep(0.01)

    @contextmanager
    def at_work(self) -> Iterator["Worker"]:
        thread = threading.Thread(target=self.work)
        thread.start()
        try:
            yield self
        finally:
            self._stop.set()
            thread.join()
