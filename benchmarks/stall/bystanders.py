"""Who else is there: a long transaction, and readers of a replica."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import psycopg

from benchmarks.stall import notices
from benchmarks.stall.dataset import TABLES
from benchmarks.stall.model import Felt, Wait
from examples.papers.load_report import Sample

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from psycopg.errors import Diagnostic

_READY_S = 10.0
_READ_EVERY_S = 0.02
# Columns by name, as in the app: a whole row changes its type with the table.
_READ = {table: f"SELECT id FROM {table} LIMIT 1".encode() for table in TABLES}  # noqa: S608

READS = (
    "BEGIN ISOLATION LEVEL REPEATABLE READ",
    *(f"SELECT FROM {table} LIMIT 1" for table in TABLES),
)
# It changes rows that the load never touches, so that it is in the way of DDL alone.
WRITES = (
    "BEGIN",
    "UPDATE run_events SET type = type WHERE id = 1",
    "UPDATE runs SET status = status WHERE id = md5('run1')::uuid",
    "UPDATE plans SET env_hash = env_hash WHERE id = md5('plan1')::uuid",
    "UPDATE papers SET title = title WHERE id = md5('paper1')::uuid",
    "UPDATE storyboards SET json = json WHERE id = md5('board1')::uuid",
)


@dataclass
class Blocker:
    """A transaction that stays open."""

    url: str
    statements: Sequence[str]
    seconds: float
    ready: threading.Event = field(default_factory=threading.Event)
    stop: threading.Event = field(default_factory=threading.Event)
    over: threading.Event = field(default_factory=threading.Event)
    #: when it ended by itself
    ended: float | None = None
    error: str | None = None

    def hold(self) -> None:
        """Open the transaction and sit in it."""
        try:
            with psycopg.connect(
                self.url, application_name="report", autocommit=True
            ) as connection:
                for statement in self.statements:
                    connection.execute(statement.encode())
                self.ready.set()
                if not self.stop.wait(self.seconds):
                    connection.execute("ROLLBACK")
                    self.ended = time.time()
        except psycopg.Error as error:
            # On a replica: a conflict with recovery.
            self.error = error.sqlstate or "connection"
            self.ended = time.time()
        finally:
            self.over.set()

    def outlast(self) -> None:
        """Wait until it ends by itself."""
        self.over.wait()


@contextmanager
def long_transaction(url: str, statements: Sequence[str], *, seconds: float) -> Iterator[Blocker]:
    """Keep a transaction open for so long, or until the block ends."""
    blocker = Blocker(url, statements, seconds)
    thread = threading.Thread(target=blocker.hold)
    thread.start()
    try:
        if not blocker.ready.wait(_READY_S):
            raise TimeoutError("The long transaction could not be opened.")
        yield blocker
    finally:
        blocker.stop.set()
        thread.join()


@dataclass
class Readers:
    """One connection that reads each table by key, at an even pace."""

    began: float = field(default_factory=time.time)
    samples: list[Sample] = field(default_factory=list)
    waits: list[Wait] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)

    def felt(self) -> Felt:
        return Felt(self.began, tuple(self.samples), tuple(self.waits))

    def read(self, url: str) -> None:
        """Read until told to stop; a read that fails is a sample, too."""
        connection = self._connect(url)
        while not self.stop.wait(_READ_EVERY_S):
            for table in TABLES:
                began = time.time() - self.began
                error = None
                try:
                    connection.execute(_READ[table])
                except psycopg.Error as failed:
                    error = failed.sqlstate or "connection"
                    connection = self._connect(url) if connection.closed else connection
                ended = time.time() - self.began
                self.samples.append(Sample(table, began, began, ended, error))
        connection.close()

    def _connect(self, url: str) -> psycopg.Connection[tuple[object, ...]]:
        connection = psycopg.connect(url, application_name="papers-reader", autocommit=True)
        connection.add_notice_handler(self._note)
        return connection

    def _note(self, diagnostic: Diagnostic) -> None:
        wait = notices.lock_wait(time.time(), diagnostic.message_primary or "")
        if wait:
            self.waits.append(wait)


@contextmanager
def readers(url: str) -> Iterator[Readers]:
    """Keep reading while the block runs, and until the last read has been answered."""
    reading = Readers()
    thread = threading.Thread(target=reading.read, args=(url,))
    thread.start()
    try:
        yield reading
    finally:
        reading.stop.set()
        thread.join()
