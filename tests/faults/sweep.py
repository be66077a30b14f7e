"""A story and its faults -> every case played, and what of the promises was broken."""

from __future__ import annotations

import os
import queue
import random
import signal
import threading
import time
from collections import Counter
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import psycopg

from faults import holdings
from faults.lane import Lane, Run, Target, lane
from faults.proxy import Strike, Then, When

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from faults.holdings import Holdings

#: after any fault the app writes again within this time
_APP_S = 8.0
#: an interrupted run has ended and reported within this time
_SOON_S = 5.0
_WAITS_S = 0.3
_STRANGERS = "CREATE INDEX idx_run_events_byseq ON run_events USING btree (seq)"
_DONE, _BLOCKED, _STOPPED, _UNKNOWN, _INTERRUPTED = 0, 1, 3, 4, 130
_IS_DONE = ("applied", "already_applied")
#: what ends before its first step
_NOTHING_BEGUN = (_BLOCKED, _INTERRUPTED)


@dataclass(frozen=True)
class Story:
    """A command that is played again and again, each time with one fault."""

    name: str
    strategy: str
    arguments: tuple[str, ...]
    #: commands that run undisturbed before it
    before: tuple[tuple[str, ...], ...] = ()


APPLY = ("apply", "--window", "now/PT10M", "001")
STORIES = (Story("apply online", "online", APPLY), Story("apply as written", "as-written", APPLY))


# -- the faults; each is given the lane and the pid of the backend at work


def _kill_client(where: Lane, _: int) -> Then:
    os.kill(where.program.pid, signal.SIGKILL)
    return Then.IS_CUT


def _terminate(where: Lane, backend: int) -> Then:
    with where.admin() as admin:
        admin.execute("SELECT pg_terminate_backend(%s)", (backend,))
    return Then.GOES_ON


def _cut(_: Lane, __: int) -> Then:
    return Then.IS_CUT


def _deafen(_: Lane, __: int) -> Then:
    return Then.IS_DEAF


def _restart(where: Lane, _: int) -> Then:
    where.restart()
    return Then.GOES_ON


def _kill_backend(_: Lane, backend: int) -> Then:
    os.kill(backend, signal.SIGKILL)
    return Then.GOES_ON


def _terminate_waiting(where: Lane, backend: int) -> Then:
    """End a statement that waits for the app, which is in a transaction on every table."""

    def act() -> None:
        # The case can be over by now, and its database dropped.
        with suppress(psycopg.Error), where.app_at_work():
            holding.set()
            time.sleep(_WAITS_S)
            _terminate(where, backend)
            time.sleep(_WAITS_S)

    holding = threading.Event()
    threading.Thread(target=act, daemon=True).start()
    holding.wait(_APP_S)
    return Then.GOES_ON


def _away(where: Lane, _: int) -> Then:
    """Stop the server, ask the program to end, and let the server come back after that."""

    def act() -> None:
        time.sleep(_WAITS_S)
        # A run that has only looked so far ends by itself.
        if not where.program.ended.is_set():
            os.kill(where.program.pid, signal.SIGTERM)
        where.program.ended.wait(_SOON_S)
        where.begin()

    where.stop()
    threading.Thread(target=act, daemon=True).start()
    return Then.IS_CUT


def _make_index(where: Lane, _: int) -> Then:
    """Make an index that is to be made, by other means and another one."""
    assert where.current is not None
    with where.current.connect() as connection:
        connection.execute(_STRANGERS.encode())
    return Then.GOES_ON


def _signal(*numbers: signal.Signals) -> Callable[[Lane, int], Then]:
    def act(where: Lane, _: int) -> Then:
        for number in numbers:
            os.kill(where.program.pid, number)
            time.sleep(0.02)
        return Then.GOES_ON

    return act


FAULTS: dict[str, Callable[[Lane, int], Then]] = {
    "kill -9 of the client": _kill_client,
    "pg_terminate_backend": _terminate,
    "connection cut": _cut,
    "half-open connection": _deafen,
    "pg_terminate_backend while it waits": _terminate_waiting,
    "immediate restart of the server": _restart,
    "server away, and SIGTERM": _away,
    "kill -9 of a backend": _kill_backend,
    "SIGINT": _signal(signal.SIGINT),
    "SIGTERM": _signal(signal.SIGTERM),
    "SIGHUP": _signal(signal.SIGHUP),
    "SIGINT twice": _signal(signal.SIGINT, signal.SIGINT),
}
STRANGER = "a stranger's index"
_ACTS = {**FAULTS, STRANGER: _make_index}
KILL = "kill -9 of the client"
_SIGNALS = frozenset({"SIGINT", "SIGTERM", "SIGHUP", "SIGINT twice"})


@dataclass(frozen=True)
class Case:
    """One strike."""

    fault: str
    #: a statement's number, or what it contains
    at: int | bytes
    when: When

    def __str__(self) -> str:
        return f"{self.fault} at statement {self.at!r}, {self.when.value}"


