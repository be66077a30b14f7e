"""What a block puts together when it runs: it may not leave our session another than it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

from integration.stage import ADD_COLUMN, TABLES, stage
from releasegate.errors import CouldNotLook
from releasegate.model import OutcomeStatus

if TYPE_CHECKING:
    from releasegate.throwaway import Database

SETTINGS = {
    "row_security": "on",
    "search_path": "evil, pg_catalog",
    "role": "pg_read_all_data",
    "synchronous_commit": "local",
    "default_transaction_isolation": "serializable",
    "idle_in_transaction_session_timeout": "0",
    "plan_cache_mode": "auto",
    "standard_conforming_strings": "off",
    "client_encoding": "LATIN1",
}


@pytest.fixture
def target(database: Database) -> Database:
    with psycopg.connect(database.admin.dsn(), autocommit=True) as admin:
        admin.execute(f"GRANT pg_read_all_data TO {database.owner.values['user']}".encode())
    with psycopg.connect(database.owner.dsn(), autocommit=True) as owner:
        owner.execute(TABLES.encode())
    return database


@pytest.mark.parametrize("name", SETTINGS)
def test_a_setting_that_a_block_changes_fails_the_step_and_is_taken_back(
    target: Database, name: str
) -> None:
    block = f"DO $$ BEGIN EXECUTE 'SET {name} = ' || '{SETTINGS[name]}'; END $$"

    with stage(target, ADD_COLUMN, block) as on:
        before = on.session.connection.execute(f"SHOW {name}".encode()).fetchone()
        outcome = on.run()
        after = on.session.connection.execute(f"SHOW {name}".encode()).fetchone()

        assert outcome.status is OutcomeStatus.FAILED
        assert "a statement changed" in str(outcome.message)
        assert "note" not in on.columns("papers")
    assert before == after


def test_a_lock_that_a_block_lets_go_is_missed_before_the_next_step(target: Database) -> None:
    block = "DO $$ BEGIN EXECUTE 'SELECT pg_advisory_' || 'unlock_all()'; END $$"

    with stage(target, block) as on:
        on.run()

        with pytest.raises(CouldNotLook, match="advisory lock is gone"):
            on.session.check()
