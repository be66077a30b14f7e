"""Lines with arguments -> the program, forked and run, and its exit code.

Everything is imported once, and what the repository alone decides is asked once: a run is as in
production from its first connection to the target on, and begins at once.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import os
import pickle
import pkgutil
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, cast

import releasegate
from releasegate import cli
from releasegate.gates import app_code, parse_only, rehearsal, release_tag, undo
from releasegate.release import sequence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from releasegate.gates import Answer, Gate, GateInputs
    from releasegate.model import CatalogObject


def _remember(gate: Gate, folder: Path, about: str = "") -> Gate:
    """Have a gate asked the first time, and give the same answer from then on."""
    ask_once = gate.ask

    def ask(inputs: GateInputs) -> Answer:
        kept = folder / f"{gate.id}-{inputs.strategy}{about}"
        if not kept.exists():
            answer = ask_once(inputs)
            if any(finding.level.value == "error" for finding in answer.findings):
                return answer
            kept.with_suffix(".new").write_bytes(pickle.dumps(answer))
            kept.with_suffix(".new").rename(kept)
        return cast("Answer", pickle.loads(kept.read_bytes()))  # noqa: S301  written by ourselves

    object.__setattr__(gate, "ask", ask)
    return gate


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
    if any(folder.glob(f"{rehearsal.GATE.id}-*")):
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
    for decided in (release_tag, app_code, parse_only, rehearsal):
        _remember(decided.GATE, folder)
    _remember_of_the_way_back(folder)
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
