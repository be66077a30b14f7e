"""How long the app-code gate takes to read a tree, beside ripgrep and semgrep, in one run.

    python benchmarks/app_code.py [--tree DIR | --lines N] [--runs N]

With ``--tree`` it reads a copy of that folder. Without, it copies the Python files of installed
packages into a temporary project, again and again until there are N lines (1,100,000 unless told),
and puts the example app beside them. It prints the median wall time, the ratio to ripgrep with an
expression for the same tables (grep where there is no ripgrep), and the most memory that the gate
took. The page cache is warm, nothing is kept between two runs of the gate.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
PROGRAM = str(Path(sys.executable).parent / "releasegate")
TABLES = "papers|plans|runs|run_events|storyboards"
EXPRESSION = rf"(insert|update|upsert|delete|merge|copy|truncate).*\b({TABLES})\b"
LEFT_OUT = {"tests", "test", "testing", "migrations", "vendor", "vendored", "build", "generated"}
SEMGREP = """
rules:
  - id: writes
    languages: [python]
    severity: INFO
    message: a write
    pattern-either:
      - pattern: $X.table("runs").insert(...)
      - pattern: $X.execute("=~/(?i)insert into (papers|plans|runs|run_events|storyboards)/", ...)
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tree", type=Path, help="the tree to read, as it lies")
    parser.add_argument("--lines", type=int, default=1_100_000, help="to assemble without --tree")
    parser.add_argument("--runs", type=int, default=5, help="counted rounds, after one to warm up")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder)
        tree = project / "app"
        if options.tree:
            shutil.copytree(options.tree, tree, symlinks=True, ignore_dangling_symlinks=True)
        else:
            assemble(tree, options.lines)
        prepare(project, tree)
        measure(project, tree, options.runs)


def assemble(tree: Path, wanted: int) -> None:
    """Copy installed packages, and then copies of them, until there are enough lines."""
    origin = Path(sysconfig.get_path("purelib"))
    files = [path for path in sorted(origin.rglob("*.py")) if not LEFT_OUT & set(path.parts)]
    shutil.copytree(ROOT / "examples/papers", tree / "papers")
    lines = number = 0
    while lines < wanted:
        for path in files:
            target = tree / f"copy{number}" / path.relative_to(origin)
            target.parent.mkdir(parents=True, exist_ok=True)
            content = path.read_bytes()
            target.write_bytes(content)
            lines += content.count(b"\n")
            if lines >= wanted:
                return
        number += 1


def prepare(project: Path, tree: Path) -> None:
    """Give the project a migration, a baseline and a configuration."""
    shutil.copytree(ROOT / "db", project / "db")
    settings = f'baseline = "db/schema/v0.sql"\n[app-code]\nroots = ["{tree.name}"]\n'
    (project / "releasegate.toml").write_text(settings)
    (project / "rules.yaml").write_text(SEMGREP)


def commands(project: Path, tree: Path) -> dict[str, list[str]]:
    gate = [PROGRAM, "preflight", "--gate", "app-code", "--format", "json", "001"]
    found = {"app-code": gate}
    if shutil.which("rg"):
        found["ripgrep"] = ["rg", "-i", "-c", "-t", "py", EXPRESSION, str(tree)]
    else:
        found["grep"] = ["grep", "-riEc", "--include=*.py", EXPRESSION, str(tree)]
    if shutil.which("semgrep"):
        rules = ["--config", str(project / "rules.yaml"), "--metrics", "off", "--quiet"]
        found["semgrep"] = ["semgrep", "scan", *rules, str(tree)]
    return found


def measure(project: Path, tree: Path, runs: int) -> None:
    taken: dict[str, list[float]] = {name: [] for name in commands(project, tree)}
    memory = 0
    for number in range(runs + 1):
        for name, command in commands(project, tree).items():
            began = time.perf_counter()
            kilobytes = run(command, project)
            wall_s = time.perf_counter() - began
            memory = max(memory, kilobytes if name == "app-code" else 0)
            if number:
                taken[name].append(wall_s)
    show(taken, tree, memory)


def run(command: list[str], project: Path) -> int:
    """Run a command once and give the most memory that it took, in kilobytes."""
    process = subprocess.Popen(
        command, cwd=project, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, _, usage = os.wait4(process.pid, 0)
    process.returncode = 0
    assert isinstance(usage, resource.struct_rusage)
    return usage.ru_maxrss


def show(taken: dict[str, list[float]], tree: Path, memory: int) -> None:
    files = [path for path in tree.rglob("*.py") if path.is_file()]
    lines = sum(path.read_bytes().count(b"\n") for path in files)
    print(f"{len(files):,} Python files, {lines:,} lines, {os.cpu_count()} processors")
    others = [name for name in taken if name in ("ripgrep", "grep")]
    floor = statistics.median(taken[others[0]])
    for name, walls in taken.items():
        middle = statistics.median(walls)
        spread = f"{min(walls):.2f} to {max(walls):.2f} s"
        print(f"{name:<10} {middle:>6.2f} s  ({spread})  {middle / floor:>6.1f} x {others[0]}")
    print(f"app-code took {memory / 1024:.0f} MB at most")


if __name__ == "__main__":
    main()
