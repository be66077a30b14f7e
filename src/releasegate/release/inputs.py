"""What the command line asks for -> everything that gates look at."""

from __future__ import annotations

import re
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import psycopg

from releasegate import __version__, migrations, window
from releasegate.errors import CouldNotLook, UsageError
from releasegate.gates import GateInputs, LiveTarget
from releasegate.gates.looking import Looking
from releasegate.gates.waivers import in_force
from releasegate.model import Finding, Level, Release, Report, Verdict
from releasegate.release import baselines
from releasegate.release.earlier import earlier
from releasegate.release.reaching import reach, stopped_answering
from releasegate.release.timeline import Timeline
from releasegate.repository import Repository, RepositoryProblem, open_repository

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from structlog.typing import FilteringBoundLogger

    from releasegate.database import Parameters
    from releasegate.gates import Baseline
    from releasegate.ledger import Ledger
    from releasegate.model import Migration, Prediction, Window
    from releasegate.settings import Settings

#: narrower than git-check-ref-format(1): no name that a command line could take for an option
_TAG = re.compile(r"[^\x00-\x20\x7f~^:?*\[\\-][^\x00-\x20\x7f~^:?*\[\\]{0,199}")


@dataclass(frozen=True)
class Request:
    """What the command line asks for."""

    command: str
    settings: Settings
    run_id: str
    log: FilteringBoundLogger
    #: is shown what is logged, for the report
    timeline: Timeline = field(default_factory=Timeline)
    #: path, name or number; None: the next one
    migration: str | None = None
    target: Parameters | None = None
    scratch: Parameters | None = None
    #: the repository's prelude may be run by an administrator outside a cage
    trusts_prelude: bool = False
    #: where readers are looked for before a lock that reaches the replicas
    replica: Parameters | None = None
    #: ask only these gates; empty: all
    only: tuple[str, ...] = ()
    #: gates that block when they were not asked
    require: tuple[str, ...] = ()
    #: the lightest level that blocks
    fail_on: Level = Level.ERROR
    #: an interval, a configured name, or empty: the only one configured
    window: str | None = None
    #: what an earlier look made of it
    agreed: Window | None = None
    #: for the window to open
    waits: bool = False
    #: online or as-written; None: as configured
    strategy: str | None = None
    #: status: exit with 1 when something is open or drifted
    wants_exit_code: bool = False
    #: apply: a preflight's report that what is found is held against
    approved: Report | None = None
    #: the name of the configured target that this must be; None: not asked
    target_name: str | None = None
    #: rollback: columns and tables without values go too
    drops_columns: bool = False
    #: rollback: columns and tables that go with their values, which are saved
    discards: tuple[str, ...] = ()
    #: init-ledger: roles that are to apply
    grant_to: tuple[str, ...] = ()
    #: init-ledger: take the ledger over as it is
    adopts: bool = False
    #: status: a digest of the ledger's journal that was kept elsewhere
    head: str | None = None
    #: branch, tag or commit of the app that runs; None: as configured
    deployed: str | None = None
    #: how long, from where and at how much the live database may be looked
    looking: Looking = field(default_factory=Looking)
    #: who runs this, for the ledger and for whoever comes second
    operator: str = "unknown"
    #: called once what happened is known: from then on no signal may change the answer
    settled: Callable[[], None] = lambda: None
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)


@dataclass(frozen=True)
class Prepared:
    request: Request
    inputs: GateInputs
    all_migrations: tuple[Migration, ...]
    started_at: datetime
    #: by our own clock, when the target told the time of its own
    looked_at: datetime

    @property
    def predictions(self) -> Mapping[int, Prediction]:
        """How long each step that is left will take, where there is a target to ask."""
        found = self.inputs.forecast
        return found.predictions if found else {}

    def report(self, exit_code: int, verdict: Verdict, summary: str, **rest: object) -> Report:
        """Fill in what every report says."""
        inputs = self.inputs
        repository = inputs.repository
        live = inputs.live if isinstance(inputs.live, LiveTarget) else None
        fields = {
            "migration": inputs.migration,
            "commit": repository.head if isinstance(repository, Repository) else None,
            "release": self._release(),
            "target": live.target if live else None,
            "window": inputs.window,
            "waivers": in_force(inputs.migration, inputs.now),
            "timeline": self.request.timeline.moments,
            **rest,
        }
        return Report(
            command=self.request.command,
            tool_version=__version__,
            run_id=self.request.run_id,
            started_at=self.started_at,
            finished_at=self.request.clock(),
            exit_code=exit_code,
            verdict=verdict,
            summary=f"{summary}{self._choice()}",
            **fields,  # type: ignore[arg-type]
        )

    def _release(self) -> Release:
        if not self.request.settings.configuration.policy.signed_tag:
            return self.inputs.release
        return replace(self.inputs.release, signed=isinstance(self.inputs.signature, str))

    def _choice(self) -> str:
        """Say that nobody named the migration and no ledger was there to tell the next one."""
        is_guess = self.request.migration is None and not isinstance(self.inputs.live, LiveTarget)
        name = self.inputs.migration.name
        return f" No database to ask, so this is about the newest: {name}." if is_guess else ""


