"""argv -> one command of the release, one report, one exit code."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import click

from releasegate import __version__
from releasegate.cli import besides
from releasegate.cli.options import (
    GATE_IDS,
    counting,
    database,
    deployed,
    fail_on,
    judgement,
    migration,
    output,
    replica,
    scratch,
    session_pooler,
    strategy,
    window,
)
from releasegate.cli.running import let_go, run_command
from releasegate.errors import ReleasegateError

EXIT_USAGE, EXIT_BUG, EXIT_INTERRUPTED = 2, 70, 130


def run(arguments: list[str]) -> int:
    """Run one command and return its exit code, whoever has stopped to read by then."""
    code = _run(arguments)
    # Python knows none where the descriptor was closed before it began.
    for stream in filter(None, (sys.stdout, sys.stderr)):
        try:
            stream.flush()
        except (OSError, ValueError):
            let_go(stream)
    return code


def _run(arguments: list[str]) -> int:
    """Run one command. The only place that catches everything."""
    try:
        code = cli.main(args=arguments, prog_name="releasegate", standalone_mode=False)
        return code if isinstance(code, int) else 0
    except SystemExit:
        # click's answer to a reader who has left; what was asked for is done all the same.
        return 0
    except (click.exceptions.Abort, KeyboardInterrupt):
        _say("releasegate: interrupted before anything was sent to the target.")
        return EXIT_INTERRUPTED
    except click.ClickException as error:
        if "://" in error.format_message():
            # A connection string at a wrong place; it may hold a password.
            _say("releasegate: a connection string goes to --database-url.")
        else:
            with suppress(OSError):
                error.show()
        return EXIT_USAGE
    except ReleasegateError as error:
        # What a message quotes, a file's name say, may hold what steers a terminal or a CI system.
        said = "".join(c if c.isprintable() else "\ufffd" for c in str(error))
        _say(f"releasegate: {said}")
        return error.exit_code
    except Exception as error:  # any other is a bug of ours, and never looks like an answer
        from releasegate.cli import unexpected

        if unexpected.is_about_room(error):
            _say("releasegate: the answer was not written: no space left on the device.")
            return EXIT_USAGE
        _say(unexpected.bug(error))
        return EXIT_BUG


def _say(text: str) -> None:
    """Say why it ended; a terminal that is gone changes no exit code."""
    with suppress(OSError):
        click.echo(text, err=True)


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


@cli.command()
@migration
@click.option(
    "--gate",
    "only",
    multiple=True,
    type=click.Choice(GATE_IDS),
    help="Ask only this gate. May be given several times.",
)
@window()
@strategy
@judgement
@deployed
@database
@session_pooler
@replica
@counting
@scratch
@output
def preflight(**options: Any) -> int:
    """Ask every gate; change nothing.

    MIGRATION is a path, a file name or a number. Default: the next one to apply.

    \b
    Examples:
      releasegate preflight
      releasegate preflight 001 --require live-database
      releasegate preflight --gate app-code --gate parse-only --format json
      releasegate preflight --gate app-code --deployed origin/production
    """
    return run_command("preflight", options)


@cli.command()
@migration
@window(required=True)
@click.option(
    "--wait",
    "waits",
    is_flag=True,
    help="Where the window is not open yet: ask every gate now, wait for the opening, then ask "
    "release-tag, live-database and window again.",
)
@click.option(
    "--preflight",
    metavar="REPORT.json",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The JSON report of the preflight that was approved: file, plan, commits, tag and target "
    "must be the same.",
)
@strategy
@judgement
@deployed
@database
@session_pooler
@replica
@counting
@scratch
@output
def apply(**options: Any) -> int:
    """Ask every gate again, then execute one migration in the window.

    An applied migration ends it with exit code 0: nothing is left to do.

    \b
    Examples:
      releasegate apply --window now/PT30M 001
      releasegate apply --window 2027-01-17T02:00+01:00/2027-01-17T04:00+01:00
      releasegate apply --window '2027-01-17T02:00[Europe/Berlin]/PT2H' 001_init_v1.sql
      releasegate apply --window sunday --wait 001
      releasegate apply --window sunday --preflight approved.json 001
    """
    return run_command("apply", options)


@cli.command()
@click.argument("migration")
@window(required=True)
@click.option(
    "--drop-columns",
    "drops_columns",
    is_flag=True,
    help="Take columns and tables back too, that this migration made and no row has a value in.",
)
@click.option(
    "--discard-data",
    "discards",
    metavar="TABLE.COLUMN",
    multiple=True,
    help="Take this one back though it holds data, once its values are saved to a file in the "
    "current directory. May be given several times.",
)
@judgement
@database
@session_pooler
@replica
@scratch
@output
def rollback(**options: Any) -> int:
    """Undo an applied migration in the window, the last step first.

    Constraints and indexes go, which is harmless to every version of the app; columns stay.

    \b
    Examples:
      releasegate rollback --window now/PT30M 001
      releasegate rollback --window now/PT30M --drop-columns 001
      releasegate rollback --window now/PT30M --discard-data plans.note 001
    """
    return run_command("rollback", options)


@cli.command()
@migration
@window()
@strategy
@database
@session_pooler
@click.option("--sql", "as_sql", is_flag=True, help="Print the steps as a commented SQL script.")
@output
def plan(**options: Any) -> int:
    """Print the steps, their locks and their undo; change nothing.

    \b
    Examples:
      releasegate plan
      releasegate plan 001 --sql
      releasegate plan 001 --strategy as-written --format json
    """
    return run_command("plan", options)


@cli.command()
@database
@session_pooler
@click.option(
    "--exit-code",
    "wants_exit_code",
    is_flag=True,
    help="Exit with 1 when something is open or drifted.",
)
@click.option(
    "--head",
    metavar="DIGEST",
    help="A ledger head that an earlier report printed: the ledger must still contain it.",
)
@output
def status(**options: Any) -> int:
    """Tell where each migration stands on the target; change nothing.

    \b
    Examples:
      releasegate status
      releasegate status --exit-code
      releasegate status --exit-code --head "$(jq -r .ledger.head apply.json)"
    """
    return run_command("status", options)


@cli.command()
@click.argument("migration")
@fail_on
@database
@scratch
@output
def adopt(**options: Any) -> int:
    """Record a migration in the ledger that was applied before releasegate came.

    Its effects are worked out on the throwaway server and compared, object by object, with what the
    target holds; nothing of it is executed there. Adopt the lowest number first.

    \b
    Examples:
      releasegate adopt 001
      releasegate adopt 001_init.sql --target production
      releasegate adopt 002 --fail-on warning --format json --output adopt.json
    """
    return run_command("adopt", options)


@cli.command(name="init-ledger")
@database
@session_pooler
@click.option(
    "--grant-to",
    metavar="ROLE",
    multiple=True,
    help="Let this role write the ledger without owning it. May be given several times.",
)
@click.option(
    "--adopt",
    "adopts",
    is_flag=True,
    help="Take over what the ledger's tables hold, though the journal says otherwise.",
)
@click.option("--sql", "as_sql", is_flag=True, help="Print the script instead; change nothing.")
@output
def init_ledger(**options: Any) -> int:
    """Make the ledger, or bring it to this version, for a role that may not do it itself.

    \b
    Examples:
      releasegate init-ledger --database-url postgresql://dba@db.example.org/papers
      releasegate init-ledger --grant-to releasegate_apply
      releasegate init-ledger --sql
    """
    if options.pop("as_sql"):
        from releasegate import ledger

        click.echo(ledger.script(), nl=False)
        return 0
    return run_command("init-ledger", options)


for command in besides.COMMANDS:
    cli.add_command(command)
