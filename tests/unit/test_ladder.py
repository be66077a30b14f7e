"""Tries refused for a lock -> whether and how long the next one waits, and the pause before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest

from releasegate.executor.ladder import PATIENCE_S, PAUSE_TO_WAIT, Ladder


def ms(number: float) -> timedelta:
    return timedelta(milliseconds=number)


@dataclass
class Climb:
    """A ladder on a clock of our own."""

    longest: timedelta = timedelta(milliseconds=250)
    now: float = 100.0
    #: where between the two bounds each jitter falls
    at: float = 0.5

    def __post_init__(self) -> None:
        self.ladder = Ladder(
            self.longest, lambda: self.now, lambda low, high: low + self.at * (high - low)
        )

    def refuse(self, *ages: float | None, after: float = 0.0) -> timedelta | None:
        """Have a try refused; give the wait of the next one."""
        self.ladder.begin()
        self.now += after
        self.ladder.refused(ages)
        return self.ladder.wait


def test_the_first_try_waits_for_nothing() -> None:
    assert Climb().ladder.begin() is None


def test_for_about_a_second_no_try_waits() -> None:
    climb = Climb()

    waits = [climb.refuse(0.01, after=PATIENCE_S / 8) for _ in range(8)]

    assert waits == [None] * 8
    assert climb.refuse(0.01, after=PATIENCE_S / 8) is not None


def test_the_second_counts_from_the_first_refusal_not_from_the_start() -> None:
    climb = Climb()

    assert climb.refuse(0.01, after=60) is None
    assert climb.refuse(0.01, after=PATIENCE_S - 0.01) is None


@pytest.mark.parametrize(
    ("age_s", "first"),
    [(0.001, 20), (0.005, 20), (0.012, 50), (0.025, 100), (0.06, 250), (5.0, 250)],
)
def test_the_first_rung_suits_the_ages_of_the_transactions_seen(age_s: float, first: int) -> None:
    climb = Climb()
    climb.refuse(age_s)

    assert climb.refuse(age_s, after=PATIENCE_S) == ms(first)


def test_one_old_transaction_among_many_young_ones_does_not_make_the_app_wait_longer() -> None:
    climb = Climb()
    for _ in range(9):
        climb.refuse(0.002)

    assert climb.refuse(3.0, after=PATIENCE_S) == ms(20)


def test_where_no_transaction_was_seen_the_lowest_rung_is_the_first() -> None:
    climb = Climb()
    climb.refuse()

    assert climb.refuse(None, after=PATIENCE_S) == ms(20)


def test_each_refusal_climbs_one_rung_and_the_longest_wait_is_the_last() -> None:
    climb = Climb(longest=ms(180))
    climb.refuse(0.001)
    climb.refuse(0.001, after=PATIENCE_S)

    waits = [climb.refuse(0.001) for _ in range(4)]

    assert waits == [ms(50), ms(100), ms(180), ms(180)]


def test_no_rung_is_above_a_short_longest_wait() -> None:
    climb = Climb(longest=ms(8))
    climb.refuse(0.5)

    assert climb.refuse(0.5, after=PATIENCE_S) == ms(8)
    assert climb.refuse(0.5) == ms(8)


@pytest.mark.parametrize(("at", "pause_s"), [(0.0, 0.002), (0.5, 0.004), (1.0, 0.006)])
def test_tries_without_a_wait_are_a_few_jittered_milliseconds_apart(
    at: float, pause_s: float
) -> None:
    climb = Climb(at=at)
    climb.refuse(0.01)

    assert climb.ladder.pause_s() == pytest.approx(pause_s)


def test_the_pause_after_a_wait_is_at_least_ten_times_that_wait() -> None:
    climb = Climb(at=0.0)
    climb.refuse(0.001)
    climb.refuse(0.001, after=PATIENCE_S)

    for rung in (20, 50, 100, 250, 250):
        climb.refuse(0.001)
        assert climb.ladder.waited == ms(rung)
        assert climb.ladder.pause_s() >= PAUSE_TO_WAIT * rung / 1000


def test_the_refusal_that_ends_the_second_is_followed_by_a_short_pause() -> None:
    climb = Climb()
    climb.refuse(0.001)
    climb.refuse(0.001, after=PATIENCE_S)

    assert climb.ladder.pause_s() < 0.01


def test_what_would_have_sufficed_follows_from_the_oldest_transaction_seen() -> None:
    climb = Climb()
    assert climb.ladder.needed is None

    climb.refuse(0.01, 0.2)
    climb.refuse(0.05)

    assert climb.ladder.needed == ms(800)
