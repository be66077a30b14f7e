"""Arguments -> what Git answers, with nothing run that the repository configures."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import git

# The repository is untrusted: its configuration may name programs for Git to run.
_SAFE = (
    "-c core.fsmonitor=false -c core.hooksPath=/dev/null -c protocol.allow=never "
    "-c core.pager=cat -c diff.external= -c core.attributesFile=/dev/null"
).split()
_ENVIRONMENT = {
    "LC_ALL": "C",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_LITERAL_PATHSPECS": "1",
    # A partial clone would fetch what it lacks, by a program that its configuration names.
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_GRAFT_FILE": "/dev/null",
}
_TIMEOUT_S = 60


def execute(
    repo: git.Repo,
    arguments: Sequence[str],
    *,
    environment: Mapping[str, str] | None = None,
    given: BinaryIO | None = None,
) -> tuple[int, bytes, str]:
    """Give exit code, output and what Git said beside it; ``given`` is what it reads."""
    try:
        code, out, said = repo.git.execute(
            ["git", *_SAFE, *arguments],
            with_extended_output=True,
            with_exceptions=False,
            stdout_as_string=False,
            strip_newline_in_stdout=False,
            env={**_ENVIRONMENT, **(environment or {})},
            istream=given,
            # A file that Git is told to read may be one that never ends.
            kill_after_timeout=_TIMEOUT_S,
        )
    except KeyboardInterrupt:
        _end_at_once()
        raise
    return int(code), bytes(out), str(said)


def _end_at_once() -> None:
    """Let GitPython's timer do now what it would keep the program waiting for: end Git."""
    for thread in threading.enumerate():
        if isinstance(thread, threading.Timer) and thread.function.__module__ == "git.cmd":
            thread.cancel()
            thread.function(*thread.args, **thread.kwargs)
