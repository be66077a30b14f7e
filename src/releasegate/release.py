"""The runbook as code: the gates in their order, and what each command does with the answers."""

from __future__ import annotations

import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import psycopg

from releasegate import __version__, database, facts, findings, gates, ledger, migrations, window
from releasegate import plan as planning
from releasegate.errors import CouldNotLook, UsageError
from releasegate.executor import Order, execute
from releasegate.gates import (
    Baseline,
    GateInputs,
    LiveTarget,
    app_code,
    live_database,
    parse_only,
    release_tag,
)
from releasegate.gates import window as window_gate
from releasegate.model import (
    Finding,
    GateResult,
    GateStatus,
    Level,
    MigrationState,
    Outcome,
    OutcomeStatus,
    Release,
    Report,
    Verdict,
)
from releasegate.repository import Repository, RepositoryProblem, open_repository
from releasegate.session import SEARCH_PATH, Busy, Session, open_session

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from structlog.typing import FilteringBoundLogger

    from releasegate.database import Parameters
    from releasegate.ledger import Ledger
    from releasegate.model import Migration, Plan
    from releasegate.settings import Settings

#: the documented sequence; runbooks/apply-v1-hardening.md has a heading for each
GATES = (
    release_tag.GATE,
    app_code.GATE,
    parse_only.GATE,
    live_database.GATE,
    window_gate.GATE,
)

_READER_TIMEOUT = "15s"
EXIT_DONE, EXIT_BLOCKED, EXIT_STOPPED, EXIT_UNKNOWN = 0, 1, 3, 4


@dataclass(frozen=True)
class Request:
    """What the command line asks for."""

    command: str
    settings: Settings
    run_id: str
    log: FilteringBoundLogger
    #: path, name or number; None: the next one
    migration: str | None = None
    target: Parameters | None = None
    scratch: Parameters | None = None
    #: ask only these gates; empty: all
    only: tuple[str, ...] = ()
    #: gates that block when they were not asked
    require: tuple[str, ...] = ()
    #: the lightest level that blocks
    fail_on: Level = Level.ERROR
    window: str | None = None
    #: status: exit with 1 when something is open or drifted
    wants_exit_code: bool = False
    #: who runs this, for the ledger and for whoever comes second
    operator: str = "unknown"
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)


# -- the commands ----------------------------------------------------------------------------------


def preflight(request: Request) -> Report:
    """Ask every gate that the inputs allow; never write to the target."""
    with _prepared(request) as prepared:
        results = _ask_gates(request, prepared.inputs)
        return prepared.report(*_judged(request, results), gates=results)


def apply(request: Request) -> Report:
    """Ask every gate again, then execute one migration in the window.

    An applied migration that has not drifted ends it before any gate is asked.
    """
    with _prepared(request) as prepared:
        live = prepared.inputs.live
        if isinstance(live, LiveTarget) and _is_done(prepared.inputs, live.ledger):
            return _nothing_to_do(prepared, live.ledger)
        results = _ask_gates(request, prepared.inputs)
        strict = replace(request, require=tuple(gate.id for gate in GATES))
        exit_code, verdict, summary = _judged(strict, results)
        if exit_code != EXIT_DONE:
            return prepared.report(exit_code, verdict, summary, gates=results)
        return _execute(request, prepared, results)


def plan(request: Request) -> Report:
    """Plan the steps; blocked when the file cannot be planned."""
    with _prepared(request) as prepared:
        inputs = prepared.inputs
        faults = tuple(parse_only.read(inputs))
        if any(finding.level is Level.ERROR for finding in faults):
            gate = parse_only.GATE
            result = GateResult(gate.id, gate.title, GateStatus.BLOCKED, findings=faults)
            return prepared.report(
                EXIT_BLOCKED, Verdict.BLOCKED, "The file cannot be planned.", gates=(result,)
            )
        made = _make_plan(inputs)
        summary = f"{len(made.steps)} step, executed as written in one transaction."
        return prepared.report(EXIT_DONE, Verdict.PASSED, summary, plan=made)


