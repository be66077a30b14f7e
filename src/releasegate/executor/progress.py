"""A step under way -> what it does now, told every second, without touching its session."""

from __future__ import annotations

import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import psycopg

from releasegate import facts
from releasegate.executor.holders import seconds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from structlog.typing import FilteringBoundLogger

    from releasegate.executor.order import Order
    from releasegate.model import Step
    from releasegate.session import Session

_TELL_S = 1.0


@contextmanager
def watched(
    session: Session, order: Order, step: Step, log: FilteringBoundLogger
) -> Iterator[None]:
    """Tell of a step that takes longer than a moment, while the block runs."""
    is_over = threading.Event()

    def tell() -> None:
        while not is_over.wait(_TELL_S):
            # A lost connection is the main thread's to notice.
            with suppress(psycopg.Error):
                left_s = seconds(order.window.closes_at - session.now())
                log.info(
                    "step.progress", of=len(order.plan.steps), left_s=left_s, **_state(session)
                )

    watcher = threading.Thread(target=tell, name=f"progress-{step.ordinal}", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        is_over.set()
        watcher.join()


def _state(session: Session) -> dict[str, Any]:
    progress = facts.index_progress(session.observer, session.pid)
    waits_for = facts.blocking_pids(session.observer, session.pid)
    state: dict[str, Any] = {"waits_for": waits_for} if waits_for else {}
    if progress is None:
        return state
    done = f"{progress.blocks_done}/{progress.blocks_total}"
    state |= {"phase": progress.phase, "blocks": done}
    return state | ({"waits_for": [progress.waits_for]} if progress.waits_for else {})
