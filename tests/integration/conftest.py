"""Tables for the executor's tests, in a database of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

from integration.stage import TABLES

if TYPE_CHECKING:
    from releasegate.throwaway import Database


@pytest.fixture
def target(database: Database) -> Database:
    """Hold two small tables, owned by the role that applies."""
    with psycopg.connect(database.owner.dsn(), autocommit=True) as connection:
        connection.execute(TABLES.encode())
    return database
