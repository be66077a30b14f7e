"""The one table of exit codes: what happened to the database, what to do, where it is written."""

from __future__ import annotations

from dataclasses import dataclass

_RUNBOOK = "runbooks/apply-v1-hardening.md"


@dataclass(frozen=True, slots=True)
class ExitCode:
    code: int
    meaning: str
    #: what to do now
    help: str
    #: the place in the runbooks that deals with it, from the repository's root
    runbook: str


EXIT_CODES = (
    ExitCode(
        0,
        "done, or nothing was left to do",
        "Go on with the next point of the sequence.",
        f"{_RUNBOOK}#the-whole-sequence",
    ),
    ExitCode(
        1,
        "blocked: no step was begun",
        "Read the findings; each names what to do.",
        f"{_RUNBOOK}#the-whole-sequence",
    ),
    ExitCode(
        2,
        "usage or configuration: nothing was looked at",
        "Mend what the message names.",
        f"{_RUNBOOK}#the-whole-sequence",
    ),
    ExitCode(
        3,
        "begun and not complete; what is applied is recorded, run it again to go on",
        "Read why it stopped, then run the same command again in an open window.",
        f"{_RUNBOOK}#when-apply-stops",
    ),
    ExitCode(
        4,
        "unknown: the connection was lost and the truth could not be read back yet",
        "releasegate status --exit-code, once the server answers.",
        "runbooks/connection-lost.md",
    ),
    ExitCode(
        70,
        "a bug",
        "releasegate status; keep the log and report it.",
        f"{_RUNBOOK}#the-whole-sequence",
    ),
    ExitCode(
        130,
        "interrupted before anything was sent to the target",
        "Run it again.",
        f"{_RUNBOOK}#the-whole-sequence",
    ),
)


def lookup(text: str) -> ExitCode | None:
    """Find an exit code's row by its number."""
    return next((row for row in EXIT_CODES if str(row.code) == text), None)
