"""After a lost connection: did the last try commit? The ledger's row decides, not the client."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import psycopg

from releasegate import ledger
from releasegate.errors import CouldNotLook
from releasegate.executor.order import Overtaken
from releasegate.session import Busy, Promoted

if TYPE_CHECKING:
    from structlog.typing import FilteringBoundLogger

    from releasegate.executor.order import Order
    from releasegate.session import Session

#: how long it is looked for, at least
_PATIENCE = timedelta(seconds=30)
_PAUSE_S = 0.1
_LOOK_ALIVE = "SELECT pid, state FROM pg_stat_activity WHERE application_name = 'releasegate/{}';"
#: a row with its end is there if and only if the step is applied
_LOOK_ROW = "SELECT status, finished_at FROM releasegate.step WHERE attempt_id = '{}';"
_LOOK_ROWS = (
    "SELECT ordinal, status, finished_at FROM releasegate.step WHERE migration_number = {} "
    "ORDER BY ordinal;"
)


class _StillAlive(Exception):
    """Our old backend is still there, so its transaction may yet commit."""


def find(
    session: Session,
    order: Order,
    attempt_id: str,
    log: FilteringBoundLogger,
    *,
    patience: timedelta | None = None,
) -> bool | None:
    """Ask the server whether a try committed; None where it cannot be found out in the window.

    The connection is opened anew and the old backend must be gone. On False the advisory lock is
    held again.

    Raises:
        Overtaken: it did not, and somebody else holds the lock.
    """
    deadline = max(session.now() + _PATIENCE, order.window.closes_at)
    if patience is not None:
        deadline = session.now() + patience
    log.warning("connection.lost")
    while session.now() < deadline:
        try:
            return _read(session, order, attempt_id, log)
        except (psycopg.Error, CouldNotLook, _StillAlive):
            order.sleep(_PAUSE_S)
        except Promoted:
            log.warning("server.promoted")
            return None
    return None


def _read(session: Session, order: Order, attempt_id: str, log: FilteringBoundLogger) -> bool:
    if session.is_lost:
        session.reconnect()
        log.info("connection.restored")
    if not session.old_backends_are_gone():
        raise _StillAlive
    is_committed = ledger.has_attempt(session.connection, attempt_id)
    log.info("truth.read", committed=is_committed)
    if not is_committed:
        _lock_again(session, order)
    return is_committed


def _lock_again(session: Session, order: Order) -> None:
    """Our old backend is gone, and its lock with it: whoever holds it now is somebody else."""
    try:
        session.take_lock(wait=timedelta(seconds=1), sleep=order.sleep)
    except Busy:
        raise Overtaken from None


def how_to_look(run_id: str, number: int, attempt_id: str | None = None) -> str:
    """Write the questions that decide it, for psql on the target; without a try of all steps."""
    row = _LOOK_ROWS.format(number) if attempt_id is None else _LOOK_ROW.format(attempt_id)
    return f"Is our session still at work: {_LOOK_ALIVE.format(run_id)} If it is not: {row}"
