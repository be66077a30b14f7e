"""Work on many things -> what it gives for both halves, the second from a process beside ours."""

from __future__ import annotations

import os
import pickle
import threading
from typing import TYPE_CHECKING, NoReturn, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Thing = TypeVar("Thing")
Given = TypeVar("Given")


def of(things: Sequence[Thing], work: Callable[[Sequence[Thing]], Given]) -> tuple[Given, Given]:
    """Work on each half, on both at once where another processor and no other thread is there.

    The child is a copy of ours and only answers; of a lock that a thread held it would wait for
    ever. Where it gives no answer, its half is ours too.
    """
    middle = len(things) // 2
    ours, others = things[:middle], things[middle:]
    if threading.active_count() > 1 or _processors() < 2:
        return work(ours), work(others)
    reading, writing = os.pipe()
    try:
        child = os.fork()
    except OSError:
        os.close(reading)
        os.close(writing)
        return work(ours), work(others)
    if not child:
        _answer(writing, work, others)
    os.close(writing)
    with os.fdopen(reading, "rb") as answer:
        done = work(ours)
        said = answer.read()
    _, status = os.waitpid(child, 0)
    return done, pickle.loads(said) if status == 0 else work(others)  # noqa: S301  our own words


def _processors() -> int:
    """Count those that are ours, where the system tells: elsewhere a copy is no safe thing."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1


def _answer(
    writing: int, work: Callable[[Sequence[Thing]], Given], things: Sequence[Thing]
) -> NoReturn:
    """Be the child; whatever happens, nothing of the program is gone on with."""
    code = 1
    try:
        said = pickle.dumps(work(things))
        with os.fdopen(writing, "wb") as answer:
            answer.write(said)
        code = 0
    finally:
        os._exit(code)
