"""Others' transactions and the steps' waits -> who is in the way of what, and whether for good."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from releasegate import facts, findings
from releasegate.gates.live_database.waits import named
from releasegate.gates.live_database.words import length
from releasegate.model import Level

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from datetime import timedelta

    from releasegate.database import Connection
    from releasegate.facts import Transaction
    from releasegate.gates.live_database.waits import Wait
    from releasegate.model import Finding, Lock, Relation

#: what is younger is the app's own traffic, between which the executor finds a gap
A_MOMENT_S = 1.0
#: a coordinator ends its prepared transactions at once, and an app those in which it does nothing
_FORGOTTEN_S = 60.0
#: nobody works for so long in a transaction that does nothing
_LEFT_ALONE_S = 3600.0


@dataclass(frozen=True, slots=True)
class Way:
    """Somebody in the way: of which steps, with what, and what is left of the window."""

    who: Transaction
    steps: tuple[int, ...]
    locks: tuple[Lock, ...]
    #: None: the window is not open
    left: timedelta | None
    #: "on the replica", where it is there
    where: str = ""

    @property
    def left_s(self) -> float | None:
        return None if self.left is None else self.left.total_seconds()


def seen(connection: Connection, names: Collection[Relation]) -> list[Transaction]:
    """Look once; again where ages are not shown: whoever is there still is no short one."""
    found = facts.transactions(connection, names)
    known = {(one.pid, one.name) for one in found if one.age_s is None}
    if known:
        time.sleep(A_MOMENT_S)
        found = facts.transactions(connection, names)
    return [
        one
        for one in found
        if (one.age_s or 0) >= A_MOMENT_S or (one.age_s is None and (one.pid, one.name) in known)
    ]


def in_the_way(
    found: Iterable[Transaction],
    waits: Sequence[Wait],
    *,
    left: timedelta | None,
    where: str = "",
) -> Iterator[Way]:
    """Keep those for whose end a step waits.

    On a replica a snapshot is in no build's way, and a prepared transaction is the primary's.
    """
    for one in found:
        if one.pid == 0 and where:
            continue
        held = {wait.ordinal: wait.conflicts(one.locks) for wait in waits}
        is_old = one.has_snapshot and not where
        steps = tuple(
            wait.ordinal
            for wait in waits
            if held[wait.ordinal] or (is_old and wait.needs_snapshots_gone)
        )
        if steps:
            locks = {lock: None for locks in held.values() for lock in locks}
            yield Way(one, steps, tuple(locks), left, where)


def judged(way: Way) -> Finding:
    """Say who it is and what would wait; it blocks where waiting would surely be in vain."""
    code = _code(way)
    level = {"RG563": _of_prepared, "RG564": _of_maintenance}.get(code, _of_session)(way)
    return findings.make(code, _message(way), level=level, help=_help(way))


def _code(way: Way) -> str:
    if way.who.pid == 0:
        return "RG563"
    if way.who.work or way.who.is_autovacuum:
        return "RG564"
    return "RG561" if way.locks else "RG562"


# -- how much it weighs ----------------------------------------------------------------------------


def _of_prepared(way: Way) -> Level:
    """It never goes away by itself, not even with the server."""
    return Level.ERROR if (way.who.age_s or 0) >= _FORGOTTEN_S else Level.WARNING


def _of_maintenance(way: Way) -> Level:
    who, left_s = way.who, way.left_s
    if who.is_autovacuum and not who.is_urgent:
        return Level.NOTE
    if left_s is None:
        return Level.WARNING if who.is_urgent else Level.NOTE
    rest_s = _rest_s(who)
    return Level.ERROR if rest_s is not None and rest_s > left_s else Level.WARNING


def _of_session(way: Way) -> Level:
    """Work ends, and the executor waits for it outside the queue; what is left alone does not."""
    idle_s, left_s = way.who.idle_s or 0, way.left_s
    if left_s is None:
        return Level.WARNING if idle_s >= _LEFT_ALONE_S else Level.NOTE
    return Level.ERROR if idle_s >= max(left_s, _FORGOTTEN_S) else Level.WARNING


def _rest_s(who: Transaction) -> float | None:
    """Tell how long a VACUUM goes on at least, at its own pace so far."""
    if not who.share or who.age_s is None:
        return None
    return who.age_s * (1 - who.share) / who.share


# -- in words --------------------------------------------------------------------------------------


def _message(way: Way) -> str:
    what = [f"{lock.mode} on {lock.relation}" for lock in way.locks]
    if not what:
        what = ["a snapshot"]
    return (
        f"{_who(way)} holds {' and '.join(what)}: {named(way.steps)} "
        f"{'waits' if len(way.steps) == 1 else 'wait'} for its end.{_more(way)}"
    )


def _who(way: Way) -> str:
    who, where = way.who, f" {way.where}" if way.where else ""
    age = "of unknown age" if who.age_s is None else f"{length(who.age_s)} old"
    if who.pid == 0:
        return f"The prepared transaction {who.gid} of {who.role}{where}, {age},"
    name = "autovacuum" if who.is_autovacuum else who.application or "A session without a name"
    role = f", role {who.role}" if who.role else ""
    is_idle = (who.state or "").startswith("idle in transaction")
    does = f", {who.state}" if is_idle else f", at {who.work}" if who.work else ""
    return f"{name} (pid {who.pid}{role}){where}{does}, its transaction {age},"


def _more(way: Way) -> str:
    who = way.who
    if who.is_autovacuum and who.is_urgent:
        return f" A vacuum to prevent wraparound gives way to nobody{_pace(who)}."
    if who.is_autovacuum:
        return " Autovacuum gives way to a step that waits."
    if who.work == "VACUUM":
        return f" It gives way to nobody{_pace(who)}."
    if way.left_s is not None and (who.age_s or 0) >= way.left_s:
        return f" The window has {length(way.left_s)} left."
    return ""


def _pace(who: Transaction) -> str:
    rest_s = _rest_s(who)
    return "" if rest_s is None else f"; at its pace it goes on for {length(rest_s)} at least"


def _help(way: Way) -> str:
    who = way.who
    if who.pid == 0:
        return f"ROLLBACK PREPARED {who.gid}; -- or COMMIT PREPARED, as its coordinator says"
    if who.is_autovacuum:
        return "Let it end; a VACUUM (FREEZE) of the table before the window spares the next one."
    where = f"{way.where}, " if way.where else ""
    return (
        f"SELECT pg_terminate_backend({who.pid}); -- {where}if nobody needs it: it is rolled back"
    )
