"""A PostgreSQL server's LOG lines -> the lock waits and slow commits that it reports."""

from __future__ import annotations

import re

from benchmarks.stall.model import Wait

# src/backend/storage/lmgr/proc.c, ProcSleep: the one message has five beginnings.
_WAIT = re.compile(
    r"process \d+ (?:still waiting for|acquired|failed to acquire|avoided deadlock for"
    r"|detected deadlock while waiting for) (?P<mode>\w+) on (?P<target>.+?)"
    r"(?: by rearranging queue order)? after (?P<ms>\d+\.\d+) ms"
)
_COMMIT = re.compile(r"duration: (?P<ms>\d+\.\d+) ms  (?:statement|execute [^:]*): (?i:COMMIT)\b")
# "relation 16385 of database 5", "extension of relation 16385 of database 5", "tuple (0,1) of …"
_TARGET = re.compile(r"virtual transaction|extension|[a-z]+")


def lock_wait(at: float, text: str) -> Wait | None:
    """Read a wait's report; a long wait is reported twice, still waiting and at its end."""
    found = _WAIT.search(text)
    if found is None:
        return None
    target = _TARGET.match(found["target"])
    return Wait(at, float(found["ms"]), found["mode"], target[0] if target else found["target"])


def slow_commit(text: str) -> float | None:
    """Read the duration in ms of a reported COMMIT."""
    found = _COMMIT.search(text)
    return float(found["ms"]) if found else None
