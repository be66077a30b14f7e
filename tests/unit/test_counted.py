"""Numbers -> texts that are right for one and for several."""

from __future__ import annotations

import pytest

from releasegate.counted import counted


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0 steps are left"), (1, "1 step is left"), (2, "2 steps are left")]
)
def test_one_is_counted_in_the_singular(number: int, text: str) -> None:
    assert f"{counted(number, 'step is', 'steps are')} left" == text


def test_most_nouns_take_an_s() -> None:
    assert (counted(1, "row"), counted(3, "row")) == ("1 row", "3 rows")
