"""The files of tests/rewrites on real servers: the plan does what the file does, step by step."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from releasegate import catalog, throwaway
from releasegate.gates.ground import Ground, lay, snapshot
from releasegate.gates.rehearsal import proofs, way_back
from releasegate.gates.rehearsal.trial import Trial, failure
from releasegate.statements.parser import parse
from releasegate.throwaway.binaries import binaries
from rewrite_cases import CASES, RewriteCase

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from _pytest.mark.structures import ParameterSet

    from releasegate.catalog import Snapshot

#: notes that say what a proof could not cover; whatever else is found is a difference
NOTES = {"RG411", "RG412"}
#: rehearsals at a time
WORKERS = 3
MAJORS = sorted(binaries(), reverse=True)


def is_proven_in_full(major: int, case: RewriteCase) -> bool:
    """Tell whether every proof is asked; of a plan that the newest major has too, it was there."""
    return major == MAJORS[0] or case.expected(major) != case.expected(MAJORS[0])


def parameter(major: int, case: RewriteCase) -> ParameterSet:
    return pytest.param(major, case, id=f"pg{major}-{case.folder.name}")


PLANNED = [
    parameter(major, case)
    for major in MAJORS
    for case in CASES
    if major >= case.since and not case.is_refused(major)
]


@pytest.fixture(scope="module")
def grounds(cluster_cache: Path) -> Iterator[Callable[[int, Path], Ground]]:
    """Servers of each major, started once, and on each an original for every baseline."""
    servers: dict[int, throwaway.Server] = {}
    originals: dict[tuple[int, Path], Ground] = {}
    with ExitStack() as stack:

        def ground(major: int, baseline: Path) -> Ground:
            if major not in servers:
                started = throwaway.start(major=major, cache=cluster_cache)
                servers[major] = stack.enter_context(started)
            if (major, baseline) not in originals:
                text = baseline.read_text()
                originals[major, baseline] = lay(servers[major], text, (), stack)
            return originals[major, baseline]

        yield ground


def rehearse(case: RewriteCase, ground: Ground) -> list[str]:
    """Run file and plan on copies of the baseline and tell in what they differ."""
    major = ground.server.major
    reference = Trial(case.migration, case.written(major))
    planned = Trial(case.migration, case.plan(major))
    before = parse(case.baseline.read_text())
    tried = proofs.begin(ground, reference, planned, baseline=before)
    assert tried is not None
    if not is_proven_in_full(major, case):
        return catalogs_alone(planned, ground, tried.wanted)
    with ground.copy() as made:
        found = [*proofs.same_catalogs(tried, made), *way_back.gives_back(tried, made)]
    if len(planned.plan.steps) > 1:
        with ground.copy() as made:
            found += proofs.converges(tried, made, lambda _: iter(()))
    return [f"{f.code} {f.message}" for f in found if f.code not in NOTES]


def catalogs_alone(planned: Trial, ground: Ground, wanted: Snapshot) -> list[str]:
    with ground.copy() as made:
        assert failure(planned.run(made)) is None
        got = snapshot(made)
    left, right = ({str(thing): text for thing, text in held.items()} for held in (wanted, got))
    return catalog.difference(left, right)


@pytest.fixture(scope="module")
def rehearsals(
    request: pytest.FixtureRequest, grounds: Callable[[int, Path], Ground]
) -> Iterator[dict[tuple[int, str], Future[list[str]]]]:
    """Every rehearsal that was asked for, several at a time: they mostly wait for a server."""
    asked = [
        (item.callspec.params["major"], item.callspec.params["case"])
        for item in request.session.items
        if isinstance(item, pytest.Function) and item.path == request.path
    ]
    ready = [(major, case, grounds(major, case.baseline)) for major, case in asked]
    with ThreadPoolExecutor(WORKERS) as pool:
        yield {
            (major, case.folder.name): pool.submit(rehearse, case, ground)
            for major, case, ground in ready
        }


@pytest.mark.parametrize(("major", "case"), PLANNED)
def test_the_plan_gives_what_the_file_gives(
    major: int, case: RewriteCase, rehearsals: dict[tuple[int, str], Future[list[str]]]
) -> None:
    assert rehearsals[major, case.folder.name].result() == []
