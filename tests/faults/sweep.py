"""A story and its faults -> every case played, and what of the promises was broken."""

from __future__ import annotations

import queue
import random
import threading
from collections import Counter
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import psycopg

from faults import holdings, judging
from faults.lane import Lane, Target, lane
from faults.proxy import Strike, Then, When
from faults.running import Run, must
from faults.story import Case, Clean, Story
from faults.strikes import ACTS, APP_S, SIGNALS, SOON_S, STRANGER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from faults.holdings import Holdings

#: how far it has come is told after so many cases
_TOLD_EACH = 500


@dataclass
class Tally:
    """What was played and what was broken."""

    points: int = 0
    cases: Counter[str] = field(default_factory=Counter)
    exits: Counter[tuple[str, int | None]] = field(default_factory=Counter)
    #: the run ended before it had sent that many statements
    missed: int = 0
    violations: list[str] = field(default_factory=list)
    #: the run that was struck last
    last: Run | None = None
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
        must(target.run(story.arguments))
    with where.target() as target, target.connect() as connection:
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
            must(where.program.finish())
        finally:
            where.proxy.watch = None
        final = holdings.look(connection)
        return Clean(where.proxy.count, start, final, frozenset(seen))


def play(
    where: Lane,
    story: Story,
    clean: Clean,
    case: Case,
    tally: Tally,
    *,
    mend: Callable[[], None] = lambda: None,
) -> list[str]:
    """Play one case and list what it broke; ``mend`` is done before the re-run."""
    with where.target() as target:
        rows = target.rows()
        at, run, broken = _struck(target, story, case)
        if at is None:
            tally.missed += 1
            return []
        tally.exits[case.fault, run.exit_code] += 1
        tally.last = run
        if case.fault in SIGNALS:
            took_s = (datetime.now(UTC) - at).total_seconds()
            broken += [f"it took {took_s:.1f} s to end"] * (took_s > SOON_S)
            broken += judging.judge_signal(run, at)
        if case.fault == STRANGER:
            return [*broken, *judging.judge_strangers(target, run)]
        judging.await_silence(target)
        broken += judging.judge_run(run)
        broken += judging.judge_state(target, clean, run)
        broken += judging.judge_report(target, run)
        mend()
        if tally.is_to_rerun(target.look()):
            broken += judging.judge_rerun(target, story, clean)
        if target.rows() != rows:
            broken.append("the app's rows have changed")
        return broken


def _struck(target: Target, story: Story, case: Case) -> tuple[datetime | None, Run, list[str]]:
    """Run the story until it ends, with the strike; tell when that came."""
    where, act = target.lane, case.act or ACTS[case.fault]
    at: list[datetime] = []
    broken: list[str] = []

    def strike(backend: int) -> Then:
        if not target.is_fenced(backend):
            broken.append("a session changes the schema that does not hold the lock")
        at.append(datetime.now(UTC))
        then = act(where, backend)
        at.append(datetime.now(UTC))
        return then

    delay_s = random.Random(str(case)).uniform(0, 0.004)
    where.proxy.reset(Strike(case.at, case.when, strike, delay_s))
    target.start(story.arguments)
    while not where.proxy.struck.wait(0.01):
        if where.program.ended.is_set() and not at:
            break
    if at and not target.app_writes_within(APP_S):
        broken.append(f"the app could not write within {APP_S:.0f} s")
    run = where.program.finish()
    return (at[-1] if at else None), run, broken


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
        told = [f"{story.name}: {case}: {what}" for what in broken]
        tally.violations += told
        # Said at once as well: there may be hours to go.
        if told or sum(tally.cases.values()) % _TOLD_EACH == 0:
            print(*told, f"{story.name}: {tally.summary()}", sep="\n", flush=True)


def open_lanes(
    stack: ExitStack, folder: Path, story: Story, *, cache: Path, count: int
) -> list[Lane]:
    return [
        stack.enter_context(lane(folder / str(n), kept=folder / "kept", cache=cache, story=story))
        for n in range(count)
    ]
