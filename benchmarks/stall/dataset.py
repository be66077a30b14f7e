"""A server and a number of events -> the v0 schema filled, and a fresh copy of it for each run."""

from __future__ import annotations

import secrets
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = Path(__file__).parents[2]
SCHEMA = ROOT / "db" / "schema" / "v0.sql"
MIGRATION = ROOT / "db" / "migrations" / "001_init_v1.sql"
TABLES = ("papers", "plans", "runs", "run_events", "storyboards")
EVENTS_PER_RUN, RUNS_PER_PLAN = 50, 2
LEAST_EVENTS = EVENTS_PER_RUN * RUNS_PER_PLAN
OWNER, APP = "stall_owner", "stall_app"
_TEMPLATE, _COPY = "stall_template", "stall_run"

# A row's id is the digest of its table and number, so a child knows its parent's.
_FILL = """
    INSERT INTO papers
    SELECT md5('paper' || n)::uuid, 'Paper ' || n, 'papers/' || n || '.txt', 'vs_' || n,
           md5('user')::uuid, now()
      FROM generate_series(1, {plans}) n;

    INSERT INTO plans
    SELECT md5('plan' || n)::uuid, md5('paper' || n)::uuid, md5('env'),
           jsonb_build_object('steps', jsonb_build_array('split', 'draw'), 'scenes', 3), 15,
           md5('user')::uuid, now()
      FROM generate_series(1, {plans}) n;

    INSERT INTO runs
    SELECT md5('run' || n)::uuid, md5('plan' || p)::uuid, md5('paper' || p)::uuid, md5('env'),
           'done', now(), now(), now()
      FROM (SELECT n, (n - 1) % {plans} + 1 AS p FROM generate_series(1, {runs}) n) numbered;

    INSERT INTO run_events
    SELECT n, md5('run' || (n - 1) % {runs} + 1)::uuid, n, 'scene_drawn',
           jsonb_build_object('scene', n % 50), now()
      FROM generate_series(1, {events}) n;

    INSERT INTO storyboards
    SELECT md5('board' || n)::uuid, md5('paper' || n)::uuid,
           jsonb_build_object('scene', 1, 'caption', 'Seeded'), now()
      FROM generate_series(1, {plans}) n;
"""

_DESCRIBED = (
    *("server_version", "fsync", "synchronous_commit", "autovacuum", "deadlock_timeout"),
    *("shared_buffers", "max_wal_size", "maintenance_work_mem"),
)

# What the migration wants: six keys, all valid, and an index led by each column that it names.
_IS_COMPLETE = """
    SELECT (SELECT count(*) = 6 AND bool_and(convalidated) FROM pg_constraint
             WHERE contype = 'f' AND connamespace = 'public'::regnamespace)
       AND (SELECT count(DISTINCT indrelid::regclass::text || '.' || attname) FROM pg_index
              JOIN pg_attribute ON attrelid = indrelid AND attnum = indkey[0]
             WHERE indisvalid AND indisready AND NOT indisprimary
               AND (indrelid::regclass::text, attname) IN (('plans', 'paper_id'),
                   ('runs', 'plan_id'), ('runs', 'paper_id'), ('run_events', 'run_id'))) = 4
       AND NOT EXISTS (SELECT FROM pg_index WHERE NOT indisvalid)
"""


@dataclass(frozen=True)
class Database:
    """One copy of the data, and how its three roles reach it."""

    admin: str
    owner: Mapping[str, str]
    app: str
    #: the app's and the owner's way to the copy on the standby
    standby: str | None
    owner_standby: str | None

    def is_complete(self) -> bool:
        with psycopg.connect(self.admin, autocommit=True) as connection:
            return bool(_one(connection, _IS_COMPLETE))


