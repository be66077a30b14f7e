"""Each thing that a migration can change shows in the snapshot, and pg_dump agrees."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psycopg
import pytest

from integration.catalog_changes import (
    CHANGES,
    OWNER,
    READER,
    SCHEMA,
    SUPERUSERS_PART,
    WRITER,
    Change,
)
from releasegate import catalog, throwaway
from releasegate.database import Parameters
from releasegate.throwaway.binaries import binaries

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from releasegate.database import Connection
    from releasegate.throwaway import Database, Server


@dataclass(frozen=True)
class State:
    """A database seen both ways."""

    snapshot: dict[str, str]
    dump: list[str]


@dataclass(frozen=True)
class Template:
    """The schema, as it stands before a change, to be copied."""

    server: Server
    database: Database
    state: State


@pytest.fixture(scope="module", params=sorted(binaries()))
def template(request: pytest.FixtureRequest, cluster_cache: Path) -> Iterator[Template]:
    major = request.param
    with throwaway.start(major=major, cache=cluster_cache) as server, server.database() as made:
        with psycopg.connect(made.admin.dsn(), autocommit=True) as admin:
            for role in (READER, WRITER):
                admin.execute(f"CREATE ROLE {role}".encode())
            admin.execute("SET allow_in_place_tablespaces = on")
            admin.execute("CREATE TABLESPACE catalog_space LOCATION ''")
            admin.execute(f"GRANT CREATE ON TABLESPACE catalog_space TO {OWNER}".encode())
            run(admin, SCHEMA, role=OWNER)
            run(admin, SUPERUSERS_PART, role="releasegate_superuser")
        yield Template(server, made, state(server, made.admin))


def run(connection: Connection, script: str, *, role: str) -> None:
    connection.execute(f"SET ROLE {role}".encode())
    connection.execute(script.encode())
    connection.execute("RESET ROLE")


def state(server: Server, where: Parameters) -> State:
    with psycopg.connect(where.dsn(), autocommit=True) as connection:
        connection.execute("SET search_path = pg_catalog")
        held = {str(thing): text for thing, text in catalog.snapshot(connection).items()}
    return State(held, catalog.dump_lines(server.dump(where, "--schema-only")))


@contextmanager
def copied(template: Template) -> Iterator[Parameters]:
    """Give the administrator's way into a copy of the template."""
    where = {**template.database.admin.values, "dbname": "postgres"}
    with psycopg.connect(Parameters(where).dsn(), autocommit=True) as admin:
        source = template.database.name
        admin.execute(f"CREATE DATABASE copy TEMPLATE {source} STRATEGY file_copy".encode())
        admin.execute(f"ALTER DATABASE copy OWNER TO {OWNER}".encode())
        try:
            yield Parameters({**where, "dbname": "copy"})
        finally:
            admin.execute("DROP DATABASE copy WITH (FORCE)")


def changed(before: State, after: State) -> set[str]:
    return {
        name
        for name in {*before.snapshot, *after.snapshot}
        if before.snapshot.get(name) != after.snapshot.get(name)
    }


def test_a_copy_is_equal(template: Template) -> None:
    with copied(template) as where:
        assert state(template.server, where) == template.state


def test_the_order_of_building_says_nothing(template: Template) -> None:
    parts = [
        "CREATE TABLE app.a (id int, n int)",
        "CREATE TABLE app.b (id int)",
        "ALTER TABLE app.lonely ADD CONSTRAINT y CHECK (id > 1)",
        "ALTER TABLE app.lonely ADD CONSTRAINT x CHECK (id > 0)",
        "CREATE INDEX i ON app.lonely (id)",
        "CREATE INDEX h ON app.lonely (part)",
        "GRANT SELECT ON app.lonely TO catalog_writer",
        "GRANT SELECT ON app.lonely TO catalog_reader",
        "ALTER TABLE app.papers ADD CONSTRAINT k UNIQUE USING INDEX papers_title_key",
        "CREATE FUNCTION app.twice(i bigint) RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE FUNCTION app.twice(i text) RETURNS int LANGUAGE sql AS 'SELECT 1'",
    ]
    seen = []
    for order in (parts, parts[::-1]):
        with copied(template) as where:
            with psycopg.connect(where.dsn(), autocommit=True) as connection:
                run(connection, ";".join(order), role=OWNER)
            seen.append(state(template.server, where))

    assert seen[0] == seen[1]
    assert len(changed(template.state, seen[0])) > len(parts)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.statement[:60])
def test_a_change_shows_in_the_snapshot_and_in_the_dump(template: Template, change: Change) -> None:
    if template.server.major < change.since:
        pytest.skip(f"PostgreSQL {change.since} has this")

    with copied(template) as where:
        with psycopg.connect(where.dsn(), autocommit=True) as connection:
            run(connection, change.statement, role=change.role)
        after = state(template.server, where)

    assert change.shows_at in changed(template.state, after)
    assert (after.dump != template.state.dump) == change.is_dumped