def status(request: Request) -> Report:
    """Tell of each migration where it stands on the target."""
    with _prepared(request) as prepared:
        live = prepared.inputs.live
        if isinstance(live, CouldNotLook):
            raise live
        if live is None:
            raise UsageError("status needs a database: give --database-url.")
        states = tuple(_states(prepared.all_migrations, live))
        is_open = any(state.state in _OPEN for state in states)
        exit_code = EXIT_BLOCKED if is_open and request.wants_exit_code else EXIT_DONE
        names = dict.fromkeys(state.state for state in states)
        counts = [f"{sum(s.state == name for s in states)} {name}" for name in names]
        return prepared.report(
            exit_code,
            Verdict.BLOCKED if is_open else Verdict.PASSED,
            f"{', '.join(counts) or 'No migration'}.",
            migrations=states,
            ledger_head=live.ledger.head,
        )


# -- preparing -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Prepared:
    request: Request
    inputs: GateInputs
    all_migrations: tuple[Migration, ...]
    started_at: datetime

    def report(self, exit_code: int, verdict: Verdict, summary: str, **rest: object) -> Report:
        """Fill in what every report says."""
        inputs = self.inputs
        repository = inputs.repository
        live = inputs.live if isinstance(inputs.live, LiveTarget) else None
        fields = {
            "migration": inputs.migration,
            "commit": repository.head if isinstance(repository, Repository) else None,
            "release": inputs.release,
            "target": live.target if live else None,
            "window": inputs.window,
            **rest,
        }
        return Report(
            command=self.request.command,
            tool_version=__version__,
            run_id=self.request.run_id,
            started_at=self.started_at,
            finished_at=self.request.clock(),
            exit_code=exit_code,
            verdict=verdict,
            summary=summary,
            **fields,  # type: ignore[arg-type]
        )


@contextmanager
def _prepared(request: Request) -> Iterator[_Prepared]:
    """Read everything that gates look at; connections and repository close afterwards."""
    started_at = request.clock()
    settings = request.settings
    configuration = settings.configuration
    found = migrations.load(
        settings.root, configuration.migrations, drafts=configuration.policy.drafts
    )
    request.log.info("run.started", command=request.command)
    with ExitStack() as stack:
        live = _reach(request, stack)
        known = live.ledger if isinstance(live, LiveTarget) else None
        migration = _choose(found, request.migration, known)
        repository = _open(settings, stack)
        release = _release(settings, migration, repository)
        now = facts.now(live.connection) if isinstance(live, LiveTarget) else request.clock()
        inputs = GateInputs(
            settings=settings,
            migration=migration,
            earlier=tuple(m for m in found if m.number < migration.number and not m.draft),
            repository=repository,
            release=release,
            baseline=_baseline(settings, repository, release),
            live=live,
            scratch=request.scratch,
            window=window.parse(request.window, now=now) if request.window else None,
            now=now,
            is_apply=request.command == "apply",
        )
        yield _Prepared(request, inputs, found, started_at)


def _reach(request: Request, stack: ExitStack) -> LiveTarget | CouldNotLook | None:
    """Connect to the target, read-only, and say first of all where we have arrived."""
    if request.target is None:
        return None
    try:
        name = f"releasegate/{request.run_id}/reader"
        connection = stack.enter_context(database.connect(request.target, application_name=name))
        database.settle(
            connection,
            {
                "default_transaction_read_only": "on",
                "search_path": SEARCH_PATH,
                "statement_timeout": _READER_TIMEOUT,
            },
        )
        target = database.identify(connection)
        request.log.info(
            "target.identified",
            target=str(target),
            server_version=target.server_version,
            system_identifier=target.system_identifier,
        )
        return LiveTarget(connection, target, ledger.read(connection))
    except CouldNotLook as error:
        return error
    except psycopg.Error as error:
        return CouldNotLook(f"The target stopped answering: {database.meaning(error)}.")


def _choose(found: Sequence[Migration], name: str | None, known: Ledger | None) -> Migration:
    """Find the named one; else the next to apply, or without a database the newest."""
    if name is not None:
        return migrations.choose(found, name)
    ready = [migration for migration in found if not migration.draft]
    if not ready:
        raise UsageError("There is no migration to apply: name a draft to check it.")
    if known is None:
        return ready[-1]
    pending = [m for m in ready if not _is_complete(known, m)]
    return (pending or ready[-1:])[0]


