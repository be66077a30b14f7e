"""The shell that owns a server's folder and its processes, and cleans up when we end."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from releasegate.errors import CouldNotLook
from releasegate.throwaway.server import Account, clean_environment

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

SUPERUSER = "releasegate_superuser"
_START_TIMEOUT_S = 30.0
_STOP_TIMEOUT_S = 10.0
_SHM = Path("/dev/shm")  # noqa: S108  shared memory, looked at only for its free space
_SHM_NEEDED_BYTES = 512 << 20
# A socket's path must fit in 107 bytes (unix(7)).
_LONGEST_BASE = 60

# It makes the folder and is every process's parent, so that no pid can be another's. Reading from
# us, it sees our end at whatever moment and of whatever kind.
_SCRIPT = """
trap '' INT HUP TERM PIPE
run=$(mktemp -d "$BASE/releasegate-XXXXXXXX") || exit 1
echo "$run"
while read -r word program; do
  case $word in
    initdb) "$program" -D "$run/data" $INITDB </dev/null >"$run/initdb.log" 2>&1; echo $? ;;
    start) set -- "$program" -D "$run/data" -k "$run" "$@"
      if [ -n "$CAGE" ]; then
        IFS='
'
        set -f
        set -- $CAGE --bind "$run" "$run" "$@"
        unset IFS
      fi
      "$@" </dev/null >>"$run/server.log" 2>&1 &
      server=$! ;;
    stop) break ;;
  esac
done
if [ -n "$server" ]; then
  # In a cage our child is the cage, and the server its child. Nothing of it is worth a checkpoint.
  read -r main <"$run/data/postmaster.pid"
  kill -s QUIT ${main:-$server} 2>/dev/null
  wait $server
fi
cd / && rm -rf "$run"
"""
_INITDB = f"-U {SUPERUSER} -A trust --no-sync --no-locale -E UTF8 --wal-segsize=1"


class Watchdog:
    """The running shell."""

    def __init__(self, shell: subprocess.Popen[bytes], run_dir: Path, account: Account) -> None:
        self.run_dir = run_dir
        self.data = run_dir / "data"
        self.account = account
        self._shell = shell

    def initdb(self, program: Path) -> None:
        """Make a fresh cluster in ``data``.

        Raises:
            CouldNotLook: it failed; the message holds its last line.
        """
        self._tell(f"initdb {program}")
        if self._answer() == "0":
            return
        with suppress(KeyError):
            pwd.getpwuid(self.account.uid)
            raise CouldNotLook(f"initdb failed: {_last_line(self.run_dir / 'initdb.log')}")
        raise CouldNotLook(
            f"initdb needs a name for the user id {self.account.uid}: add it to /etc/passwd, run "
            "as another user, or give --scratch-url."
        )

    def start(self, program: Path) -> None:
        """Start the server, and wait until it takes connections.

        Ready is what pg_ctl takes for it: the status line of ``postmaster.pid``.

        Raises:
            CouldNotLook: it does not start; the message holds its last line.
        """
        self._tell(f"start {program}")
        log = self.run_dir / "server.log"
        deadline = time.monotonic() + _START_TIMEOUT_S
        while time.monotonic() < deadline:
            if _read(self.data / "postmaster.pid").rstrip().endswith("ready"):
                return
            if self._shell.poll() is not None or "FATAL" in _read(log):
                break
            time.sleep(0.002)
        raise CouldNotLook(f"The throwaway server did not start: {_last_line(log)}")

    def stop(self) -> None:
        self._tell("stop")
        for stream in (self._shell.stdin, self._shell.stdout):
            with suppress(OSError):
                assert stream is not None
                stream.close()
        try:
            self._shell.wait(_STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self._shell.kill()
            self._shell.wait()
        # What we made in the folder ourselves as root is not the shell's to remove.
        shutil.rmtree(self.run_dir, ignore_errors=True)

    def _tell(self, line: str) -> None:
        with suppress(OSError):
            assert self._shell.stdin is not None
            self._shell.stdin.write(os.fsencode(f"{line}\n"))
            self._shell.stdin.flush()

    def _answer(self) -> str:
        return _line(self._shell)


@contextmanager
def watchdog(
    account: Account, options: Mapping[str, str], *, cage: Sequence[str] = ()
) -> Iterator[Watchdog]:
    """Run the shell as the server's account; ``options`` are the server's settings.

    ``cage`` is the command that the server runs inside of.

    Raises:
        CouldNotLook: no temporary directory can be written to.
    """
    made = _begin(account, options, cage)
    try:
        yield made
    finally:
        made.stop()


def _begin(account: Account, options: Mapping[str, str], cage: Sequence[str]) -> Watchdog:
    settings = [part for key, value in options.items() for part in ("-c", f"{key}={value}")]
    for base in _bases():
        shell = subprocess.Popen(
            ["/bin/sh", "-c", _SCRIPT, "releasegate-watchdog", *settings],
            env={
                **clean_environment(None),
                "BASE": str(base),
                "INITDB": _INITDB,
                "CAGE": "\n".join(cage),
            },
            cwd="/",
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            **account.as_user,
        )
        run_dir = _line(shell)
        if run_dir:
            return Watchdog(shell, Path(run_dir), account)
        shell.communicate()
    raise CouldNotLook("No temporary directory can be written to; free some room or set TMPDIR.")


def _bases() -> Iterator[Path]:
    """Yield memory first, then disk; each open to other accounts when we are root."""
    with suppress(OSError):
        if shutil.disk_usage(_SHM).free >= _SHM_NEEDED_BYTES:
            yield _SHM
    configured = Path(tempfile.gettempdir())
    is_open = os.geteuid() != 0 or all(p.stat().st_mode & 0o001 for p in configured.parents)
    if is_open and len(str(configured)) <= _LONGEST_BASE:
        yield configured
    yield Path("/tmp")  # noqa: S108  mktemp makes a private directory below it


def _line(shell: subprocess.Popen[bytes]) -> str:
    assert shell.stdout is not None
    return os.fsdecode(shell.stdout.readline().rstrip(b"\n"))


def _read(path: Path) -> str:
    with suppress(OSError):
        return path.read_text(errors="replace")
    return ""


def _last_line(log: Path) -> str:
    """Find the line that says why, or else the last one."""
    lines = [line for line in _read(log).splitlines() if line.strip()]
    fatal = [line for line in lines if "FATAL" in line or "error" in line.lower()]
    return (fatal or lines or ["no reason given"])[-1].strip()
