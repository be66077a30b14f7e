"""argv -> one command of the papers app; stdout is the result, stderr the errors."""

import argparse
import json
import os
import select
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from math import inf
from pathlib import Path
from types import FrameType
from typing import Any, TypeAlias
from uuid import UUID

import psycopg
from psycopg.conninfo import conninfo_to_dict

from . import seed, service, store, worker

URL_VARIABLE = "PAPERS_DATABASE_URL"
#: Whom rows made from the command line belong to.
OPERATOR = UUID("6f8a1e52-3c0b-4c5e-9d57-0f2f5f6a7b10")

#: argparse's own type for subparsers is private.
Commands: TypeAlias = Any


class Refused(Exception):
    """A full sentence for the person at the terminal; never holds the database URL."""


def main(argv: list[str] | None = None) -> int:
    """Run one command; return the exit code."""
    options = build_parser().parse_args(argv)
    try:
        result = options.run(options)
        if result is not None:
            print(json.dumps(result, indent=2, default=str), flush=True)
    except psycopg.Error as error:
        return _fail(describe(error))
    except (Refused, service.EmptyPaper, OSError) as error:
        return _fail(str(error))
    return 0


def build_parser() -> argparse.ArgumentParser:
    """Describe the commands."""
    parser = argparse.ArgumentParser(
        prog="python -m examples.papers",
        description="Papers in, storyboards out: a small service on PostgreSQL.",
        epilog="The tables are in db/schema/v0.sql; load it first.",
    )
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    _add_ingest(commands)
    _add_show(commands)
    _add_seed(commands)
    _add_worker(commands)
    return parser


def describe(error: psycopg.Error) -> str:
    """Put a database error into one line without row values or the database URL."""
    if error.sqlstate is None:
        # NOTE: libpq's message repeats host and user; the reason stands after "failed: ".
        _, _, reason = str(error).rpartition("failed: ")
        first_line = reason.strip().partition("\n")[0] if "failed: " in str(error) else ""
        return f"No connection to the database: {first_line or type(error).__name__}."
    hint = " Load db/schema/v0.sql first." if error.sqlstate == "42P01" else ""
    return f"The database answered with {error.sqlstate} ({type(error).__name__}).{hint}"


def _add_ingest(commands: Commands) -> None:
    ingest = commands.add_parser("ingest", help="draw the storyboard of a text file")
    _add_url(ingest)
    ingest.add_argument("file", help="the paper as UTF-8 text; - reads stdin")
    ingest.add_argument("--title", help="default: the file's name")
    ingest.set_defaults(run=_ingest)


def _add_show(commands: Commands) -> None:
    show = commands.add_parser("show", help="show a paper and how far its runs have come")
    _add_url(show)
    show.add_argument("paper_id", type=UUID)
    show.add_argument("--user", type=UUID, default=OPERATOR, help="whose it is")
    show.set_defaults(run=_show)


def _add_seed(commands: Commands) -> None:
    seeding = commands.add_parser("seed", help="fill the five tables with rows")
    _add_url(seeding)
    seeding.add_argument("--papers", type=_at_least_one, default=100, metavar="N")
    seeding.add_argument("--runs-per-paper", type=_at_least_one, default=2, metavar="N")
    seeding.add_argument("--events-per-run", type=_at_least_one, default=10, metavar="N")
    seeding.set_defaults(run=_seed)


def _add_worker(commands: Commands) -> None:
    load = commands.add_parser(
        "worker",
        help="work at an even pace and report the latencies",
        description="Work at an even pace until the duration is over or SIGTERM, SIGINT, the "
        "stop file or the end of stdin says so; then report latencies, counted from the time "
        "at which each transaction was due, as one JSON document.",
    )
    _add_url(load)
    add = load.add_argument
    add("--connections", type=_at_least_one, default=4, metavar="N", help="default: 4")
    add("--rate", type=_positive, default=50.0, help="transactions a second; default: 50")
    add("--seconds", type=_positive, metavar="S", help="default: until told to stop")
    add("--report", type=Path, metavar="FILE", help="default: stdout")
    add("--ready-file", type=Path, metavar="FILE", help="written once all connections work")
    add("--stop-file", type=Path, metavar="FILE", help="stop when it exists")
    add("--stop-with-stdin", action="store_true", help="stop when stdin is closed")
    add("--scans", action="store_true", help="add reads that scan tables without an index")
    load.set_defaults(run=_work)


