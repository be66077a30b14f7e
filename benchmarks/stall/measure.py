"""One trial -> one measurement: a fresh copy, the load, who else is there, the apply."""

from __future__ import annotations

import shutil
import tempfile
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
from psycopg.conninfo import make_conninfo

from benchmarks.stall import bystanders, load
from benchmarks.stall.appliers import Applier, Job
from benchmarks.stall.model import Applied, Felt, Load, Measurement, Trial
from benchmarks.stall.relay import relay

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from benchmarks.stall.bystanders import Blocker, Readers
    from benchmarks.stall.dataset import Database, Dataset
    from benchmarks.stall.tools import Tools

#: how long the load runs before an apply: psycopg prepares a statement at its fifth use
SETTLE_S = 3.0
#: how long it goes on afterwards
TAIL_S = 1.0
_REPLAY_S = 60.0
# They hold a password, or nothing that is new.
_PROJECTS = shutil.ignore_patterns("repository", "django", "migrations")

# A wait is reported when it has lasted deadlock_timeout; 1 ms is the least there is.
REPORTING = {
    "deadlock_timeout": "1ms",
    "log_lock_waits": "on",
    "client_min_messages": "log",
    "lc_messages": "C",
}
_ON_A_REPLICATED_PRIMARY = {"synchronous_commit": "remote_apply"}
_SLOW_COMMITS = {"log_min_duration_statement": "2ms"}


@dataclass(frozen=True)
class Bench:
    """What all trials have in common."""

    dataset: Dataset
    load: Load
    tools: Tools
    folder: Path
    #: how long a long reader or writer stays
    blocker_s: float
    #: the round trip on the applier's connection
    relay_ms: float
    #: after which an apply is given up
    timeout_s: float
    #: where each run's reports, logs and samples are kept
    keep: Path | None = None

    def measure(self, trial: Trial, applier: Applier) -> Measurement:
        """Apply once while the app is at work."""
        settings = _app_settings(trial)
        with self._fresh(trial) as (database, folder):
            self.dataset.set_app(settings)
            with load.running(self.load, database.app, folder) as app, ExitStack() as others:
                time.sleep(SETTLE_S)
                reading = _readers(trial, database, others)
                blocker = self._blocker(trial, database, others)
                applied = self._apply(applier, database, folder)
                if blocker and trial.scenario == "replica":
                    # What has been replayed waits for the replica's reader after the apply, too.
                    blocker.outlast()
                time.sleep(TAIL_S)
                others.close()
                felt = app.stop()
            return Measurement(
                trial,
                applied,
                is_complete=database.is_complete(),
                felt=felt,
                replica=reading.felt() if reading else None,
                blocker_ended=blocker.ended if blocker else None,
            )

    def measure_idle(self, applier: Applier, *, name: str, number: int) -> Measurement:
        """Apply once while nobody else is there."""
        trial = Trial("idle", name, "plain", number)
        with self._fresh(trial) as (database, folder):
            applied = self._apply(applier, database, folder)
            return Measurement(trial, applied, is_complete=database.is_complete())

    @contextmanager
    def _fresh(self, trial: Trial) -> Iterator[tuple[Database, Path]]:
        with (
            tempfile.TemporaryDirectory(dir=self.folder, prefix=f"{trial.applier}-") as folder,
            self.dataset.copy() as database,
        ):
            if database.standby:
                _await_replay(self.dataset.admin)
            yield database, Path(folder)
            if self.keep:
                name = f"{trial.scenario}-{trial.applier}-{trial.mode}-{trial.number}"
                shutil.copytree(folder, self.keep / name, ignore=_PROJECTS, dirs_exist_ok=True)

    def _blocker(self, trial: Trial, database: Database, others: ExitStack) -> Blocker | None:
        if trial.scenario == "quiet":
            return None
        statements = bystanders.WRITES if trial.scenario == "long-writer" else bystanders.READS
        url = database.standby if trial.scenario == "replica" else database.app
        assert url is not None
        return others.enter_context(
            bystanders.long_transaction(url, statements, seconds=self.blocker_s)
        )

    def _apply(self, applier: Applier, database: Database, folder: Path) -> Applied:
        target = dict(database.owner)
        with ExitStack() as opened:
            if self.relay_ms:
                address = (target["host"], int(target["port"]))
                port = opened.enter_context(relay(address, round_trip_ms=self.relay_ms))
                target["port"] = str(port)
            deadline = time.time() + self.timeout_s
            return applier(Job(target, database.owner_standby, folder, self.tools, deadline))


def _app_settings(trial: Trial) -> Mapping[str, str]:
    reporting = REPORTING if trial.mode == "waits" else {}
    if trial.scenario != "replica":
        return reporting
    return {**reporting, **(_SLOW_COMMITS if reporting else {}), **_ON_A_REPLICATED_PRIMARY}


def _readers(trial: Trial, database: Database, others: ExitStack) -> Readers | None:
    if trial.scenario != "replica" or database.standby is None:
        return None
    return others.enter_context(bystanders.readers(database.standby))


def _await_replay(admin: Mapping[str, str]) -> None:
    """Wait until the standby shows what the primary holds now."""
    query = "SELECT bool_and(replay_lsn >= %s::pg_lsn) FROM pg_stat_replication"
    with psycopg.connect(make_conninfo("", **admin), autocommit=True) as connection:
        (here,) = connection.execute("SELECT pg_current_wal_insert_lsn()").fetchone() or ("0/0",)
        deadline = time.monotonic() + _REPLAY_S
        while connection.execute(query, (here,)).fetchone() != (True,):
            if time.monotonic() > deadline:
                raise load.LoadFailed("The standby does not follow its primary.")
            time.sleep(0.05)


def slice_of(felt: Felt, *, began: float, ended: float) -> Felt:
    """Keep what was felt between two moments; a transaction counts when it overlaps them."""
    offset = felt.started_at
    samples = tuple(
        s for s in felt.samples if s.ended + offset >= began and s.due + offset <= ended
    )
    return Felt(
        felt.started_at,
        samples,
        tuple(wait for wait in felt.waits if began <= wait.at <= ended),
        tuple(commit for commit in felt.commits_ms if began <= commit[0] <= ended),
        felt.unfinished,
    )
