"""Source files and the contract -> write sites, and the files that could not be read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from releasegate import findings
from releasegate.appcode import families, pragmas, sql_files
from releasegate.appcode.models.registry import Models
from releasegate.appcode.project import CODE, Project
from releasegate.appcode.reads import Read, reads

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from releasegate.appcode.contract import Contract
    from releasegate.appcode.module import Module
    from releasegate.appcode.sites import Found
    from releasegate.model import Finding

T = TypeVar("T")

_VERB = re.compile(
    rb"insert|update|upsert|delete|merge|copy|truncate|create|save|add|del\(", re.IGNORECASE
)
_LOCKING = re.compile(rb"for\s+update|for_update", re.IGNORECASE)
_WHOLE = re.compile(rb"(select|returning)\s+(\w+\.)?\*", re.IGNORECASE)
_NEVER = re.compile(rb"(?!)")
#: a write whose table is put in at run time
_DYNAMIC = re.compile(
    rb"(into|update|delete\s+from|copy)\s+(only\s+)?\"?(\{|%s|\"\s*\+|'\s*\+|\$\{)"
    rb"|\.(table|from_|from)\(\s*[A-Za-z_]|(self|cls)\.model\b",
    re.IGNORECASE,
)


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
    reader = Reader(contents, contract)
    hits = reader.hits()
    found = families.merged(item for path in hits for item in reader.sites(path))
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
        self._deep: list[str] = []
        self.lines = sum(map(_lines, self.project.contents.values()))
        self.project.models = Models(self.project, contract)

    def hits(self, *, reads: bool = False) -> list[str]:
        """List the files in which a write of the contract's tables may stand, or any mention."""
        names = [relation.name for relation in self._contract.relations]
        words = [re.escape(name.encode()) for name in names]
        models = self.project.models
        words += [rb"\b%s\b" % re.escape(n.encode()) for n in (models.names if models else ())]
        words += [rb"\.%s\." % n.encode() for n in _prisma_names(names)]
        wanted = re.compile(rb"|".join(words) or rb"(?!)", re.IGNORECASE)
        return [
            path
            for path, content in self.project.contents.items()
            if path.endswith((*CODE, ".sql")) and _is_hit(content, wanted, reads=reads)
        ]

    def sites(self, path: str) -> tuple[Found, ...]:
        if path.endswith(".sql"):
            return tuple(sql_files.sites(path, self.text(path), self._contract))
        return self.guarded(path, lambda module: families.sites(module, self._contract))

    def reads(self) -> tuple[Read, ...]:
        """Find the reads that keys or changed columns get in the way of."""
        locking = _LOCKING if self._contract.parents else _NEVER
        whole = _WHOLE if self._contract.reshaped else _NEVER
        found: list[Read] = []
        for path, content in self.project.contents.items():
            if path.endswith(CODE) and (locking.search(content) or whole.search(content)):
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
            self._deep.append(path)
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
        deep = (f"{path} is nested too deeply to be read." for path in self._deep)
        return (*found, *map(_problem, self._deep, deep))


def _is_hit(content: bytes, wanted: re.Pattern[bytes], *, reads: bool) -> bool:
    if reads and wanted.search(content):
        return True
    if not _VERB.search(content):
        return False
    return bool(wanted.search(content) or _DYNAMIC.search(content))


def _prisma_names(tables: list[str]) -> set[str]:
    from releasegate.appcode.models.naming import class_names

    return {name for table in tables for name in class_names(table)}


def _problem(path: str, message: str, line: int | None = None) -> Finding:
    return findings.make("RG207", message, path=path, line=line)


def _lines(content: bytes) -> int:
    return content.count(b"\n") + (not content.endswith(b"\n") and bool(content))
