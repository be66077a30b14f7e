"""argv -> one command of release.py, one report, one exit code."""

from __future__ import annotations

import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from releasegate import __version__
from releasegate.errors import ReleasegateError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from releasegate.model import Report
    from releasegate.release import Request

EXIT_USAGE, EXIT_BUG, EXIT_INTERRUPTED = 2, 70, 130
GATE_IDS = ("release-tag", "app-code", "parse-only", "live-database", "window")
_TARGET_VARIABLES = ("PGSERVICE", "PGHOST", "PGHOSTADDR", "PGDATABASE")
# Set by hooks; they would lead Git to another repository than the one that we look at.
_GIT_VARIABLES = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY")


def run(arguments: list[str]) -> int:
    """Run one command and return its exit code. The only place that catches everything."""
    try:
        code = cli.main(args=arguments, prog_name="releasegate", standalone_mode=False)
        return code if isinstance(code, int) else 0
    except click.exceptions.Abort:
        return EXIT_INTERRUPTED
    except click.ClickException as error:
        error.show()
        return EXIT_USAGE
    except ReleasegateError as error:
        click.echo(f"releasegate: {error}", err=True)
        return error.exit_code
    except KeyboardInterrupt:
        click.echo("releasegate: interrupted before anything was sent to the target.", err=True)
        return EXIT_INTERRUPTED
    except Exception as error:  # any other is a bug of ours, and never looks like an answer
        click.echo(_bug(error), err=True)
        return EXIT_BUG


def _bug(error: Exception) -> str:
    """Name the places without values: a message or a local may hold what must not be shown."""
    import traceback

    frames = traceback.extract_tb(error.__traceback__)
    places = [f"  {Path(f.filename).name}:{f.lineno} in {f.name}" for f in frames]
    return "\n".join([f"releasegate: a bug: {type(error).__name__}, at", *places])


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=(
        "Exit codes: 0 done or nothing to do; 1 blocked, no step was begun; 2 usage or "
        "configuration; 3 begun and not complete; 4 unknown; 70 a bug; 130 interrupted before "
        "anything was sent."
    ),
)
@click.version_option(__version__, message="releasegate %(version)s")
def cli() -> None:
    """Gates between a written PostgreSQL migration and production.

    \b
    Examples:
      releasegate demo
      releasegate preflight
      releasegate preflight 001 --database-url postgresql://app@db.example.org/papers
      releasegate preflight --gate app-code
      releasegate plan 001
      releasegate apply --window now/PT30M 001
      releasegate apply --window 2027-01-17T02:00+01:00/PT2H --format json --output report.json
      releasegate status --exit-code
      releasegate explain RG103
    """


# -- options ---------------------------------------------------------------------------------------


