"""Options -> one command of release, one report written once, one exit code."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

from releasegate.cli.rendering import render
from releasegate.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import FrameType

    from releasegate.gates.looking import Looking
    from releasegate.model import Report
    from releasegate.release.inputs import Request
    from releasegate.window import Recurring

#: where each command is; a run loads no other
_MODULES = {
    "preflight": "checking",
    "plan": "checking",
    "apply": "applying",
    "rollback": "rolling_back",
    "adopt": "adopting",
    "init-ledger": "initializing",
    "status": "status",
}
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


def run_command(command: str, options: dict[str, Any]) -> int:
    """Build the request, run it once, write the report once."""
    catch_signals()
    output: Path | None = options.get("output")
    _check_output(output)
    request = _request(command, options)
    module = import_module(f"releasegate.release.{_MODULES[command]}")
    report: Report = getattr(module, command.replace("-", "_"))(request)
    ignore_signals()
    request.log.info("run.finished", verdict=report.verdict.value, exit_code=report.exit_code)
    format_ = "sql" if options.get("as_sql") else options["format_"]
    write(report, format_, output, docs_url=options.get("docs_url"))
    return report.exit_code


def render_again(file: Path, options: dict[str, Any]) -> int:
    """Write a run's JSON report in another format."""
    output: Path | None = options["output"]
    _check_output(output)
    from releasegate.reports import reading

    report = reading.read(_content(file))
    latency: Path | None = options["latency"]
    if latency is not None:
        report = replace(report, latency=reading.read_latency(_content(latency)))
    try:
        write(
            report,
            options["format_"],
            output,
            docs_url=options["docs_url"],
            prefix=options["path_prefix"],
        )
    except (KeyError, TypeError, AttributeError, ValueError, OverflowError):
        # The evidence is what each gate makes of it: no type describes it.
        raise UsageError(f"{file} is no report of releasegate: its evidence is broken.") from None
    return 0


def _content(file: Path) -> bytes:
    try:
        return sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}.") from None


def write(
    report: Report, format_: str, output: Path | None, *, docs_url: str | None, prefix: str = ""
) -> None:
    """Render a report once and write it where it was asked for."""
    is_file = output is not None
    text = render(report, format_, docs_url=docs_url, is_file=is_file, prefix=prefix)
    _write(text, output)


def _request(command: str, options: dict[str, Any]) -> Request:
    import uuid

    from releasegate import database, log, settings, window
    from releasegate.model import Level
    from releasegate.release.inputs import Request
    from releasegate.release.timeline import Timeline

    _forget_variables()
    url = _target_url(options)
    operator = f"{os.environ.get('USER') or os.geteuid()}@{os.uname().nodename}"
    loaded = settings.load(_here(), os.environ, app_code=options.get("app_code", ()))
    if options.get("window") is not None:
        _check_window(options["window"], loaded.windows)
        window.choose(options["window"], loaded.windows, now=datetime.now(UTC))
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
        log=log.set_up(
            run_id,
            log_file=options.get("log_file"),
            quiet=options.get("quiet", False),
            keep=timeline.take,
        ),
        timeline=timeline,
        migration=options.get("migration"),
        target=target,
        scratch=database.given_parameters(scratch) if scratch else None,
        trusts_prelude=options.get("trusts_prelude", False),
        replica=database.given_parameters(replica) if replica else None,
        deployed=options.get("deployed"),
        strategy=options.get("strategy"),
        only=options.get("only", ()),
        require=options.get("require", ()),
        fail_on=Level(options.get("fail_on", "error")),
        window=options.get("window"),
        waits=options.get("waits", False),
        head=options.get("head"),
        target_name=_target_name(options.get("target"), loaded.configuration.targets, command),
        grant_to=options.get("grant_to", ()),
        drops_columns=options.get("drops_columns", False),
        discards=options.get("discards", ()),
        adopts=options.get("adopts", False),
        approved=_approved(options.get("preflight")),
        looking=_looking(options),
        wants_exit_code=options.get("wants_exit_code", False),
        operator=operator,
        settled=ignore_signals,
    )


def _approved(file: Path | None) -> Report | None:
    if file is None:
        return None
    from releasegate.reports import reading

    return reading.read(_content(file))


