"""Both halves of a list are worked on, whatever becomes of the process for the second one."""

from __future__ import annotations

import os
import subprocess
import sys
import threading

import pytest

from releasegate.appcode.source import halves

# In a program of its own, for no other thread may be there.
_PROGRAM = """
import os, signal
from releasegate.appcode.source import halves

ours = os.getpid()

def work(things):
    if os.getpid() != ours:
        {end}
    return sum(things), os.getpid() == ours

print(halves.of([1, 2, 3, 4, 5], work))
"""


@pytest.mark.skipif(os.cpu_count() == 1, reason="there is one processor")
@pytest.mark.parametrize(
    ("end", "is_ours"),
    [
        pytest.param("pass", False, id="it answers"),
        pytest.param("os.kill(os.getpid(), signal.SIGKILL)", True, id="it is killed"),
        pytest.param("raise KeyboardInterrupt", True, id="it is interrupted"),
    ],
)
def test_a_child_works_on_the_second_half_and_else_we_do(end: str, *, is_ours: bool) -> None:
    program = _PROGRAM.format(end=end)
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)

    assert ended.stdout == f"((3, True), (12, {is_ours}))\n", ended.stderr


def test_beside_another_thread_there_is_no_child() -> None:
    is_over = threading.Event()
    other = threading.Thread(target=is_over.wait)
    other.start()
    try:
        found = halves.of([1, 2, 3, 4], lambda things: (sum(things), os.getpid()))
    finally:
        is_over.set()
        other.join()

    assert found == ((3, os.getpid()), (7, os.getpid()))


def test_an_answer_longer_than_a_pipe_arrives_whole() -> None:
    first, second = halves.of(range(200_000), list)

    assert [*first, *second] == [*range(200_000)]
