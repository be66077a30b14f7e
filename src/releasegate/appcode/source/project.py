"""The app's files, path to bytes -> parsed modules, found by path, import or word."""

from __future__ import annotations

import ast
import os
import re
from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING

from releasegate.appcode.source import parsing
from releasegate.appcode.source.import_paths import (
    DEFAULT,
    MOST_FOLDERS,
    PYTHON,
    PYTHON_ENDINGS,
    SCRIPT,
    SCRIPT_ENDINGS,
    beside,
    common,
    python_path,
    tails,
)
from releasegate.appcode.source.module import Module

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from releasegate.appcode.contract import Contract
    from releasegate.appcode.families.entity_columns import Renamed
    from releasegate.appcode.flow.frames import Frame
    from releasegate.appcode.models.prisma import Client
    from releasegate.appcode.models.registry import Models
    from releasegate.model import Relation

#: so many files may be parsed because they mention one word
MAX_MENTIONS = 60
#: so many times a class may be made from one that is made from another
MAX_HEIRS = 5
#: so many expressions may be looked at for one site
MAX_STEPS = 4000


def _imports(content: bytes, word: bytes) -> bool:
    """Say whether a word stands in a line that imports something."""
    place = content.find(word)
    while place >= 0:
        after = place + len(word)
        is_word = content[place - 1 : place] in _AROUND and content[after : after + 1] in _AROUND
        line = content[content.rfind(b"\n", 0, place) + 1 : place].lstrip() if is_word else b""
        if line.startswith((b"from", b"import", b"export", b"const", b"}")) and _IMPORT.search(
            line
        ):
            return True
        place = content.find(word, place + len(word))
    return False


def _top_name(module: Module, node: ast.AST) -> str:
    """Name the constant or the class at a module's top that a node stands in; "" for others."""
    top = next(
        (item for item in module.ancestors(node) if module.parent(item) is module.tree), node
    )
    if isinstance(top, ast.Assign) and isinstance(top.targets[0], ast.Name):
        return top.targets[0].id
    if isinstance(top, ast.AnnAssign) and isinstance(top.target, ast.Name):
        return top.target.id
    return getattr(top, "name", "")


_CLASS = re.compile(
    rb"^[ \t]*(?:export )?(?:abstract )?class (\w+)(?:\(| extends )([^:{]*)", re.MULTILINE
)
_WORD = re.compile(rb"\w+")
_AROUND = (b"", *(bytes([code]) for code in b" .\n\r\t,;:()\"'/*`@"))
_IMPORT = re.compile(rb"\b(from|import|require)\b")


