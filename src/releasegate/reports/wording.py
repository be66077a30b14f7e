"""Moments of the timeline and lengths of time -> the words that every format uses for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from releasegate.model import Finding, Moment, Waiver

_WORDS = {
    "step.started": "begins",
    "step.finished": "ends",
    "step.retried": "tried again",
    "step.progress": "the server waits for another transaction",
    "lock.awaited": "waits outside the queue for an old transaction",
    "lock.refused": "lock not free",
    "build.awaited": "waits for another index build",
    "replay.awaited": "waits for the replica",
    "leftover.dropped": "drops what a failed build left",
    "connection.lost": "connection lost",
    "connection.restored": "connection is back",
    "truth.read": "the ledger was asked",
    "truth.missed": "the ledger could not be asked",
    "replicas.unseen": "a strong lock will reach replicas that nobody looks at",
}


def words(moment: Moment) -> str:
    """Say in a few words what happened."""
    text = _WORDS.get(moment.event, moment.event)
    if moment.waited_ms is not None:
        text = f"{text} after at most {moment.waited_ms} ms in the queue"
    if moment.status:
        text = f"{text}: {moment.status.replace('_', ' ')}"
    if moment.sqlstate:
        text = f"{text} ({moment.sqlstate})"
    return text if moment.count == 1 else f"{text}, {moment.count} times"


def who(moment: Moment) -> str:
    """Name the sessions that were in the way, after a semicolon; empty where none was seen."""
    named = [f"pid {h.pid} ({h.application or 'no name'})" for h in moment.held_by]
    named += [f"pid {pid}" for pid in moment.waits_for]
    return f"; in the way: {', '.join(named)}" if named else ""


def weight(finding: Finding) -> str:
    """Say how much a finding weighs, and by what right if it was waived."""
    return "waived" if finding.waiver else finding.level.value


def waiver(held: Waiver) -> str:
    """Say until when something is waived, and why."""
    return f"waived until {held.expires}: {held.reason}"


def length(seconds: float) -> str:
    """Write a length of time with the unit that suits it."""
    if seconds >= 120:
        return f"{seconds / 60:.0f} min"
    if seconds >= 10 or seconds == int(seconds):
        return f"{seconds:.0f} s"
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1000:.0f} ms"


_OUTCOMES = {
    "applied": "applied",
    "already_applied": "was there",
    "failed": "FAILED",
    "unknown": "UNKNOWN",
    "not_run": "not run",
}
_UNDONE = {"applied": "undone", "already_applied": "was gone"}


def outcome(status: str, command: str) -> str:
    """Say what became of a step; to a rollback, applied means taken back."""
    known = _OUTCOMES | _UNDONE if command == "rollback" else _OUTCOMES
    return known.get(status, status)