@contextmanager
def prepare(request: Request) -> Iterator[Prepared]:
    """Read everything that gates look at; connections and repository close afterwards."""
    started_at = request.clock()
    settings = request.settings
    configuration = settings.configuration
    found = migrations.load(
        settings.root, configuration.migrations, drafts=configuration.policy.drafts
    )
    request.log.info("run.started", command=request.command)
    with ExitStack() as stack:
        live = reach(request, stack)
        looked_at = request.clock()
        known = live.ledger if isinstance(live, LiveTarget) else None
        migration = _choose(found, request.migration, known)
        repository, release, baseline = _from_git(settings, migration, stack)
        deployed = _deployed(request, repository)
        now = live.now if isinstance(live, LiveTarget) else looked_at
        inputs = GateInputs(
            settings=settings,
            migration=migration,
            # What was there before a file that is adopted, no ledger knows.
            earlier=earlier(found, migration, None if request.command == "adopt" else known),
            repository=repository,
            release=release,
            baseline=baseline,
            live=live,
            scratch=request.scratch,
            window=_window(request, now),
            waits=request.waits,
            now=now,
            is_apply=request.command in ("apply", "rollback", "adopt"),
            strategy=request.strategy or settings.configuration.strategy,
            stack=stack,
            trusts_prelude=request.trusts_prelude,
            deployed=deployed,
            looking=replace(request.looking, replica=request.replica, say=request.log.info),
        )
        try:
            yield Prepared(request, inputs, found, started_at, looked_at)
        except psycopg.Error as error:
            # Whoever begins a step answers for its errors; these came while we only looked.
            raise CouldNotLook(stopped_answering(error)) from error


def _window(request: Request, now: datetime) -> Window | None:
    """Choose the window; a preflight is about the only one configured unless it is told another."""
    configured = request.settings.windows
    text = request.window
    if text is None and request.command == "preflight" and len(configured) == 1:
        text = ""
    if text is None or request.agreed is not None:
        return request.agreed
    return window.choose(text, configured, now=now)


def _choose(found: Sequence[Migration], name: str | None, known: Ledger | None) -> Migration:
    """Find the named one; else the next to apply, or without a database the newest."""
    if name is not None:
        return migrations.choose(found, name)
    ready = [migration for migration in found if not migration.draft]
    if not ready:
        why = "name a draft to check it" if found else "the folder has no NNN_words.sql"
        raise UsageError(f"There is no migration to apply: {why}.")
    if known is None:
        return ready[-1]
    pending = [m for m in ready if not _is_complete(known, m)]
    return (pending or ready[-1:])[0]


def _is_complete(known: Ledger, migration: Migration) -> bool:
    entry = known.entries.get(migration.number)
    return entry is not None and entry.is_complete


def _from_git(
    settings: Settings, migration: Migration, stack: ExitStack
) -> tuple[Repository | Finding, Release, Baseline]:
    """Read release and baseline from Git; where it cannot be read, from disk, and say why."""
    repository: Repository | Finding
    try:
        repository = stack.enter_context(open_repository(settings.root))
        release = _release(settings, migration, repository)
        return repository, release, baselines.read(settings, repository, release)
    except RepositoryProblem as problem:
        repository = problem.finding
        release = _release(settings, migration, repository)
        return repository, release, baselines.read(settings, repository, release)


def _deployed(request: Request, repository: Repository | Finding) -> str | None:
    """Find the commit of the app that runs, where one is named.

    Raises:
        UsageError: it is no commit of this clone.
    """
    name = request.deployed or request.settings.configuration.app_code.deployed
    if not name or request.command not in ("preflight", "apply"):
        return None
    if isinstance(repository, Finding):
        raise UsageError(f"--deployed {name}: {repository.message}")
    commit = repository.commit_named(name)
    if commit is None:
        hint = (
            " The clone is shallow: git fetch --unshallow --tags" if repository.is_shallow else ""
        )
        raise UsageError(f"--deployed: {name[:60]!r} is no commit of this clone.{hint}")
    return commit


def _release(settings: Settings, migration: Migration, repository: Repository | Finding) -> Release:
    name = migration.directives.requires_tag or settings.configuration.release_tag
    if not _TAG.fullmatch(name) or ".." in name:
        raise UsageError(f"release-tag: {name[:60]!r} can be no tag's name (git-check-ref-format).")
    if isinstance(repository, Finding):
        return Release(name, None)
    tag = repository.tag(name)
    return Release(name, tag.commit, object=tag.object)
