"""What would make apply fail is said before: prepared databases, their preflight, their apply."""

from __future__ import annotations

import time
import uuid
from collections import Counter
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

import psycopg
import pytest

from foresight_cases import CASES, ForesightCase
from releasegate import gates, ledger, log, settings, throwaway
from releasegate.database import Parameters
from releasegate.errors import CouldNotLook
from releasegate.executor import DONE, Order, execute
from releasegate.gates import questions
from releasegate.gates.ground import Ground, lay
from releasegate.gates.live_database.in_the_way import A_MOMENT_S
from releasegate.model import Level, Plan, Release, Window
from releasegate.release.inputs import Request, prepare
from releasegate.session import open_session
from releasegate.statements.parser import parse
from releasegate.throwaway.binaries import binaries

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from releasegate.gates import GateInputs
    from releasegate.model import GateResult
    from releasegate.throwaway import Database, Server

EMBEDDED_MAJOR = 18
CONFIGURATION = """
migrations = "migrations"
baseline = "baseline.sql"
"""
#: an owner that may log in, and nothing of the server's
ROLE = "releasegate_owner"


@dataclass
class Tally:
    """How often foresight and fate agreed."""

    counts: Counter[str] = field(default_factory=Counter)

    def take(self, case: ForesightCase, fate: str) -> None:
        self.counts["cases"] += 1
        self.counts[fate] += 1
        if case.is_refused:
            self.counts["refused"] += 1
        if fate != "applied":
            self.counts["foreseen"] += bool(case.is_refused or case.expected.get("says"))
        elif case.is_refused:
            self.counts["by policy"] += 1

    def __str__(self) -> str:
        told = self.counts
        fails = told["cases"] - told["applied"]
        return (
            f"{told['cases']} databases: {told['applied']} would go through, {fails} would not; "
            f"{told['foreseen']} of {fails} foreseen; {told['refused']} refused, "
            f"{told['by policy']} of those by policy or for the app's sake, the rest rightly."
        )


@pytest.fixture(scope="module")
def tally(tell: Callable[[str], None]) -> Iterator[Tally]:
    made = Tally()
    yield made
    tell(f"foresight: {made}")


@dataclass
class Stage:
    """Servers and originals, each made once."""

    cache: Path
    stack: ExitStack
    rehearsals: Server
    servers: dict[int, Server]
    grounds: dict[str, Ground] = field(default_factory=dict)
    originals: dict[tuple[int, str], Database] = field(default_factory=dict)

    def ground(self, baseline: str) -> Ground:
        """Hold a baseline on the server for rehearsals."""
        if baseline not in self.grounds:
            self.grounds[baseline] = lay(self.rehearsals, baseline, (), self.stack)
        return self.grounds[baseline]

    def target(self, case: ForesightCase) -> Database:
        """Give a case a database of its own: the baseline, rows, and what is wrong with it."""
        server = self._server(case.expected.get("major", EMBEDDED_MAJOR))
        baseline, rows = case.text("baseline.sql"), case.text("rows.sql")
        key = (server.major, baseline + rows)
        if key not in self.originals:
            original = self.stack.enter_context(server.database())
            run(original.owner, baseline + rows)
            self.originals[key] = original
        return self.stack.enter_context(server.database(copy_of=self.originals[key]))

    def _server(self, major: int) -> Server:
        if major not in self.servers:
            started = throwaway.start(major=major, cache=self.cache)
            self.servers[major] = self.stack.enter_context(started)
        return self.servers[major]


def run(where: Parameters, script: str) -> None:
    with psycopg.connect(where.dsn(), autocommit=True) as connection:
        for statement in parse(script):
            connection.execute(statement.text.encode())


@pytest.fixture(scope="module")
def stage(cluster_cache: Path) -> Iterator[Stage]:
    options = {"max_prepared_transactions": "5", "wal_level": "logical", "track_counts": "on"}
    with (
        throwaway.start(cache=cluster_cache) as rehearsals,
        throwaway.start(cache=cluster_cache, options=options) as production,
        ExitStack() as stack,
    ):
        yield Stage(cluster_cache, stack, rehearsals, {EMBEDDED_MAJOR: production})