def _is_complete(known: Ledger, migration: Migration) -> bool:
    entry = known.entries.get(migration.number)
    return entry is not None and entry.is_complete


def _open(settings: Settings, stack: ExitStack) -> Repository | Finding:
    try:
        return stack.enter_context(open_repository(settings.root))
    except RepositoryProblem as problem:
        return problem.finding


def _release(settings: Settings, migration: Migration, repository: Repository | Finding) -> Release:
    name = migration.directives.requires_tag or settings.configuration.release_tag
    if isinstance(repository, Finding):
        return Release(name, None)
    return Release(name, repository.tag(name).commit)


def _baseline(settings: Settings, repository: Repository | Finding, release: Release) -> Baseline:
    """Read the baseline at the tag; while there is no tag at HEAD, and without Git from disk."""
    path = settings.configuration.baseline
    if isinstance(repository, Finding):
        file = settings.root / path
        content = file.read_bytes() if file.is_file() else None
        origin = f"{path} in the working tree"
    else:
        content = repository.read(release.commit or repository.head, path)
        place = f"tag {release.tag}" if release.commit else f"HEAD (no tag {release.tag} yet)"
        origin = f"{path} at {place}"
    if content is None:
        return Baseline("", None)
    return Baseline(content.decode("utf-8-sig", errors="replace"), origin)


# -- gates -----------------------------------------------------------------------------------------


def _ask_gates(request: Request, inputs: GateInputs) -> tuple[GateResult, ...]:
    """Ask all of them even when one blocks: one run shows everything."""
    results = []
    for gate in GATES:
        if request.only and gate.id not in request.only:
            results.append(gates.not_asked(gate, "not among the gates asked for"))
            continue
        result = gates.run(gate, inputs)
        request.log.info(
            "gate.answered",
            migration=inputs.migration.name,
            gate=gate.id,
            status=result.status.value,
            findings=[finding.code for finding in result.findings],
            duration_s=result.duration_s,
        )
        results.append(result)
    return tuple(results)


_WEIGHT = {Level.NOTE: 0, Level.WARNING: 1, Level.ERROR: 2}


def _judged(request: Request, results: Sequence[GateResult]) -> tuple[int, Verdict, str]:
    """Turn the answers into exit code, verdict and one sentence."""
    blocking = [result.gate for result in results if _blocks(request, result)]
    unasked = [r.gate for r in results if r.status is GateStatus.NOT_ASKED]
    rest = f" Not asked: {', '.join(unasked)}." if unasked else ""
    if blocking:
        summary = f"Blocked by {', '.join(blocking)}.{rest}"
        return EXIT_BLOCKED, Verdict.BLOCKED, summary
    return EXIT_DONE, Verdict.PASSED, f"Every gate that was asked passed.{rest}"


def _blocks(request: Request, result: GateResult) -> bool:
    if result.status is GateStatus.NOT_ASKED:
        return result.gate in request.require
    if result.status in (GateStatus.BLOCKED, GateStatus.ERRORED):
        return True
    limit = _WEIGHT[request.fail_on]
    return any(_WEIGHT[finding.level] >= limit for finding in result.findings)


# -- applying --------------------------------------------------------------------------------------


def _is_done(inputs: GateInputs, known: Ledger) -> bool:
    """Tell whether this very file is applied and nothing of it has changed since."""
    entry = known.entries.get(inputs.migration.number)
    if entry is None or not entry.is_complete or entry.sha256 != inputs.migration.sha256:
        return False
    assert isinstance(inputs.live, LiveTarget)
    return not live_database.drift(inputs.live, inputs.migration.number)


def _nothing_to_do(prepared: _Prepared, known: Ledger) -> Report:
    entry = known.entries[prepared.inputs.migration.number]
    at = f"{entry.applied_at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
    return prepared.report(
        EXIT_DONE,
        Verdict.NOTHING_TO_DO,
        f"{prepared.inputs.migration.name} is applied since {at}; nothing was executed.",
        gates=tuple(gates.not_asked(gate, "nothing is left to do") for gate in GATES),
        ledger_head=known.head,
    )


def _make_plan(inputs: GateInputs) -> Plan:
    live = inputs.live
    major = (
        database.major(live.connection)
        if isinstance(live, LiveTarget)
        else max(database.SUPPORTED_MAJORS)
    )
    return planning.make_plan(inputs.migration, inputs.statements(), major=major)


