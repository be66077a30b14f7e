"""The migrations' folder -> Migrations, and which of them is meant."""

from __future__ import annotations

import hashlib
import itertools
import re
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from releasegate.errors import UsageError
from releasegate.model import Directives, Migration, Owner, Relation, Waiver
from releasegate.statements.parser import MAX_TEXT_BYTES, Source, SqlError, comments

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from pathlib import Path

_NAME = re.compile(r"(\d+)_\w[\w.-]*\.sql\Z")
#: what fits into the ledger's bigint
_MAX_DIGITS = 18
#: in a line of either kind of comment
_DIRECTIVE = re.compile(r"[-/*\s]*releasegate\s*:\s*(.*?)[*/\s]*\Z", re.IGNORECASE)
#: nobody who writes this means anything else, and it is none
_ALMOST = re.compile(r"[-/*\s]*(releasegate\W+draft\W*?)[*/\s]*\Z", re.IGNORECASE)
# Of what a directive says: words, and a name's parts; what stands in quotes stays together.
_WORD = re.compile(r'(?:"(?:[^"]|"")*"|[^\s"])+|"')
_PART = re.compile(r'"(?:[^"]|"")*"|[^."]+')
_WAIVER = re.compile(r"waive\s+(RG\d{3})\s+until\s+(\d{4}-\d\d-\d\d)\s+--\s+(\S.*)", re.IGNORECASE)


def load(root: Path, folder: str, *, drafts: Collection[str] = ()) -> tuple[Migration, ...]:
    """Read every migration of a folder, in the order of their numbers.

    Raises:
        UsageError: the folder or a file in it cannot be read, a name is not ``NNN_words.sql``,
            two share a number, or a draft is not there.
    """
    try:
        found = _read(root, folder)
    except OSError as error:
        raise UsageError(f"{folder} cannot be read: {error.strerror}.") from error
    for left, right in itertools.pairwise(found):
        if left.number == right.number:
            raise UsageError(
                f"{left.path} and {right.path} have the same number: give one of them another. "
                f"Ways back (*.down.sql) belong into another folder than {folder}."
            )
    for draft in sorted(drafts):
        if not any(_is(migration, draft) for migration in found):
            raise UsageError(f"policy.drafts names {draft!r}, which is no file in {folder}.")
    is_draft = {m.path for m in found if m.draft or any(_is(m, draft) for draft in drafts)}
    return tuple(replace(m, draft=m.path in is_draft) for m in found)


def _read(root: Path, folder: str) -> list[Migration]:
    directory = root / folder
    if not directory.is_dir():
        raise UsageError(f"There is no folder {folder} in {root.name}: set migrations.")
    for nested in sorted(directory.glob("*/*.sql")):
        raise UsageError(f"{nested.relative_to(root)}: migrations lie directly in {folder}.")
    paths = sorted(path for path in directory.iterdir() if path.suffix.lower() == ".sql")
    return sorted((_load(root, path) for path in paths), key=lambda m: m.number)


def choose(migrations: Sequence[Migration], name: str) -> Migration:
    """Find a migration by path, file name or number.

    Raises:
        UsageError: none, with those there are.
    """
    for migration in migrations:
        if _is(migration, name):
            return migration
    known = ", ".join(m.name for m in migrations) or "none"
    shown = "of that name" if "://" in name else repr(name)
    raise UsageError(f"There is no migration {shown}. There are: {known}.")


def _is(migration: Migration, name: str) -> bool:
    is_number = name.isdecimal() and name.lstrip("0") == str(migration.number).lstrip("0")
    return is_number or name in (migration.name, migration.path, f"./{migration.path}")


def text(migration: Migration) -> str:
    """Decode the file as psql reads it: without a byte-order mark, line ends as they are."""
    return migration.content.decode("utf-8-sig", errors="replace")


def _load(root: Path, path: Path) -> Migration:
    relative = path.relative_to(root).as_posix()
    named = _NAME.match(path.name)
    if named is None:
        raise UsageError(f"{relative}: a migration's name is NNN_words.sql, such as 001_init.sql.")
    if len(named[1]) > _MAX_DIGITS:
        raise UsageError(f"{relative[:60]}: a number has at most {_MAX_DIGITS} digits.")
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
        draft=directives.draft,
    )


def _directives(content: bytes) -> Directives:
    """Read comments such as ``-- releasegate: draft``; a text that is no SQL has none."""
    found = Directives()
    for line, said in _said(content):
        waiver = _waiver(line, said)
        if waiver is not None:
            found = replace(found, waivers=(*found.waivers, waiver))
            continue
        match _WORD.findall(said):
            case ["requires-tag", name]:
                found = replace(found, requires_tag=name)
            case ["draft"]:
                found = replace(found, draft=True)
            case ["identity", setting, *role] if _is_of_role(role):
                found = replace(found, identity=setting, member_of=role[-1] if role else None)
            case ["owner", table, ("by" | "via") as how, column]:
                owner = Owner(_relation(table), _unquoted(column), how == "via", line)
                found = replace(found, owners=(*found.owners, owner))
            case _:
                found = replace(found, unknown=(*found.unknown, (line, said)))
    return found


def _waiver(line: int, said: str) -> Waiver | None:
    told = _WAIVER.fullmatch(said)
    if told is None:
        return None
    try:
        return Waiver(told[1].upper(), told[3], date.fromisoformat(told[2]), line)
    except ValueError:
        return None


def _is_of_role(words: list[str]) -> bool:
    return not words or (len(words) == len(["as", "ROLE"]) and words[0] == "as")


def _relation(name: str) -> Relation:
    *schema, table = _PART.findall(name) or [name]
    return Relation(".".join(map(_unquoted, schema)) or "public", _unquoted(table))


def _unquoted(name: str) -> str:
    """Take a name as it stands; in quotes it may hold what would end it."""
    is_quoted = len(name) > 1 and name[0] == name[-1] == '"'
    return name[1:-1].replace('""', '"') if is_quoted else name


def _said(content: bytes) -> Iterator[tuple[int, str]]:
    try:
        found = list(comments(Source(content.decode("utf-8-sig"))))
    except (SqlError, UnicodeDecodeError):
        return
    for first, comment in found:
        for line, text in enumerate(comment.split("\n"), first):
            said = _DIRECTIVE.match(text) or _ALMOST.match(text)
            if said:
                yield line, said[1]
