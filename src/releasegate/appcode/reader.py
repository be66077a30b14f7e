"""Source files and the contract -> write sites, and what the contract has to say to each."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from releasegate import findings
from releasegate.appcode import python
from releasegate.appcode.module import Module

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from releasegate.appcode.contract import Contract
    from releasegate.appcode.sites import Found
    from releasegate.model import Finding

T = TypeVar("T")

_VERB = re.compile(rb"insert|update|upsert|delete|merge|copy|truncate", re.IGNORECASE)
#: a write whose table is put in at run time
_DYNAMIC = re.compile(
    rb"(into|update|from|copy)\s+(only\s+)?\"?(\{|%s|\"\s*\+|'\s*\+)|\.(table|from_)\(\s*[A-Za-z_]",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Reading:
    files: int
    lines: int
    found: tuple[Found, ...]
    findings: tuple[Finding, ...]


def read(contents: Mapping[str, bytes | None], contract: Contract) -> Reading:
    """Read the files, path to bytes; what cannot be read is a finding, never a pass."""
    reader = Reader(contents, contract)
    found = tuple(item for path in reader.hits() for item in reader.sites(path))
    return Reading(len(reader.files), reader.lines, found, tuple(reader.problems))


class Reader:
    def __init__(self, contents: Mapping[str, bytes | None], contract: Contract) -> None:
        self.files = tuple(contents)
        self.problems: list[Finding] = []
        self._contract = contract
        self._modules: dict[str, Module | None] = {}
        self._importing: dict[str, list[Module]] = {}
        self._contents = {path: held or b"" for path, held in contents.items()}
        self.lines = sum(map(_lines, self._contents.values()))
        for path in [path for path, held in contents.items() if held is None]:
            self._problem(path, f"{path} cannot be read.")

    def hits(self, *, reads: bool = False) -> list[str]:
        """List the files in which a write of the contract's tables may stand, or any mention."""
        names = [re.escape(relation.name.encode()) for relation in self._contract.relations]
        tables = re.compile(rb"|".join(names) or rb"(?!)", re.IGNORECASE)
        return [
            path
            for path, content in self._contents.items()
            if (reads and tables.search(content))
            or (_VERB.search(content) and (tables.search(content) or _DYNAMIC.search(content)))
        ]

    def sites(self, path: str) -> tuple[Found, ...]:
        return self.guarded(
            path, lambda m: python.sites(m, self._contract, partial(self.importers, m))
        )

    def guarded(self, path: str, look: Callable[[Module], Iterable[T]]) -> tuple[T, ...]:
        """Look at a parsed file; one that cannot be parsed or followed is a finding."""
        module = self._module(path, is_hit=True)
        if module is None:
            return ()
        try:
            return tuple(look(module))
        except RecursionError:
            self._problem(path, f"{path} is nested too deeply to be read.")
            return ()

    def text(self, path: str) -> str:
        return self._contents[path].decode(errors="replace")

    def _module(self, path: str, *, is_hit: bool = False) -> Module | None:
        if path not in self._modules:
            self._modules[path] = self._parsed(path, is_hit=is_hit)
        return self._modules[path]

    def _parsed(self, path: str, *, is_hit: bool) -> Module | None:
        try:
            return Module(path, _decoded(self._contents[path]), self._find)
        except (SyntaxError, ValueError, RecursionError, MemoryError, LookupError) as error:
            line = getattr(error, "lineno", None)
            if is_hit:
                message = (
                    f"{path} seems to write to a table of the contract, and Python's grammar "
                    f"refuses it: {getattr(error, 'msg', None) or error}."
                )
                self._problem(path, message, line)
            return None

    def _problem(self, path: str, message: str, line: int | None = None) -> None:
        self.problems.append(findings.make("RG207", message, path=path, line=line))

    def _find(self, origin: str, dotted: str) -> Module | None:
        """Find the file of an import: by its place for a relative one, else by its end."""
        level = len(dotted) - len(dotted.lstrip("."))
        inner = dotted.lstrip(".").replace(".", "/")
        if level:
            folder = origin.split("/")[:-level]
            base = "/".join([*folder, inner] if inner else folder)
            names = [f"{base}.py", f"{base}/__init__.py"]
            path = next((name for name in names if name in self._contents), None)
            return self._module(path) if path else None
        ends = (f"/{inner}.py", f"/{inner}/__init__.py")
        fitting = [path for path in self._contents if f"/{path}".endswith(ends)]
        return self._module(fitting[0]) if len(fitting) == 1 else None

    def importers(self, module: Module) -> list[Module]:
        """Parse the files that import this one: its SQL constants may be run there."""
        if module.path in self._importing:
            return self._importing[module.path]
        name = module.path.removesuffix("/__init__.py").removesuffix(".py").rsplit("/", 1)[-1]
        paths = [
            path
            for path, content in self._contents.items()
            if path != module.path and os.fsencode(name) in content and b"import" in content
        ]
        parsed = [self._module(path) for path in paths]
        self._importing[module.path] = [item for item in parsed if item is not None]
        return self._importing[module.path]


def _lines(content: bytes) -> int:
    return content.count(b"\n") + (not content.endswith(b"\n") and bool(content))


def _decoded(content: bytes) -> str:
    """Decode as Python does: a BOM and a coding line count."""
    import io
    import tokenize

    encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
    return content.decode(encoding)
