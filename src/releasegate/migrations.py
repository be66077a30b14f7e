"""The migrations' folder -> Migrations, and which of them is meant."""

from __future__ import annotations

import hashlib
import itertools
import re
from typing import TYPE_CHECKING

from releasegate.errors import UsageError
from releasegate.model import Directives, Migration
from releasegate.statements.parser import MAX_TEXT_BYTES, Source, SqlError, comments

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

_NAME = re.compile(r"(\d+)_\w[\w.-]*\.sql\Z")
_DIRECTIVE = re.compile(r"--\s*releasegate:\s*(.*?)\s*\Z")


def load(root: Path, folder: str, *, drafts: Collection[str] = ()) -> tuple[Migration, ...]:
    """Read every migration of a folder, in the order of their numbers.

    Raises:
        UsageError: the folder or a file in it cannot be read, a name is not ``NNN_words.sql``,
            two share a number, or a draft is not there.
    """
    try:
        found = _read(root, folder, drafts)
    except OSError as error:
        raise UsageError(f"{folder} cannot be read: {error.strerror}.") from error
    for left, right in itertools.pairwise(found):
        if left.number == right.number:
            raise UsageError(f"{left.path} and {right.path} have the same number.")
    known = {name for migration in found for name in (migration.path, migration.name)}
    for draft in sorted(set(drafts) - known):
        raise UsageError(f"policy.drafts names {draft!r}, which is no file in {folder}.")
    return tuple(found)


def _read(root: Path, folder: str, drafts: Collection[str]) -> list[Migration]:
    directory = root / folder
    if not directory.is_dir():
        raise UsageError(f"There is no folder {folder} in {root.name}: set migrations.")
    for nested in sorted(directory.glob("*/*.sql")):
        raise UsageError(f"{nested.relative_to(root)}: migrations lie directly in {folder}.")
    paths = sorted(path for path in directory.iterdir() if path.suffix.lower() == ".sql")
    return sorted((_load(root, path, drafts) for path in paths), key=lambda m: m.number)


def choose(migrations: Sequence[Migration], name: str) -> Migration:
    """Find a migration by path, file name or number.

    Raises:
        UsageError: none, with those there are.
    """
    for migration in migrations:
        is_number = name.isdecimal() and name.lstrip("0") == str(migration.number).lstrip("0")
        if is_number or name in (migration.name, migration.path, f"./{migration.path}"):
            return migration
    known = ", ".join(m.name for m in migrations) or "none"
    shown = "of that name" if "://" in name else repr(name)
    raise UsageError(f"There is no migration {shown}. There are: {known}.")


def text(migration: Migration) -> str:
    """Decode the file as psql reads it: without a byte-order mark, line ends as they are."""
    return migration.content.decode("utf-8-sig", errors="replace")


def _load(root: Path, path: Path, drafts: Collection[str]) -> Migration:
    relative = path.relative_to(root).as_posix()
    named = _NAME.match(path.name)
    if named is None:
        raise UsageError(f"{relative}: a migration's name is NNN_words.sql, such as 001_init.sql.")
    if path.is_symlink() or not path.is_file():
        raise UsageError(f"{relative} is not an ordinary file.")
    if path.stat().st_size > MAX_TEXT_BYTES:
        raise UsageError(f"{relative} is larger than {MAX_TEXT_BYTES >> 20} MiB.")
    content = path.read_bytes()
    directives = _directives(content)
    return Migration(
        path=relative,
        number=int(named[1]),
        sha256=hashlib.sha256(content).hexdigest(),
        content=content,
        directives=directives,
        draft=directives.draft or relative in drafts or path.name in drafts,
    )


def _directives(content: bytes) -> Directives:
    """Read ``-- releasegate: WORD ...`` comments; a text that is no SQL has none."""
    tag: str | None = None
    is_draft = False
    unknown: list[tuple[int, str]] = []
    for line, said in _said(content):
        match said.split():
            case ["requires-tag", name]:
                tag = name
            case ["draft"]:
                is_draft = True
            case _:
                unknown.append((line, said))
    return Directives(tag, is_draft, tuple(unknown))


def _said(content: bytes) -> list[tuple[int, str]]:
    try:
        found = list(comments(Source(content.decode("utf-8-sig"))))
    except (SqlError, UnicodeDecodeError):
        return []
    return [(line, m[1]) for line, comment in found if (m := _DIRECTIVE.match(comment))]
