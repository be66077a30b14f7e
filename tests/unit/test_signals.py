"""An interrupt -> the end of a run, whenever it comes."""

from __future__ import annotations

import subprocess
import sys

_IN_A_FINALIZER = """
import os, signal, time
from releasegate.cli import signals

class Held:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGTERM)
        print("let go")

signals.catch()
held = Held()
try:
    del held
    time.sleep(10)
except KeyboardInterrupt:
    print("heard")
"""


def test_an_interrupt_that_meets_a_finalizer_is_heard_after_it() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", _IN_A_FINALIZER], capture_output=True, text=True, timeout=8
    )

    assert ended.stdout.split("\n") == ["let go", "heard", ""]
    assert ended.stderr == ""


_WHILE_IT_IS_LOADED = """
import sys
from releasegate import __main__

class Interrupting:
    def find_spec(self, name, *_):
        if name == "releasegate.cli":
            raise KeyboardInterrupt

sys.meta_path.insert(0, Interrupting())
sys.argv[1:] = ["preflight"]
__main__.main()
"""


def test_an_interrupt_while_the_program_is_loaded_ends_it_without_a_traceback() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", _WHILE_IT_IS_LOADED], capture_output=True, text=True, timeout=8
    )

    assert ended.returncode == 130
    assert ended.stderr == ""
