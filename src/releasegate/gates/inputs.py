"""Everything that gates may look at, read once for all of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import psycopg

from releasegate import database, ledger, migrations
from releasegate.appcode.source.sources import Sources, source_files
from releasegate.baseline import File, Setup, joined, place, platform, readable
from releasegate.forecast import Forecast, forecast
from releasegate.gates.looking import Looking
from releasegate.model import Finding, Plan
from releasegate.plan import CannotPlan, make_plan
from releasegate.repository import RepositoryProblem, content
from releasegate.statements.parser import SqlError, Statement, parse

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future
    from contextlib import ExitStack
    from datetime import datetime

    from releasegate.database import Connection, Parameters
    from releasegate.gates.ground import Ground
    from releasegate.ledger import Ledger
    from releasegate.model import Migration, Release, Target, Window
    from releasegate.repository import Repository
    from releasegate.settings import Settings
    from releasegate.throwaway import Server


class NotAsked(Exception):
    """An input is missing, or an earlier answer makes the question empty; the text says which."""


@dataclass(frozen=True)
class Baseline:
    """The schema that the migration starts from, before earlier migrations."""

    #: in the order in which they are run
    files: tuple[File, ...]
    #: where it was read, for people: "db/schema/v0.sql at tag v0"; None: there is none
    origin: str | None
    #: what an administrator runs on the throwaway server before
    prelude: tuple[File, ...] = ()
    #: configured, and nothing of it is where the baseline was read
    missing: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        return joined(self.files)

    def place(self, line: int) -> tuple[str, int]:
        """Turn a line of the text into a file's path and line."""
        return place(self.files, line)

    def say(self, line: int) -> str:
        """Word a line's place; a file that is the only one needs no name."""
        path, line = self.place(line)
        return f"line {line}" if len(self.files) == 1 else f"{path}, line {line}"


#: one waits for the server and loads the baseline; two gates try things out there
_BESIDE = 3


@dataclass(frozen=True)
class LiveTarget:
    """The target as reached: a read-only connection and what was read first over it."""

    connection: Connection
    target: Target
    ledger: Ledger
    #: by the server's clock
    now: datetime
    #: how this very server is reached again
    parameters: Parameters
    #: a pooler in session mode stands between, and that is allowed
    is_pooled: bool = False


