"""A database and a run -> which promises were broken, asked by no code of the program's."""

from __future__ import annotations

import re
import time
from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING

import psycopg

from faults import holdings
from faults.strikes import APP_S, STRANGERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from faults.holdings import Holdings
    from faults.lane import Target
    from faults.running import Run
    from faults.story import Clean, Story

_DONE, _BLOCKED, _STOPPED, _UNKNOWN, _INTERRUPTED = 0, 1, 3, 4, 130
_IS_DONE = ("applied", "already_applied")
#: what ends before its first step
_NOTHING_BEGUN = (_BLOCKED, _INTERRUPTED)

_DROPS = re.compile(
    r"(?:ALTER TABLE (?:\w+\.)?(\w+) )?DROP (COLUMN|CONSTRAINT|INDEX) "
    r"(?:CONCURRENTLY )?(?:IF EXISTS )?(?:public\.)?(\w+)"
)


def await_silence(target: Target) -> None:
    """Let the server notice that the program is gone."""
    deadline = time.monotonic() + APP_S
    while time.monotonic() < deadline:
        try:
            with target.connect() as connection:
                if not holdings.remains(connection):
                    return
        except psycopg.OperationalError:
            pass
        time.sleep(0.02)


def judge_run(run: Run) -> Iterator[str]:
    """Hold what a run said against how it ended."""
    code = run.exit_code
    if code is None:
        yield "it did not end"
    elif code >= 0 and code not in (_DONE, _BLOCKED, _STOPPED, _UNKNOWN, _INTERRUPTED):
        yield f"exit code {code}: {run.last_words}"
    if code is None or code < 0:
        return
    if code != _INTERRUPTED and run.report.get("exit_code") != code:
        yield f"exit code {code}, and the report says {run.report.get('exit_code')}"
    names = Counter(event.get("event") for event in run.events)
    if names["step.started"] != names["step.finished"]:
        yield "a step has no log line with its outcome"
    for end in (event for event in run.events if event.get("event") == "step.finished"):
        untold = set(range(1, end.get("attempts", 0))) - _tries_that_failed(run, end["step"])
        yield from (f"try {n} of step {end['step']} has no log line" for n in sorted(untold))


def _tries_that_failed(run: Run, step: int) -> set[int]:
    """List the tries before the last one, as the log tells them."""
    told = ("lock.refused", "step.retried")
    return {e["attempt"] for e in run.events if e.get("event") in told and e["step"] == step}


def judge_state(target: Target, clean: Clean, run: Run) -> Iterator[str]:
    """Hold what is there against what the ledger and the exit code say."""
    with target.connect() as connection:
        held = holdings.look(connection)
        yield from (f"left behind, {what}" for what in holdings.remains(connection))
    if held.sound not in clean.seen:
        yield f"schema and ledger disagree: {_difference(held.sound, clean)}"
    is_done = held == clean.final
    if (run.exit_code == _DONE) != is_done and not _is_silent(run):
        yield f"exit code {run.exit_code}, and done is {is_done}"
        if run.exit_code == _INTERRUPTED and holdings.has_run(connection, run.id):
            yield f"exit code {run.exit_code}, and the run was begun"
    if run.exit_code in _NOTHING_BEGUN and held.sound.steps != clean.start.sound.steps:
        yield f"exit code {run.exit_code}, and steps were begun"


def judge_signal(run: Run, at: datetime) -> Iterator[str]:
    """See that no step began once the run was asked to end."""
    for event in run.events:
        if event.get("event") == "step.started":
            late_s = (datetime.fromisoformat(event["timestamp"]) - at).total_seconds()
            if late_s > 0:
                yield f"step {event['step']} began {late_s:.3f} s after the signal"


def judge_report(target: Target, run: Run) -> Iterator[str]:
    """Hold what is said of each step against its row in the ledger, or what is there."""
    held = target.look()
    if run.report.get("command") == "rollback":
        yield from _judge_way_back(held, run)
        return
    done = {ordinal for _, ordinal, status in held.steps if status != "started"}
    for outcome in run.report.get("outcomes", []):
        said, ordinal = outcome["status"], outcome["ordinal"]
        if said != "unknown" and (said in _IS_DONE) != (ordinal in done):
            yield f"the report says {said} of step {ordinal}, and the ledger otherwise"


def _judge_way_back(held: Holdings, run: Run) -> Iterator[str]:
    """Hold what is said to be dropped against what is there."""
    there = {name for name, _ in held.schema}
    outcomes = {each["ordinal"]: each["status"] for each in run.report.get("outcomes", [])}
    for step in (run.report.get("plan") or {}).get("steps", []):
        said = outcomes.get(step["ordinal"], "unknown")
        dropped = {name for text in step["sql"] for name in _dropped(text)}
        if said == "unknown" or not dropped:
            continue
        if (said in _IS_DONE) != (not dropped & there):
            yield f"the report says {said} of step {step['ordinal']}, and the catalogs otherwise"


def _dropped(statement: str) -> Iterator[str]:
    """Name what a statement drops, as the holdings do."""
    for table, kind, name in _DROPS.findall(statement):
        prefix = f"{table}." if kind == "COLUMN" else ""
        yield f"{kind.lower()} {prefix}{name}"


def judge_strangers(target: Target, run: Run) -> Iterator[str]:
    """See that what a stranger made is there as it was, and was told of."""
    if STRANGERS not in [text.replace(" public.", " ") for _, text in target.look().schema]:
        yield "a stranger's index is gone"
    if run.exit_code != _STOPPED:
        yield f"exit code {run.exit_code}, with a stranger's index in the way"


def _is_silent(run: Run) -> bool:
    """Tell whether a run was killed, or says that it does not know."""
    return run.exit_code is None or run.exit_code < 0 or run.exit_code == _UNKNOWN


def _difference(held: Holdings, clean: Clean) -> str:
    near = [one for one in clean.seen if one.steps == held.steps]
    if not near:
        return f"steps {held.steps}"
    return str(sorted(set(held.schema) ^ set(near[0].schema)))


def judge_rerun(target: Target, story: Story, clean: Clean) -> Iterator[str]:
    """Run again, which finishes the work, and once more, which does nothing."""
    arguments = story.again or story.arguments
    again = target.run(arguments)
    if again.exit_code != _DONE:
        said = [f["message"] for g in again.report.get("gates", []) for f in g["findings"]]
        yield f"the re-run ended with {again.exit_code}: {again.report.get('summary')} {said}"
    with target.connect() as connection:
        held, written = holdings.look(connection), holdings.ledger(connection)
        if held != clean.final:
            yield f"the re-run came to another end: {_difference(held, clean)}"
        yield from (f"{name} is invalid after the re-run" for name in held.invalid)
        once_more = target.run(arguments)
        if once_more.exit_code != _DONE:
            yield f"a run over the finished database ended with {once_more.exit_code}"
        if (holdings.look(connection), holdings.ledger(connection)) != (held, written):
            yield "a run over the finished database wrote something"
