"""A target -> one with a ledger of this version, and the rights on it for whoever applies."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import psycopg

from releasegate import __version__, database, ledger
from releasegate.errors import CouldNotLook, UsageError
from releasegate.gates.live_database.bookkeeping import publications
from releasegate.model import Report, Verdict
from releasegate.release.reaching import named
from releasegate.release.sequence import EXIT_DONE
from releasegate.session import Busy, open_session

if TYPE_CHECKING:
    from releasegate.release.inputs import Request
    from releasegate.session import Session


def init_ledger(request: Request) -> Report:
    """Make the ledger, or bring it to this version; adopt what its tables hold where asked to.

    Raises:
        CouldNotLook: another run is at work, the role may not, or a publication would carry it.
    """
    if request.target is None:
        raise UsageError("init-ledger needs a database: give --database-url.")
    started_at = request.clock()
    try:
        with open_session(request.target, request.run_id) as session:
            target = database.identify(session.connection)
            wrong = named(request, session.connection, target)
            if wrong is not None:
                raise CouldNotLook(wrong.message)
            _refuse_followers(request, session)
            session.take_lock(wait=timedelta(0), sleep=request.sleep)
            done = _make(request, session)
            head = ledger.read(session.connection).head
    except Busy:
        raise CouldNotLook("Another run is at work on the ledger: wait for it to end.") from None
    except psycopg.Error as error:
        raise CouldNotLook(f"The ledger was not changed: {database.meaning(error)}.") from None
    return Report(
        command=request.command,
        tool_version=__version__,
        run_id=request.run_id,
        started_at=started_at,
        finished_at=request.clock(),
        exit_code=EXIT_DONE,
        verdict=Verdict.APPLIED if done else Verdict.NOTHING_TO_DO,
        summary=" ".join(done) or f"The ledger has version {ledger.VERSION} already.",
        target=target,
        ledger_head=head,
    )


def _refuse_followers(request: Request, session: Session) -> None:
    """Make no table that subscribers would be sent rows of and do not have: they would stop.

    Raises:
        CouldNotLook: a publication carries the ledger, and the policy does not say that it may.
    """
    for carried in publications(session.connection, request.settings):
        raise CouldNotLook(f"{carried.message} {carried.help}")


def _make(request: Request, session: Session) -> list[str]:
    connection, done = session.connection, []
    before = ledger.read(connection).version
    with connection.transaction():
        ledger.create(connection)
        if before != ledger.VERSION:
            done.append(f"The ledger was made, of version {ledger.VERSION}.")
        if before and before != ledger.VERSION:
            done = [f"The ledger was brought from version {before} to {ledger.VERSION}."]
        for role in request.grant_to:
            ledger.grant(connection, role)
            done.append(f"{role} may write it.")
        if request.adopts:
            ledger.adopt(connection)
            done.append("What it holds was adopted: its journal begins anew from here.")
    return done
