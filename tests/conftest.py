"""A throwaway server for the whole run, a database of its own for each test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from releasegate import throwaway

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from releasegate.throwaway import Database, Server


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--every-fault", action="store_true", help="play each fault at each statement, for hours"
    )
    parser.addoption("--fault-seed", type=int, help="choose the sampled faults by this number")


@pytest.fixture(scope="session")
def cluster_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache") / "clusters"


@pytest.fixture(scope="session")
def server(cluster_cache: Path) -> Iterator[Server]:
    """An embedded server, shared by all tests that do not ask for one of their own."""
    with throwaway.start(cache=cluster_cache) as running:
        yield running


@pytest.fixture
def database(server: Server) -> Iterator[Database]:
    """An empty database of its own."""
    with server.database() as made:
        yield made


@pytest.fixture
def database_url(database: Database) -> str:
    """The owner's connection string to an empty database."""
    return database.owner.dsn()
