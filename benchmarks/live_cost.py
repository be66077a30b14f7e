"""What the gate live-database costs the target: its queries beside one VALIDATE of the same keys.

    python -m benchmarks.live_cost [--events 10000000] [--runs N] [--json FILE]

On a server like one in production that holds the v0 schema, in turn: ``releasegate preflight --gate
live-database``, and each of the migration's keys added NOT VALID and validated by hand. Both are
timed by the server itself, which logs every statement of the role (log_min_duration_statement), so
that neither start-up nor throwaway server is in the figures. Then the app is put to work, the gate
asked again, and what the app waited for reported beside a control of the same length without it.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
from psycopg.conninfo import make_conninfo

from benchmarks.stall import cluster, dataset, load, recipe, releasegate_run
from benchmarks.stall.measure import REPORTING, SETTLE_S, slice_of
from benchmarks.stall.model import Load
from releasegate.database import scrub_environment

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from benchmarks.stall.dataset import Database, Dataset

_PACED = Load(connections=8, rate=400.0)
_LOGGED = re.compile(r"\[\d+\] (?P<name>\S+) \S+ LOG:  duration: (?P<ms>[\d.]+) ms")
_COLUMN = "ALTER TABLE storyboards DROP COLUMN IF EXISTS run_id"
_BY_HAND = "by-hand"


@dataclass(frozen=True)
class Cost:
    """One gate and one proof of the same keys, by the server's own clock."""

    run: int
    gate_s: float
    statements: int
    #: of those, the counts of rows
    counts_s: float
    validate_s: float

    @property
    def ratio(self) -> float:
        return self.gate_s / self.validate_s


@dataclass(frozen=True)
class Stall:
    """What the app felt for so long."""

    beside: str
    seconds: float
    transactions: int
    #: waits for a lock that the server reported, all above 1 ms
    waits: int
    longest_wait_ms: float
    slowest_ms: float
    errors: int


class Log:
    """The server's log, read from where it was read last."""

    def __init__(self, path: Path) -> None:
        self._path, self._at = path, path.stat().st_size

    def durations(self, prefix: str = "", word: str = "") -> list[float]:
        """Give the seconds of each message since the last reading, of such sessions alone."""
        with self._path.open("rb") as file:
            file.seek(self._at)
            text = file.read()
        self._at += len(text)
        lines = (line for line in text.decode(errors="replace").splitlines() if word in line)
        found = (match for line in lines if (match := _LOGGED.search(line)))
        return [float(m["ms"]) / 1000 for m in found if m["name"].startswith(prefix)]


def main() -> int:
    options = _options()
    with tempfile.TemporaryDirectory(prefix="live-cost-", dir=options.directory) as made:
        top = Path(made)
        # The server's account must reach its own folder below.
        top.chmod(0o711)
        with cluster.start(top, major=options.major, standby=False) as (server,):
            scrub_environment()
            repository = releasegate_run.make_repository(top / "repository")
            _note(f"filling {options.events} run_events")
            with dataset.made(server.values(), events=options.events) as data:
                log = Log(server.folder / "server.log")
                costs = _costs(data, repository, log, options.runs)
                stalls = _stalls(data, repository, top, options.runs)
    _report(costs, stalls)
    if options.json:
        told = {"costs": [asdict(c) for c in costs], "stalls": [asdict(s) for s in stalls]}
        options.json.write_text(json.dumps(told, indent=1) + "\n")
    return 0


# -- the queries


def _costs(data: Dataset, repository: Path, log: Log, runs: int) -> list[Cost]:
    found = []
    with data.copy() as database, psycopg.connect(database.admin, autocommit=True) as admin:
        role = f"ALTER ROLE {dataset.OWNER}"
        admin.execute(f"{role} SET log_min_duration_statement = 0".encode())
        # Whoever comes first would pay for what comes into memory.
        _validate(database)
        for run in range(1, runs + 1):
            log.durations()
            counted_s = sum(one["seconds"] for one in _gate(repository, database)["counted"])
            asked = log.durations("releasegate")
            _validate(database)
            proven = log.durations(_BY_HAND, "VALIDATE CONSTRAINT")
            found.append(Cost(run, sum(asked), len(asked), counted_s, sum(proven)))
            _note(f"run {run}: {found[-1].ratio:.2f} times VALIDATE")
        admin.execute(f"{role} RESET log_min_duration_statement".encode())
    return found


