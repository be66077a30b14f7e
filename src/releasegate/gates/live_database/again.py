"""Counts of an earlier look -> those that still hold: nobody wrote to their tables since."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from releasegate import facts, findings
from releasegate.catalog import demand as kinds
from releasegate.gates.live_database.counting import Count
from releasegate.gates.looking import KnownCount

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from releasegate.catalog import Demand
    from releasegate.gates.live_database.counting import Counter
    from releasegate.gates.live_database.scope import Scope
    from releasegate.model import Finding, GateResult

#: a count is a matter of the days before the window, not of weeks
_OLDEST = timedelta(days=1)
#: what these demand depends on nothing but the rows of the tables themselves
_BY_ROWS_ALONE = frozenset({kinds.KEY, kinds.UNIQUE, kinds.NOT_NULL})


class Before:
    """What an earlier look has counted, and how the tables stand now.

    It is read before the first count: what is written meanwhile shows the next time.
    """

    def __init__(self, scope: Scope, demands: Sequence[Demand]) -> None:
        self.at = facts.now(scope.connection)
        self._known = scope.inputs.looking.known
        self._marks = {one: _mark(scope, one) for one in demands}

    def count(self, demand: Demand, counter: Counter) -> Count:
        """Take the earlier count where it holds, else make one."""
        mark, name = self._marks[demand], f"{demand.kind} {demand.name}"
        before = self._known.get(_key(name, str(demand.table)))
        if before is not None and holds(before, demand.kind, now=self.at, mark=mark):
            return Count(demand, 0, 0.0, mark=mark, known=before)
        return replace(counter.count(demand), mark=mark)


def _mark(scope: Scope, demand: Demand) -> str | None:
    tables = [table for table in (demand.table, demand.parent) if table]
    return facts.mark(scope.connection, tables)


def holds(before: KnownCount, kind: str, *, now: datetime, mark: str | None) -> bool:
    """Tell whether a count may stand: it is young, and its tables are as they were."""
    is_young = timedelta(0) <= now - before.at <= _OLDEST
    return kind in _BY_ROWS_ALONE and is_young and mark == before.mark


def told(counts: Sequence[Count]) -> Iterator[Finding]:
    taken = [one.known for one in counts if one.known]
    if taken:
        oldest = min(taken, key=lambda one: one.at)
        message = (
            f"{len(taken)} of {len(counts)} counts are those of run {oldest.run_id} "
            f"({oldest.at.astimezone(UTC):%Y-%m-%d %H:%M} UTC, no row in the way): nobody has "
            "written to their tables since, so they were not made again."
        )
        yield findings.make("RG586", message)


def evidence(one: Count, at: datetime | None) -> dict[str, Any]:
    """Keep what a later look needs; only a count without a row in the way can stand for it."""
    if one.known:
        at = one.known.at
    by = {"counted_by": one.known.run_id} if one.known else {}
    return {"counted_at": at.isoformat() if at else None, "mark": one.mark, **by}


def counts_of(results: Sequence[GateResult], run_id: str) -> dict[str, KnownCount]:
    """Read off a report what its live-database gate has counted."""
    found = (item for result in results for item in result.evidence.get("counted") or ())
    return dict(filter(None, (_read(item, run_id) for item in found)))


def _read(item: Mapping[str, Any], run_id: str) -> tuple[str, KnownCount] | None:
    try:
        at = datetime.fromisoformat(item["counted_at"])
        key = _key(item["demand"], item["table"])
        by = str(item.get("counted_by", run_id))
        if item["broken"] != 0 or not item["mark"] or at.tzinfo is None:
            return None
        return key, KnownCount(at, str(item["mark"]), by)
    except (KeyError, TypeError, ValueError, AttributeError):
        # A report of an older version, or one that somebody wrote: then it is counted.
        return None


def _key(demand: str, table: str) -> str:
    return f"{table}\0{demand}"