@dataclass(frozen=True)
class Dataset:
    """The template on a server; all values of a connection are named."""

    admin: Mapping[str, str]
    standby: Mapping[str, str] | None
    #: of the roles
    password: str

    @contextmanager
    def copy(self) -> Iterator[Database]:
        """Make a database like the template, and drop it afterwards."""
        values = {**self.admin, "dbname": _COPY}
        there = {**self.standby, "dbname": _COPY} if self.standby else None
        owner, app = ({"user": role, "password": self.password} for role in (OWNER, APP))
        with psycopg.connect(_url(self.admin), autocommit=True) as connection:
            connection.execute(_create(_COPY, template=_TEMPLATE))
            # The copy's pages are on disk already; the checkpoint must not fall into the run.
            connection.execute("CHECKPOINT")
            try:
                yield Database(
                    _url(values),
                    {**values, **owner},
                    _url(values, **app),
                    _url(there, **app) if there else None,
                    _url(there, **owner) if there else None,
                )
            finally:
                connection.execute(_drop(_COPY))

    def set_app(self, settings: Mapping[str, str]) -> None:
        """Make these, and no others, the application role's settings from its next login on."""
        with psycopg.connect(_url(self.admin), autocommit=True) as connection:
            role = sql.Identifier(APP)
            connection.execute(sql.SQL("ALTER ROLE {} RESET ALL").format(role))
            for key, value in settings.items():
                alter = sql.SQL("ALTER ROLE {} SET {} = {}")
                connection.execute(alter.format(role, sql.Identifier(key), sql.Literal(value)))

    def configure(self, setting: str, value: str) -> None:
        """Change a setting of the whole server."""
        with psycopg.connect(_url(self.admin), autocommit=True) as connection:
            change = sql.SQL("ALTER SYSTEM SET {} = {}")
            connection.execute(change.format(sql.Identifier(setting), sql.Literal(value)))
            connection.execute("SELECT pg_reload_conf()")


@contextmanager
def made(
    admin: Mapping[str, str], *, events: int, standby: Mapping[str, str] | None = None
) -> Iterator[Dataset]:
    """Fill the template; drop it and its roles afterwards, since the server may be a lent one."""
    dataset = Dataset(admin, standby, secrets.token_urlsafe(18))
    with psycopg.connect(_url(admin), autocommit=True) as connection:
        _clear(connection)
        try:
            _make_roles(connection, dataset.password)
            connection.execute(_create(_TEMPLATE, template="template0"))
            _fill(_url(admin, dbname=_TEMPLATE), events)
            yield dataset
        finally:
            _clear(connection)


def reach(url: str) -> dict[str, str]:
    """Complete a superuser's connection string by where it leads.

    Raises:
        psycopg.Error: it leads nowhere.
    """
    try:
        given = conninfo_to_dict(url)
    except psycopg.Error:
        # The parser's message quotes the text, password and all.
        raise psycopg.OperationalError("--server-url is no connection string.") from None
    with psycopg.connect(url) as connection:
        if not _one(connection, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"):
            raise psycopg.OperationalError("--server-url needs a superuser's role.")
        info = connection.info
        found = {"host": info.host, "user": info.user, "password": info.password}
        named = {key: str(value) for key, value in given.items() if value is not None}
        return {**named, **found, "port": str(info.port), "dbname": info.dbname}


def describe(admin: Mapping[str, str]) -> dict[str, Any]:
    """Say what the numbers depend on."""
    with psycopg.connect(_url(admin), autocommit=True) as connection:
        return {name: _one(connection, f"SHOW {name}") for name in _DESCRIBED}


def _url(values: Mapping[str, str], **more: str) -> str:
    return make_conninfo("", **{**values, **more})


def _clear(connection: psycopg.Connection[tuple[Any, ...]]) -> None:
    """Drop what is ours, a killed run's too."""
    for name in (_COPY, _TEMPLATE):
        connection.execute(_drop(name))
    for role in (OWNER, APP):
        connection.execute(f"DROP ROLE IF EXISTS {role}".encode())


def _make_roles(connection: psycopg.Connection[tuple[Any, ...]], password: str) -> None:
    for role in (OWNER, APP):
        make = sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER PASSWORD {}")
        connection.execute(make.format(sql.Identifier(role), sql.Literal(password)))
    # Ages of other roles' transactions are hidden from a role without it.
    connection.execute(f"GRANT pg_read_all_stats TO {OWNER}".encode())


def _fill(url: str, events: int) -> None:
    runs = max(RUNS_PER_PLAN, events // EVENTS_PER_RUN)
    sizes = {"events": events, "runs": runs, "plans": max(1, runs // RUNS_PER_PLAN)}
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"SET ROLE {OWNER}".encode())
        connection.execute(SCHEMA.read_bytes())
        connection.execute(_FILL.format(**sizes).encode())
        tables = ", ".join(TABLES)
        connection.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {tables} TO {APP}".encode())
        connection.execute("RESET ROLE")
        connection.execute("VACUUM (FREEZE, ANALYZE)")


def _create(name: str, *, template: str) -> sql.Composed:
    make = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {} STRATEGY file_copy")
    return make.format(*(sql.Identifier(word) for word in (name, OWNER, template)))


def _drop(name: str) -> sql.Composed:
    return sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))


def _one(connection: psycopg.Connection[tuple[Any, ...]], query: str) -> Any:
    row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return row[0]
