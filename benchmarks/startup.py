"""How long the program takes to answer, beside Python doing nothing, in one run.

    python benchmarks/startup.py [--runs N] [--check]

Prints the median and the spread of each command's wall time in milliseconds, the ratio of the
medians to ``python -c pass``, and the bound that we hold ourselves to. ``--check`` ends with 1
where the quickest run of one is above it. Run it in a checkout with the package installed; it
changes nothing in it.
"""

from __future__ import annotations

import argparse
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
PROGRAM = str(Path(sys.executable).parent / "releasegate")
PARSE_ONLY = [PROGRAM, "preflight", "--gate", "parse-only"]
COMMANDS = {
    "python -c pass": [sys.executable, "-c", "pass"],
    "releasegate --version": [PROGRAM, "--version"],
    "releasegate --help": [PROGRAM, "--help"],
    "preflight, app-code alone": [PROGRAM, "preflight", "--gate", "app-code"],
    "preflight, cached cluster": [PROGRAM, "preflight"],
    "parse-only, cached cluster": PARSE_ONLY,
    "parse-only, no cache": PARSE_ONLY,
}
#: at most so many times python -c pass, or so many milliseconds
RATIOS = {"releasegate --version": 2.5, "releasegate --help": 7.0}
WALLS_MS = {"preflight, cached cluster": 1500.0}


def main() -> None:
    """Measure every command in turn, round by round, so that a drift of the machine hits all."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=7, help="counted rounds, after one to warm up")
    parser.add_argument("--check", action="store_true", help="exit with 1 above a bound")
    arguments = parser.parse_args()
    runs = arguments.runs
    taken: dict[str, list[float]] = {name: [] for name in COMMANDS}
    with tempfile.TemporaryDirectory() as home:
        for number in range(runs + 1):
            for name, command in COMMANDS.items():
                wall_ms = measure(command, cache=None if name.endswith("no cache") else home)
                if number:
                    taken[name].append(wall_ms)
    show(taken)
    if arguments.check and any(is_slow(name, taken) for name in taken):
        sys.exit(1)


def is_slow(name: str, taken: dict[str, list[float]]) -> bool:
    """Hold the quickest run against its bound: what else the machine does only adds to it."""
    floor, quickest = min(taken["python -c pass"]), min(taken[name])
    return quickest > min(RATIOS.get(name, math.inf) * floor, WALLS_MS.get(name, math.inf))


def measure(command: list[str], *, cache: str | None) -> float:
    """Run a command once; without a cache it has no home to keep one in."""
    environment = {"PATH": os.environ["PATH"], "HOME": cache or "/proc/none"}
    began = time.perf_counter()
    subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False)
    return (time.perf_counter() - began) * 1000


def show(taken: dict[str, list[float]]) -> None:
    floor = statistics.median(taken["python -c pass"])
    print(f"{'command':<28} {'median':>8} {'min':>8} {'max':>8}   {'ratio':>6}  bound")
    for name, walls in taken.items():
        middle = statistics.median(walls)
        spread = f"{min(walls):>5.0f} ms {max(walls):>5.0f} ms"
        bound = f"{RATIOS[name]:.1f}" if name in RATIOS else ""
        bound = f"{WALLS_MS[name]:.0f} ms" if name in WALLS_MS else bound
        bound += ", above it" if is_slow(name, taken) else ""
        print(f"{name:<28} {middle:>5.0f} ms {spread}   {middle / floor:>6.1f}  {bound}")


if __name__ == "__main__":
    main()
