"""The files of tests/rewrites: each gives the plan beside it, or the findings that refuse it."""

from __future__ import annotations

import pytest

from rewrite_cases import CASES, NEWEST, OLDER, ROOT, RewriteCase

EVERY = pytest.mark.parametrize("case", CASES, ids=lambda case: case.folder.name)


@EVERY
@pytest.mark.parametrize("major", [NEWEST, *OLDER])
def test_the_file_gives_the_plan_beside_it(case: RewriteCase, major: int) -> None:
    if major < case.since:
        pytest.skip(f"PostgreSQL {major} does not take the file")

    assert case.text(major) == case.expected(major)


@EVERY
def test_a_plan_of_its_own_says_something_else(case: RewriteCase) -> None:
    for path in case.folder.glob("plan.*.sql"):
        assert path.read_text() != (case.folder / "plan.sql").read_text()


def test_every_folder_is_a_case() -> None:
    folders = {path for path in ROOT.iterdir() if path.is_dir()}

    assert folders == {case.folder for case in CASES}
    assert len(CASES) >= 65
