"""What a run writes is chained; what is changed by hand shows; an older ledger is brought along."""

from __future__ import annotations

import hashlib
from importlib import resources
from typing import TYPE_CHECKING

import psycopg
import pytest

from integration.ledgers import MIGRATION, PLAN, begin, record
from releasegate import ledger
from releasegate.model import Outcome, OutcomeStatus

if TYPE_CHECKING:
    from collections.abc import Iterator

    from releasegate.database import Connection
    from releasegate.throwaway import Database

#: what each version's script is; a new version is a new file
PUBLISHED = {
    1: "9d32aa60550e528642303adb8b85a5c77e76b641c69faba396eea5f9089cc10c",
    2: "07972ea06f13b5383965b0b4da52684cada25f1ce681aa58932ec9b0bd2ca7f0",
    3: "87f4af834aafca48be276670ad1e9407805efdc5f635d12719c70bf584d179d8",
}
#: written by the first version, one step done and one that began
FIRST_VERSION = """
INSERT INTO releasegate.run (run_id, command, migration_number, migration_path, migration_sha256,
  strategy, plan_fingerprint, step_count, steps_done, tool_version, operator, window_closes_at)
VALUES ('00000000-0000-0000-0000-000000000001', 'apply', 7, 'm/007_a.sql', repeat('ab', 32),
  'as-written', repeat('cd', 32), 2, 1, '0.1.0', 'me@here', '2027-01-17 04:00+00');
INSERT INTO releasegate.step (migration_number, ordinal, attempt_id, run_id, migration_sha256,
  plan_fingerprint, step_count, status, objects, finished_at)
VALUES (7, 1, gen_random_uuid(), '00000000-0000-0000-0000-000000000001', repeat('ab', 32),
  repeat('cd', 32), 2, 'applied', '{"table public.a": "x"}', clock_timestamp());
"""


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    with psycopg.connect(database.owner.dsn(), autocommit=True) as opened:
        opened.execute("SET search_path = pg_catalog, pg_temp")
        yield opened


@pytest.fixture
def filled(connection: Connection) -> Connection:
    """A ledger with a run of two steps, the second of which failed at first."""
    ledger.create(connection)
    run_id = begin(connection)
    record(connection, run_id, ordinal=1, objects={"table public.a": "x"})
    failed = Outcome(2, OutcomeStatus.FAILED, attempts=3, sqlstate="55P03", message="busy")
    ledger.fail_step(connection, run_id, MIGRATION, failed)
    ledger.end_run(connection, run_id, "stopped")
    run_id = begin(connection)
    record(connection, run_id, ordinal=2)
    ledger.end_run(connection, run_id, "applied")
    return connection


def events(connection: Connection) -> list[str]:
    rows = connection.execute("SELECT event FROM releasegate.journal ORDER BY position")
    return [event for (event,) in rows]


def test_each_event_is_kept_in_its_order_with_the_tries_that_failed(filled: Connection) -> None:
    assert events(filled) == [
        "ledger adopted",
        "run began",
        "step applied",
        "step failed",
        "run ended",
        "run began",
        "step applied",
        "run ended",
    ]
    (body,) = filled.execute(
        "SELECT body FROM releasegate.journal WHERE event = 'step failed'"
    ).fetchone() or ({},)
    assert (body["attempts"], body["sqlstate"], body["ordinal"]) == (3, "55P03", 2)


def test_each_row_carries_the_digest_of_the_one_before(filled: Connection) -> None:
    rows = filled.execute(
        "SELECT position, event, body::text, before, digest FROM releasegate.journal ORDER BY 1"
    ).fetchall()

    before = ""
    for position, event, body, carried, digest in rows:
        text = "\n".join((before, str(position), event, body))
        assert carried == before
        assert digest == hashlib.sha256(text.encode()).hexdigest()
        before = digest
    assert ledger.read(filled).head == before


def test_what_only_runs_have_written_agrees(filled: Connection) -> None:
    assert ledger.verify(filled) == ()
    assert ledger.verify(filled, head=ledger.read(filled).head) == ()


def test_a_step_that_may_run_in_no_transaction_is_entered_at_its_start_and_its_end(
    connection: Connection,
) -> None:
    ledger.create(connection)
    run_id = begin(connection)
    for attempt in ("1", "2"):
        ledger.start_step(connection, _row(run_id, attempt * 8 + "-0000-0000-0000-000000000000"))
    ledger.finish_step(connection, "22222222-0000-0000-0000-000000000000", {"index public.i": "x"})

    assert events(connection)[2:] == ["step started", "step started", "step applied"]
    assert ledger.verify(connection) == ()


def _row(run_id: str, attempt_id: str) -> ledger.StepRow:
    return ledger.StepRow(run_id, attempt_id, MIGRATION, PLAN, 1)


