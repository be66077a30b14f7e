"""A plan and the gates' answers -> its outcomes, under the lock and in the ledger."""

from __future__ import annotations

import time
from contextlib import ExitStack, suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import psycopg

from releasegate import __version__, catalog, database, facts, findings, ledger
from releasegate.errors import CouldNotLook
from releasegate.executor import Order, execute, how_to_look
from releasegate.gates import LiveTarget, live_database, questions
from releasegate.model import GateStatus, Outcome, OutcomeStatus, Relation, Verdict
from releasegate.release.sequence import EXIT_BLOCKED
from releasegate.repository import Repository
from releasegate.session import Busy, Promoted, look_at, open_session
from releasegate.statements.parser import quote_relation

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from releasegate.database import Connection
    from releasegate.gates import GateInputs
    from releasegate.model import GateResult, Plan, Report
    from releasegate.release.inputs import Prepared, Request
    from releasegate.session import Session

    IsDone = Callable[[Plan, Connection], set[int]]
    Then = Callable[[tuple[Outcome, ...]], Plan | None]
    Work = Callable[[Request, Prepared, tuple[GateResult, ...], Session], Report]


#: whoever interrupts is told within 5 s what is known
_SOON_S = 2.0


def under_lock(
    request: Request, prepared: Prepared, results: tuple[GateResult, ...], work: Work
) -> Report:
    """Open the session, take its lock and work; what fails before the first step blocks."""
    assert request.target is not None
    try:
        with open_session(request.target, request.run_id) as session:
            _same_server(prepared, session)
            session.take_lock(wait=request.settings.mutex_wait, sleep=request.sleep)
            session.check()
            return work(request, prepared, results, session)
    except Busy as busy:
        return stopped_by(prepared, results, _who(prepared, busy), "RG510")
    except CouldNotLook as error:
        return stopped_by(prepared, results, str(error), "RG501")
    except psycopg.Error as error:
        code = "RG514" if error.sqlstate == database.NO_RIGHT else "RG501"
        message = f"No step was begun: {database.meaning(error)}."
        return stopped_by(prepared, results, message, code)


def _same_server(prepared: Prepared, session: Session) -> None:
    """Of several hosts another one can answer the second time.

    Raises:
        CouldNotLook: it is not the server that the gates looked at.
    """
    live = prepared.inputs.live
    assert isinstance(live, LiveTarget)
    if database.identify(session.connection) != live.target:
        raise CouldNotLook(
            "Another server answers than the one that the gates looked at: name one host, or say "
            "which of several is meant by target_session_attrs=read-write."
        )


def _who(prepared: Prepared, busy: Busy) -> str:
    live = prepared.inputs.live
    assert isinstance(live, LiveTarget)
    if busy.holder is None:
        return "Another run held the lock a moment ago."
    known = ledger.read(live.connection)
    return live_database.describe_holder(busy.holder, replace(live, ledger=known))


def unanswered(
    prepared: Prepared, results: tuple[GateResult, ...], error: psycopg.Error | CouldNotLook
) -> Report:
    """Report that the target was lost while we only looked."""
    why = database.meaning(error) if isinstance(error, psycopg.Error) else str(error)
    return stopped_by(prepared, results, f"The target stopped answering: {why}.", "RG501")


def stopped_by(
    prepared: Prepared, results: tuple[GateResult, ...], message: str, code: str
) -> Report:
    """Block after all: no step was begun."""
    finding = findings.make(code, message)
    gate = questions.LIVE_DATABASE.id
    changed = tuple(
        replace(r, status=GateStatus.BLOCKED, findings=(*r.findings, finding))
        if r.gate == gate
        else r
        for r in results
    )
    return prepared.report(EXIT_BLOCKED, Verdict.BLOCKED, f"Blocked by {gate}.", gates=changed)


