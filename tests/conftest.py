"""A throwaway server for the whole run, a database of its own for each test."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, Any

import pytest

from releasegate import throwaway

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from releasegate.throwaway import Database, Server


#: figures that tests have found out
TOLD = pytest.StashKey[list[str]]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[TOLD] = []
    # Who was started in the background or by nohup ignores them, and they are among what is tested.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand the figures of one process among several on."""
    output: dict[str, Any] | None = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["told"] = session.config.stash[TOLD]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    node.config.stash[TOLD] += getattr(node, "workeroutput", {}).get("told", [])


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    for text in config.stash[TOLD]:
        terminalreporter.write_line(text)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--every-fault", action="store_true", help="play each fault at each statement, for hours"
    )
    parser.addoption(
        "--fault-sample", type=int, default=3, help="of each fault but kill -9 play so many cases"
    )
    parser.addoption("--fault-seed", type=int, help="choose the sampled faults by this number")


@pytest.fixture(scope="session")
def tell(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Print a figure at the end of the run, whatever is captured."""
    return request.config.stash[TOLD].append


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