CHANGES = {
    "UPDATE releasegate.step SET plan_fingerprint = 'x' WHERE ordinal = 2": "step 2 of migration 7",
    "UPDATE releasegate.step SET objects = '{}' WHERE ordinal = 1": "step 1 of migration 7",
    "DELETE FROM releasegate.step WHERE ordinal = 2": "step 2 of migration 7",
    "UPDATE releasegate.run SET operator = 'you' WHERE verdict = 'applied'": "run ",
    """INSERT INTO releasegate.step SELECT 8, 1, gen_random_uuid(), run_id, 'x', 'x', 1, 'applied',
       '{}', '[]', now(), now() FROM releasegate.run LIMIT 1""": "step 1 of migration 8",
    """UPDATE releasegate.journal SET body = body || '{"attempts": 1}' WHERE position = 4""": (
        "row 4 of the journal was changed"
    ),
    "UPDATE releasegate.journal SET before = 'x' WHERE position = 5": "row 5 of the journal was",
    "DELETE FROM releasegate.journal WHERE position = 4": (
        "row 5 of the journal does not follow the one before it"
    ),
    "UPDATE releasegate.journal SET position = 40 WHERE position = 8": "row 40 of the journal was",
    "DELETE FROM releasegate.journal WHERE position >= 7": "step 2 of migration 7",
    "DELETE FROM releasegate.journal": "step 1 of migration 7",
}


@pytest.mark.parametrize(("change", "said"), CHANGES.items(), ids=range(len(CHANGES)))
def test_a_change_by_hand_shows(filled: Connection, change: str, said: str) -> None:
    filled.execute(change.encode())

    assert any(said in fault for fault in ledger.verify(filled))


def test_a_digest_that_was_kept_shows_a_tail_that_was_cut_off_or_written_anew(
    filled: Connection,
) -> None:
    kept = ledger.read(filled).head
    filled.execute("DELETE FROM releasegate.step WHERE ordinal = 2")
    filled.execute("DELETE FROM releasegate.run WHERE verdict = 'applied'")
    filled.execute("DELETE FROM releasegate.journal WHERE position > 5")

    assert ledger.verify(filled) == ()
    assert ledger.verify(filled, head=kept) == (
        f"no row of the journal has the digest {str(kept)[:12]}",
    )


def test_what_was_changed_is_taken_over_by_an_adoption_and_a_kept_digest_still_shows_it(
    filled: Connection,
) -> None:
    kept = filled.execute("SELECT digest FROM releasegate.journal WHERE position = 3").fetchone()
    filled.execute("DELETE FROM releasegate.journal WHERE position = 4")
    filled.execute("UPDATE releasegate.step SET objects = '{}' WHERE ordinal = 1")

    ledger.adopt(filled)

    assert ledger.verify(filled) == ()
    assert kept is not None
    assert ledger.verify(filled, head=kept[0]) == (
        "row 5 of the journal does not follow the one before it",
    )


# -- versions


def _script(version: int) -> bytes:
    return resources.files("releasegate.ledger").joinpath(f"{version}.sql").read_bytes()


@pytest.fixture
def first_version(connection: Connection) -> Connection:
    connection.execute("CREATE SCHEMA releasegate")
    connection.execute(_script(1))
    connection.execute(FIRST_VERSION)
    return connection


def test_a_published_script_never_changes() -> None:
    digests = {n: hashlib.sha256(_script(n)).hexdigest() for n in range(1, ledger.VERSION + 1)}

    assert digests == PUBLISHED


def test_a_ledger_of_the_first_version_is_read_without_being_changed(
    first_version: Connection,
) -> None:
    first_version.execute("SET default_transaction_read_only = on")

    known = ledger.read(first_version)

    assert (known.version, known.head, ledger.verify(first_version)) == (1, None, ())
    assert (known.entries[7].steps_done, known.entries[7].elsewhere) == (1, None)
    assert known.objects == {7: {"table public.a": "x"}}


def test_a_ledger_of_the_first_version_is_brought_along_with_its_rows(
    first_version: Connection,
) -> None:
    before = ledger.read(first_version)

    ledger.create(first_version)

    after = ledger.read(first_version)
    assert (after.entries, after.objects, after.begun) == (
        before.entries,
        before.objects,
        before.begun,
    )
    assert (after.version, ledger.verify(first_version)) == (ledger.VERSION, ())
    run_id = begin(first_version)
    record(first_version, run_id, ordinal=2)
    assert ledger.read(first_version).entries[7].is_complete
    assert ledger.verify(first_version) == ()


def test_a_ledger_of_the_second_version_keeps_its_journal_and_what_it_proves(
    first_version: Connection,
) -> None:
    first_version.execute(_script(2))
    ledger.adopt(first_version)
    before = ledger.read(first_version)

    ledger.create(first_version)

    after = ledger.read(first_version)
    assert (before.version, after.version) == (2, ledger.VERSION)
    assert (after.entries, after.objects) == (before.entries, before.objects)
    assert ledger.verify(first_version, head=before.head) == ()
    first_version.execute("UPDATE releasegate.step SET objects = '{}'")
    assert ledger.verify(first_version) == ("step 1 of migration 7 is not what the journal says",)


def test_what_the_first_version_wrote_is_held_to_as_well(first_version: Connection) -> None:
    ledger.create(first_version)

    first_version.execute("UPDATE releasegate.step SET objects = '{}'")

    assert ledger.verify(first_version) == ("step 1 of migration 7 is not what the journal says",)


def test_a_row_tells_where_it_was_recorded(filled: Connection) -> None:
    here = ledger.read(filled).entries[7].elsewhere
    filled.execute("UPDATE releasegate.run SET system_identifier = '42'")

    there = ledger.read(filled).entries[7].elsewhere

    assert here is None
    assert there is not None
    assert there.startswith("system identifier 42, database ")
