"""Source files and the contract -> write sites, and the files that could not be read."""

from __future__ import annotations

import gc
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from releasegate import findings
from releasegate.appcode import pragmas
from releasegate.appcode.families import finding, sql_files
from releasegate.appcode.models.naming import class_names
from releasegate.appcode.models.registry import Models
from releasegate.appcode.reads import Read, reads
from releasegate.appcode.source.import_paths import CODE, SCRIPT
from releasegate.appcode.source.prefilter import (
    constants,
    marked,
    names_client,
    speaks_of,
    takes_constant,
)
from releasegate.appcode.source.project import Project

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from releasegate.appcode.contract import Contract
    from releasegate.appcode.families.sites import Found
    from releasegate.appcode.source.module import Module
    from releasegate.model import Finding

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Reading:
    files: int
    lines: int
    found: tuple[Found, ...]
    findings: tuple[Finding, ...]
    reads: tuple[Read, ...]
    project: Project


def read(contents: Mapping[str, bytes | None], contract: Contract) -> Reading:
    """Read the files, path to bytes; what cannot be read is a finding, never a pass."""
    # Trees live until the end, and looking for garbage among them costs more than it frees.
    was_collecting = gc.isenabled()
    gc.disable()
    try:
        return _read(contents, contract)
    finally:
        if was_collecting:
            gc.enable()


def _read(contents: Mapping[str, bytes | None], contract: Contract) -> Reading:
    reader = Reader(contents, contract)
    hits = reader.hits()
    found = finding.merged(item for path in hits for item in reader.sites(path))
    known = reader.reads()
    told = pragmas.read(reader.project.contents)
    found, settled = pragmas.settle(found, told, contract)
    problems = (*reader.problems(hits), *settled)
    return Reading(len(reader.files), reader.lines, found, problems, known, reader.project)


class Reader:
    def __init__(self, contents: Mapping[str, bytes | None], contract: Contract) -> None:
        self.files = tuple(contents)
        self.project = Project(contents)
        self._contract = contract
        self._unreadable = [path for path, held in contents.items() if held is None]
        self.lines = sum(map(_lines, self.project.contents.values()))
        names = [relation.name for relation in contract.relations]
        self._clients = frozenset(word for name in names for word in class_names(name))
        self._has_prisma = any(path.endswith(".prisma") for path in contents)
        self._marks = marked(self.project.contents, names)
        declaring = [x for x, marks in self._marks.items() if marks.declares and x.endswith(SCRIPT)]
        texts = (self.project.contents[path] for path in declaring)
        self._constants = frozenset(word for text in texts for word in constants(text, names))
        self.project.models = Models(self.project, contract, self._marks)

    def hits(self, *, reads: bool = False) -> list[str]:
        """List the files in which a write of the contract's tables may stand, or any mention."""
        return [
            path
            for path in self.project.contents
            if path.endswith((*CODE, ".sql")) and self._is_hit(path, reads=reads)
        ]

    def _is_hit(self, path: str, *, reads: bool) -> bool:
        marks, content = self._marks[path], self.project.contents[path]
        if marks.writes or marks.is_dynamic or (reads and marks.mentions):
            return True
        is_script = path.endswith(SCRIPT) or self._has_prisma
        if is_script and path.endswith(CODE) and names_client(content, self._clients):
            return True
        if path.endswith(SCRIPT) and self.project.has_entities and self._names_entity(content):
            return True
        if path.endswith(SCRIPT) and takes_constant(content, self._constants):
            return True
        models = self.project.models
        return models is not None and speaks_of(content, models.names)

    def _names_entity(self, content: bytes) -> bool:
        """Say whether a class of TypeORM or its like may be spoken of."""
        lower, declared = content.lower(), self.project.entities(self._contract)
        words = (*self._clients, *map(str.lower, declared))
        return any(word.encode() in lower for word in words)

    def sites(self, path: str) -> tuple[Found, ...]:
        if path.endswith(".sql"):
            return tuple(sql_files.sites(path, self.text(path), self._contract))
        return self.guarded(path, lambda module: finding.sites(module, self._contract))

    def reads(self) -> tuple[Read, ...]:
        """Find the reads that keys or changed columns get in the way of."""
        words = self.project.models.names if self.project.models else frozenset[str]()
        found: list[Read] = []
        for path, content in self.project.contents.items():
            is_locking = b"_for_update" in content and speaks_of(content, words)
            if path.endswith(CODE) and (self._marks[path].reads or is_locking):
                found += self.guarded(path, lambda module: reads(module, self._contract))
        return tuple(dict.fromkeys(found))

    def guarded(self, path: str, look: Callable[[Module], Iterable[T]]) -> tuple[T, ...]:
        """Look at a parsed file; one that cannot be parsed or followed is a finding."""
        module = self.project.module(path)
        if module is None:
            return ()
        try:
            return tuple(look(module))
        except RecursionError:
            self.project.frames.clear()
            self.project.deep.add(path)
            return ()

    def text(self, path: str) -> str:
        return self.project.contents[path].decode(errors="replace")

    def problems(self, hits: Iterable[str]) -> tuple[Finding, ...]:
        """Say which files could not be read although a write may stand in them."""
        found = [_problem(path, f"{path} cannot be read.") for path in self._unreadable]
        for path in hits:
            if path in self.project.broken:
                why, line = self.project.broken[path]
                message = (
                    f"{path} seems to write to a table of the contract, and the grammar of its "
                    f"language refuses it: {why}."
                )
                found.append(_problem(path, message, line))
        deep = sorted(self.project.deep)
        return (*found, *(_problem(x, f"{x} is nested too deeply to be read.") for x in deep))


def _problem(path: str, message: str, line: int | None = None) -> Finding:
    return findings.make("RG207", message, path=path, line=line)


def _lines(content: bytes) -> int:
    return content.count(b"\n") + (not content.endswith(b"\n") and bool(content))
