"""argv -> the commands that ask no gate: reports rendered again, codes, files, completion, demo."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from releasegate.cli import signals
from releasegate.cli.options import database, rendering
from releasegate.cli.running import render_again, write_files
from releasegate.errors import UsageError

#: what init writes; scaffold, which says so, costs more to import
INITS_RUNBOOK = "runbooks/releasegate.md"


@click.command()
@click.argument("file", metavar="REPORT", type=click.Path(allow_dash=True, path_type=Path))
@rendering
@click.option(
    "--path-prefix",
    metavar="DIR/",
    default="",
    help="Where the project lies in its repository; github and sarif put it before each path.",
)
@click.option(
    "--latency",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help='What the app felt meanwhile: {"timeline": [{"at": TIME, "max_ms": NUMBER}]}, as JSON.',
)
def report(file: Path, **options: Any) -> int:
    """Write a run's JSON report in another format; REPORT may be - for standard input.

    \b
    Examples:
      releasegate report apply.json --format html --output apply.html
      releasegate report apply.json --latency app.json --format html --output apply.html
      releasegate report preflight.json --format markdown
    """
    return render_again(file, options)


@click.command()
@click.argument("code")
def explain(code: str) -> int:
    """Say what a finding's code or an exit code means, and what to do.

    \b
    Examples:
      releasegate explain RG101
      releasegate explain 3
    """
    from releasegate import exit_codes, findings

    row, ending = findings.lookup(code), exit_codes.lookup(code)
    if row is not None:
        head = f"{row.code} {row.title} ({row.level.value}, gate {row.gate})"
        again = f"Ask again: releasegate preflight --gate {row.gate}"
        waive = f"\nWaive:     -- releasegate: waive {row.code} until YYYY-MM-DD -- REASON"
        more = waive if row.may_be_waived else ""
        runbook = _here(row.runbook, f"{INITS_RUNBOOK}#{row.gate}")
        click.echo(f"{head}\n\n{row.help}\n\n{again}\nRunbook:   {runbook}{more}")
    elif ending is not None:
        click.echo(f"Exit code {ending.code}: {ending.meaning}\n\n{ending.help}\n")
        click.echo(f"Runbook: {_here(ending.runbook, INITS_RUNBOOK)}")
    else:
        known = f"{findings.CODES[0].code} to {findings.CODES[-1].code}"
        endings = ", ".join(str(each.code) for each in exit_codes.EXIT_CODES)
        raise UsageError(
            f"There is no code {code!r}. Codes run from {known}; exit codes are {endings}."
        )
    return 0


def _here(place: str, inits: str) -> str:
    """Name the page that lies here: this repository's, else the one that init wrote."""
    for known in (place, inits):
        if Path(known.partition("#")[0]).is_file():
            return known
    return f"{place}, in releasegate's own repository; releasegate init writes one of yours"


@click.command()
@click.argument("shell", required=False, type=click.Choice(["bash", "zsh", "fish"]))
@click.option("--install", is_flag=True, help="Write it where the shell looks for completions.")
def completion(shell: str | None, install: bool) -> int:
    """Write the shell's completion of commands and options. SHELL is found out by $SHELL.

    \b
    Examples:
      releasegate completion --install
      releasegate completion zsh > ~/.zfunc/_releasegate
    """
    from releasegate.cli import completing

    root = click.get_current_context().find_root().command
    click.echo(completing.complete(root, shell, os.environ, install=install))
    return 0


@click.command()
@database
def init(**options: Any) -> int:
    """Write configuration, workflow and runbook into this repository; overwrite nothing.

    With a database the baseline is written too, by pg_dump.

    \b
    Examples:
      releasegate init
      releasegate init --database-url postgresql://app@db.example.org/papers
    """
    return write_files(options)


@click.command()
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

    signals.catch()
    cache = settings.cache_directory(os.environ)
    return story.tell(directory=directory, cache=cache, say=click.echo)


COMMANDS = (report, explain, completion, init, demo)
