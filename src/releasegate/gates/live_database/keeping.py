"""Primary keys of rows in the way -> a file that only its owner can read; nowhere else."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import TextIO

    from releasegate.gates.looking import Looking


class Keys:
    """Where keys go; nowhere, unless somebody asked for them."""

    def __init__(self, file: TextIO | None, limit: int) -> None:
        #: at most so many of each kind
        self.limit = limit
        self._file = file

    @property
    def are_wanted(self) -> bool:
        return self._file is not None

    def keep(self, table: object, name: str, keys: Iterable[Iterable[object]]) -> None:
        """Write a line a row: its table, what is the matter with it, its key."""
        for key in keys if self._file is not None else ():
            assert self._file is not None
            self._file.write("\t".join((str(table), name, *map(str, key))) + "\n")


@contextmanager
def opened(looking: Looking) -> Iterator[Keys]:
    if looking.keys_file is None:
        yield Keys(None, looking.keys_kept)
        return
    handle = os.open(looking.keys_file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(handle, "w", encoding="utf-8") as file:  # noqa: PTH123  the mode is what matters
        os.fchmod(handle, 0o600)
        yield Keys(file, looking.keys_kept)
