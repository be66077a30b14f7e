"""Options -> trials, a table on standard output, JSON and a chart in files."""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg

from benchmarks.stall import chart, cluster, dataset, table, tools
from benchmarks.stall.appliers import APPLIERS, psql_once, waiting
from benchmarks.stall.dataset import LEAST_EVENTS
from benchmarks.stall.load import LoadFailed
from benchmarks.stall.measure import Bench
from benchmarks.stall.model import CONTROL, FLOOR, MODES, SCENARIOS, Load, Measurement, Trial
from benchmarks.stall.summary import rows
from releasegate.database import scrub_environment
from releasegate.throwaway.binaries import embedded_bin

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_LOADS = {
    "paced": Load(connections=8, rate=400.0),
    "starving": Load(connections=16, rate=450.0, hold_ms=30.0),
}
#: each says in its own words what is wrong
_EXPECTED = (cluster.NoServer, LoadFailed, psycopg.Error, OSError, subprocess.SubprocessError)
_EXAMPLES = """\
examples:
  a look that takes a minute or two
    python -m benchmarks.stall --events 100000 --appliers psql,recipe,releasegate
  the figures of docs/performance.md, with the tools that releasegate is compared with
    python -m benchmarks.stall --tools stall-tools --install-tools --runs 5 --peer-runs 2 \\
        --scenario quiet,long-reader,long-writer --json stall.json --svg stall.svg
  the way back, beside the way forward
    python -m benchmarks.stall --events 100000 --appliers releasegate,rollback
  a round trip of 4 ms on the applier's connection
    python -m benchmarks.stall --relay-ms 4 --appliers releasegate
  a streaming replica, with a long reader on it
    python -m benchmarks.stall --scenario replica
"""


def main() -> int:
    """Run what is asked for; what is measured so far is reported after Ctrl-C, too."""
    options = _options()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    measurements: list[Measurement] = []
    code = 0
    try:
        with _bench(options) as (bench, server):
            for measurement in _trials(options, bench):
                measurements.append(measurement)
                _say(measurement)
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        code = 130
    except _EXPECTED as error:
        print(f"stall: {error}", file=sys.stderr)
        code = 1
    if measurements:
        _report(options, measurements, server)
    return code


def _trials(options: argparse.Namespace, bench: Bench) -> Iterator[Measurement]:
    """Go round by round, so that a drift of the machine hits all ways of applying alike."""
    names = _available(options.appliers, bench.tools)
    for number in range(1, max(options.runs, options.peer_runs) + 1):
        yield bench.measure_idle(psql_once, name=FLOOR, number=number)
        now = [n for n in names if number <= _runs(n, options)]
        if "releasegate" in now:
            yield bench.measure_idle(APPLIERS["releasegate"], name="releasegate", number=number)
        for scenario in options.scenario:
            longest_s = 0.0
            for name in now:
                for mode in options.modes:
                    done = bench.measure(Trial(scenario, name, mode, number), APPLIERS[name])
                    longest_s = max(longest_s, done.applied.wall_s)
                    yield done
            for mode in options.modes:
                trial = Trial(scenario, CONTROL, mode, number)
                yield bench.measure(trial, waiting(longest_s))


def _runs(name: str, options: argparse.Namespace) -> int:
    runs: int = options.runs if name == "releasegate" else options.peer_runs
    return runs


def _available(names: list[str], found: tools.Tools) -> list[str]:
    for name in names:
        if reason := found.missing(name):
            print(f"{name} is left out: {reason}", file=sys.stderr)
    return [name for name in names if not found.missing(name)]


@contextmanager
def _bench(options: argparse.Namespace) -> Iterator[tuple[Bench, dict[str, Any]]]:
    """Make everything below one temporary directory, and leave nothing."""
    with ExitStack() as opened:
        if options.install_tools:
            tools.install(options.tools)
        made = tempfile.TemporaryDirectory(prefix="stall-", dir=options.directory)
        top = Path(opened.enter_context(made))
        # The server's account must reach its own folder below.
        top.chmod(0o711)
        admin, standby, psql = _server(options, top, opened)
        # Every parameter is known now; the environment must not add others.
        scrub_environment()
        _note(f"filling {options.events} run_events")
        data = opened.enter_context(dataset.made(admin, events=options.events, standby=standby))
        if standby:
            data.configure("synchronous_standby_names", "*")
        found = tools.find(options.tools, psql=psql, arguments=tuple(options.releasegate))
        yield (
            Bench(
                data,
                _LOADS[options.load],
                found,
                top,
                blocker_s=options.blocker_seconds,
                relay_ms=options.relay_ms,
                timeout_s=options.timeout,
                keep=options.keep,
            ),
            dataset.describe(admin),
        )


