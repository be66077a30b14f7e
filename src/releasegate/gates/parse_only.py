"""Is the file plain SQL, and does psql run it from start to end on a throwaway database?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from releasegate import baseline, catalog, database, findings, migrations
from releasegate.baseline import BaselineError, PreludeError
from releasegate.database import Parameters
from releasegate.gates import Answer, GateInputs, LiveTarget, waivers
from releasegate.gates.ground import run, snapshot
from releasegate.model import Finding, Level
from releasegate.repository import pointed_at
from releasegate.session import MIGRATION_SEARCH_PATH
from releasegate.statements.effects import effects
from releasegate.statements.parser import Source, SqlError, backslashes
from releasegate.statements.refusals import body, refusals

if TYPE_CHECKING:
    from collections.abc import Iterator

    from releasegate.baseline import Loaded
    from releasegate.catalog import Snapshot
    from releasegate.gates.ground import Ground
    from releasegate.model import CatalogObject
    from releasegate.throwaway import Database, Server

_BOM = b"\xef\xbb\xbf"


def ask(inputs: GateInputs) -> Answer:
    """Read the file first; only a file without fault reaches a server."""
    faults = read(inputs)
    if any(finding.level is Level.ERROR for finding in faults):
        return Answer(tuple(faults))
    missing = _missing_baseline(inputs)
    if missing is not None:
        return Answer((*faults, missing))
    try:
        ground = inputs.ground
    except BaselineError as error:
        return Answer((*faults, _baseline_finding(inputs, error)))
    trial = _Trial(inputs, ground)
    tried = trial.run()
    server = ground.server
    evidence = {
        "server": f"PostgreSQL {server.major} ({server.described})",
        "baseline": inputs.baseline.origin,
        "baseline_adapted": list(ground.loaded.remarks),
        "platform": inputs.setup.platform or None,
        "prelude": [file.path for file in inputs.setup.prelude],
        "stand_ins": list(ground.loaded.stand_ins),
        "psql_exit_code": trial.psql_exit_code,
        "created": sorted(map(str, trial.created)),
        "removed": sorted(map(str, trial.removed)),
    }
    return Answer((*faults, *tried, *_version(inputs, server)), evidence)


def _missing_baseline(inputs: GateInputs) -> Finding | None:
    """Refuse to try the file on an empty database while a baseline lies on disk."""
    for path in inputs.baseline.missing:
        if "*" in path or (inputs.settings.root / path).exists():
            message = f"{path} is here, but not in the commit that the baseline is read from."
            help_ = f"Commit it before the tag {inputs.release.tag}."
            return findings.make("RG315", message, path=path, help=help_)
    return None


# -- reading ---------------------------------------------------------------------------------------


def read(inputs: GateInputs) -> list[Finding]:
    """Say what stands against the text alone; no server is needed."""
    path = inputs.migration.path
    found = waivers.waived(_faults(inputs), inputs.migration, inputs.now)
    return [replace(finding, path=path) for finding in found]


def _faults(inputs: GateInputs) -> Iterator[Finding]:
    """Stop at the first kind of fault that makes the next question empty."""
    bytes_faults = list(_bytes(inputs.migration.content))
    yield from bytes_faults
    if any(finding.level is Level.ERROR for finding in bytes_faults):
        return
    for line, said in inputs.migration.directives.unknown:
        code = "RG321" if said.lower().startswith("waive") else "RG313"
        yield findings.make(code, f"{said!r} is no directive.", line=line, column=1)
    yield from waivers.faults(inputs.migration, inputs.now)
    commands = list(_meta_commands(migrations.text(inputs.migration)))
    yield from commands
    if commands:
        return
    if isinstance(inputs.parsed, SqlError):
        error = inputs.parsed
        message = _sentence(str(error))
        yield findings.make("RG301", message, line=error.line, column=error.column)
        return
    yield from refusals(inputs.parsed, extensions=inputs.settings.configuration.policy.extensions)


def _bytes(content: bytes) -> Iterator[Finding]:
    if pointed_at(content):
        message = "The file is a Git LFS pointer: what it stands for is not here."
        yield findings.make("RG303", message, line=1, column=1, help="git lfs pull")
        return
    nul = content.find(b"\0")
    if nul >= 0:
        line = content.count(b"\n", 0, nul) + 1
        column = nul - content.rfind(b"\n", 0, nul)
        message = "A NUL byte: the server would read nothing behind it."
        yield findings.make("RG303", message, line=line, column=column)
        return
    try:
        content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        column = error.start - content.rfind(b"\n", 0, error.start)
        yield findings.make("RG303", "The text is not UTF-8.", line=line, column=column)
    if content.startswith(_BOM):
        message = "The file starts with a byte-order mark; psql drops it, and so do we."
        yield findings.make("RG311", message, line=1, column=1)
    if b"\r\n" in content:
        message = "The file has CRLF line ends; inside quoted bodies they stay."
        yield findings.make("RG312", message, line=1, column=1)


def _meta_commands(text: str) -> Iterator[Finding]:
    source = Source(text)
    try:
        places = list(backslashes(source))
    except SqlError:
        return
    lines = text.split("\n")
    for line, column in places:
        word = lines[line - 1][column - 1 :].split()[0]
        message = f"{word} is a command of psql, not SQL."
        yield findings.make("RG302", message, line=line, column=column)


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


# -- trying ----------------------------------------------------------------------------------------


class _Trial:
    """The file, run by psql on a database that holds the baseline."""

    def __init__(self, inputs: GateInputs, ground: Ground) -> None:
        self._inputs = inputs
        self._ground = ground
        self._statements = inputs.statements()
        self.psql_exit_code: int | None = None
        self.created: set[CatalogObject] = set()
        self.removed: set[CatalogObject] = set()

    def run(self) -> list[Finding]:
        with self._ground.copy() as made:
            return [*self._remarks(self._ground.loaded), *self._apply(made)]

    def _apply(self, made: Database) -> Iterator[Finding]:
        """Run the file by psql, and its statements one by one as an apply does, and compare."""
        before = self._ground.held
        path = MIGRATION_SEARCH_PATH.replace(" ", "")
        options = f"-c search_path={path} -c statement_timeout={baseline.TIMEOUT}"
        where = Parameters({**made.owner.values, "options": options})
        script = self._inputs.migration.content
        self.psql_exit_code = self._ground.server.psql(where, script=script)
        after = snapshot(made)
        self.created = catalog.things(after.keys() - before.keys())
        self.removed = catalog.things(before.keys() - after.keys())
        one_by_one = self._one_by_one()
        if isinstance(one_by_one, Finding):
            yield one_by_one
        elif self.psql_exit_code != 0:
            message = f"psql ended with {self.psql_exit_code}, though each statement runs alone."
            yield self._finding("RG309", message, 1, 1)
        else:
            yield from self._broken_promises(after)
            yield from self._differences(after, one_by_one)

    def _one_by_one(self) -> Snapshot | Finding:
        """Run the statements in a fresh database; a server's error has a place only here."""
        with self._ground.copy() as made:
            try:
                run(self._inputs.migration, made)
            except BaselineError as error:
                return self._finding("RG309", _sentence(str(error)), error.line, error.column)
            return snapshot(made)

    def _broken_promises(self, after: Snapshot) -> Iterator[Finding]:
        for effect in effects(body(self._statements)):
            is_there = effect.object in after
            if is_there != effect.present:
                what = "is still there" if is_there else "is not there"
                message = f"psql ended without an error, and {effect.object} {what} afterwards."
                yield self._finding("RG310", message, effect.line, 1)

    def _differences(self, by_psql: Snapshot, one_by_one: Snapshot) -> Iterator[Finding]:
        left, right = ({str(k): v for k, v in held.items()} for held in (by_psql, one_by_one))
        for line in catalog.difference(left, right):
            message = f"psql and an apply read the file differently: {line}."
            yield self._finding("RG310", message, 1, 1)

    def _finding(self, code: str, message: str, line: int, column: int) -> Finding:
        path = self._inputs.migration.path
        return findings.make(code, message, path=path, line=line, column=column)

    def _remarks(self, loaded: Loaded) -> Iterator[Finding]:
        held = self._inputs.baseline
        path = held.files[0].path if held.files else None
        if held.origin is None:
            name = ", ".join(held.missing) or "baseline"
            message = f"There is no {name}: the file was tried on an empty database."
            yield findings.make("RG317", message)
        if loaded.remarks:
            yield findings.make("RG318", f"{'; '.join(loaded.remarks)}.", path=path)
        if loaded.stand_ins:
            names = ", ".join(loaded.stand_ins)
            yield findings.make("RG331", f"Stand-ins were in place of {names}.", path=path)


def _baseline_finding(inputs: GateInputs, error: BaselineError) -> Finding:
    path, line = inputs.baseline.place(error.line) if inputs.baseline.files else (None, 1)
    if isinstance(error, PreludeError):
        path, line = error.path, error.line
    message, column = _sentence(str(error)), error.column
    return findings.make(error.code, message, path=path, line=line, column=column)


def _version(inputs: GateInputs, server: Server) -> Iterator[Finding]:
    if not isinstance(inputs.live, LiveTarget):
        return
    major = database.major(inputs.live.connection)
    if major != server.major:
        message = f"The file was tried on PostgreSQL {server.major}; the target is {major}."
        yield findings.make("RG319", message)
