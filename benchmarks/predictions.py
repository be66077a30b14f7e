"""How long each step was predicted to take, and how long it took, on databases of several sizes.

    python -m benchmarks.predictions [--events 100000,1000000,10000000] [--runs N] [--json FILE]

Fills the v0 schema on a server like one in production, once a size, and applies to fresh copies the
repository's own migration and one with the other kinds of long steps. It prints for each step the
predicted range, the actual time and whether it lay inside, then the rates; and the bytes that the
indexes were said to need beside those that they took. Steps that only change catalogs are counted
apart, so that they do not flatter the others. What else the machine does meanwhile is in the
figures: with --load-below an apply waits for a quiet moment, and the machine's load at its
beginning and its end stands beside it. After Ctrl-C what is measured by then is reported.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg.conninfo import make_conninfo

from benchmarks.stall import cluster, dataset, releasegate_run
from releasegate.database import scrub_environment

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

SIZES = "100000,1000000,10000000"
MIGRATIONS = ("001", "002")
#: what the repository's own migration has not: checks, NOT NULL, unique and computed indexes
SECOND = """\
BEGIN;
ALTER TABLE run_events ALTER COLUMN seq SET NOT NULL;
ALTER TABLE run_events ADD CONSTRAINT run_events_type_said CHECK (length(type) > 0);
ALTER TABLE runs ADD CONSTRAINT runs_status_said CHECK (status <> '');
CREATE UNIQUE INDEX runs_id_of_plan ON runs (id, plan_id);
CREATE INDEX run_events_of_type ON run_events (type, created_at);
CREATE INDEX run_events_lower_type ON run_events (lower(type));
CREATE INDEX run_events_of_run ON run_events (run_id);
COMMIT;
"""
#: words of the titles of steps that have something to do with rows
_LONG = ("build index", "check ")
_INDEX_BYTES = """
SELECT sum(pg_indexes_size(c.oid))::int8 FROM pg_class c
WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
"""


@dataclass(frozen=True)
class Step:
    """One step of one apply."""

    events: int
    run: int
    migration: str
    ordinal: int
    title: str
    low_s: float
    high_s: float
    actual_s: float

    @property
    def is_inside(self) -> bool:
        return self.low_s <= self.actual_s <= self.high_s

    @property
    def is_long(self) -> bool:
        return self.title.startswith(_LONG)


@dataclass(frozen=True)
class Look:
    """What was found out before one apply, and the disk that its indexes took."""

    events: int
    run: int
    migration: str
    told_bytes: int
    actual_bytes: int
    #: the server's, as it was measured
    pace: dict[str, float]
    #: of the machine, over a minute, at the beginning and at the end
    load: tuple[float, float]


def main() -> int:
    options = _options()
    steps: list[Step] = []
    looks: list[Look] = []
    try:
        for done in _measured(options):
            (steps if isinstance(done, Step) else looks).append(done)  # type: ignore[arg-type]
    except KeyboardInterrupt:
        _note("interrupted")
    _report(steps, looks)
    if options.json:
        told = {"steps": [asdict(s) for s in steps], "looks": [asdict(look) for look in looks]}
        options.json.write_text(json.dumps(told, indent=1) + "\n")
    return 0


def _measured(options: argparse.Namespace) -> Iterator[Step | Look]:
    with tempfile.TemporaryDirectory(prefix="predictions-", dir=options.directory) as made:
        top = Path(made)
        # The server's account must reach its own folder below.
        top.chmod(0o711)
        with cluster.start(top, major=options.major, standby=False) as (server,):
            scrub_environment()
            repository = _repository(top / "repository")
            for events in options.events:
                _note(f"filling {events} run_events")
                with dataset.made(server.values(), events=events) as data:
                    for run in range(1, options.runs + 1):
                        yield from _applied(data, repository, events, run, options.load_below)


def _repository(folder: Path) -> Path:
    """Lay out the team's repository, and commit the second migration."""
    releasegate_run.make_repository(folder)
    (folder / "db/migrations/002_checks.sql").write_text(SECOND)
    for command in (["add", "."], ["commit", "--quiet", "-m", "Checks"]):
        words = ("git", "-c", "user.name=Team", "-c", "user.email=team@example.org", *command)
        subprocess.run(words, cwd=folder, check=True, capture_output=True)
    return folder