@contextmanager
def prepared(
    case: ForesightCase, stage: Stage, target: Database, folder: Path
) -> Iterator[GateInputs]:
    """Give the gate what preflight gives it."""
    (folder / "migrations").mkdir()
    (folder / "migrations/001_case.sql").write_text(case.text("migration.sql"))
    (folder / "baseline.sql").write_text(case.text("baseline.sql"))
    policy = f'[policy]\napply-role = "{case.expected.get("apply-role", "")}"\n'
    (folder / "releasegate.toml").write_text(CONFIGURATION + policy)
    request = Request(
        "preflight",
        settings.load(folder, {}),
        str(uuid.uuid4()),
        log.set_up("foresight"),
        migration="001",
        target=as_role(target, case.expected.get("role", ROLE)),
        strategy=case.expected.get("strategy", "online"),
        window=case.expected.get("window"),
    )
    ground = stage.ground(case.text("baseline.sql"))
    with prepare(request) as made:
        # The same one for all: what it holds is the baseline's alone.
        made.inputs.__dict__["ground"] = ground
        yield made.inputs


def as_role(target: Database, role: str) -> Parameters:
    return Parameters({**target.admin.values, "user": role})


def fate(case: ForesightCase, inputs: GateInputs, target: Database) -> str:
    """Execute the plan, whatever the gate has said of it: applied, stopped or failed."""
    plan = inputs.planned
    assert isinstance(plan, Plan)
    run_id = str(uuid.uuid4())
    role = case.expected.get("apply-role") or case.expected.get("role", ROLE)
    try:
        with open_session(as_role(target, role), run_id) as session:
            session.take_lock(wait=timedelta(0), sleep=time.sleep)
            closes_in = timedelta(seconds=1 if case.text("holder.sql") else 4)
            window = Window(session.now(), session.now() + closes_in)
            ledger.create(session.connection)
            ledger.begin_run(
                session.connection,
                run_id=run_id,
                migration=inputs.migration,
                plan=plan,
                release=Release("v0", None),
                commit=None,
                window=window,
                operator="foresight",
                tool_version="0",
            )
            order = Order(
                run_id=run_id,
                migration=inputs.migration,
                plan=plan,
                window=window,
                longest_wait=timedelta(milliseconds=100),
                grace=timedelta(0),
                sleep=time.sleep,
                log=log.set_up(run_id),
            )
            outcomes = execute(session, order)
    except (psycopg.Error, CouldNotLook):
        return "failed"
    if all(outcome.status in DONE for outcome in outcomes):
        return "applied"
    stopped = next(outcome for outcome in outcomes if outcome.status not in DONE)
    return "stopped" if "window closed" in (stopped.message or "") else "failed"


@contextmanager
def held(case: ForesightCase, target: Database) -> Iterator[None]:
    """Keep a transaction of the app's open, as a hung worker does."""
    script = case.text("holder.sql")
    if not script:
        yield
        return
    with psycopg.connect(target.owner.dsn(application_name="nightly-export")) as holder:
        holder.execute(script.encode())
        time.sleep(A_MOMENT_S)
        yield
        holder.rollback()
    end_prepared(target)


def end_prepared(target: Database) -> None:
    """No database goes away with a prepared transaction in it."""
    with psycopg.connect(target.admin.dsn(), autocommit=True) as admin:
        named = admin.execute(
            "SELECT quote_literal(gid) FROM pg_prepared_xacts WHERE database = current_database()"
        )
        for (gid,) in named.fetchall():
            admin.execute(f"ROLLBACK PREPARED {gid}".encode())


def codes(result: GateResult, *levels: Level) -> set[str]:
    return {finding.code for finding in result.findings if finding.level in levels}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.folder.name)
def test_preflight_says_what_apply_then_does(
    case: ForesightCase, stage: Stage, tally: Tally, tmp_path: Path
) -> None:
    if case.expected.get("major", EMBEDDED_MAJOR) not in binaries():
        pytest.skip("this PostgreSQL is not installed")
    target = stage.target(case)
    dirty = case.text("dirty.sql").replace("DATABASE_NAME", target.name)
    run(target.admin, dirty)

    with held(case, target), prepared(case, stage, target, tmp_path) as inputs:
        result = gates.run(questions.LIVE_DATABASE, inputs)
        said = codes(result, Level.WARNING, Level.NOTE)
        blocks = codes(result, Level.ERROR)
        outcome = fate(case, inputs, target)

    told = [f"{one.level.value} {one.code} {one.message}" for one in result.findings]
    assert result.reason is None
    assert blocks == case.blocks, told
    assert set(case.expected.get("says", ())) <= said, told
    assert outcome == case.expected["apply"], told
    is_foreseen = bool(blocks or case.expected.get("says"))
    assert outcome == "applied" or is_foreseen, "apply fails, and preflight said nothing of it"
    is_needless = outcome == "applied" and bool(blocks)
    assert is_needless == ("refusal" in case.expected), "preflight refuses what goes through"
    if "afterwards" in case.expected:
        with pytest.raises(psycopg.Error):
            run(target.owner, case.expected["afterwards"])
    tally.take(case, outcome)


def test_there_are_enough_databases() -> None:
    assert len(CASES) >= 60
