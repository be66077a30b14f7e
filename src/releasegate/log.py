"""structlog, set up once: readable on a terminal, JSON lines elsewhere; events are noun.verb."""

from __future__ import annotations

import logging
import shutil
import sys
from typing import TYPE_CHECKING, Any, TextIO

from releasegate.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, MutableMapping
    from pathlib import Path

    from structlog.typing import FilteringBoundLogger

    Event = MutableMapping[str, Any]


#: what is going on, told every second
_PROGRESS = "step.progress"
_SMALL = frozenset({"debug", "info"})
_CLEAR_LINE = "\r\x1b[K"


def set_up(
    run_id: str,
    *,
    log_file: Path | None = None,
    quiet: bool = False,
    keep: Callable[[Event], None] = lambda _: None,
) -> FilteringBoundLogger:
    """Make the run's logger: to stderr, and as JSON lines to a file when one is named.

    ``keep`` is shown each event before it is written; ``quiet`` keeps what does not warn away from
    stderr.

    Raises:
        UsageError: the file cannot be written.
    """
    import structlog

    # The driver's own warnings name hosts; ours say what matters.
    logging.getLogger("psycopg").addHandler(logging.NullHandler())
    logging.getLogger("psycopg").propagate = False
    lines = _open(log_file) if log_file else None
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _shown_to(keep),
            _Output(sys.stderr, lines, quiet=quiet),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(0),
        logger_factory=structlog.ReturnLoggerFactory(),
        cache_logger_on_first_use=False,
    )
    logger: FilteringBoundLogger = structlog.get_logger(run_id=run_id)
    return logger


def silent() -> FilteringBoundLogger:
    """Make a logger for what happens in a rehearsal alone."""
    import structlog

    quiet: FilteringBoundLogger = structlog.wrap_logger(
        None, wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL)
    )
    return quiet


def _open(path: Path) -> TextIO:
    try:
        return path.open("a", encoding="utf-8", buffering=1)
    except OSError as error:
        raise UsageError(f"The log file {path} cannot be written: {error.strerror}.") from error


def _shown_to(keep: Callable[[Event], None]) -> Callable[[Any, str, Event], Event]:
    """Make the processor that shows each event to whoever keeps some of them."""

    def show(_logger: Any, _name: str, event: Event) -> Event:
        keep(event)
        return event

    return show


class _Output:
    """The last processor: writes each event where it belongs. A log that fails stops no run."""

    def __init__(
        self, terminal: TextIO | None, lines: TextIO | None, *, quiet: bool = False
    ) -> None:
        import structlog

        self._json = structlog.processors.JSONRenderer(default=str)
        self._is_terminal = terminal is not None and terminal.isatty()
        self._terminal = terminal
        self._is_quiet = quiet
        #: the last line is one of progress, and is written over
        self._is_in_place = False
        self._lines = lines

    def __call__(self, logger: Any, name: str, event: Event) -> str:
        line = str(self._json(logger, name, dict(event)))
        if self._is_quiet and event["level"] in _SMALL:
            pass
        elif self._is_terminal:
            self._show(event)
        else:
            _write(self._terminal, f"{line}\n")
        _write(self._lines, f"{line}\n")
        return line

    def _show(self, event: Event) -> None:
        """Write for a person: progress in place, and without every try of many a second."""
        if event["level"] == "debug":
            return
        start = _CLEAR_LINE if self._is_in_place else ""
        self._is_in_place = event["event"] == _PROGRESS
        if self._is_in_place:
            width = shutil.get_terminal_size().columns
            _write(self._terminal, f"{start}{_readable(event)[: width - 1]}")
        else:
            _write(self._terminal, f"{start}{_readable(event)}\n")


def _write(stream: TextIO | None, text: str) -> None:
    if stream is None:
        return
    try:
        stream.write(text)
        stream.flush()
    except (OSError, ValueError):
        return


_HIDDEN = frozenset({"timestamp", "level", "event", "run_id"})


def _readable(event: Event) -> str:
    """Write one line for a person: time, event, then what belongs to it."""
    time = str(event["timestamp"])[11:19]
    rest = " ".join(f"{key}={_plain(event[key])}" for key in event if key not in _HIDDEN)
    return f"{time} {event['event']:<20} {rest}".rstrip()


def _plain(value: Any) -> str:
    text = str(value)
    # Names come from repository and server: no control character reaches the terminal.
    text = "".join(c if c.isprintable() else "\ufffd" for c in text)
    return f'"{text}"' if " " in text else text
