"""The target's own record: written before and after, read whole, never taken for absent."""

from __future__ import annotations

import threading
import uuid
from typing import TYPE_CHECKING

import psycopg
import pytest

from integration.ledgers import MIGRATION, begin, record
from releasegate import ledger
from releasegate.errors import CouldNotLook

if TYPE_CHECKING:
    from collections.abc import Iterator

    from releasegate.database import Connection
    from releasegate.throwaway import Database, Server


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    with psycopg.connect(database.owner.dsn(), autocommit=True) as opened:
        yield opened


def test_a_database_without_the_schema_has_no_ledger(connection: Connection) -> None:
    known = ledger.read(connection)

    assert not known.exists
    assert (known.entries, known.open_runs, known.objects, known.head) == ({}, (), {}, None)


def test_a_new_ledger_is_there_and_empty(connection: Connection) -> None:
    ledger.create(connection)

    known = ledger.read(connection)

    assert known.exists
    assert (known.entries, known.version) == ({}, ledger.VERSION)


def test_creating_it_twice_changes_nothing(connection: Connection) -> None:
    ledger.create(connection)
    begin(connection)

    ledger.create(connection)

    assert len(ledger.read(connection).open_runs) == 1


def test_a_run_is_open_until_its_end_is_written(connection: Connection) -> None:
    ledger.create(connection)
    run_id = begin(connection)

    (run,) = ledger.read(connection).open_runs
    ledger.end_run(connection, run_id, "applied")

    assert (run.run_id, run.migration_number, run.operator) == (run_id, 7, "me@here")
    assert run.backend_pid == connection.info.backend_pid
    assert ledger.read(connection).open_runs == ()


def test_a_new_run_closes_one_that_was_killed(connection: Connection) -> None:
    ledger.create(connection)
    killed = begin(connection)

    alive = begin(connection)

    assert [run.run_id for run in ledger.read(connection).open_runs] == [alive]
    verdicts = connection.execute("SELECT run_id::text, verdict FROM releasegate.run").fetchall()
    assert dict(verdicts) == {killed: "killed", alive: None}


def test_a_migration_is_complete_with_its_last_step(connection: Connection) -> None:
    ledger.create(connection)
    run_id = begin(connection)

    record(connection, run_id, ordinal=1)
    half = ledger.read(connection).entries[7]
    record(connection, run_id, ordinal=2)
    whole = ledger.read(connection).entries[7]

    assert (half.steps_done, half.step_count, half.is_complete) == (1, 2, False)
    assert (whole.steps_done, whole.is_complete) == (2, True)
    assert (whole.path, whole.sha256, whole.run_id) == (MIGRATION.path, MIGRATION.sha256, run_id)
    assert ledger.steps_done(connection, 7) == {1, 2}


def test_objects_belong_to_the_migration_that_changed_them_last(connection: Connection) -> None:
    ledger.create(connection)
    run_id = begin(connection)

    record(connection, run_id, ordinal=1, objects={"table public.a": "x", "index public.i": "y"})
    record(connection, run_id, ordinal=2, objects={"index public.i": None})

    assert ledger.read(connection).objects == {7: {"table public.a": "x", "index public.i": None}}


def test_a_second_record_of_a_step_is_refused(connection: Connection) -> None:
    ledger.create(connection)
    run_id = begin(connection)
    record(connection, run_id)

    with pytest.raises(psycopg.errors.NotNullViolation):
        record(connection, run_id)


def test_only_a_committed_attempt_is_found(connection: Connection) -> None:
    ledger.create(connection)
    run_id = begin(connection)

    with connection.transaction(force_rollback=True):
        lost = record(connection, run_id)
    kept = record(connection, run_id)

    assert not ledger.has_attempt(connection, lost)
    assert ledger.has_attempt(connection, kept)


def test_a_ledger_that_the_role_cannot_read_is_never_taken_for_none(
    server: Server, database: Database, connection: Connection
) -> None:
    ledger.create(connection)
    role = f"reader_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(database.admin.dsn(), autocommit=True) as admin:
        admin.execute(f"CREATE ROLE {role} LOGIN".encode())
        try:
            with (
                psycopg.connect(database.owner.dsn(user=role), autocommit=True) as reader,
                pytest.raises(CouldNotLook, match="is there and cannot be read"),
            ):
                ledger.read(reader)
        finally:
            admin.execute(f"DROP ROLE {role}".encode())


def test_a_schema_that_holds_other_things_is_no_ledger_to_write_to(connection: Connection) -> None:
    connection.execute("CREATE SCHEMA releasegate CREATE TABLE notes (id int)")

    with pytest.raises(CouldNotLook, match="is there and cannot be read"):
        ledger.create(connection)


def test_a_schema_that_was_made_beforehand_is_filled(connection: Connection) -> None:
    connection.execute("CREATE SCHEMA releasegate")
    before = ledger.read(connection)

    ledger.create(connection)

    assert not before.exists
    assert ledger.read(connection).exists


@pytest.mark.parametrize("version", [ledger.VERSION + 1, 0])
def test_another_version_is_refused(connection: Connection, version: int) -> None:
    ledger.create(connection)
    connection.execute("DELETE FROM releasegate.ledger WHERE version > 1")
    connection.execute(f"UPDATE releasegate.ledger SET version = {version}".encode())

    with pytest.raises(CouldNotLook, match=f"version {version}"):
        ledger.read(connection)


def test_of_two_creations_at_once_one_makes_it(database: Database) -> None:
    start = threading.Barrier(4)
    results: list[str] = []

    def create() -> None:
        with psycopg.connect(database.owner.dsn(), autocommit=True) as mine:
            start.wait()
            try:
                ledger.create(mine)
            except psycopg.Error as error:
                results.append(str(error.sqlstate))
            else:
                results.append("made")

    threads = [threading.Thread(target=create) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert results.count("made") >= 1
    assert set(results) <= {"made", "23505", "42P06"}
    with psycopg.connect(database.owner.dsn(), autocommit=True) as connection:
        made = connection.execute("SELECT version FROM releasegate.ledger ORDER BY 1").fetchall()
        assert [version for (version,) in made] == list(range(1, ledger.VERSION + 1))


def test_every_table_of_it_has_a_primary_key(connection: Connection) -> None:
    ledger.create(connection)

    without = connection.execute(
        "SELECT relname FROM pg_class c WHERE relkind = 'r' "
        "AND relnamespace = 'releasegate'::regnamespace AND NOT EXISTS "
        "(SELECT FROM pg_constraint WHERE conrelid = c.oid AND contype = 'p')"
    ).fetchall()

    assert without == []
