"""A database -> the migration applied, in each of the ways that are compared."""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from psycopg.conninfo import make_conninfo

from benchmarks.stall import django_project, recipe, releasegate_run
from benchmarks.stall.dataset import MIGRATION
from benchmarks.stall.model import Applied

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.stall.tools import Tools

_RETRY_PAUSE_S = 1.0
_KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "XDG_CACHE_HOME", "VIRTUAL_ENV")
_VARIABLES = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "dbname": "PGDATABASE"}
_VARIABLES |= {"password": "PGPASSWORD", "sslmode": "PGSSLMODE"}


@dataclass(frozen=True)
class Job:
    """One apply: where, with what, and until when."""

    #: the owner's connection parameters, through the relay where there is one
    target: Mapping[str, str]
    #: the owner's way to the standby, where there is one
    standby: str | None
    folder: Path
    tools: Tools
    #: seconds since the epoch
    deadline: float

    def environment(self, **more: str) -> dict[str, str]:
        """Name the target in libpq's variables, which other users of the machine cannot read."""
        kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
        libpq = {_VARIABLES[k]: v for k, v in self.target.items() if k in _VARIABLES and v}
        return {**kept, **libpq, **more}

    def run(self, *command: str, cwd: Path | None = None, **more: str) -> int:
        """Run a program to its end, or to the deadline; what it says is kept beside the data."""
        with (self.folder / "output.txt").open("ab") as output:
            try:
                return subprocess.run(
                    command,
                    cwd=cwd or self.folder,
                    env=self.environment(**more),
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    check=False,
                    timeout=max(1.0, self.deadline - time.time()),
                ).returncode
            except subprocess.TimeoutExpired:
                return 124

    @property
    def output(self) -> str:
        path = self.folder / "output.txt"
        return path.read_text(errors="replace") if path.exists() else ""


#: applies once or until it has succeeded; never raises for a database that says no
Applier = Callable[[Job], Applied]


def psql_once(job: Job) -> Applied:
    """Run the file as written, in one transaction, waiting for locks as long as it takes."""
    return _timed(job, lambda: job.run(*_psql(job)))


def psql_retry(job: Job) -> Applied:
    """The same, but give up a lock after 1 s, and begin anew until it works."""
    return _until_it_works(
        job, lambda: job.run(*_psql(job), PGOPTIONS="-c lock_timeout=1s"), pause_s=_RETRY_PAUSE_S
    )


def online_recipe(job: Job) -> Applied:
    """Rewrite the file by hand as the guides say, with lock_timeout 500 ms and back-off."""
    return recipe.apply(make_conninfo("", **job.target), deadline=job.deadline)


def dbmate(job: Job) -> Applied:
    """Run dbmate, which wraps the file in a transaction of its own."""
    text = re.sub(r"^(BEGIN|COMMIT);$", "", MIGRATION.read_text(), flags=re.MULTILINE)
    migrations = job.folder / "migrations"
    migrations.mkdir(exist_ok=True)
    script = f"-- migrate:up\n{text}\n-- migrate:down\n"
    (migrations / "20260101000000_init_v1.sql").write_text(script)
    at = job.target
    url = f"postgres://{at['user']}:{at['password']}@{at['host']}:{at['port']}/{at['dbname']}"
    command = (str(job.tools.dbmate), "--no-dump-schema", "--migrations-dir", str(migrations), "up")
    return _timed(job, lambda: job.run(*command, DATABASE_URL=f"{url}?sslmode=disable"))


def django(job: Job) -> Applied:
    """Run django-pg-zero-downtime-migrations with the timeouts of its manual, until it works."""
    project = django_project.write(job.folder / "django", job.target)
    manage = (str(job.tools.django_python), "-m", "django", "migrate", "--noinput")
    settings = {"DJANGO_SETTINGS_MODULE": "project", "PYTHONPATH": str(project)}
    faked = job.run(*manage, "papers", "0001", "--fake", cwd=project, **settings)
    if faked != 0:
        return Applied(faked, time.time(), time.time(), note=_last_line(job))
    return _until_it_works(
        job, lambda: job.run(*manage, "papers", cwd=project, **settings), pause_s=_RETRY_PAUSE_S
    )


def releasegate(job: Job) -> Applied:
    """Run the program as a team would, gates and all."""
    return _releasegate(job, job.folder, job.tools.releasegate_arguments)


def rollback(job: Job) -> Applied:
    """Take back what was applied, columns too; the applies before and after are not counted."""
    first = _releasegate(job, job.folder, ())
    if first.exit_code != 0:
        return first
    folder = job.folder / "back"
    folder.mkdir()
    back = _releasegate(job, folder, ("001",), verb=("rollback", "--drop-columns"))
    again = _releasegate(job, job.folder, ())
    return back if again.exit_code == 0 else again


def _releasegate(
    job: Job, folder: Path, arguments: tuple[str, ...], *, verb: tuple[str, ...] = ("apply",)
) -> Applied:
    repository = releasegate_run.make_repository(job.folder / "repository")
    command = releasegate_run.command(folder, arguments, verb=verb)
    if job.standby and job.tools.releasegate_knows("--replica-url"):
        command += ["--replica-url", job.standby]
    began = time.time()
    code = job.run(
        *command, cwd=repository, RELEASEGATE_DATABASE_URL=make_conninfo("", **job.target)
    )
    done = releasegate_run.read(folder, exit_code=code, began=began, ended=time.time())
    return done if code == 0 or done.note else replace(done, note=_last_line(job))


APPLIERS: dict[str, Applier] = {
    "psql": psql_once,
    "psql-retry": psql_retry,
    "recipe": online_recipe,
    "dbmate": dbmate,
    "django-zdm": django,
    "releasegate": releasegate,
    "rollback": rollback,
}


def waiting(seconds: float) -> Applier:
    """Apply nothing for so long: the control."""

    def wait(_: Job) -> Applied:
        began = time.time()
        time.sleep(seconds)
        return Applied(0, began, time.time())

    return wait


def _psql(job: Job) -> tuple[str, ...]:
    # As people type it; the file brings its own BEGIN and COMMIT, and psql warns of that.
    return (str(job.tools.psql), "-X", "-q", "-1", "-v", "ON_ERROR_STOP=1", "-f", str(MIGRATION))


def _timed(job: Job, run: Callable[[], int]) -> Applied:
    began = time.time()
    code = run()
    note = "" if code == 0 else _last_line(job)
    return Applied(code, began, time.time(), note=note)


def _until_it_works(job: Job, run: Callable[[], int], *, pause_s: float) -> Applied:
    began, tries = time.time(), 1
    while (code := run()) != 0 and time.time() + pause_s < job.deadline:
        time.sleep(pause_s)
        tries += 1
    note = "" if code == 0 else _last_line(job)
    return Applied(code, began, time.time(), tries, events=Counter(), note=note)


def _last_line(job: Job) -> str:
    lines = [line for line in job.output.splitlines() if "ERROR" in line or "rror" in line]
    return (lines or job.output.splitlines() or [""])[-1].strip()[:200]
