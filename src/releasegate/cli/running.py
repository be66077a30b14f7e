"""Options -> one command of release, one report written once, one exit code."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING, Any, TextIO

import click

from releasegate.cli import asking, signals
from releasegate.cli.rendering import render
from releasegate.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from releasegate.model import Report

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


def run_command(command: str, options: dict[str, Any]) -> int:
    """Build the request, run it once, write the report once."""
    signals.catch()
    output: Path | None = options.get("output")
    _check_output(output)
    request = asking.request(command, options)
    module = import_module(f"releasegate.release.{_MODULES[command]}")
    report: Report = getattr(module, command.replace("-", "_"))(request)
    signals.ignore()
    request.log.info("run.finished", verdict=report.verdict.value, exit_code=report.exit_code)
    format_ = "sql" if options.get("as_sql") else options["format_"]
    write(report, format_, output, docs_url=options.get("docs_url"))
    return report.exit_code


def render_again(file: Path, options: dict[str, Any]) -> int:
    """Write a run's JSON report in another format."""
    output: Path | None = options["output"]
    _check_output(output)
    from releasegate.reports import reading

    report = reading.read(asking.content(file))
    latency: Path | None = options["latency"]
    if latency is not None:
        report = replace(report, latency=reading.read_latency(asking.content(latency)))
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


def write(
    report: Report, format_: str, output: Path | None, *, docs_url: str | None, prefix: str = ""
) -> None:
    """Render a report once and write it where it was asked for."""
    is_file = output is not None
    text = render(report, format_, docs_url=docs_url, is_file=is_file, prefix=prefix)
    _write(text, output)


def write_files(options: dict[str, Any]) -> int:
    """Write what releasegate needs into the repository around us; say what became of each file."""
    from releasegate import database, scaffold, settings

    asking.forget_variables()
    url = asking.target_url(options)
    loaded = settings.load(asking.here(), os.environ)
    target = None if url is None else database.target_parameters(url)
    database.scrub_environment()
    is_any_new = False
    if loaded.root != asking.here():
        click.echo(f"in {loaded.root}:")
    for file in scaffold.write(loaded, target):
        is_any_new |= file.is_new
        click.echo(f"{'written' if file.is_new else 'kept   '}  {file.path}")
        if file.remark:
            click.echo(f"         {file.remark}")
    if is_any_new:
        click.echo("next: look at them, commit them, then: releasegate preflight")
    return 0


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
