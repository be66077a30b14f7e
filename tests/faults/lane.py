"""A server, a wire and a program of its own for each case in turn: one lane of a sweep."""

from __future__ import annotations

import contextlib
import shlex
import shutil
import subprocess
import time
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import psycopg

from acceptance.conftest import made_production
from acceptance.pooler import pooler
from acceptance.project import Project
from faults import holdings
from faults.proxy import Proxy, proxy
from faults.running import Program, must
from releasegate import throwaway

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from acceptance.pooler import Pooler
    from faults.running import Run
    from faults.story import Story
    from releasegate.throwaway import Database, Server

    Connection = psycopg.Connection[tuple[Any, ...]]

ROOT = Path(__file__).parents[2]
_CONFIGURATION = """
migrations = "db/migrations"
baseline = "db/schema/v0.sql"
release-tag = "v0"

[app-code]
roots = ["examples/papers"]
"""
# The app's way with a server that is away for a moment, or a lock that is not free: again.
_AGAIN_S = 0.05


@dataclass
class Lane:
    """Everything that one case after the other is played on."""

    server: Server
    proxy: Proxy
    program: Program
    template: Database
    #: what the server was started with
    options: str
    #: between the wire and the server
    pooler: Pooler | None = None
    #: the database of the case that is played now
    current: Target | None = None

    @contextmanager
    def target(self) -> Iterator[Target]:
        """A copy of the production of its own."""
        with self.server.database(copy_of=self.template) as database:
            self.current = Target(self, database)
            try:
                yield self.current
            finally:
                self.proxy.reset()

    def admin(self) -> Connection:
        return psycopg.connect(self.template.admin.dsn(dbname="postgres"), autocommit=True)

    def restart(self) -> None:
        """Let the server stop at once, as after a power cut, and start again."""
        pg_ctl(self.server, "restart", "-m", "immediate")

    def stop(self) -> None:
        pg_ctl(self.server, "stop", "-m", "immediate")

    def begin(self) -> None:
        # pg_ctl has forgotten the options that a first start was given; the server's file has them.
        pg_ctl(self.server, "start", "-o", self.options)

    @contextmanager
    def app_at_work(self) -> Iterator[None]:
        """Have the app stand in a transaction that has written to every table."""
        assert self.current is not None
        with psycopg.connect(self.current.database.owner.dsn()) as connection:
            tables = b"LOCK TABLE papers, plans, runs, run_events, storyboards"
            connection.execute(tables + b" IN ROW EXCLUSIVE MODE")
            yield
            connection.rollback()


@dataclass(frozen=True)
class Target:
    """The database that the program is sent to."""

    lane: Lane
    database: Database

    def start(self, arguments: Sequence[str], program: Program | None = None) -> None:
        role, name = self.database.owner.values["user"], self.database.name
        place = f"{role}@127.0.0.1:{self.lane.proxy.port}/{name}"
        url = f"postgresql://{place}?sslmode=disable&gssencmode=disable"
        started = program or self.lane.program
        started.start([*arguments, "--format", "json", "--database-url", url])

    def run(self, arguments: Sequence[str]) -> Run:
        self.lane.proxy.reset()
        self.start(arguments)
        return self.lane.program.finish()

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        with psycopg.connect(self.database.admin.dsn(), autocommit=True) as connection:
            yield connection

    def look(self) -> holdings.Holdings:
        with self.connect() as connection:
            return holdings.look(connection)

    def is_fenced(self, backend: int) -> bool:
        """Tell whether a session that is at work on the schema holds the advisory lock itself."""
        with self.connect() as connection:
            return holdings.is_fenced(connection, backend)

    def rows(self) -> str:
        with self.connect() as connection:
            return holdings.rows(connection)

    def app_writes_within(self, seconds: float) -> bool:
        """Tell whether the app can write to each of its tables, trying again and again."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            with suppress(psycopg.Error), self._app() as connection:
                connection.execute(f"SET statement_timeout = {int(left * 1000) + 1}".encode())
                _write(connection)
                return True
            time.sleep(_AGAIN_S)
        return False

    @contextmanager
    def _app(self) -> Iterator[Connection]:
        connection = psycopg.connect(self.database.owner.dsn(application_name="papers"))
        with contextlib.closing(connection):
            yield connection


def _write(connection: Connection) -> None:
    """Write a row to each table as the app does, and take it back."""
    paper, plan, run, board = (uuid4() for _ in range(4))
    connection.execute("INSERT INTO papers (id) VALUES (%s)", (paper,))
    connection.execute("INSERT INTO plans (id, paper_id) VALUES (%s, %s)", (plan, paper))
    values = (run, plan, paper)
    connection.execute("INSERT INTO runs (id, plan_id, paper_id) VALUES (%s, %s, %s)", values)
    connection.execute("INSERT INTO run_events (id, run_id, seq) VALUES (0, %s, 1)", (run,))
    connection.execute("INSERT INTO storyboards (id, paper_id) VALUES (%s, %s)", (board, paper))
    connection.rollback()


def pg_ctl(server: Server, *arguments: str, data: str = "data") -> None:
    command = [str(server.bin_dir / "pg_ctl"), "-D", str(server.run_dir / data), "-w", "-s"]
    log = str(server.run_dir / "server.log")
    subprocess.run(
        [*command, "-l", log, *arguments],
        cwd="/",
        check=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        **server.account.as_user,
    )


def _options(server: Server) -> str:
    """Read the command line that the server was started by."""
    words = shlex.split((server.run_dir / "data/postmaster.opts").read_text())
    return shlex.join(words[3:])


@contextmanager
def lane(
    folder: Path, *, kept: Path, cache: Path, story: Story, source: Path = ROOT / "src"
) -> Iterator[Lane]:
    """Start server, wire and program, and let happen what happens before the story.

    ``source`` is where the program's code lies.
    """
    with (
        throwaway.start(cache=cache) as server,
        made_production(server) as production,
        pooler(server, "session") if story.is_pooled else nullcontext() as between,
        proxy(between.socket if between else f"{server.run_dir}/.s.PGSQL.5432") as wire,
    ):
        program = Program(project(folder, story.strategy), kept, source)
        made = Lane(server, wire, program, production.database, _options(server), between)
        try:
            for arguments in story.before:
                must(Target(made, production.database).run(arguments))
            yield made
        finally:
            program.close()
            with suppress(subprocess.CalledProcessError):
                pg_ctl(server, "stop", "-m", "immediate")


def project(folder: Path, strategy: str) -> Project:
    """Hand in the papers team's repository, with its release cut."""
    root, home = folder / "papers", folder / "home"
    home.mkdir(parents=True)
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "db", root / "db")
    shutil.copytree(ROOT / "examples/papers", root / "examples/papers", ignore=ignored)
    made = Project(root, home)
    made.write("releasegate.toml", f'strategy = "{strategy}"\n{_CONFIGURATION}')
    made.git("init", "--quiet", "--initial-branch", "main")
    made.commit("Hand in papers")
    made.tag()
    return made
