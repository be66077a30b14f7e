"""The options that several commands have in common."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from releasegate.cli.rendering import FORMATS

if TYPE_CHECKING:
    from collections.abc import Callable

#: the gates in their order; release.GATES holds what they do, and costs more to import
GATE_IDS = (
    "release-tag",
    "app-code",
    "parse-only",
    "rehearsal",
    "live-database",
    "window",
)


def options(*decorators: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def decorate(command: Any) -> Any:
        for decorator in reversed(decorators):
            command = decorator(command)
        return command

    return decorate


def _web_address(_: click.Context, __: click.Parameter, text: str | None) -> str | None:
    """Let nothing into a link but an address that cannot end it."""
    if not text:
        return None
    if re.fullmatch(r"https?://[A-Za-z0-9./_~%@:+-]+", text) is None:
        raise click.BadParameter(f"{text!r} is no web address.")
    return text


migration = click.argument("migration", required=False)
database = options(
    click.option(
        "--database-url",
        metavar="URL",
        envvar="RELEASEGATE_DATABASE_URL",
        help="The target: a URL or key=value string. PG* variables fill in the rest. A password "
        "belongs in the environment or a password file: others see the command line.",
    ),
    click.option(
        "--target",
        metavar="NAME",
        envvar="RELEASEGATE_TARGET",
        help="Go on only if the target is what [targets.NAME] says. What changes a target demands "
        "it where several are configured, and takes the only one without being told.",
    ),
)
session_pooler = click.option(
    "--allow-session-pooler",
    "may_be_pooled",
    is_flag=True,
    help="Go on where a pooler in session mode stands before the target, which promises less. "
    "Other modes are refused in any case.",
)
scratch = options(
    click.option(
        "--scratch-url",
        metavar="URL",
        envvar="RELEASEGATE_SCRATCH_URL",
        help="A server on which throwaway databases may be made. Default: an embedded one.",
    ),
    click.option(
        "--trust-prelude",
        "trusts_prelude",
        is_flag=True,
        envvar="RELEASEGATE_TRUST_PRELUDE",
        help="Run the configured scratch.prelude also where the throwaway server is in no cage: it "
        "can do there what you can.",
    ),
)
replica = click.option(
    "--replica-url",
    metavar="URL",
    envvar="RELEASEGATE_REPLICA_URL",
    help="A replica to look at before a lock that reaches it: its readers would wait.",
)


def _duration(_: click.Context, __: click.Parameter, text: str | None) -> timedelta | None:
    if text is None:
        return None
    found = re.fullmatch(r"(\d{1,9})(ms|s|min|h)", text)
    if found is None or not int(found[1]):
        raise click.BadParameter(f"{text!r} is no duration such as 500ms, 30s, 10min or 2h.")
    units = {"ms": "milliseconds", "s": "seconds", "min": "minutes", "h": "hours"}
    return timedelta(**{units[found[2]]: int(found[1])})


strategy = click.option(
    "--strategy",
    type=click.Choice(["online", "as-written"]),
    help="online: rewritten so that the app does not wait, and proven equal. as-written: one "
    "transaction, while the app waits. Default: as configured, else online.",
)


def window(*, required: bool = False) -> Callable[[Any], Any]:
    """Take a window, or, without a value, the only one that is configured."""
    return click.option(
        "--window",
        required=required,
        is_flag=False,
        flag_value="",
        metavar="WINDOW",
        help="When steps may run: START/END, START/DURATION or now/DURATION, in ISO 8601 with a "
        "zone; or the name of a configured window; without a value, the only one configured.",
    )


rendering = options(
    click.option(
        "--format",
        "format_",
        type=click.Choice(FORMATS),
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
        "--docs-url",
        metavar="URL",
        envvar="RELEASEGATE_DOCS_URL",
        callback=_web_address,
        help="Where docs/findings.md is to be seen; markdown and sarif link to it.",
    ),
)
output = options(
    rendering,
    click.option(
        "--log-file",
        metavar="FILE",
        type=click.Path(dir_okay=False, path_type=Path),
        help="Append the log here, as JSON lines. It goes to standard error too.",
    ),
    click.option("--quiet", is_flag=True, help="Log to standard error what warns, and no more."),
)
fail_on = click.option(
    "--fail-on",
    type=click.Choice(["error", "warning"]),
    default="error",
    show_default=True,
    help="The lightest finding that blocks.",
)
judgement = options(
    click.option(
        "--app-code",
        metavar="DIR",
        multiple=True,
        help="A folder of the app, in place of the configured ones. May be given several times.",
    ),
    click.option(
        "--require",
        multiple=True,
        type=click.Choice(GATE_IDS),
        help="Block when this gate could not be asked. May be given several times.",
    ),
    fail_on,
)
_UNITS = ("", "k", "M", "G", "T")


def size(text: str) -> int:
    """Read a number of bytes: ``500MB``, ``1.5TiB``."""
    found = re.fullmatch(r"(\d{1,12}(?:\.\d{1,3})?)([kMGT]?)(i?)B?", text)
    if found is None or (found[3] and not found[2]):
        raise click.BadParameter(f"{text!r} is no number of bytes such as 500MB, 20GB or 1.5TiB.")
    factor = 1024 if found[3] else 1000
    return int(float(found[1]) * factor ** _UNITS.index(found[2]))


deployed = click.option(
    "--deployed",
    metavar="COMMIT",
    envvar="RELEASEGATE_DEPLOYED",
    help="The commit, tag or branch of the app that runs now: its writes must keep the contract "
    "too. Default: as configured, else HEAD alone is judged.",
)
counting = options(
    click.option(
        "--data-timeout",
        metavar="DURATION",
        callback=_duration,
        help="The longest that one count of rows may take: 30s, 10min, 2h. What is not counted "
        "blocks. Default: 10min.",
    ),
    click.option(
        "--keys-file",
        metavar="FILE",
        type=click.Path(dir_okay=False, path_type=Path),
        help="Write primary keys of rows that are in the way here, readable by you alone.",
    ),
    click.option(
        "--keys",
        "keys_kept",
        type=click.IntRange(min=1),
        help="At most so many keys of each constraint. Default: 100.",
    ),
    click.option(
        "--free-bytes",
        metavar="SIZE",
        callback=lambda _, __, text: None if text is None else size(text),
        help="What the target's disk has free: 500MB, 20GB. A plan that needs more is blocked. The "
        "server does not tell it.",
    ),
)
