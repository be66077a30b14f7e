"""Vacuums that are due, replicas, slots -> what each would do to which steps."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from releasegate import findings
from releasegate.gates.live_database.waits import named
from releasegate.gates.live_database.words import amount, length
from releasegate.model import Level, Lock
from releasegate.statements.locks import SHARE_UPDATE_EXCLUSIVE
from releasegate.statements.parser import quote_relation

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from releasegate.facts import Follower, Freeze, Pace, Slot
    from releasegate.gates.live_database.waits import Wait
    from releasegate.model import Finding, Relation

#: a vacuum of less is over in seconds
_LARGE_BYTES = 64 << 20
#: so near to its limit a table is told even if nobody can say when it gets there
_NEAR = 0.95
#: what was used up in less tells nothing of tomorrow
_HONEST = timedelta(minutes=1)
_BEHIND_BYTES = 64 << 20


def vacuums_due(
    freezes: Sequence[Freeze],
    waits: Sequence[Wait],
    pace: Pace,
    *,
    until: timedelta | None,
    running: Collection[Relation],
) -> Iterator[Finding]:
    """Find tables that get a vacuum to prevent wraparound now or before the window closes."""
    for one in freezes:
        lock = [Lock(one.relation, SHARE_UPDATE_EXCLUSIVE)]
        steps = [wait.ordinal for wait in waits if wait.conflicts(lock)]
        if not steps or one.table_bytes < _LARGE_BYTES or one.relation in running:
            continue
        told = _when(one, pace, until)
        if told is not None:
            level, when = told
            message = (
                f"{one.relation} ({amount(one.table_bytes)}) {when}: a vacuum that gives way to "
                f"nobody, and {named(steps)} would wait for its end."
            )
            help_ = f"VACUUM (FREEZE) {quote_relation(one.relation)};"
            yield findings.make("RG565", message, level=level, help=help_)


def _when(one: Freeze, pace: Pace, until: timedelta | None) -> tuple[Level, str] | None:
    if one.is_due:
        return Level.WARNING, "is due to be vacuumed against wraparound"
    left = one.limit - one.age
    if pace.during >= _HONEST and pace.transactions and until is not None:
        comes_in = pace.during * (left / pace.transactions)
        if comes_in > until:
            return None
        return Level.WARNING, (
            f"is due to be vacuumed against wraparound in {length(comes_in.total_seconds())}, at "
            f"the pace of the last {length(pace.during.total_seconds())}, before the window closes"
        )
    if max(one.age / one.limit, one.multi_age / one.multi_limit) < _NEAR:
        return None
    return Level.NOTE, "will soon be due to be vacuumed against wraparound"


def replicas(
    followers: Sequence[Follower],
    waits: Sequence[Wait],
    *,
    are_looked_at: bool,
    is_open: bool,
) -> Iterator[Finding]:
    """Say what the strongest locks would meet on the replicas, which repeat them."""
    strong = [wait.ordinal for wait in waits if wait.is_strong]
    if not strong:
        return
    for one in followers:
        if (one.behind_bytes or 0) >= _BEHIND_BYTES:
            message = (
                f"The replica {one.application} is {amount(one.behind_bytes or 0)} behind, and "
                f"repeats the locks of {named(strong)} as much later."
            )
            level = Level.WARNING if is_open else Level.NOTE
            yield findings.make("RG566", message, level=level)
    if followers and not are_looked_at:
        whose = "A replica repeats" if len(followers) == 1 else f"{len(followers)} replicas repeat"
        message = (
            f"{whose} the locks of {named(strong)}, and nobody looks for long readers there "
            "(--replica-url)."
        )
        yield findings.make("RG566", message, level=Level.NOTE)


def unconfirmed(followers: Sequence[Follower], needed: int, *, is_open: bool) -> Iterator[Finding]:
    """Say when commits would wait for standbys that are not there; ours do, whoever else's do."""
    there = sum(one.confirms is not False for one in followers)
    if there >= needed:
        return
    who = "a standby" if needed == 1 else f"{needed} standbys"
    message = f"Commits wait for {who} to confirm them; {there or 'none'} can do it now."
    yield findings.make("RG569", message, level=Level.ERROR if is_open else Level.WARNING)


def slots(kept: Sequence[Slot], waits: Sequence[Wait]) -> Iterator[Finding]:
    """Say of each slot that keeps more of the log than the server would, what adds to it."""
    builds = [wait.ordinal for wait in waits if wait.needs_snapshots_gone]
    for one in kept if builds else ():
        read = "which is behind" if one.is_active else "which nobody reads"
        message = (
            f"The {one.kind} slot {one.name}, {read}, keeps {amount(one.kept_bytes)} of the log; "
            f"{'the index build' if len(builds) == 1 else 'the index builds'} of {named(builds)} "
            "will add to it."
        )
        if one.is_active:
            yield findings.make("RG567", message)
        else:
            help_ = f"SELECT pg_drop_replication_slot('{one.name}'); -- if nobody needs it"
            yield findings.make("RG567", message, help=help_)
