"""One migration from before releasegate -> a row of the ledger, if the target holds its effects."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC
from typing import TYPE_CHECKING

import psycopg

from releasegate import __version__, catalog, gates, ledger
from releasegate.errors import UsageError
from releasegate.executor import how_to_look
from releasegate.gates import LiveTarget, adoption, live_database, questions
from releasegate.model import Report, Verdict
from releasegate.release import locked
from releasegate.release.inputs import Prepared, Request, prepare
from releasegate.release.sequence import EXIT_DONE, EXIT_UNKNOWN, ask_gates, judge
from releasegate.repository import Repository

if TYPE_CHECKING:
    from collections.abc import Mapping

    from releasegate.gates import Gate
    from releasegate.ledger import Ledger
    from releasegate.model import GateResult
    from releasegate.session import Session


def adopt(request: Request) -> Report:
    """Compare a migration's effects with the target's catalogs, then record it as adopted.

    Where the ledger has it already it ends before any gate is asked.
    """
    if request.target is None:
        raise UsageError("adopt needs a database: give --database-url.")
    with prepare(request) as prepared:
        asked = _gates(prepared)
        live = prepared.inputs.live
        if isinstance(live, LiveTarget) and _is_known(prepared, live.ledger):
            return _nothing_to_do(prepared, live.ledger, asked)
        results = ask_gates(request, prepared.inputs, asked)
        every = () if prepared.inputs.migration.draft else tuple(gate.id for gate in asked)
        exit_code, verdict, summary = judge(replace(request, require=every), results)
        if exit_code != EXIT_DONE:
            return prepared.report(exit_code, verdict, summary, gates=results)
        return locked.under_lock(request, prepared, results, _record)


def _gates(prepared: Prepared) -> tuple[Gate, ...]:
    number = prepared.inputs.migration.number
    later = [m for m in prepared.all_migrations if m.number > number and not m.draft]
    return (questions.RELEASE_TAG, questions.PARSE_ONLY, adoption.live_database(later))


def _is_known(prepared: Prepared, known: Ledger) -> bool:
    """Tell whether this very file is in the ledger, applied or adopted, and stands."""
    migration, live = prepared.inputs.migration, prepared.inputs.live
    entry = known.entries.get(migration.number)
    if entry is None or not entry.is_complete or entry.sha256 != migration.sha256:
        return False
    assert isinstance(live, LiveTarget)
    return not live_database.drift(replace(live, ledger=known), migration)


def _nothing_to_do(prepared: Prepared, known: Ledger, asked: tuple[Gate, ...]) -> Report:
    migration = prepared.inputs.migration
    entry = known.entries[migration.number]
    at = f"{entry.applied_at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
    word = "adopted" if entry.adopted_by else "applied"
    return prepared.report(
        EXIT_DONE,
        Verdict.NOTHING_TO_DO,
        f"{migration.name} is {word} since {at}; nothing was recorded.",
        gates=tuple(gates.not_asked(gate, "nothing is left to do") for gate in asked),
        ledger_head=known.head,
    )


def _record(
    request: Request, prepared: Prepared, results: tuple[GateResult, ...], session: Session
) -> Report:
    """Write the row, unless the target has changed since the gate looked."""
    inputs, connection = prepared.inputs, session.connection
    known = ledger.read(connection)
    if _is_known(prepared, known):
        return _nothing_to_do(prepared, known, _gates(prepared))
    wanted = results[-1].evidence["objects"]
    lines = adoption.different(wanted, catalog.snapshot(connection))
    if lines or known.stands(inputs.migration.number):
        message = f"{lines[0]}." if lines else "A run began it a moment ago."
        return locked.stopped_by(prepared, results, message, "RG542")
    try:
        _write(request, prepared, session, wanted)
    except (psycopg.OperationalError, KeyboardInterrupt) as error:
        if isinstance(error, psycopg.OperationalError) and not session.is_lost:
            raise
        message = (
            "It was cut off while the row was written: run the same command again to see. "
            f"{how_to_look(request.run_id, inputs.migration.number)}"
        )
        return prepared.report(EXIT_UNKNOWN, Verdict.UNKNOWN, message, gates=results)
    request.settled()
    return prepared.report(
        EXIT_DONE,
        Verdict.ADOPTED,
        f"{inputs.migration.name} is in the ledger as adopted: the target holds what it makes.",
        gates=results,
        ledger_head=locked.close(session, request.run_id, Verdict.ADOPTED),
    )


def _write(
    request: Request, prepared: Prepared, session: Session, objects: Mapping[str, str | None]
) -> None:
    inputs, repository = prepared.inputs, prepared.inputs.repository
    ledger.adopt_migration(
        session.connection,
        run_id=request.run_id,
        migration=inputs.migration,
        release=inputs.release,
        commit=repository.head if isinstance(repository, Repository) else None,
        operator=request.operator,
        tool_version=__version__,
        at=session.now(),
        objects=objects,
    )