def _server(
    options: argparse.Namespace, top: Path, opened: ExitStack
) -> tuple[Mapping[str, str], Mapping[str, str] | None, Path]:
    """Start a server, or use the one that is given; say where psql is."""
    if options.server_url:
        return dataset.reach(options.server_url), None, embedded_bin() / "psql"
    needs_standby = "replica" in options.scenario
    started = opened.enter_context(cluster.start(top, major=options.major, standby=needs_standby))
    standby = started[1].values() if needs_standby else None
    return started[0].values(), standby, started[0].bin_dir / "psql"


def _report(
    options: argparse.Namespace, measurements: list[Measurement], server: dict[str, Any]
) -> None:
    summed = rows(measurements)
    print(table.render(summed))
    asked = {key: value for key, value in vars(options).items() if key != "server_url"}
    if options.json:
        whole = {"asked": asked, "server": server, "processors": os.cpu_count()}
        whole |= table.as_json(measurements, summed)
        options.json.write_text(json.dumps(whole, indent=1, default=str) + "\n")
    if options.svg:
        options.svg.write_text(chart.render(measurements))


def _say(measurement: Measurement) -> None:
    trial, applied = measurement.trial, measurement.applied
    state = "" if measurement.is_good or trial.applier == CONTROL else f" NOT GOOD {applied.note}"
    words = (trial.scenario, trial.applier, trial.mode, f"{trial.number}:")
    _note(f"{' '.join(words)} {applied.wall_s:.1f} s{state}")


def _note(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _options() -> argparse.Namespace:
    parser = _parser()
    options = parser.parse_args()
    if "replica" in options.scenario and (len(options.scenario) > 1 or options.server_url):
        parser.error("replica stands alone: it starts a primary and a standby of its own.")
    if options.events < LEAST_EVENTS:
        parser.error(f"--events: at least {LEAST_EVENTS}, so that each table has a row.")
    if options.install_tools and options.tools is None:
        parser.error("--install-tools needs --tools DIR.")
    return options


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.stall",
        description="Apply the same migration in several ways while an app is at work, and "
        "measure how long the app stood still.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--events", type=int, default=3_000_000, metavar="N", help="run_events; default: 3000000")
    add("--appliers", type=_among(APPLIERS), default=list(APPLIERS), metavar="A,B",
        help=f"default: {','.join(APPLIERS)}")  # fmt: skip
    add("--scenario", type=_among(SCENARIOS), default=["quiet"], metavar="S,T",
        help=f"of {','.join(SCENARIOS)}; default: quiet")  # fmt: skip
    add("--load", choices=_LOADS, default="paced",
        help="paced: 8 connections, 400 tx/s; starving: 16 with 30 ms transactions")  # fmt: skip
    add("--modes", type=_among(MODES), default=list(MODES), metavar="M,N",
        help="waits: the server reports the app's waits; plain: default settings")  # fmt: skip
    add("--runs", type=int, default=1, metavar="N", help="rounds of releasegate; default: 1")
    add("--peer-runs", type=int, default=1, metavar="N", help="rounds of the others; default: 1")
    add("--blocker-seconds", type=float, default=20.0, metavar="S",
        help="how long the long transaction stays open; default: 20")  # fmt: skip
    add("--relay-ms", type=float, default=0.0, metavar="MS",
        help="a round trip of that length on the applier's connection")  # fmt: skip
    add("--timeout", type=float, default=180.0, metavar="S", help="of one apply; default: 180")
    add("--directory", type=_path, metavar="DIR", help="where the data lies; default: TMPDIR")
    add("--major", type=int, metavar="N", help="PostgreSQL's major; default: the embedded one")
    add("--server-url", metavar="URL", help="a superuser's way to a server, instead of one of ours")
    add("--tools", type=_path, metavar="DIR", help="environment of dbmate and Django")
    add("--install-tools", action="store_true", help="make that environment first, with pip")
    add("--releasegate", action="append", default=[], metavar="ARG",
        help="another argument for releasegate apply, as --releasegate=--strategy")  # fmt: skip
    add("--keep", type=_path, metavar="DIR", help="keep each run's reports, logs and samples there")
    add("--json", type=Path, metavar="FILE")
    add("--svg", type=Path, metavar="FILE")
    return parser


def _path(text: str) -> Path:
    # Not resolved: an environment's python is a link that must stay one.
    return Path(text).absolute()


def _among(known: Mapping[str, Any] | tuple[str, ...]) -> Any:
    def words(text: str) -> list[str]:
        chosen = text.split(",")
        if unknown := sorted(set(chosen) - set(known)):
            raise argparse.ArgumentTypeError(
                f"unknown: {', '.join(unknown)}; of {', '.join(known)}"
            )
        return chosen

    return words


if __name__ == "__main__":
    sys.exit(main())
