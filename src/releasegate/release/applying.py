"""Apply one migration: every gate again, then the plan under the lock, in the window."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC
from typing import TYPE_CHECKING

import psycopg

from releasegate import __version__, database, facts, findings, gates, ledger
from releasegate.errors import CouldNotLook, UsageError
from releasegate.executor import DONE, Order, execute
from releasegate.gates import GateInputs, LiveTarget, live_database, rehearsal
from releasegate.model import (
    GateResult,
    GateStatus,
    Outcome,
    OutcomeStatus,
    Plan,
    Report,
    Verdict,
)
from releasegate.release.inputs import Prepared, Request, prepare
from releasegate.release.sequence import (
    EXIT_BLOCKED,
    EXIT_DONE,
    EXIT_STOPPED,
    EXIT_UNKNOWN,
    GATES,
    ask_gates,
    judge,
)
from releasegate.release.waiting import ask_again, wait
from releasegate.repository import Repository
from releasegate.session import Busy, Session, look_at, open_session

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from releasegate.database import Connection
    from releasegate.ledger import Ledger
    from releasegate.model import Migration


def apply(request: Request) -> Report:
    """Ask every gate again, then execute one migration in the window.

    An applied migration that has not drifted ends it before any gate is asked.
    """
    if request.target is None:
        raise UsageError("apply needs a database: give --database-url.")
    before: tuple[Prepared, tuple[GateResult, ...]] | None = None
    while True:
        with prepare(request) as prepared:
            if before is not None:
                prepared = replace(prepared, started_at=before[0].started_at)
            answer = _asked(request, prepared, before)
            if isinstance(answer, Report):
                return answer
            if _is_open(prepared):
                return _execute(request, prepared, answer)
        # Neither session nor throwaway server is kept for the hours of a wait.
        wait(request, prepared)
        before = (prepared, answer)
        name = prepared.inputs.migration.path
        request = replace(request, migration=name, agreed=prepared.inputs.window)


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
    strict = replace(request, require=tuple(gate.id for gate in GATES))
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
    return prepared.report(
        EXIT_DONE,
        Verdict.NOTHING_TO_DO,
        f"{prepared.inputs.migration.name} is applied since {at}; nothing was executed.",
        gates=tuple(gates.not_asked(gate, "nothing is left to do") for gate in GATES),
        ledger_head=known.head,
    )


def _execute(request: Request, prepared: Prepared, results: tuple[GateResult, ...]) -> Report:
    """Take the lock, look once more, begin the run in the ledger and execute the plan."""
    assert request.target is not None
    try:
        with open_session(request.target, request.run_id) as session:
            session.take_lock(wait=request.settings.mutex_wait, sleep=request.sleep)
            return _execute_locked(request, prepared, results, session)
    except Busy as busy:
        return _stopped_by(prepared, results, _who(prepared, busy), "RG510")
    except CouldNotLook as error:
        return _stopped_by(prepared, results, str(error), "RG501")
    except psycopg.Error as error:
        code = "RG514" if error.sqlstate == database.NO_RIGHT else "RG501"
        message = f"No step was begun: {database.meaning(error)}."
        return _stopped_by(prepared, results, message, code)


def _who(prepared: Prepared, busy: Busy) -> str:
    live = prepared.inputs.live
    assert isinstance(live, LiveTarget)
    if busy.holder is None:
        return "Another run held the lock a moment ago."
    known = ledger.read(live.connection)
    return live_database.describe_holder(busy.holder, replace(live, ledger=known))


def _stopped_by(
    prepared: Prepared, results: tuple[GateResult, ...], message: str, code: str
) -> Report:
    """Block after all: no step was begun."""
    finding = findings.make(code, message)
    gate = live_database.GATE.id
    changed = tuple(
        replace(r, status=GateStatus.BLOCKED, findings=(*r.findings, finding))
        if r.gate == gate
        else r
        for r in results
    )
    return prepared.report(EXIT_BLOCKED, Verdict.BLOCKED, f"Blocked by {gate}.", gates=changed)


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
        return _stopped_by(prepared, results, message, "RG507")
    made = inputs.planned
    assert isinstance(made, Plan), "the gates have passed"
    expected = _expected(results)
    if inputs.migration.number in known.begun:
        # The steps that are left are held against what the first of them were.
        first = ledger.expected(session.connection, inputs.migration.number, made.fingerprint)
        expected = first or expected
    with ExitStack() as stack:
        # Whether it can be looked at is known before anything is written.
        replica = _replica(request, session, stack)
        ledger.create(session.connection)
        try:
            outcomes = _run(request, prepared, session, made, expected, replica)
            request.settled()
        except KeyboardInterrupt:
            request.settled()
            outcomes = _by_the_ledger(session, inputs.migration, made)
    exit_code, verdict, summary = _ended(inputs.migration, outcomes)
    head = _close(session, request.run_id, verdict)
    return prepared.report(
        exit_code,
        verdict,
        summary,
        gates=results,
        plan=made,
        outcomes=outcomes,
        ledger_head=head,
    )


def _expected(results: Sequence[GateResult]) -> dict[int, dict[str, str | None]]:
    """Take what the rehearsal saw after each step, to hold the target against."""
    (rehearsed,) = (result.evidence for result in results if result.gate == rehearsal.GATE.id)
    return {step["ordinal"]: step["objects"] for step in rehearsed["after_steps"]}


def _replica(request: Request, session: Session, stack: ExitStack) -> Connection | None:
    """Open the session that looks at the replica.

    Raises:
        CouldNotLook: it cannot be reached, or is no replica of this target.
    """
    if request.replica is None:
        return None
    replica = stack.enter_context(look_at(request.replica, request.run_id))
    if not facts.is_standby(replica):
        raise CouldNotLook("--replica-url leads to a server that is no standby.")
    if database.identify(replica).system_identifier != session.system_identifier:
        raise CouldNotLook("--replica-url leads to a standby of another server.")
    return replica


def _run(
    request: Request,
    prepared: Prepared,
    session: Session,
    made: Plan,
    expected: Mapping[int, Mapping[str, str | None]],
    replica: Connection | None,
) -> tuple[Outcome, ...]:
    """Begin the run in the ledger and execute the plan."""
    inputs = prepared.inputs
    assert inputs.window is not None
    ledger.begin_run(
        session.connection,
        run_id=request.run_id,
        migration=inputs.migration,
        plan=made,
        release=inputs.release,
        commit=inputs.repository.head if isinstance(inputs.repository, Repository) else None,
        window=inputs.window,
        operator=request.operator,
        tool_version=__version__,
        expected=expected,
    )
    order = Order(
        run_id=request.run_id,
        migration=inputs.migration,
        plan=made,
        window=inputs.window,
        longest_wait=request.settings.longest_wait,
        grace=request.settings.hard_stop,
        sleep=request.sleep,
        log=request.log.bind(migration=inputs.migration.name),
        expected=expected,
        replica=replica,
    )
    return execute(session, order)


def _by_the_ledger(session: Session, migration: Migration, made: Plan) -> tuple[Outcome, ...]:
    """Tell what a run did that was interrupted outside a step, or a second time."""
    try:
        is_known = session.old_backends_are_gone()
        done = ledger.steps_done(session.connection, migration.number)
    except psycopg.Error:
        is_known, done = False, set()
    if not is_known:
        message = "Interrupted, and the truth could not be read back."
        return tuple(
            Outcome(step.ordinal, OutcomeStatus.UNKNOWN, message=message) for step in made.steps
        )
    return tuple(
        Outcome(step.ordinal, OutcomeStatus.APPLIED)
        if step.ordinal in done
        else Outcome(step.ordinal, OutcomeStatus.NOT_RUN, message="Interrupted before the step.")
        for step in made.steps
    )


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
            "then run the same command again; releasegate plan shows how to take steps back."
        )
    if state and state not in (*database.RETRYABLE, database.QUERY_CANCELED):
        return "Mend the cause, then run the same command again to go on."
    return "Run the same command again to go on."


def _close(session: Session, run_id: str, verdict: Verdict) -> str | None:
    """Write the run's end; where the server is gone the open row stays behind as evidence."""
    try:
        ledger.end_run(session.connection, run_id, verdict.value)
        return ledger.read(session.connection).head
    except (psycopg.Error, CouldNotLook):
        return None
