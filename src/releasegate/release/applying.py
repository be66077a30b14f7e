"""Apply one migration: every gate again, then the plan under the lock, in the window."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC
from typing import TYPE_CHECKING

import psycopg

from releasegate import database, gates, ledger
from releasegate.errors import CouldNotLook, UsageError
from releasegate.executor import DONE
from releasegate.gates import GateInputs, LiveTarget, live_database, questions
from releasegate.model import GateResult, Outcome, OutcomeStatus, Plan, Report, Verdict
from releasegate.release import locked, ways
from releasegate.release.approval import hold_against
from releasegate.release.inputs import Prepared, Request, prepare
from releasegate.release.sequence import (
    EXIT_DONE,
    EXIT_STOPPED,
    EXIT_UNKNOWN,
    GATES,
    ask_gates,
    judge,
)
from releasegate.release.waiting import ask_again, wait

if TYPE_CHECKING:
    from collections.abc import Sequence

    from releasegate.ledger import Ledger
    from releasegate.model import Migration
    from releasegate.session import Session


def apply(request: Request) -> Report:
    """Ask every gate again, then execute one migration in the window.

    An applied migration that has not drifted ends it before any gate is asked.
    """
    if request.target is None:
        raise UsageError("apply needs a database: give --database-url.")
    before: tuple[Prepared, tuple[GateResult, ...]] | None = None
    if request.approved is not None:
        request = _with_counts(request, request.approved.gates, request.approved.run_id)
    while True:
        with prepare(request) as prepared:
            if before is not None:
                prepared = replace(prepared, started_at=before[0].started_at)
            try:
                answer = _asked(request, prepared, before)
            except (psycopg.Error, CouldNotLook) as error:
                lost = tuple(gates.not_asked(gate, "the target was lost") for gate in GATES)
                return locked.unanswered(prepared, lost, error)
            if isinstance(answer, Report):
                return answer
            if _is_open(prepared):
                return locked.under_lock(request, prepared, answer, _execute_locked)
        # Neither session nor throwaway server is kept for the hours of a wait.
        wait(request, prepared)
        before = (prepared, answer)
        name = prepared.inputs.migration.path
        request = _with_counts(request, answer, request.run_id)
        request = replace(request, migration=name, agreed=prepared.inputs.window)


def _with_counts(request: Request, results: Sequence[GateResult], run_id: str) -> Request:
    """Let the next look take the counts of an earlier one, where its tables are as they were."""
    known = live_database.counts_of(results, run_id)
    return replace(request, looking=replace(request.looking, known=known))


def _is_open(prepared: Prepared) -> bool:
    window = prepared.inputs.window
    assert window is not None, "the gate has passed"
    return prepared.inputs.now >= window.opens_at


def _asked(
    request: Request, prepared: Prepared, before: tuple[Prepared, tuple[GateResult, ...]] | None
) -> Report | tuple[GateResult, ...]:
    """Ask every gate, after a wait some of them again; a report where that ends the command."""
    live = prepared.inputs.live
    if isinstance(live, LiveTarget) and _is_done(prepared.inputs, live.ledger):
        return _nothing_to_do(prepared, live.ledger)
    if before is None:
        results = ask_gates(request, prepared.inputs)
    else:
        results = ask_again(request, before[0], prepared, before[1])
    results = hold_against(request.approved, prepared.inputs, results)
    # A draft has its answer from the first gate, and the others were not asked.
    every = () if prepared.inputs.migration.draft else tuple(gate.id for gate in GATES)
    strict = replace(request, require=every)
    exit_code, verdict, summary = judge(strict, results)
    if exit_code != EXIT_DONE:
        return prepared.report(exit_code, verdict, summary, gates=results)
    return results


def _is_done(inputs: GateInputs, known: Ledger) -> bool:
    """Tell whether this very file is applied and nothing of it has changed since."""
    entry = known.entries.get(inputs.migration.number)
    if entry is None or not entry.is_complete or entry.sha256 != inputs.migration.sha256:
        return False
    assert isinstance(inputs.live, LiveTarget)
    live = replace(inputs.live, ledger=known)
    return not live_database.drift(live, inputs.migration)


def _nothing_to_do(prepared: Prepared, known: Ledger) -> Report:
    entry = known.entries[prepared.inputs.migration.number]
    at = f"{entry.applied_at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
    word = "adopted" if entry.adopted_by else "applied"
    return prepared.report(
        EXIT_DONE,
        Verdict.NOTHING_TO_DO,
        f"{prepared.inputs.migration.name} is {word} since {at}; nothing was executed.",
        gates=tuple(gates.not_asked(gate, "nothing is left to do") for gate in GATES),
        ledger_head=known.head,
    )


def _execute_locked(
    request: Request, prepared: Prepared, results: tuple[GateResult, ...], session: Session
) -> Report:
    inputs = prepared.inputs
    # The gates looked before we had the lock; another run may have ended in between.
    known = ledger.read(session.connection)
    if _is_done(inputs, known):
        return _nothing_to_do(prepared, known)
    entry = known.entries.get(inputs.migration.number)
    if entry is not None and entry.sha256 != inputs.migration.sha256:
        message = f"{entry.path} was applied under this number a moment ago."
        return locked.stopped_by(prepared, results, message, "RG507")
    made = inputs.planned
    assert isinstance(made, Plan), "the gates have passed"
    expected = _expected(results)
    if inputs.migration.number in known.begun:
        # The steps that are left are held against what the first of them were.
        first = ledger.expected(session.connection, inputs.migration.number, made.fingerprint)
        expected = first or expected
    # The log has each step's beginning and end: of a run that is killed it is the only record.
    request.log.info(
        "steps.predicted",
        migration=inputs.migration.name,
        predicted_s={n: [told.low, told.high] for n, told in prepared.predictions.items()},
    )
    outcomes = locked.run(request, prepared, session, made, expected=expected)
    exit_code, verdict, summary = _ended(inputs.migration, outcomes)
    if exit_code == EXIT_STOPPED:
        summary += ways.both(session.connection, inputs, outcomes)
    head = locked.close(session, request.run_id, verdict)
    return prepared.report(
        exit_code,
        verdict,
        summary,
        gates=results,
        plan=made,
        predictions=prepared.predictions,
        outcomes=outcomes,
        ledger_head=head,
    )


def _expected(results: Sequence[GateResult]) -> dict[int, dict[str, str | None]]:
    """Take what the rehearsal saw after each step, to hold the target against."""
    (rehearsed,) = (result.evidence for result in results if result.gate == questions.REHEARSAL.id)
    return {step["ordinal"]: step["objects"] for step in rehearsed["after_steps"]}


def _ended(migration: Migration, outcomes: Sequence[Outcome]) -> tuple[int, Verdict, str]:
    if all(outcome.status in DONE for outcome in outcomes):
        return EXIT_DONE, Verdict.APPLIED, f"{migration.name} is applied."
    stopped = next(outcome for outcome in outcomes if outcome.status not in DONE)
    reason = stopped.message
    if any(outcome.status is OutcomeStatus.UNKNOWN for outcome in outcomes):
        return EXIT_UNKNOWN, Verdict.UNKNOWN, f"{reason} Run releasegate status to look again."
    return EXIT_STOPPED, Verdict.STOPPED, f"{reason} {_way_on(stopped)}"


def _way_on(stopped: Outcome) -> str:
    """Say whether running again is enough, or what must be mended before."""
    state = stopped.sqlstate or ""
    if state.startswith("23"):
        return (
            "Rows that are there break it, and new rows may be held to it already. Mend the rows, "
            "then run the same command again; or take the steps back."
        )
    if state and state not in (*database.RETRYABLE, database.QUERY_CANCELED):
        return "Mend the cause, then run the same command again to go on."
    return "Run the same command again to go on."