@dataclass(frozen=True)
class GateInputs:
    """Everything that gates may look at."""

    settings: Settings
    migration: Migration
    #: what is there before it, drafts left out, in the order in which it was run
    earlier: tuple[Migration, ...]
    #: or the finding that says why there is none
    repository: Repository | Finding
    release: Release
    baseline: Baseline
    #: None: no database was given; a finding: it was, and could not be looked at
    live: LiveTarget | Finding | None
    scratch: Parameters | None
    window: Window | None
    #: the run waits for the window to open
    waits: bool
    now: datetime
    is_apply: bool
    #: online or as-written
    strategy: str
    #: closes what gates open for several of them
    stack: ExitStack
    #: whoever runs this vouches for the repository's prelude
    trusts_prelude: bool = False
    looking: Looking = field(default_factory=Looking)
    #: the commit that runs now; None: nobody has said
    deployed: str | None = None

    @cached_property
    def beside(self) -> Executor:
        """Threads beside ours, for what the throwaway server is mostly busy with."""
        from concurrent.futures import ThreadPoolExecutor

        pool = ThreadPoolExecutor(max_workers=_BESIDE)
        # Before all that the server's start leaves to the stack, so after it when that unwinds:
        # whoever waits for the server's answer then gets none, and what has not begun never does.
        self.stack.callback(pool.shutdown, cancel_futures=True)
        return pool

    @cached_property
    def server(self) -> Future[Server]:
        """The throwaway server; from the first question on it starts while others look."""
        from releasegate.gates.ground import start

        return self.beside.submit(start, self, self.stack)

    @property
    def setup(self) -> Setup:
        """How the throwaway server is to be prepared."""
        scratch = self.settings.configuration.scratch
        return Setup(
            stand_ins=frozenset(scratch.stand_ins),
            platform=scratch.platform,
            prelude=self.baseline.prelude,
            trusts_prelude=self.trusts_prelude,
        )

    @cached_property
    def laying(self) -> Future[Ground]:
        """The baseline on the throwaway server; from the first question on it is loaded."""
        from releasegate.gates.ground import prepare

        _ = self.server
        return self.beside.submit(prepare, self, self.stack)

    @property
    def ground(self) -> Ground:
        """A throwaway server with the baseline on it.

        Raises:
            BaselineError: it does not load; parse-only tells where.
        """
        return self.laying.result()

    @cached_property
    def signature(self) -> str | Finding | None:
        """Who signed the release tag, or why it does not count; None where nobody asks.

        The programs and keys by which Git verifies are the policy's, never the repository's.
        """
        policy, repository = self.settings.configuration.policy, self.repository
        if not policy.signed_tag or isinstance(repository, Finding):
            return None
        tag = repository.tag(self.release.tag)
        if not tag.exists:
            return None
        from releasegate.repository import signatures

        try:
            allowed = signatures.allowed_signers(repository, policy.allowed_signers)
            return signatures.signer(repository, tag, allowed, now=self.now)
        except RepositoryProblem as problem:
            return problem.finding

    @property
    def is_readable(self) -> bool:
        """The migration is in the grammar."""
        return not isinstance(self.parsed, SqlError)

    @cached_property
    def planned(self) -> Plan | CannotPlan:
        """The plan, or why there is none.

        Raises:
            NotAsked: the file does not parse.
        """
        live = self.live if isinstance(self.live, LiveTarget) else None
        major = database.major(live.connection) if live else max(database.SUPPORTED_MAJORS)
        try:
            return make_plan(
                self.migration,
                self.statements(),
                major=major,
                strategy=self.strategy,
                baseline=self.baseline_statements,
            )
        except CannotPlan as error:
            return error

    @cached_property
    def forecast(self) -> Forecast | None:
        """What is to be expected of the steps that are left; None without a target or a plan."""
        live = self.live
        if not isinstance(live, LiveTarget) or not self.is_readable:
            return None
        if not isinstance(self.planned, Plan):
            return None
        number = self.migration.number
        try:
            is_begun = number in live.ledger.begun
            done = ledger.steps_done(live.connection, number) if is_begun else ()
            return forecast(live.connection, self.planned, done=done)
        except psycopg.Error as error:
            return Forecast(why_not=database.meaning(error))

    @cached_property
    def baseline_statements(self) -> tuple[Statement, ...]:
        """What is there before; a text that does not parse is parse-only's to tell."""
        try:
            return tuple(statement for text in self.texts_before for statement in parse(text))
        except SqlError:
            return ()

    @cached_property
    def texts_before(self) -> tuple[str, ...]:
        """Platform, prelude, baseline and earlier migrations."""
        text = readable(self.baseline.text)
        try:
            brought = platform(self.setup.platform, parse(text))
        except SqlError:
            brought = ()
        before = [file.text for file in (*brought, *self.baseline.prelude)]
        return (*before, text, *map(migrations.text, self.earlier))

    @cached_property
    def parsed(self) -> tuple[Statement, ...] | SqlError:
        """The migration's statements, or what the grammar has against it."""
        try:
            return parse(migrations.text(self.migration))
        except SqlError as error:
            return error

    @cached_property
    def sources(self) -> Sources:
        """The app's source files, found once for every gate."""
        configuration = self.settings.configuration
        return source_files(
            self.settings.root,
            roots=configuration.app_code.roots,
            exclude=configuration.app_code.exclude,
            migrations=configuration.migrations,
        )

    @cached_property
    def app_files(self) -> dict[str, bytes | None]:
        """Their contents, read once: what is judged is what is compared with the commit."""
        return {path: content(self.settings.root / path) for path in self.sources.files}

    def statements(self) -> tuple[Statement, ...]:
        """Give the migration's statements.

        Raises:
            NotAsked: the file does not parse.
        """
        if isinstance(self.parsed, SqlError):
            raise NotAsked("the file does not parse: see parse-only")
        return self.parsed
