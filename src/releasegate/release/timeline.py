"""The log's events of a run -> its timeline: what happened to which step, and when."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from releasegate.model import Blocker, Moment

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

#: the events that a timeline is made of
KEPT = frozenset(
    {
        "step.started",
        "step.retried",
        "step.finished",
        "lock.awaited",
        "lock.refused",
        "build.awaited",
        "replay.awaited",
        "leftover.dropped",
        "connection.lost",
        "connection.restored",
        "truth.read",
        "truth.missed",
        "replicas.unseen",
    }
)
#: kept where it tells of a wait
_PROGRESS = "step.progress"
#: sessions in the way that one moment names
_MOST_HOLDERS = 5
#: a window that nobody gets through in leaves no endless report
_MOST_MOMENTS = 2000


class Timeline:
    """Takes events as they are logged; tries of a kind that follow each other become one moment."""

    def __init__(self) -> None:
        self._moments: list[Moment] = []

    @property
    def moments(self) -> tuple[Moment, ...]:
        return tuple(self._moments)

    def take(self, event: Mapping[str, Any]) -> None:
        """Keep an event that tells of a step."""
        is_waiting = event["event"] == _PROGRESS and event.get("waits_for")
        if event["event"] not in KEPT and not is_waiting:
            return
        made = _moment(event)
        last = self._moments[-1] if self._moments else None
        if last is not None and _continues(last, made):
            self._moments[-1] = _joined(last, made)
        elif len(self._moments) < _MOST_MOMENTS or made.event == "step.finished":
            self._moments.append(made)


def _moment(event: Mapping[str, Any]) -> Moment:
    return Moment(
        at=datetime.fromisoformat(event["timestamp"]),
        event=event["event"],
        step=event.get("step"),
        status=event.get("status"),
        sqlstate=event.get("sqlstate"),
        waited_ms=event.get("waited_ms"),
        held_by=tuple(Blocker(**holder) for holder in event.get("held_by", ()))[:_MOST_HOLDERS],
        waits_for=tuple(event.get("waits_for", ()))[:_MOST_HOLDERS],
    )


def _continues(last: Moment, made: Moment) -> bool:
    """Tell whether it is the same again, so that only the count and the end change."""
    kinds = [(m.event, m.step, m.status, m.sqlstate, m.waited_ms) for m in (last, made)]
    return kinds[0] == kinds[1]


def _joined(last: Moment, made: Moment) -> Moment:
    pids = tuple(dict.fromkeys([*last.waits_for, *made.waits_for]))[:_MOST_HOLDERS]
    return replace(
        last,
        count=last.count + 1,
        until=made.at,
        held_by=_each_once([*last.held_by, *made.held_by]),
        waits_for=pids,
    )


def _each_once(holders: Sequence[Blocker]) -> tuple[Blocker, ...]:
    """Keep each session's last sight: its transaction is the oldest there."""
    latest = {(holder.pid, holder.transaction, holder.relation): holder for holder in holders}
    return tuple(latest.values())[:_MOST_HOLDERS]