def _forget_variables() -> None:
    """Take out of the environment what would lead Git elsewhere, and what no child needs."""
    for name in (*_GIT_VARIABLES, *_URL_VARIABLES):
        os.environ.pop(name, None)


def _target_url(options: dict[str, Any]) -> str | None:
    """Give the target as named; empty where the environment alone names one."""
    is_targeted = any(os.environ.get(name) for name in _TARGET_VARIABLES)
    return options.get("database_url") or ("" if is_targeted else None)


def write_files(options: dict[str, Any]) -> int:
    """Write what releasegate needs into the repository around us; say what became of each file."""
    from releasegate import database, scaffold, settings

    _forget_variables()
    url = _target_url(options)
    loaded = settings.load(_here(), os.environ)
    target = None if url is None else database.target_parameters(url)
    database.scrub_environment()
    is_any_new = False
    if loaded.root != _here():
        click.echo(f"in {loaded.root}:")
    for file in scaffold.write(loaded, target):
        is_any_new |= file.is_new
        click.echo(f"{'written' if file.is_new else 'kept   '}  {file.path}")
        if file.remark:
            click.echo(f"         {file.remark}")
    if is_any_new:
        click.echo("next: look at them, commit them, then: releasegate preflight")
    return 0


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


def _here() -> Path:
    try:
        return Path.cwd()
    except FileNotFoundError:
        raise UsageError("The current directory was deleted: change to another one.") from None


def _check_window(text: str, configured: Mapping[str, Recurring]) -> None:
    """Catch a migration that stands where --window looks for its value."""
    if text.isdecimal() or text.endswith(".sql"):
        value = next(iter(configured), "now/PT30M")
        raise UsageError(
            f"--window was given {text!r}, which names a migration. "
            f"Write: releasegate apply --window {value} {text}"
        )


def _check_output(output: Path | None) -> None:
    """Find out before anything is done whether the report will have a place."""
    if output is None:
        return
    if not output.parent.is_dir() or not os.access(output.parent, os.W_OK):
        raise UsageError(f"--output: {output.parent} is no directory that can be written to.")


def _write(text: str, output: Path | None) -> None:
    """Write the report; what fails here changes nothing about what happened to the database."""
    if output is not None:
        try:
            beside = output.with_name(f".{output.name}.{os.getpid()}")
            beside.write_text(text, encoding="utf-8", errors="backslashreplace")
            beside.replace(output)
        except OSError as error:
            with suppress(OSError):
                click.echo(f"releasegate: {output} was not written: {error.strerror}.", err=True)
        else:
            return
    if sys.stdout is None:
        return
    try:
        encoding = sys.stdout.encoding or "utf-8"
        click.echo(text.encode(encoding, errors="backslashreplace").decode(encoding), nl=False)
        sys.stdout.flush()
    except OSError as error:
        let_go(sys.stdout)
        if not isinstance(error, BrokenPipeError):
            with suppress(OSError):
                click.echo(f"releasegate: the report was not written: {error.strerror}.", err=True)


def let_go(stream: TextIO) -> None:
    """Lead what nobody reads any more to nowhere: Python would fail at exit, with its own code."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


#: the last one is our own: an interrupt that came at a bad moment, told again
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGALRM)
_TOLD_AGAIN_S = 0.05


def catch_signals() -> None:
    """Make SIGTERM and SIGHUP end a run as Ctrl-C does: cancel, read the truth, report."""

    def interrupt(_: int, frame: FrameType | None) -> None:
        if _is_in_finalizer(frame):
            # What is raised there Python prints, and goes on (reference, 3.3.1).
            signal.setitimer(signal.ITIMER_REAL, _TOLD_AGAIN_S)
            return
        raise KeyboardInterrupt

    for number in _SIGNALS:
        signal.signal(number, interrupt)


def _is_in_finalizer(frame: FrameType | None) -> bool:
    while frame is not None and frame.f_code.co_name != "__del__":
        frame = frame.f_back
    return frame is not None


def ignore_signals() -> None:
    """Let nothing change the exit code any more: what happened is known and is reported."""
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_IGN)
