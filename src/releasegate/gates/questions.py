"""The gates of the documented sequence; what answers one is loaded when it is asked."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from releasegate.gates import Gate

if TYPE_CHECKING:
    from collections.abc import Callable

    from releasegate.gates import Answer, GateInputs


def _by(module: str) -> Callable[[GateInputs], Answer]:
    """Have a module's ``ask`` answer: the throwaway server starts while much of it is loaded."""

    def ask(inputs: GateInputs) -> Answer:
        answer: Answer = import_module(f"releasegate.gates.{module}").ask(inputs)
        return answer

    return ask


RELEASE_TAG = Gate(
    "release-tag",
    "Is the release cut, and all of it committed?",
    _by("release_tag"),
    is_for_drafts=False,
)
APP_CODE = Gate(
    "app-code", "Does the app send what the keys demand?", _by("app_code"), is_for_drafts=False
)
PARSE_ONLY = Gate("parse-only", "Does the file run on a throwaway database?", _by("parse_only"))
REHEARSAL = Gate("rehearsal", "Does the plan give what the file gives?", _by("rehearsal"))
LIVE_DATABASE = Gate("live-database", "Is the target what the plan expects?", _by("live_database"))
WINDOW = Gate("window", "Is the maintenance window open?", _by("window"))