def _gate(repository: Path, database: Database) -> dict[str, list[dict[str, float]]]:
    """Ask the gate alone; give its evidence."""
    command = [sys.executable, "-m", "releasegate", "preflight", "--gate", "live-database"]
    environment = {**os.environ, "RELEASEGATE_DATABASE_URL": make_conninfo("", **database.owner)}
    done = subprocess.run(
        [*command, "--format", "json", "001"],
        cwd=repository, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"The gate did not pass:\n{done.stdout}\n{done.stderr[-2000:]}")
    (gate,) = [g for g in json.loads(done.stdout)["gates"] if g["gate"] == "live-database"]
    evidence: dict[str, list[dict[str, float]]] = gate["evidence"]
    return evidence


def _validate(database: Database) -> None:
    """Prove each key once, and leave the schema as it was."""
    url = make_conninfo("", **database.owner)
    statements = [s for s in recipe.statements() if "CREATE INDEX" not in s.sql]
    keys = [s.name for s in statements if "NOT VALID" in s.sql]
    with psycopg.connect(url, application_name=_BY_HAND, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.sql.encode())
        for name in keys:
            table = next(t for t in dataset.TABLES if name.startswith(f"{t}_"))
            connection.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}".encode())
        connection.execute(_COLUMN.encode())


# -- the app


def _stalls(data: Dataset, repository: Path, top: Path, runs: int) -> list[Stall]:
    """Ask the gate while the app is at work, and leave the app alone for as long."""
    found = []
    with data.copy() as database:
        data.set_app(REPORTING)
        for _ in range(runs):
            gate = _felt("gate", database, top, lambda: _gate(repository, database))
            control = _felt("control", database, top, partial(time.sleep, gate.seconds))
            found += [gate, control]
            _note(f"beside the gate the longest wait was {gate.longest_wait_ms:.1f} ms")
    return found


def _felt(beside: str, database: Database, folder: Path, work: Callable[[], object]) -> Stall:
    with load.running(_PACED, database.app, folder) as app:
        time.sleep(SETTLE_S)
        began = time.time()
        work()
        ended = time.time()
        felt = slice_of(app.stop(), began=began, ended=ended)
    slowest_s = max((s.ended - s.due for s in felt.samples), default=0.0)
    return Stall(
        beside,
        ended - began,
        len(felt.samples),
        len(felt.waits),
        max((wait.ms for wait in felt.waits), default=0.0),
        slowest_s * 1000,
        sum(1 for sample in felt.samples if sample.error),
    )


# -- what is said


def _report(costs: Sequence[Cost], stalls: Sequence[Stall]) -> None:
    print("run  gate s (counts s, messages)  VALIDATE s  ratio")
    for one in costs:
        gate = f"{one.gate_s:.2f} ({one.counts_s:.2f}, {one.statements})"
        print(f"{one.run:>3}  {gate:<27}  {one.validate_s:>10.2f}  {one.ratio:>5.2f}")
    ratios = sorted(one.ratio for one in costs)
    print(f"median ratio {statistics.median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})")
    print("beside   seconds  transactions  lock waits  longest ms  slowest ms  errors")
    for felt in stalls:
        print(
            f"{felt.beside:<7}  {felt.seconds:>7.1f}  {felt.transactions:>12}  {felt.waits:>10}  "
            f"{felt.longest_wait_ms:>10.1f}  {felt.slowest_ms:>10.1f}  {felt.errors:>6}"
        )


def _note(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.live_cost", description=(__doc__ or "").splitlines()[0]
    )
    add = parser.add_argument
    add("--events", type=int, default=10_000_000, metavar="N", help="run_events; default: 10000000")
    add("--runs", type=int, default=3, metavar="N", help="rounds of each; default: 3")
    add("--directory", type=Path, metavar="DIR", help="where the data lies; default: TMPDIR")
    add("--major", type=int, metavar="N", help="PostgreSQL's major; default: the embedded one")
    add("--json", type=Path, metavar="FILE", help="every figure")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
