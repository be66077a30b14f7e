"""Both halves of a list are worked on, whatever becomes of the process for the second one."""

from __future__ import annotations

import os
import signal
import threading
from typing import TYPE_CHECKING

import pytest

from releasegate.appcode.source import halves

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

OURS = os.getpid()
needs_two = pytest.mark.skipif(os.cpu_count() == 1, reason="there is one processor")


def total(things: Sequence[int]) -> tuple[int, int]:
    return sum(things), os.getpid()


@needs_two
def test_the_second_half_is_worked_on_beside() -> None:
    (first, here), (second, there) = halves.of([1, 2, 3, 4, 5], total)

    assert (first, second) == (3, 12)
    assert here == OURS
    assert there != OURS


def test_beside_another_thread_there_is_no_child() -> None:
    is_over = threading.Event()
    other = threading.Thread(target=is_over.wait)
    other.start()
    try:
        (first, here), (second, there) = halves.of([1, 2, 3, 4], total)
    finally:
        is_over.set()
        other.join()

    assert (first, second) == (3, 7)
    assert here == there == OURS


def killed() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def failing() -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("end", [killed, failing])
def test_a_child_that_gives_no_answer_leaves_its_half_to_us(end: Callable[[], None]) -> None:
    def work(things: Sequence[int]) -> int:
        if os.getpid() != OURS:
            end()
        return sum(things)

    assert halves.of([1, 2, 3, 4], work) == (3, 7)


def test_an_answer_longer_than_a_pipe_arrives_whole() -> None:
    first, second = halves.of(range(200_000), list)

    assert [*first, *second] == [*range(200_000)]