class Project:
    def __init__(self, contents: Mapping[str, bytes | None]) -> None:
        self.contents = {path: held or b"" for path, held in contents.items()}
        #: path -> why it does not parse, and the line
        self.broken: dict[str, tuple[str, int | None]] = {}
        #: the files in which something is nested too deeply to be read
        self.deep: set[str] = set()
        #: the calls through which the code is being read, the innermost last
        self.frames: list[Frame] = []
        #: how deep a search for what stores an object has asked of each node
        self.asked: dict[ast.AST, int] = {}
        #: the statement that the way being read goes through
        self.way: ast.AST | None = None
        #: a list of columns is read without what only some ways add to it
        self.is_sure_only = False
        #: the item for which a loop is being read
        self.chosen: dict[ast.AST, ast.expr] = {}
        #: what calls a function, once it has been looked for
        self.callers: dict[ast.AST, tuple[tuple[Module, ast.Call], ...]] = {}
        #: the models of the contract's tables, once they have been read
        self.models: Models | None = None
        self._client: Client | None = None
        self._entities: dict[str, Relation] | None = None
        self._renamed: dict[Relation, Renamed] | None = None
        self._steps = 0
        self._modules: dict[str, Module | None] = {}
        self._mentions: dict[tuple[str, str, bool], list[Module]] = {}
        self._imported: dict[tuple[bytes, bool], list[str]] = {}
        self._found: dict[tuple[str, str], str | None] = {}
        self._importing: dict[tuple[str, str], list[Module]] = {}

    def begin(self) -> None:
        """Give the next site a fresh budget of steps."""
        self._steps = 0

    def is_spent(self) -> bool:
        """Count a step; say whether one site has had its share of them."""
        self._steps += 1
        return self._steps > MAX_STEPS

    def module(self, path: str) -> Module | None:
        """Parse a file once; None where that fails, and ``broken`` says why."""
        if path not in self._modules:
            self._modules[path] = None
            try:
                text, tree = parsing.parse(path, self.contents[path])
                self._modules[path] = Module(path, text, tree, self)
            except parsing.Unparsable as error:
                self.broken[path] = (str(error), error.line)
        return self._modules[path]

    def mentioning(self, word: str, *, python: bool, owner: str = "") -> list[Module]:
        """Parse the files that a word stands in, the first of them when there are many.

        Of a common word those are the first that speak of the class ``owner`` or an heir of it.
        """
        key = (word, owner, python)
        if key not in self._mentions:
            wanted, suffixes = os.fsencode(word), PYTHON if python else SCRIPT
            paths = [
                path
                for path, content in self.contents.items()
                if path.endswith(suffixes) and wanted in content
            ]
            if owner and len(paths) > MAX_MENTIONS:
                family = self.heirs(owner)
                paths.sort(key=lambda path: not any(x in self.contents[path] for x in family))
            found = map(self.module, paths[:MAX_MENTIONS])
            self._mentions[key] = [item for item in found if item is not None]
        return self._mentions[key]

    def heirs(self, name: str) -> set[bytes]:
        """List a class's name and those of the classes that are made from it, by the words."""
        found = {name.encode()}
        for _ in range(MAX_HEIRS):
            more = {heir for heir, bases in self._classes if found & bases} - found
            if not more:
                break
            found |= more
        return found

    @cached_property
    def _classes(self) -> list[tuple[bytes, set[bytes]]]:
        return [
            (match[1], set(_WORD.findall(match[2])))
            for content in self.contents.values()
            for match in _CLASS.finditer(content)
        ]

    def parsed(self) -> Iterator[Module]:
        """Yield the files that have been parsed."""
        yield from (module for module in list(self._modules.values()) if module is not None)

    def prisma(self, contract: Contract) -> Client:
        """Give the names of Prisma's client, read from the schema once."""
        from releasegate.appcode.models.prisma import Client

        if self._client is None:
            self._client = Client(self, contract)
        return self._client

    def importers(self, module: Module, node: ast.AST) -> list[Module]:
        """Parse the files that may import what a node at a module's top stands in."""
        name = _top_name(module, node)
        if not name:
            return []
        key = (module.path, name)
        if key not in self._importing:
            stem = module.path.rsplit(".", 1)[0].removesuffix("/__init__").removesuffix("/index")
            word = os.fsencode(stem.rsplit("/", 1)[-1])
            paths = self._importing_word(word, python=module.is_python)
            word = b"" if name == DEFAULT else os.fsencode(name)
            wanted = [path for path in paths if word in self.contents[path]]
            found = map(self.module, wanted[:MAX_MENTIONS])
            self._importing[key] = [x for x in found if x is not None and x is not module]
        return self._importing[key]

    def _importing_word(self, word: bytes, *, python: bool) -> list[str]:
        """List the files in which something is imported from a module of that name."""
        key = (word, python)
        if key not in self._imported:
            suffixes = PYTHON if python else SCRIPT
            self._imported[key] = [
                path
                for path, content in self.contents.items()
                if path.endswith(suffixes) and _imports(content, word)
            ]
        return self._imported[key]

    @cached_property
    def has_entities(self) -> bool:
        """Whether TypeORM or one of its like is used anywhere."""
        from releasegate.appcode.families.entity_tables import LIBRARIES

        return any(
            path.endswith(SCRIPT) and LIBRARIES.search(content)
            for path, content in self.contents.items()
        )

    def entities(self, contract: Contract) -> dict[str, Relation]:
        """Give the classes of such a library that name their table, read once."""
        from releasegate.appcode.families.entity_tables import names

        if self._entities is None:
            self._entities = names(self.contents, contract)
        return self._entities

    def entity_columns(self, contract: Contract) -> dict[Relation, Renamed]:
        """Give the columns that such classes name otherwise than their properties, read once."""
        from releasegate.appcode.families.entity_columns import renamed

        if self._renamed is None:
            self._renamed = renamed(self.contents, SCRIPT, self.entities(contract), contract)
        return self._renamed

    def find(self, origin: str, dotted: str) -> Module | None:
        """Find the file of an import: by its place for a relative one, else by its end."""
        if (origin, dotted) not in self._found:
            inner = dotted if origin.endswith(SCRIPT) else python_path(dotted)
            self._found[origin, dotted] = next(self._candidates(origin, inner), None)
        path = self._found[origin, dotted]
        return self.module(path) if path is not None else None

    def _candidates(self, origin: str, inner: str) -> Iterator[str]:
        endings = SCRIPT_ENDINGS if origin.endswith(SCRIPT) else PYTHON_ENDINGS
        if inner.startswith("."):
            base = beside(origin, inner)
            # TypeScript writes ./x.js for what lies there as x.ts.
            for stem in (base, base.removesuffix(".js").removesuffix(".mjs")):
                yield from (stem + end for end in endings if stem + end in self.contents)
            return
        for tail in tails(inner) if origin.endswith(SCRIPT) else (inner,):
            last = tail.rsplit("/", 1)[-1]
            known = [
                path
                for end in endings
                for path in self._by_end.get(last + end, ())
                if f"/{path}".endswith(f"/{tail}{end}")
            ]
            known.sort(key=lambda path: (-common(path, origin), len(path)))
            if known:
                yield known[0]
                return

    @cached_property
    def _by_end(self) -> dict[str, list[str]]:
        """List the files by their names, and by those with one folder or two before them."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        for path in self.contents:
            parts = path.rsplit("/", MOST_FOLDERS + 1)[-MOST_FOLDERS - 1 :]
            for first in range(len(parts)):
                found["/".join(parts[first:])].append(path)
        return found
