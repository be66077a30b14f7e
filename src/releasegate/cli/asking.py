"""Options -> what a command of release is asked for."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from releasegate.cli import signals
from releasegate.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from structlog.typing import FilteringBoundLogger

    from releasegate.gates.looking import Looking
    from releasegate.model import Report
    from releasegate.release.inputs import Request
    from releasegate.release.timeline import Timeline
    from releasegate.window import Recurring

_CHANGING = frozenset({"apply", "rollback", "adopt", "init-ledger"})
_TARGET_VARIABLES = ("PGSERVICE", "PGHOST", "PGHOSTADDR", "PGDATABASE")
# Set by hooks and scripts; they would lead Git to another repository than the one that we look at.
_GIT_VARIABLES = tuple(
    f"GIT_{name}"
    for name in (
        "ALTERNATE_OBJECT_DIRECTORIES",
        "COMMON_DIR",
        "CONFIG",
        "CONFIG_COUNT",
        "CONFIG_PARAMETERS",
        "DIR",
        "INDEX_FILE",
        "NAMESPACE",
        "OBJECT_DIRECTORY",
        "REPLACE_REF_BASE",
        "SHALLOW_FILE",
        "WORK_TREE",
    )
)
# click has read them; no child of ours needs a password.
_URL_VARIABLES = tuple(f"RELEASEGATE_{name}_URL" for name in ("DATABASE", "REPLICA", "SCRATCH"))
#: options that a request has by the same name
_SAME = frozenset(
    (
        *("migration", "trusts_prelude", "deployed", "strategy", "only", "require", "window"),
        *("waits", "head", "grant_to", "drops_columns", "discards", "adopts", "wants_exit_code"),
    )
)


def request(command: str, options: dict[str, Any]) -> Request:
    """Read the settings, find the target, begin the log.

    Raises:
        UsageError: something of it cannot be meant so.
    """
    import uuid

    from releasegate import database, settings
    from releasegate.model import Level
    from releasegate.release.inputs import Request
    from releasegate.release.timeline import Timeline

    forget_variables()
    url = target_url(options)
    loaded = settings.load(here(), os.environ, app_code=options.get("app_code", ()))
    _check_window(options.get("window"), loaded.windows)
    target = None if url is None else database.target_parameters(url)
    if target is not None:
        target = replace(target, may_be_pooled=options.get("may_be_pooled", False))
    database.scrub_environment()
    scratch, replica = options.get("scratch_url"), options.get("replica_url")
    run_id, timeline = str(uuid.uuid4()), Timeline()
    return Request(
        command=command,
        settings=loaded,
        run_id=run_id,
        log=_log(run_id, timeline, options),
        timeline=timeline,
        target=target,
        scratch=database.given_parameters(scratch) if scratch else None,
        replica=database.given_parameters(replica) if replica else None,
        fail_on=Level(options.get("fail_on", "error")),
        target_name=_target_name(options.get("target"), loaded.configuration.targets, command),
        approved=_approved(options.get("preflight")),
        looking=_looking(options),
        operator=f"{os.environ.get('USER') or os.geteuid()}@{os.uname().nodename}",
        settled=signals.ignore,
        **{name: options[name] for name in _SAME & options.keys()},
    )


def _log(run_id: str, timeline: Timeline, options: dict[str, Any]) -> FilteringBoundLogger:
    from releasegate import log

    return log.set_up(
        run_id,
        log_file=options.get("log_file"),
        quiet=options.get("quiet", False),
        keep=timeline.take,
    )


def _approved(file: Path | None) -> Report | None:
    if file is None:
        return None
    from releasegate.reports import reading

    return reading.read(content(file))


def forget_variables() -> None:
    """Take out of the environment what would lead Git elsewhere, and what no child needs."""
    for name in (*_GIT_VARIABLES, *_URL_VARIABLES):
        os.environ.pop(name, None)


def target_url(options: dict[str, Any]) -> str | None:
    """Give the target as named; empty where the environment alone names one."""
    is_targeted = any(os.environ.get(name) for name in _TARGET_VARIABLES)
    return options.get("database_url") or ("" if is_targeted else None)


def content(file: Path) -> bytes:
    try:
        return sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}.") from None


def _target_name(name: str | None, configured: Mapping[str, Any], command: str) -> str | None:
    """Take the named one; what changes a target takes the only one, and never one of several."""
    known = ", ".join(sorted(configured)) or "none"
    if name is not None and name not in configured:
        raise UsageError(f"--target: there is no [targets.{name}]. Configured: {known}.")
    if name is not None or not configured or command not in _CHANGING:
        return name
    if len(configured) > 1:
        raise UsageError(f"{command}: say which target is meant by --target NAME: {known}.")
    return next(iter(configured))


def _looking(options: dict[str, Any]) -> Looking:
    from releasegate.gates.looking import Looking

    names = ("data_timeout", "keys_file", "keys_kept", "free_bytes")
    return Looking(**{name: options[name] for name in names if options.get(name) is not None})


def here() -> Path:
    try:
        return Path.cwd()
    except FileNotFoundError:
        raise UsageError("The current directory was deleted: change to another one.") from None


def _check_window(text: str | None, configured: Mapping[str, Recurring]) -> None:
    """Read the window before anything else is, and catch a migration that stands in its place."""
    from releasegate import window

    if text is None:
        return
    if text.isdecimal() or text.endswith(".sql"):
        value = next(iter(configured), "now/PT30M")
        raise UsageError(
            f"--window was given {text!r}, which names a migration. "
            f"Write: releasegate apply --window {value} {text}"
        )
    window.choose(text, configured, now=datetime.now(UTC))