def _execute(request: Request, prepared: _Prepared, results: tuple[GateResult, ...]) -> Report:
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
        return _stopped_by(prepared, results, f"{database.meaning(error)}.", "RG514")


def _who(prepared: _Prepared, busy: Busy) -> str:
    live = prepared.inputs.live
    assert isinstance(live, LiveTarget)
    if busy.holder is None:
        return "Another run held the lock a moment ago."
    known = ledger.read(live.connection)
    return live_database.describe_holder(busy.holder, replace(live, ledger=known))


def _stopped_by(
    prepared: _Prepared, results: tuple[GateResult, ...], message: str, code: str
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
    request: Request, prepared: _Prepared, results: tuple[GateResult, ...], session: Session
) -> Report:
    inputs = prepared.inputs
    known = ledger.read(session.connection)
    if _is_done(inputs, known):
        return _nothing_to_do(prepared, known)
    made = _make_plan(inputs)
    assert inputs.window is not None
    ledger.create(session.connection)
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
    )
    outcomes = execute(
        session,
        Order(
            run_id=request.run_id,
            migration=inputs.migration,
            plan=made,
            window=inputs.window,
            longest_wait=request.settings.longest_wait,
            sleep=request.sleep,
            log=request.log.bind(migration=inputs.migration.name),
        ),
    )
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


_DONE = (OutcomeStatus.APPLIED, OutcomeStatus.ALREADY_APPLIED)


def _ended(migration: Migration, outcomes: Sequence[Outcome]) -> tuple[int, Verdict, str]:
    if all(outcome.status in _DONE for outcome in outcomes):
        return EXIT_DONE, Verdict.APPLIED, f"{migration.name} is applied."
    reason = next(outcome.message for outcome in outcomes if outcome.status not in _DONE)
    if any(outcome.status is OutcomeStatus.UNKNOWN for outcome in outcomes):
        return EXIT_UNKNOWN, Verdict.UNKNOWN, f"{reason} Run releasegate status to look again."
    return EXIT_STOPPED, Verdict.STOPPED, f"{reason} Run the same command again to go on."


def _close(session: Session, run_id: str, verdict: Verdict) -> str | None:
    """Write the run's end; where the server is gone the open row stays behind as evidence."""
    try:
        ledger.end_run(session.connection, run_id, verdict.value)
        return ledger.read(session.connection).head
    except (psycopg.Error, CouldNotLook):
        return None


# -- status ----------------------------------------------------------------------------------------

_OPEN = frozenset({"unfinished", "drifted", "changed", "running"})


def _states(found: Sequence[Migration], live: LiveTarget) -> Iterator[MigrationState]:
    holder = facts.advisory_holder(live.connection)
    for migration in found:
        entry = live.ledger.entries.get(migration.number)
        state, detail = _state(migration, live, holder)
        at = entry.applied_at if entry else None
        yield MigrationState(migration.path, migration.number, state, detail, at)
    numbers = {migration.number for migration in found}
    for number, entry in live.ledger.entries.items():
        if number not in numbers:
            detail = "applied, and its file is not here"
            yield MigrationState(entry.path, number, "changed", detail, entry.applied_at)


def _state(
    migration: Migration, live: LiveTarget, holder: facts.Holder | None
) -> tuple[str, str | None]:
    entry = live.ledger.entries.get(migration.number)
    if entry is not None and entry.sha256 != migration.sha256:
        return "changed", f"applied as {entry.sha256[:12]}, the file is {migration.sha256[:12]}"
    if entry is not None and entry.is_complete:
        lines = live_database.drift(live, migration.number)
        return ("drifted", "; ".join(lines)) if lines else ("applied", None)
    runs = [r for r in live.ledger.open_runs if r.migration_number == migration.number]
    if runs and holder is not None and runs[-1].backend_pid == holder.pid:
        return "running", live_database.describe_holder(holder, live)
    if entry is not None:
        return "unfinished", f"{entry.steps_done} of {entry.step_count} steps are applied"
    if runs:
        return "unfinished", "a run began and did not end; no step of it is applied"
    return ("draft", None) if migration.draft else ("pending", None)