def _add_url(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--database-url",
        metavar="URL",
        help=f"libpq URL or keywords; default: ${URL_VARIABLE}, which other users of this "
        "machine cannot read",
    )


def _ingest(options: argparse.Namespace) -> dict[str, Any]:
    submission = service.Submission(
        title=options.title or Path(options.file).name,
        text=_read_text(options.file),
        created_by=OPERATOR,
    )
    with _connect(options) as connection:
        done = service.storyboard_paper(connection, submission)
    return {**asdict(done.job), "storyboard_id": done.storyboard_id, "scenes": done.scenes}


def _show(options: argparse.Namespace) -> dict[str, Any]:
    with _connect(options) as connection, store.acting_as(connection, options.user):
        overview = store.paper_overview(connection, options.paper_id)
        if overview is None:
            raise Refused("There is no paper with this id.")
        run_ids = store.run_ids(connection, overview.paper_id)
        runs = [store.run_progress(connection, run_id) for run_id in run_ids]
    return {**asdict(overview), "progress": [asdict(run) for run in runs if run]}


def _seed(options: argparse.Namespace) -> dict[str, int]:
    size = seed.Size(
        papers=options.papers,
        runs_per_paper=options.runs_per_paper,
        events_per_run=options.events_per_run,
    )
    with _connect(options) as connection:
        return seed.seed(connection, size, now=service.utc_now())


def _work(options: argparse.Namespace) -> dict[str, Any] | None:
    order = worker.Order(
        connections=options.connections,
        rate=options.rate,
        duration_s=options.seconds,
        scans=options.scans,
    )
    report = worker.run(
        order,
        connect=lambda: _connect(options),
        stop_asked=_stop_asked(options),
        on_ready=lambda: _write_whole(options.ready_file, "ready\n"),
    )
    if options.report is None:
        return report
    _write_whole(options.report, json.dumps(report, indent=2) + "\n")
    return None


def _stop_asked(options: argparse.Namespace) -> Callable[[], bool]:
    """Listen for signals; return the question whether anything has said to stop."""
    signals: list[int] = []

    # NOTE: setting a threading.Event in a handler can deadlock with the code it interrupts.
    def note(signum: int, _frame: FrameType | None) -> None:
        signals.append(signum)

    signal.signal(signal.SIGTERM, note)
    signal.signal(signal.SIGINT, note)

    def asked() -> bool:
        file_there = options.stop_file is not None and options.stop_file.exists()
        return bool(signals) or file_there or (options.stop_with_stdin and _stdin_ended())

    return asked


def _stdin_ended() -> bool:
    """Swallow what stdin holds; say whether it has come to its end."""
    descriptor = sys.stdin.fileno()
    while select.select([descriptor], [], [], 0)[0]:
        if not os.read(descriptor, 4096):
            return True
    return False


def _connect(options: argparse.Namespace) -> store.Connection:
    url = options.database_url or os.environ.get(URL_VARIABLE)
    if not url:
        raise Refused(f"No database given: set {URL_VARIABLE} or pass --database-url.")
    try:
        settings: dict[str, Any] = conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        # The parser's message quotes the text, password and all.
        raise Refused("The database URL is not one that libpq understands.") from None
    # NOTE: without an encoding, psycopg reads text of an SQL_ASCII database as bytes.
    defaults = {"connect_timeout": 5, "application_name": "papers", "client_encoding": "utf8"}
    return psycopg.connect(**{**defaults, **settings}, autocommit=True)


def _read_text(file: str) -> str:
    try:
        return sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise Refused("The paper is not UTF-8 text.") from None


def _write_whole(path: Path | None, text: str) -> None:
    """Put a file in place at once, so that no reader sees half of it."""
    if path is None:
        return
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)


def _at_least_one(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"not a whole number of at least 1: {text!r}")
    return int(text)


def _positive(text: str) -> float:
    with suppress(ValueError):
        if 0 < float(text) < inf:
            return float(text)
    raise argparse.ArgumentTypeError(f"not a number above 0: {text!r}")


def _fail(message: str) -> int:
    print(f"papers: {message}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
