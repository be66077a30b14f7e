"""What the throwaway server has against a baseline -> an error with its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from releasegate import database

if TYPE_CHECKING:
    import psycopg

    from releasegate.statements.parser import Statement


class BaselineError(Exception):
    """A statement of the baseline that the throwaway server refuses; lines are 1-based."""

    #: the finding that tells of it
    code = "RG315"

    def __init__(self, message: str, *, line: int, column: int) -> None:
        super().__init__(message)
        self.line = line
        self.column = column
        #: None where it is not the server that refuses
        self.sqlstate: str | None = None


class PreludeError(BaselineError):
    """A statement of a prelude fails, or must not be run."""

    code = "RG332"

    def __init__(self, message: str, *, path: str, line: int, column: int) -> None:
        super().__init__(message, line=line, column=column)
        self.path = path


class MissingExtensions(BaselineError):
    """The throwaway server lacks extensions that the baseline makes."""

    code = "RG330"


def failure(statement: Statement, error: psycopg.Error) -> BaselineError:
    """Place a throwaway server's refusal: where it gives a position, else at the first token."""
    position = error.diag.statement_position
    place = statement.place_of_character(int(position) - 1) if position else statement.place
    failed = BaselineError(server_message(error), line=place[0], column=place[1])
    failed.sqlstate = error.sqlstate
    return failed


def server_message(error: psycopg.Error) -> str:
    """Quote a throwaway server. It holds no row but the file's own, so its text may be shown."""
    text = error.diag.message_primary or database.meaning(error)
    return "".join(c if c.isprintable() else " " for c in text)
