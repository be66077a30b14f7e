"""How much of the sweep is played, by which seed and on how many lanes."""

import os
import secrets

import pytest


@pytest.fixture(scope="session")
def fault_seed(request: pytest.FixtureRequest) -> int:
    given = request.config.getoption("--fault-seed")
    return secrets.randbelow(1_000_000) if given is None else int(given)


@pytest.fixture(scope="session")
def every_fault(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--every-fault"))


@pytest.fixture(scope="session")
def lane_count() -> int:
    return max(2, os.cpu_count() or 2)
