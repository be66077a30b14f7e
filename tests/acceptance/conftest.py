"""A project and its production for each test; the main story on every major that is installed."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from acceptance.production import Production
from acceptance.project import CONFIGURATION, MIGRATION, Project
from releasegate import throwaway
from releasegate.throwaway import Server
from releasegate.throwaway.binaries import binaries

ROOT = Path(__file__).parents[2]
EMBEDDED_MAJOR = 18
HEADER = "-- releasegate: requires-tag v0\n"
SMALL = f"""{HEADER}
BEGIN;
ALTER TABLE papers ADD COLUMN shine int;
ALTER TABLE storyboards ADD COLUMN jotting text;
CREATE INDEX papers_shine ON papers (shine);
COMMIT;
"""


def installed_majors() -> list[int]:
    return sorted(set(binaries()) - {EMBEDDED_MAJOR})


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "every_major: repeat the test on every PostgreSQL that is installed"
    )


def pytest_report_header() -> str:
    others = ", ".join(map(str, installed_majors())) or "no other installed"
    return f"acceptance: PostgreSQL {EMBEDDED_MAJOR} (embedded), {others}"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if not metafunc.definition.get_closest_marker("every_major"):
        return
    none = pytest.mark.skip(reason="no PostgreSQL but the embedded one is installed")
    others = [pytest.param(major, id=f"pg{major}") for major in installed_majors()]
    majors = [
        pytest.param(EMBEDDED_MAJOR, id=f"pg{EMBEDDED_MAJOR}"),
        *(others or [pytest.param(None, id="pg-installed", marks=none)]),
    ]
    metafunc.parametrize("major", majors, scope="session")


@pytest.fixture(scope="session")
def major() -> int:
    return EMBEDDED_MAJOR


@pytest.fixture(scope="session")
def start_major(server: Server, cluster_cache: Path) -> Iterator[Callable[[int], Server]]:
    """Start a server of each major that is asked for, once."""
    started = {EMBEDDED_MAJOR: server}
    with ExitStack() as stack:

        def start(major: int) -> Server:
            if major not in started:
                running = throwaway.start(major=major, cache=cluster_cache)
                started[major] = stack.enter_context(running)
            return started[major]

        yield start


@pytest.fixture
def target_server(major: int, start_major: Callable[[int], Server]) -> Server:
    """Production's server, of the major that the test is for."""
    running = start_major(major)
    assert running.major == major
    return running


@pytest.fixture
def production(target_server: Server) -> Iterator[Production]:
    with made_production(target_server) as made:
        yield made


@contextmanager
def made_production(server: Server) -> Iterator[Production]:
    with server.database() as database:
        made = Production(server, database)
        made.fill()
        yield made


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home for the program; what it caches serves the whole session."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture
def project(tmp_path: Path, home: Path) -> Iterator[Project]:
    """The papers team's repository, all of it committed, without the tag."""
    root = tmp_path / "papers"
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "db", root / "db")
    shutil.copytree(ROOT / "examples/papers", root / "examples/papers", ignore=ignored)
    made = Project(root, home)
    made.write("releasegate.toml", CONFIGURATION)
    made.git("init", "--quiet", "--initial-branch", "main")
    made.commit("Hand in papers")
    yield made
    made.stop_all()


@pytest.fixture
def released(project: Project) -> Project:
    """The same with its release cut."""
    project.tag()
    return project


@pytest.fixture
def online(project: Project) -> Project:
    """A release whose configuration says nothing of a strategy."""
    project.edit("releasegate.toml", 'strategy = "as-written"\n', "")
    project.commit()
    project.tag()
    return project


@pytest.fixture
def small(project: Project) -> Project:
    """A release that adds two columns and an index."""
    project.edit("releasegate.toml", 'strategy = "as-written"\n', "")
    project.write(MIGRATION, SMALL)
    project.commit()
    project.tag()
    return project
