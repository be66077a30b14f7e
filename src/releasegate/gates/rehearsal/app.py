"""The app's own statements, played at every boundary -> those that begin to fail."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import psycopg

from releasegate import appcode, findings
from releasegate.gates.rehearsal.trial import connected
from releasegate.specimens import player
from releasegate.specimens.raw import ask
from releasegate.statements.parser import quote, quote_relation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from releasegate.gates import GateInputs
    from releasegate.gates.rehearsal.case import Case
    from releasegate.model import Finding, Relation, Step
    from releasegate.specimens.player import Failure
    from releasegate.throwaway import Database

#: what a driver that prepares gets from a statement whose result has another shape by now
_OTHER_RESULT = "0A000"


@contextmanager
def playing(
    inputs: GateInputs,
    case: Case,
    made: Database,
    tables: Sequence[Relation],
) -> Iterator[Callable[[Step], Iterator[Finding]]]:
    """Prepare the app's statements; what is given plays them after a step (5)."""
    said = appcode.queries(inputs.app_files, tables)
    says = _says(case, made)
    with player.opened(made, said, demands=case.to_come, says=says) as app:
        first = app.play()
        plays: list[tuple[Failure, ...]] = []
        told: set[int] = set()

        def play(step: Step) -> Iterator[Finding]:
            now = app.play()
            plays.append(now)
            for failed in player.newly_failing(first, now):
                if failed.number not in told:
                    told.add(failed.number)
                    yield _finding(step, failed)

        yield play
        case.evidence["app"] = app.evidence(first, plays)


def _says(case: Case, made: Database) -> dict[str, str]:
    """Where rows have owners the app works for one of them: whoever owns the first row."""
    said = case.planned.migration.directives
    by = next((owner for owner in said.owners if not owner.is_of_parent), None)
    if by is None or said.identity is None:
        return {}
    source = f"{quote_relation(by.table)} LIMIT 1"
    text = " ".join(("SELECT", f"{quote(by.column)}::text", "FROM", source))
    try:
        with connected(made) as connection:
            found = ask(connection, text)
    except psycopg.Error:
        # No such table or column: the policies' own proof says so.
        return {}
    return {said.identity: found[0][0]} if found and found[0][0] is not None else {}


def _finding(step: Step, failed: Failure) -> Finding:
    place = f"After step {step.ordinal} ({step.title})"
    if failed.sqlstate == _OTHER_RESULT:
        message = (
            f"{place} this statement fails on a connection that has prepared it, until that "
            "connection is opened anew: its result has other columns by then."
        )
        help_ = "Name the columns instead of *, and release that first."
        return findings.make("RG406", message, help=help_, path=failed.path, line=failed.line)
    message = f"{place} this statement of the app fails (SQLSTATE {failed.sqlstate})."
    return findings.make("RG406", message, path=failed.path, line=failed.line)