@dataclass(frozen=True)
class Clean:
    """What an undisturbed run showed."""

    #: how many statements it sent
    points: int
    start: Holdings
    final: Holdings
    #: schema and ledger after every one of its statements
    seen: frozenset[Holdings]


@dataclass
class Tally:
    """What was played and what was broken."""

    points: int = 0
    cases: Counter[str] = field(default_factory=Counter)
    exits: Counter[tuple[str, int | None]] = field(default_factory=Counter)
    #: the run ended before it had sent that many statements
    missed: int = 0
    violations: list[str] = field(default_factory=list)
    #: run again from each state this often; None: after every case
    reruns_each: int | None = None
    rerun: Counter[Holdings] = field(default_factory=Counter)

    def is_to_rerun(self, held: Holdings) -> bool:
        """Tell whether a state has not been gone on from often enough."""
        self.rerun[held] += 1
        return self.reruns_each is None or self.rerun[held] <= self.reruns_each

    def summary(self) -> str:
        """Write the figures that are printed."""
        played = ", ".join(f"{count} {fault}" for fault, count in self.cases.items())
        return (
            f"{self.points} statements, {sum(self.cases.values())} cases ({played}), "
            f"{len(self.rerun)} states gone on from, {self.missed} not reached, "
            f"{len(self.violations)} violations"
        )


def points(clean: Clean, faults: Iterable[str], whens: Sequence[When]) -> list[Case]:
    """List every case."""
    return [
        Case(f, at, when) for f in faults for at in range(1, clean.points + 1) for when in whens
    ]


def sample(cases: Sequence[Case], count: int, seed: int) -> list[Case]:
    return random.Random(seed).sample(cases, min(count, len(cases)))


# -- playing


def learn(where: Lane, story: Story) -> Clean:
    """Play the story undisturbed, and look at the database after each statement."""
    with where.target() as target:
        # The gates that ask the repository alone answer now, and are not asked again.
        _prepare(target, story)
        _must(target.run(story.arguments))
    with where.target() as target, target.connect() as connection:
        _prepare(target, story)
        start = holdings.look(connection)
        seen = [start.sound]

        def watch(_: int) -> None:
            # Under a lock of the run's own nothing has been committed since the last look.
            with suppress(psycopg.errors.LockNotAvailable):
                seen.append(holdings.look(connection).sound)

        connection.execute("SET lock_timeout = '20ms'")
        where.proxy.reset()
        where.proxy.watch = watch
        try:
            target.start(story.arguments)
            _must(where.program.finish())
        finally:
            where.proxy.watch = None
        final = holdings.look(connection)
        return Clean(where.proxy.count, start, final, frozenset(seen))


def _prepare(target: Target, story: Story) -> None:
    for arguments in story.before:
        _must(target.run(arguments))


def _must(run: Run) -> None:
    assert run.exit_code == 0, f"an undisturbed run failed: {run.stdout}{run.stderr}"


def play(where: Lane, story: Story, clean: Clean, case: Case, tally: Tally) -> list[str]:
    """Play one case and list what it broke."""
    with where.target() as target:
        _prepare(target, story)
        rows = target.rows()
        began, run, broken = _struck(target, story, case)
        if began is None:
            tally.missed += 1
            return []
        tally.exits[case.fault, run.exit_code] += 1
        if case.fault in _SIGNALS and time.monotonic() - began > _SOON_S:
            broken.append(f"it took {time.monotonic() - began:.1f} s to end")
        if case.fault == STRANGER:
            return [*broken, *_judge_strangers(target, run)]
        _await_silence(target)
        broken += _judge_run(run)
        broken += _judge_state(target, clean, run)
        broken += _judge_report(target, run)
        if tally.is_to_rerun(target.look()):
            broken += _judge_rerun(target, story, clean)
        if target.rows() != rows:
            broken.append("the app's rows have changed")
        return broken


def _struck(target: Target, story: Story, case: Case) -> tuple[float | None, Run, list[str]]:
    """Run the story until it ends, with the strike; tell when that came."""
    where, act = target.lane, _ACTS[case.fault]
    at: list[float] = []
    broken: list[str] = []

    def strike(backend: int) -> Then:
        if not target.is_fenced(backend):
            broken.append("a session changes the schema that does not hold the lock")
        at.append(time.monotonic())
        return act(where, backend)

    delay_s = random.Random(str(case)).uniform(0, 0.004)
    where.proxy.reset(Strike(case.at, case.when, strike, delay_s))
    target.start(story.arguments)
    while not where.proxy.struck.wait(0.01):
        if where.program.ended.is_set():
            break
    if at and not target.app_writes_within(_APP_S):
        broken.append(f"the app could not write within {_APP_S:.0f} s")
    run = where.program.finish()
    return (at[0] if at else None), run, broken


def _await_silence(target: Target) -> None:
    """Let the server notice that the program is gone."""
    deadline = time.monotonic() + _APP_S
    while time.monotonic() < deadline:
        try:
            with target.connect() as connection:
                if not holdings.remains(connection):
                    return
        except psycopg.OperationalError:
            pass
        time.sleep(0.02)