def _applied(
    data: dataset.Dataset, repository: Path, events: int, run: int, load_below: float
) -> Iterator[Step | Look]:
    with data.copy() as database, psycopg.connect(database.admin, autocommit=True) as admin:
        for migration in MIGRATIONS:
            _await_quiet(load_below)
            before, load = _one(admin), os.getloadavg()[0]
            report = _apply(repository, database.owner, migration)
            yield from _steps(report, events, run, migration)
            room = next(g["evidence"]["room"] for g in report["gates"] if "room" in g["evidence"])
            told, pace = room["bytes_kept"], room["pace"]
            loads = round(load, 1), round(os.getloadavg()[0], 1)
            yield Look(events, run, migration, told, _one(admin) - before, pace, loads)


def _await_quiet(load_below: float) -> None:
    while os.getloadavg()[0] >= load_below:
        time.sleep(1)


def _apply(repository: Path, target: Mapping[str, str], migration: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "releasegate", "apply", "--window", "now/PT2H"]
    command += ["--format", "json", migration]
    environment = {**os.environ, "RELEASEGATE_DATABASE_URL": make_conninfo("", **target)}
    done = subprocess.run(
        command, cwd=repository, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"{migration} was not applied:\n{done.stdout}\n{done.stderr[-2000:]}")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _steps(report: dict[str, Any], events: int, run: int, migration: str) -> Iterator[Step]:
    took = {o["ordinal"]: o["duration_s"] for o in report["outcomes"] if o["status"] == "applied"}
    for step in report["plan"]["steps"]:
        if step["ordinal"] in took:
            low, high = (step["predicted_s"][end] for end in ("low", "high"))
            actual = took[step["ordinal"]]
            yield Step(events, run, migration, step["ordinal"], step["title"], low, high, actual)


def _one(connection: psycopg.Connection[Any]) -> int:
    row = connection.execute(_INDEX_BYTES.encode()).fetchone()
    assert row is not None
    return int(row[0])


def _report(steps: Sequence[Step], looks: Sequence[Look]) -> None:
    print(f"{'events':>9} run mig. step {'predicted s':>17} {'actual s':>9}  inside  what it does")
    for s in steps:
        span = f"{s.low_s:.3f} to {s.high_s:.3f}"
        place = f"{s.events:>9} {s.run:>3} {s.migration:>4} {s.ordinal:>4}"
        print(
            f"{place} {span:>17} {s.actual_s:>9.3f}  {'yes' if s.is_inside else 'NO':<6}  {s.title}"
        )
    for look in looks:
        part = look.told_bytes / max(look.actual_bytes, 1)
        print(
            f"{look.events:>9} {look.run:>3} {look.migration}: load {look.load}, {look.pace}; "
            f"indexes: said {look.told_bytes} bytes, took {look.actual_bytes} ({part:.2f})"
        )
    for events in dict.fromkeys(s.events for s in steps):
        print(f"{events:>9} events: {rate(s for s in steps if s.events == events)}")
    print(f"all: {rate(steps)}")


def rate(found: Iterable[Step]) -> str:
    """Say how many lay inside, of the long ones and of the rest, and how wide the ranges were."""
    steps = list(found)
    parts = []
    for name, some in (
        ("with rows", [s for s in steps if s.is_long]),
        ("catalogs only", [s for s in steps if not s.is_long]),
    ):
        inside = sum(s.is_inside for s in some)
        late = sum(s.actual_s > s.high_s for s in some)
        parts.append(f"{name} {inside} of {len(some)} inside ({late} took longer)")
    widest = max((s.high_s / s.low_s for s in steps), default=0.0)
    return f"{', '.join(parts)}; widest range x {widest:.2f}"


def _note(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.predictions", description=(__doc__ or "").splitlines()[0]
    )
    add = parser.add_argument
    add("--events", type=_numbers, default=SIZES, metavar="N,M", help=f"default: {SIZES}")
    add("--runs", type=int, default=1, metavar="N", help="applies of each size; default: 1")
    add("--directory", type=Path, metavar="DIR", help="where the data lies; default: TMPDIR")
    add("--major", type=int, metavar="N", help="PostgreSQL's major; default: the embedded one")
    add("--load-below", type=float, default=math.inf, metavar="X", help="wait for such a load")
    add("--json", type=Path, metavar="FILE", help="every figure")
    return parser.parse_args()


def _numbers(text: str) -> list[int]:
    return [int(word) for word in text.split(",")]


if __name__ == "__main__":
    sys.exit(main())
