"""How much of the sweep is played, by which seed and on how many lanes."""

import os
import secrets

import pytest


@pytest.fixture(scope="session")
def fault_seed(request: pytest.FixtureRequest) -> int:
    given = request.config.getoption("--fault-seed")
    return secrets.randbelow(1_000_000) if given is None else int(given)


@pytest.fixture(scope="session")
def fault_count(request: pytest.FixtureRequest) -> int | None:
    """How many cases of each fault are sampled; None: all are played."""
    is_all = request.config.getoption("--every-fault")
    return None if is_all else int(request.config.getoption("--fault-sample"))


@pytest.fixture(scope="session")
def lane_count() -> int:
    return max(2, os.cpu_count() or 2)
