"""Signals -> the end of a run by the same way out, or nothing once its answer is known."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import FrameType

#: the last one is our own: an interrupt that came at a bad moment, told again
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGALRM)
_TOLD_AGAIN_S = 0.05


def catch() -> None:
    """Make SIGTERM and SIGHUP end a run as Ctrl-C does: cancel, read the truth, report."""

    def interrupt(_: int, frame: FrameType | None) -> None:
        if _is_in_finalizer(frame):
            # What is raised there Python prints, and goes on (reference, 3.3.1).
            signal.setitimer(signal.ITIMER_REAL, _TOLD_AGAIN_S)
            return
        raise KeyboardInterrupt

    for number in _SIGNALS:
        signal.signal(number, interrupt)


def _is_in_finalizer(frame: FrameType | None) -> bool:
    while frame is not None and frame.f_code.co_name != "__del__":
        frame = frame.f_back
    return frame is not None


def ignore() -> None:
    """Let nothing change the exit code any more: what happened is known and is reported."""
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_IGN)