def _options(*decorators: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def decorate(command: Any) -> Any:
        for decorator in reversed(decorators):
            command = decorator(command)
        return command

    return decorate


_migration = click.argument("migration", required=False)
_database = click.option(
    "--database-url",
    metavar="URL",
    envvar="RELEASEGATE_DATABASE_URL",
    help="The target: a URL or key=value string. PG* variables fill in the rest. A password "
    "belongs in the environment or a password file: others see the command line.",
)
_scratch = click.option(
    "--scratch-url",
    metavar="URL",
    envvar="RELEASEGATE_SCRATCH_URL",
    help="A server on which throwaway databases may be made. Default: an embedded one.",
)
_output = _options(
    click.option(
        "--format",
        "format_",
        type=click.Choice(["console", "json"]),
        default="console",
        show_default=True,
        help="How the report is written.",
    ),
    click.option(
        "--output",
        metavar="FILE",
        type=click.Path(dir_okay=False, path_type=Path),
        help="Write the report here, not to standard output.",
    ),
    click.option(
        "--log-file",
        metavar="FILE",
        type=click.Path(dir_okay=False, path_type=Path),
        help="Append the log here, as JSON lines. It goes to standard error too.",
    ),
)
_judgement = _options(
    click.option(
        "--require",
        multiple=True,
        type=click.Choice(GATE_IDS),
        help="Block when this gate could not be asked. May be given several times.",
    ),
    click.option(
        "--fail-on",
        type=click.Choice(["error", "warning"]),
        default="error",
        show_default=True,
        help="The lightest finding that blocks.",
    ),
)


# -- commands --------------------------------------------------------------------------------------


@cli.command()
@_migration
@click.option(
    "--gate",
    "only",
    multiple=True,
    type=click.Choice(GATE_IDS),
    help="Ask only this gate. May be given several times.",
)
@_judgement
@_database
@_scratch
@_output
def preflight(**options: Any) -> int:
    """Ask every gate; change nothing.

    MIGRATION is a path, a file name or a number. Default: the next one to apply.

    \b
    Examples:
      releasegate preflight
      releasegate preflight 001 --require live-database
      releasegate preflight --gate app-code --gate parse-only --format json
    """
    return _run("preflight", options)


@cli.command()
@_migration
@click.option(
    "--window",
    required=True,
    metavar="WINDOW",
    help="When steps may run: START/END, START/DURATION or now/DURATION, in ISO 8601 with a zone.",
)
@_judgement
@_database
@_scratch
@_output
def apply(**options: Any) -> int:
    """Ask every gate again, then execute one migration in the window.

    An applied migration ends it with exit code 0: nothing is left to do.

    \b
    Examples:
      releasegate apply --window now/PT30M 001
      releasegate apply --window 2027-01-17T02:00+01:00/2027-01-17T04:00+01:00
      releasegate apply --window '2027-01-17T02:00[Europe/Berlin]/PT2H' 001_init_v1.sql
    """
    return _run("apply", options)


@cli.command()
@_migration
@_database
@_output
def plan(**options: Any) -> int:
    """Print the steps, their locks and their undo; change nothing.

    \b
    Examples:
      releasegate plan
      releasegate plan 001 --format json
    """
    return _run("plan", options)


@cli.command()
@_database
@click.option(
    "--exit-code",
    "wants_exit_code",
    is_flag=True,
    help="Exit with 1 when something is open or drifted.",
)
@_output
def status(**options: Any) -> int:
    """Tell where each migration stands on the target; change nothing.

    \b
    Examples:
      releasegate status
      releasegate status --exit-code
    """
    return _run("status", options)


@cli.command()
@click.argument("code")
def explain(code: str) -> int:
    """Say what a finding's code means and what to do.

    \b
    Example:
      releasegate explain RG101
    """
    from releasegate import findings

    row = findings.lookup(code)
    if row is None:
        known = f"{findings.CODES[0].code} to {findings.CODES[-1].code}"
        raise UsageError(f"There is no code {code!r}. Codes run from {known}.")
    click.echo(f"{row.code} {row.title} ({row.level.value}, gate {row.anchor})\n\n{row.help}")
    return 0


@cli.command()
@click.option(
    "--directory",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    help="Put the repository and the reports in this new directory. Default: a temporary one.",
)
def demo(directory: Path | None) -> int:
    """Tell the whole story on an embedded server, with a live app; needs nothing.

    \b
    Example:
      releasegate demo --directory ./releasegate-demo
    """
    from releasegate import demo as story
    from releasegate import settings

    _catch_signals()
    cache = settings.cache_directory(os.environ)
    return story.tell(directory=directory, cache=cache, say=click.echo)


# -- running ---------------------------------------------------------------------------------------


def _run(command: str, options: dict[str, Any]) -> int:
    """Build the request, call release.py once, write the report once."""
    _catch_signals()
    output: Path | None = options.get("output")
    _check_output(output)
    request = _request(command, options)
    from releasegate import release

    report: Report = getattr(release, command)(request)
    request.log.info("run.finished", verdict=report.verdict.value, exit_code=report.exit_code)
    _write(_render(report, options["format_"]), output)
    return report.exit_code


def _request(command: str, options: dict[str, Any]) -> Request:
    import uuid

    from releasegate import database, log, settings, window
    from releasegate.model import Level
    from releasegate.release import Request

    for name in _GIT_VARIABLES:
        os.environ.pop(name, None)
    is_targeted = any(os.environ.get(name) for name in _TARGET_VARIABLES)
    url = options.get("database_url") or ("" if is_targeted else None)
    operator = f"{os.environ.get('USER') or os.geteuid()}@{os.uname().nodename}"
    loaded = settings.load(Path.cwd(), os.environ)
    if options.get("window"):
        _check_window(options["window"])
        window.parse(options["window"], now=datetime.now(UTC))
    target = None if url is None else database.target_parameters(url)
    database.scrub_environment()
    scratch = options.get("scratch_url")
    run_id = str(uuid.uuid4())
    return Request(
        command=command,
        settings=loaded,
        run_id=run_id,
        log=log.set_up(run_id, log_file=options.get("log_file")),
        migration=options.get("migration"),
        target=target,
        scratch=database.given_parameters(scratch) if scratch else None,
        only=options.get("only", ()),
        require=options.get("require", ()),
        fail_on=Level(options.get("fail_on", "error")),
        window=options.get("window"),
        wants_exit_code=options.get("wants_exit_code", False),
        operator=operator,
    )


def _check_window(text: str) -> None:
    if text.isdecimal() or text.endswith(".sql"):
        raise UsageError(
            f"--window was given {text!r}, which names a migration. "
            f"Write: releasegate apply --window now/PT30M {text}"
        )


def _render(report: Report, format_: str) -> str:
    if format_ == "json":
        from releasegate.reports import json

        return json.render(report)
    import shutil

    from releasegate.reports import console

    return console.render(report, width=shutil.get_terminal_size((100, 24)).columns)


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
            beside.write_text(text, encoding="utf-8")
            beside.replace(output)
        except OSError as error:
            click.echo(f"releasegate: {output} was not written: {error.strerror}.", err=True)
        else:
            return
    try:
        click.echo(text, nl=False)
        sys.stdout.flush()
    except (BrokenPipeError, OSError):
        # Nobody reads any more; Python would complain again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _catch_signals() -> None:
    """Make SIGTERM and SIGHUP end a run as Ctrl-C does: cancel, read the truth, report."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    for name in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, interrupt)
