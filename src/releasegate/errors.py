"""Expected failures, each with the exit code that it ends the program with."""

from __future__ import annotations


class ReleasegateError(Exception):
    """Something the user can understand and mend; its text is the whole message."""

    exit_code = 1


class UsageError(ReleasegateError):
    """The command line, the environment or the configuration is wrong: nothing was looked at."""

    exit_code = 2


class CouldNotLook(ReleasegateError):
    """A gate could not find its answer out. It blocks, as an answer of no would."""