def _judge_run(run: Run) -> Iterator[str]:
    """Hold what a run said against how it ended."""
    code = run.exit_code
    if code is None:
        yield "it did not end"
    elif code >= 0 and code not in (_DONE, _BLOCKED, _STOPPED, _UNKNOWN, _INTERRUPTED):
        yield f"exit code {code}: {run.last_words}"
    if code is None or code < 0:
        return
    if code != _INTERRUPTED and run.report.get("exit_code") != code:
        yield f"exit code {code}, and the report says {run.report.get('exit_code')}"
    names = Counter(event.get("event") for event in run.events)
    if names["step.started"] != names["step.finished"]:
        yield "an attempt has no log line with its outcome"


def _judge_state(target: Target, clean: Clean, run: Run) -> Iterator[str]:
    """Hold what is there against what the ledger and the exit code say."""
    with target.connect() as connection:
        held = holdings.look(connection)
        yield from (f"left behind, {what}" for what in holdings.remains(connection))
    if held.sound not in clean.seen:
        yield f"schema and ledger disagree: {_difference(held.sound, clean)}"
    is_done = held == clean.final
    if (run.exit_code == _DONE) != is_done and not _is_silent(run):
        yield f"exit code {run.exit_code}, and done is {is_done}"
    if run.exit_code in _NOTHING_BEGUN and held.sound.steps != clean.start.sound.steps:
        yield f"exit code {run.exit_code}, and steps were begun"


def _judge_report(target: Target, run: Run) -> Iterator[str]:
    """Hold what is said of each step against its row in the ledger."""
    done = {ordinal for _, ordinal, status in target.look().steps if status != "started"}
    for outcome in run.report.get("outcomes", []):
        said, ordinal = outcome["status"], outcome["ordinal"]
        if said != "unknown" and (said in _IS_DONE) != (ordinal in done):
            yield f"the report says {said} of step {ordinal}, and the ledger otherwise"


def _judge_strangers(target: Target, run: Run) -> Iterator[str]:
    """See that what a stranger made is there as it was, and was told of."""
    if _STRANGERS not in [text.replace(" public.", " ") for _, text in target.look().schema]:
        yield "a stranger's index is gone"
    if run.exit_code != _STOPPED:
        yield f"exit code {run.exit_code}, with a stranger's index in the way"


def _is_silent(run: Run) -> bool:
    """Tell whether a run was killed, or says that it does not know."""
    return run.exit_code is None or run.exit_code < 0 or run.exit_code == _UNKNOWN


def _difference(held: Holdings, clean: Clean) -> str:
    near = [one for one in clean.seen if one.steps == held.steps]
    if not near:
        return f"steps {held.steps}"
    return str(sorted(set(held.schema) ^ set(near[0].schema)))


def _judge_rerun(target: Target, story: Story, clean: Clean) -> Iterator[str]:
    """Run again, which finishes the work, and once more, which does nothing."""
    again = target.run(story.arguments)
    if again.exit_code != _DONE:
        yield f"the re-run ended with {again.exit_code}: {again.report.get('summary')}"
    with target.connect() as connection:
        held, written = holdings.look(connection), holdings.ledger(connection)
        if held != clean.final:
            yield f"the re-run came to another end: {_difference(held, clean)}"
        yield from (f"{name} is invalid after the re-run" for name in held.invalid)
        once_more = target.run(story.arguments)
        if once_more.exit_code != _DONE:
            yield f"a run over the finished database ended with {once_more.exit_code}"
        if (holdings.look(connection), holdings.ledger(connection)) != (held, written):
            yield "a run over the finished database wrote something"


def sweep(
    lanes: Sequence[Lane],
    story: Story,
    clean: Clean,
    cases: Sequence[Case],
    *,
    reruns_each: int | None = None,
) -> Tally:
    """Play cases on all lanes at once."""
    tally = Tally(points=clean.points, reruns_each=reruns_each)
    waiting: queue.SimpleQueue[Case] = queue.SimpleQueue()
    for case in cases:
        waiting.put(case)
    workers = [
        threading.Thread(target=_work, args=(one, story, clean, waiting, tally)) for one in lanes
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return tally


def _work(
    where: Lane, story: Story, clean: Clean, waiting: queue.SimpleQueue[Case], tally: Tally
) -> None:
    while True:
        try:
            case = waiting.get_nowait()
        except queue.Empty:
            return
        try:
            broken = play(where, story, clean, case, tally)
        except Exception as error:
            broken = [f"the case could not be played: {error!r}"]
        tally.cases[case.fault] += 1
        tally.violations += [f"{story.name}: {case}: {what}" for what in broken]


def open_lanes(
    stack: ExitStack, folder: Path, strategy: str, *, cache: Path, count: int
) -> list[Lane]:
    return [
        stack.enter_context(
            lane(folder / str(n), kept=folder / "kept", cache=cache, strategy=strategy)
        )
        for n in range(count)
    ]