def run(
    request: Request,
    prepared: Prepared,
    session: Session,
    plan: Plan,
    *,
    expected: Mapping[int, Mapping[str, str | None]],
    command: str = "apply",
    is_done: IsDone | None = None,
    then: Then | None = None,
) -> tuple[Outcome, ...]:
    """Begin the run in the ledger and execute the plan.

    ``expected`` is what each step must leave behind; ``is_done`` reads which steps have committed;
    ``then`` may give more steps in place of those that were not run.

    Raises:
        CouldNotLook: the replica cannot be looked at; nothing is written then.
    """
    with ExitStack() as stack:
        replica = _replica(request, session, stack)
        try:
            ledger.create(session.connection)
            order = _begun(request, prepared, session, plan, expected, replica, command)
            outcomes = execute(session, order)
            more = then(outcomes) if then else None
            if more is not None:
                tried = (one for one in outcomes if one.status is not OutcomeStatus.NOT_RUN)
                outcomes = (*tried, *execute(session, replace(order, plan=more)))
            request.settled()
        except KeyboardInterrupt:
            request.settled()
            done = is_done or partial(_steps_done, prepared.inputs.migration.number)
            return _by_the_ledger(session, prepared.inputs.migration.number, plan, done)
        return outcomes


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


def _begun(
    request: Request,
    prepared: Prepared,
    session: Session,
    plan: Plan,
    expected: Mapping[int, Mapping[str, str | None]],
    replica: Connection | None,
    command: str,
) -> Order:
    """Begin the run in the ledger, and say by which rules it goes."""
    inputs = prepared.inputs
    assert inputs.window is not None
    ledger.begin_run(
        session.connection,
        run_id=request.run_id,
        migration=inputs.migration,
        plan=plan,
        release=inputs.release,
        commit=inputs.repository.head if isinstance(inputs.repository, Repository) else None,
        window=inputs.window,
        operator=request.operator,
        tool_version=__version__,
        expected=expected,
        command=command,
        before=_before(session, inputs, plan) if command == "apply" else None,
    )
    return Order(
        run_id=request.run_id,
        migration=inputs.migration,
        plan=plan,
        window=inputs.window,
        longest_wait=request.settings.longest_wait,
        grace=request.settings.hard_stop,
        sleep=request.sleep,
        log=request.log.bind(migration=inputs.migration.name),
        expected=expected,
        replica=replica,
    )


def _before(session: Session, inputs: GateInputs, plan: Plan) -> dict[str, str] | None:
    """Keep what the tables are before the first step, for the way back to be held against."""
    tables = {lock.relation for step in plan.steps for lock in step.locks}
    marks = tuple(f" ON {only}{quote_relation(name)} " for name in tables for only in ("", "ONLY "))
    with suppress(psycopg.Error):
        if ledger.read(session.observer).stands(inputs.migration.number):
            return None
        return {
            str(thing): text
            for thing, text in catalog.tables(session.observer).items()
            if Relation(thing.schema, thing.table or thing.name) in tables
            or (thing.kind == "index" and any(mark in text for mark in marks))
        }
    return None


def _steps_done(number: int, _: Plan, connection: Connection) -> set[int]:
    return ledger.steps_done(connection, number)


def _by_the_ledger(
    session: Session, number: int, made: Plan, is_done: IsDone
) -> tuple[Outcome, ...]:
    """Tell what a run did that was interrupted outside a step, or a second time."""
    done = _read_back(session, made, is_done)
    if done is None:
        look = how_to_look(session.run_id, number)
        message = f"Interrupted, and the truth could not be read back. {look}"
        return tuple(
            Outcome(step.ordinal, OutcomeStatus.UNKNOWN, message=message) for step in made.steps
        )
    return tuple(
        Outcome(step.ordinal, OutcomeStatus.APPLIED)
        if step.ordinal in done
        else Outcome(step.ordinal, OutcomeStatus.NOT_RUN, message="Interrupted before the step.")
        for step in made.steps
    )


def _read_back(session: Session, made: Plan, is_done: IsDone) -> set[int] | None:
    """Read which steps are done, in a new session: the old one may have an answer under way."""
    session.abandon()
    deadline = session.monotonic() + _SOON_S
    while session.monotonic() < deadline:
        with suppress(psycopg.Error, CouldNotLook, Promoted):
            if session.is_lost:
                session.reconnect()
            if session.old_backends_are_gone():
                is_there = ledger.read(session.connection).exists
                return is_done(made, session.connection) if is_there else set()
        time.sleep(0.05)
    return None


def close(session: Session, run_id: str, verdict: Verdict) -> str | None:
    """Write the run's end; where the server is gone the open row stays behind as evidence."""
    try:
        ledger.end_run(session.connection, run_id, verdict.value)
        return ledger.read(session.connection).head
    except (psycopg.Error, CouldNotLook):
        return None
