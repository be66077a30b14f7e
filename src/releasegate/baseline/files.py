"""A baseline's files, in their order -> one text, and where each line of it stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

# A file ends its last statement, as it does where psql reads one after the other.
_BETWEEN = "\n;\n"


@dataclass(frozen=True, slots=True)
class File:
    #: relative to the root
    path: str
    text: str


def joined(files: Sequence[File]) -> str:
    return _BETWEEN.join(file.text for file in files)


def place(files: Sequence[File], line: int) -> tuple[str, int]:
    """Turn a 1-based line of the joined text into a file's path and line."""
    for file in files:
        lines = file.text.count("\n") + 1
        if line <= lines + 1 or file is files[-1]:
            return file.path, min(line, lines)
        line -= lines + _BETWEEN.count("\n") - 1
    raise ValueError("there is no file")
