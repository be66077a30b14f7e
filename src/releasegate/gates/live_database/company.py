"""What goes on beside the steps that are left -> who would hold up which, now and in the window."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from releasegate import facts, findings
from releasegate.errors import CouldNotLook
from releasegate.gates.live_database import around, in_the_way
from releasegate.gates.live_database.replica import open_replica
from releasegate.gates.live_database.waits import waits

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from releasegate.facts import Follower, Freeze
    from releasegate.gates.live_database.in_the_way import Way
    from releasegate.gates.live_database.scope import Scope
    from releasegate.gates.live_database.waits import Wait
    from releasegate.model import Finding, Relation, Step


@dataclass(frozen=True)
class Company:
    """What was found, and how much was looked at."""

    findings: tuple[Finding, ...] = ()
    looked_at: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class _Look:
    """What all of the questions go by."""

    scope: Scope
    waits: Sequence[Wait]
    freezes: Sequence[Freeze]
    followers: Sequence[Follower]
    #: of the open window; None: it is not open
    left: timedelta | None
    #: its close; None: no window was given
    until: timedelta | None

    @property
    def names(self) -> set[Relation]:
        return {lock.relation for wait in self.waits for lock in wait.locks}


def asked(scope: Scope, steps: Sequence[Step]) -> Company:
    """Look at whoever is there now; nothing is locked, and no transaction stays open."""
    if not steps or facts.is_standby(scope.connection):
        return Company()
    look = _begun(scope, steps)
    here = list(_here(look))
    found = [*map(in_the_way.judged, here), *_on_the_replica(look), *_around(look, here)]
    return Company(tuple(found), _looked_at(look))


def _begun(scope: Scope, steps: Sequence[Step]) -> _Look:
    connection, window = scope.connection, scope.inputs.window
    found = waits(connection, steps)
    names = {lock.relation for wait in found for lock in wait.locks}
    now = facts.now(connection)
    until = max(window.closes_at - now, timedelta(0)) if window else None
    left = until if window and window.opens_at <= now else None
    freezes, followers = facts.freezes(connection, names), facts.followers(connection)
    return _Look(scope, found, freezes, followers, left, until)


def _here(look: _Look) -> Iterator[Way]:
    """Find who is in the way; of an autovacuum that we may not see into its table tells."""
    due = {one.relation for one in look.freezes if one.is_due}
    found = [
        replace(one, is_urgent=any(lock.relation in due for lock in one.locks))
        if one.is_urgent is None
        else one
        for one in in_the_way.seen(look.scope.connection, look.names)
    ]
    yield from in_the_way.in_the_way(found, look.waits, left=look.left)


def _on_the_replica(look: _Look) -> Iterator[Finding]:
    """Only the strongest locks get there."""
    strong = [wait for wait in look.waits if wait.is_strong]
    where = look.scope.inputs.looking.replica
    if where is None or not strong:
        return
    try:
        with open_replica(look.scope, where) as replica:
            found = in_the_way.seen(replica, look.names)
    except CouldNotLook as why:
        yield findings.make("RG501", str(why))
        return
    ways = in_the_way.in_the_way(found, strong, left=look.left, where="on the replica")
    yield from map(in_the_way.judged, ways)


def _around(look: _Look, here: Sequence[Way]) -> Iterator[Finding]:
    connection = look.scope.connection
    running = {lock.relation for way in here if way.who.is_urgent for lock in way.locks}
    yield from around.vacuums_due(
        look.freezes, look.waits, facts.pace(connection), until=look.until, running=running
    )
    needed, is_open = facts.confirmations(connection), look.left is not None
    yield from around.unconfirmed(look.followers, needed, is_open=is_open)
    yield from around.replicas(
        look.followers,
        look.waits,
        are_looked_at=look.scope.inputs.looking.replica is not None,
        is_open=is_open,
    )
    yield from around.slots(facts.slots_that_keep(connection), look.waits)


def _looked_at(look: _Look) -> dict[str, Any]:
    present = facts.presence(look.scope.connection)
    return {
        "sessions": present.sessions,
        "prepared": present.prepared,
        "replicas": len(look.followers),
        "tables": len(look.freezes),
        "table_bytes": sum(one.table_bytes for one in look.freezes),
    }
