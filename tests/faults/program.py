"""Lines with arguments -> the program, forked and run, and its exit code.

Everything is imported once, and what the repository alone decides is asked once: a run is as in
production from its first connection to the target on, and begins at once.
"""

from __future__ import annotations

import functools
import gc
import hashlib
import importlib
import json
import os
import pickle
import pkgutil
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, cast

import releasegate
from releasegate import cli
from releasegate.gates import questions, undo
from releasegate.gates.live_database import data
from releasegate.gates.live_database.scope import Scope
from releasegate.release import sequence

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from releasegate.catalog import Demand, Snapshot
    from releasegate.gates import Answer, Gate, GateInputs
    from releasegate.model import CatalogObject

_Any = TypeVar("_Any")
#: what a run imports late
_LATE = ("git", "jinja2", "structlog.dev", "tenacity", "whenever._core")
#: what they answer is no matter here, and is found out once
_DECIDED = (
    questions.RELEASE_TAG,
    questions.APP_CODE,
    questions.PARSE_ONLY,
    questions.REHEARSAL,
)


def _kept(path: Path, look: Callable[[], _Any], is_good: Callable[[_Any], bool] = bool) -> _Any:
    """Look the first time, and give the same from then on."""
    if not path.exists():
        found = look()
        if not is_good(found):
            return found
        path.with_suffix(".new").write_bytes(pickle.dumps(found))
        path.with_suffix(".new").rename(path)
    return cast("_Any", pickle.loads(path.read_bytes()))  # noqa: S301  written by ourselves


def _remember(gate: Gate, folder: Path, about: str = "") -> Gate:
    """Have a gate asked the first time, and give the same answer from then on."""
    ask_once = gate.ask

    def is_good(answer: Answer) -> bool:
        return all(finding.level.value != "error" for finding in answer.findings)

    def ask(inputs: GateInputs) -> Answer:
        kept = folder / f"{gate.id}-{inputs.strategy}{about}"
        return _kept(kept, lambda: ask_once(inputs), is_good)

    object.__setattr__(gate, "ask", ask)
    return gate


def _remember_the_ground(folder: Path) -> None:
    """Remember what the throwaway server would be started for: baseline, and the file's demands."""
    read, demand = Scope.before.func, data._demands

    def before(scope: Scope) -> Snapshot | None:
        return _kept(folder / "baseline", lambda: read(scope))

    def demands(scope: Scope) -> tuple[Demand, ...]:
        return _kept(folder / "demands", lambda: demand(scope))

    Scope.before = functools.cached_property(before)
    Scope.before.__set_name__(Scope, "before")
    data._demands = demands


def _remember_of_the_way_back(folder: Path) -> None:
    """Remember what the app's code says of the things that are to go."""
    make = undo.app_code

    def app_code(things: Sequence[CatalogObject]) -> Gate:
        named = hashlib.sha256(" ".join(map(str, things)).encode()).hexdigest()
        return _remember(make(things), folder, named)

    undo.app_code = app_code


def _run(order: dict[str, str | list[str]], folder: Path) -> None:
    """Become one run of the program; it never returns."""
    os.setsid()
    if any(folder.glob(f"{questions.REHEARSAL.id}-*")):
        # What is known needs no throwaway server, so none is started ahead of the question.
        sequence._ON_A_SERVER = ()
    # The first of them that is a terminal becomes the one that we are controlled by.
    os.dup2(os.open(str(order.get("stdin", os.devnull)), os.O_RDONLY), 0)
    for stream, path in ((1, "stdout"), (2, "stderr")):
        os.dup2(os.open(str(order[path]), os.O_WRONLY | os.O_CREAT | os.O_APPEND), stream)
    code = 70
    try:
        code = cli.run(list(order["arguments"]))
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for module in pkgutil.walk_packages(releasegate.__path__, "releasegate."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    for late in _LATE:
        importlib.import_module(late)
    for decided in _DECIDED:
        _remember(decided, folder)
    _remember_of_the_way_back(folder)
    _remember_the_ground(folder)
    # How quick the server is does not matter here.
    importlib.import_module("releasegate.forecast.pace")._JOINS = 1
    gc.freeze()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            _run(json.loads(line), folder)
        print(pid, flush=True)
        _, status = os.waitpid(pid, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
