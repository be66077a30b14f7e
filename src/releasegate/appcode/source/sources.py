"""A project's folders -> the source files to read, and those left out with the reason."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SUFFIXES = (
    *(".py", ".pyi", ".sql", ".prisma"),
    *(".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", ".vue", ".svelte", ".astro"),
)
#: may hold writes as well, and are not read: the report names them
_UNREAD = {".go", ".rb", ".java", ".kt", ".php", ".rs", ".cs", ".ex", ".scala"}
MAX_FILE_BYTES = 4 << 20
#: a script of this size, whose lines are so long at its beginning, was made by a bundler
BUNDLE_BYTES = 64 << 10
BUNDLE_LINE = 400
_SCRIPTS = (".js", ".mjs", ".cjs")

_TESTS = {
    *("tests", "test", "testing", "conftest.py", "__tests__", "__mocks__", "e2e", "cypress"),
    *("__fixtures__", "playwright"),
}
_MIGRATIONS = {"migrations", "migrations.py", "alembic", "migrate"}
_VENDORED = {
    *("node_modules", "vendor", "vendored", "third_party", "site-packages", "venv"),
    *("bower_components", "jspm_packages"),
}
_GENERATED = {"generated", "build", "built", "dist", "__pycache__", "__generated__", "coverage"}
_TEST_FILE = re.compile(
    r"test_.*\.py|.*_tests?\.py|tests\.py|.*\.(test|spec|stories|cy)\.[cm]?[jt]sx?"
)
#: ``test_suites.py`` may be the app's own word: only what tests something is one of its tests
_TESTS_SOMETHING = re.compile(
    rb"^\s*(async )?def test|\bpytest\b|\bunittest\b|TestCase", re.MULTILINE
)
_UPGRADES = re.compile(
    r"(db|schema|sql)?_?(upgrades?|updates?|deltas?|evolutions?|patches|versions?|migration)"
)
_NUMBERED = re.compile(r"(v|db|schema|upgrade|update|migration)?_?\d+[._-].*", re.IGNORECASE)
#: of a folder of versions, which may be an API's, only this counts: 012_environments.sql
_ORDERED = re.compile(r"\d{3,}[_-].*")
_GENERATED_FILE = re.compile(r".*_pb2(_grpc)?\.pyi?|.*\.min\.js|.*\.bundle\.js")
_REASONS = (
    (_TESTS, "tests"),
    (_MIGRATIONS, "migrations"),
    (_VENDORED, "vendored"),
    (_GENERATED, "generated"),
)


@dataclass(frozen=True, slots=True)
class LeftOut:
    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Sources:
    #: relative POSIX paths, sorted
    files: tuple[str, ...]
    left_out: tuple[LeftOut, ...]
    #: files and folders that could not be looked at: never a pass
    unreadable: tuple[LeftOut, ...]


def source_files(
    root: Path, *, roots: Iterable[str], exclude: Iterable[str], migrations: str = ""
) -> Sources:
    """List the files under ``roots`` (default: everything) that are not excluded.

    ``exclude`` are paths or glob patterns, relative to ``root``; a folder's name covers what is
    in it. ``migrations`` is the migrations' folder, whatever its name. Symbolic links to folders
    are not followed, so no loop can hold the walk.
    """
    walk = _Walk(root, tuple(exclude), str(PurePosixPath(migrations)) if migrations else "")
    for start in tuple(roots) or (".",):
        walk.enter(PurePosixPath(start))
    return Sources(
        tuple(sorted(walk.files)),
        tuple(sorted(walk.left_out, key=lambda item: item.path)),
        tuple(sorted(walk.unreadable, key=lambda item: item.path)),
    )


class _Walk:
    def __init__(self, root: Path, exclude: tuple[str, ...], migrations: str) -> None:
        self._root = root
        self._migrations = migrations
        self._exclude = exclude
        self.files: set[str] = set()
        self.left_out: set[LeftOut] = set()
        self.unreadable: set[LeftOut] = set()

    def enter(self, start: PurePosixPath) -> None:
        """Read a configured root, be it a folder or a file; its own name excludes nothing."""
        path = self._root / start
        if path.is_symlink():
            self.unreadable.add(LeftOut(str(start), "a symbolic link is not followed"))
        elif path.is_file():
            self.files.add(str(start))
        elif path.is_dir():
            self._folder(start)
        else:
            self.unreadable.add(LeftOut(str(start), "there is no such folder"))

    def _folder(self, folder: PurePosixPath) -> None:
        for entry in self._entries(folder):
            path = folder / entry.name
            try:
                is_folder = entry.is_dir()
            except OSError as error:
                self.unreadable.add(LeftOut(str(path), error.strerror or "cannot be read"))
                continue
            if not is_folder and path.suffix not in (*SUFFIXES, *_UNREAD):
                continue
            reason = self._reason(path, is_folder=is_folder)
            if reason is not None:
                self.left_out.add(LeftOut(str(path), reason))
            elif entry.is_symlink():
                # What it leads to is not in the commit, and Python would import it all the same.
                self.unreadable.add(LeftOut(str(path), "a symbolic link is not followed"))
            elif is_folder:
                self._folder(path)
            else:
                self._file(path, entry)

    def _file(self, path: PurePosixPath, entry: os.DirEntry[str]) -> None:
        try:
            size = entry.stat().st_size
        except OSError as error:
            self.unreadable.add(LeftOut(str(path), error.strerror or "cannot be read"))
            return
        if not entry.is_file():
            self.left_out.add(LeftOut(str(path), "not a file"))
        elif size > MAX_FILE_BYTES:
            self.unreadable.add(LeftOut(str(path), f"larger than {MAX_FILE_BYTES >> 20} MiB"))
        elif path.suffix in _SCRIPTS and size >= BUNDLE_BYTES and self._is_bundle(path):
            self.left_out.add(LeftOut(str(path), "generated"))
        else:
            self.files.add(str(path))

    def _entries(self, folder: PurePosixPath) -> Iterator[os.DirEntry[str]]:
        try:
            with os.scandir(self._root / folder) as entries:
                yield from sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            self.unreadable.add(LeftOut(str(folder), error.strerror or "cannot be read"))

    def _holds_revisions(self, path: PurePosixPath) -> bool:
        """Recognise the folder of Alembic's revisions, whatever the one around it is called."""
        if path.name.endswith("_migrations"):
            return True
        if path.name == "versions":
            is_alembic = (self._root / path.parent / "env.py").is_file()
            return is_alembic or self._is_numbered(path, _ORDERED)
        is_upgrade = bool(_UPGRADES.fullmatch(path.name))
        return is_upgrade and (self._is_numbered(path, _NUMBERED) or self._is_of_dialects(path))

    def _is_of_dialects(self, folder: PurePosixPath) -> bool:
        """Recognise ``migration/postgres/0042_add_runs.sql`` by what lies under it."""
        inside = [x for x in self._entries(folder) if x.is_dir() and x.name[:2] != "__"]
        return bool(inside) and all(self._is_numbered(folder / x.name, _NUMBERED) for x in inside)

    def _is_numbered(self, folder: PurePosixPath, numbered: re.Pattern[str]) -> bool:
        """Say whether most of a folder's files are called by their number: 0042_add_runs.sql."""
        names = [item.name for item in self._entries(folder) if item.name[:2] != "__"]
        found = sum(bool(numbered.fullmatch(name)) for name in names)
        return found > len(names) / 2

    def _is_test(self, path: PurePosixPath) -> bool:
        if not _TEST_FILE.fullmatch(path.name):
            return False
        if path.suffix != ".py":
            return True
        try:
            content = (self._root / path).read_bytes()
        except OSError:
            return False
        return bool(_TESTS_SOMETHING.search(content))

    def _is_bundle(self, path: PurePosixPath) -> bool:
        """Recognise what a bundler wrote by its lines: nobody writes so long ones, or so many."""
        try:
            with (self._root / path).open("rb") as file:
                begin = file.read(BUNDLE_BYTES)
        except OSError:
            return False
        return begin.count(b"\n") * BUNDLE_LINE < len(begin)

    def _reason(self, path: PurePosixPath, *, is_folder: bool) -> str | None:
        if any(_covers(pattern, path) for pattern in self._exclude):
            return "excluded by the configuration"
        if is_folder:
            reason = self._reason_of_folder(path)
            if reason is not None:
                return reason
        for names, reason in _REASONS:
            if path.name in names:
                return reason
        return None if is_folder else self._reason_of_file(path)

    def _reason_of_folder(self, path: PurePosixPath) -> str | None:
        if str(path) == self._migrations:
            return "migrations"
        if path.name.startswith("."):
            return "hidden"
        if (self._root / path / "pyvenv.cfg").exists():
            return "vendored"
        return "migrations" if self._holds_revisions(path) else None

    def _reason_of_file(self, path: PurePosixPath) -> str | None:
        if self._is_test(path):
            return "tests"
        if path.suffix in _UNREAD:
            return "Python, SQL, TypeScript and JavaScript are read"
        return "generated" if _GENERATED_FILE.fullmatch(path.name) else None


def _covers(pattern: str, path: PurePosixPath) -> bool:
    wanted = pattern.rstrip("/").removesuffix("/**")
    return path == PurePosixPath(wanted) or path.match(wanted)
