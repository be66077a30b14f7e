"""Where each migration stands on the target, from its ledger and its catalogs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from releasegate import facts, ledger
from releasegate.counted import counted
from releasegate.errors import CouldNotLook, UsageError
from releasegate.gates import live_database
from releasegate.model import Finding, MigrationState, Report, Verdict
from releasegate.release import ways
from releasegate.release.inputs import Request, prepare

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from releasegate.gates import LiveTarget
    from releasegate.ledger import Entry
    from releasegate.model import Migration
    from releasegate.undo import Row

_OPEN = frozenset({"unfinished", "drifted", "changed", "running"})


def status(request: Request) -> Report:
    """Tell of each migration where it stands on the target."""
    with prepare(request) as prepared:
        live = prepared.inputs.live
        if isinstance(live, Finding):
            raise CouldNotLook(live.message)
        if live is None:
            raise UsageError("status needs a database: give --database-url.")
        states = tuple(_states(prepared.all_migrations, live))
        faults = ledger.verify(live.connection, head=request.head)
        is_open = bool(faults) or any(state.state in _OPEN for state in states)
        exit_code = int(is_open and request.wants_exit_code)
        names = dict.fromkeys(state.state for state in states)
        counts = [f"{sum(s.state == name for s in states)} {name}" for name in names]
        broken = " The ledger was changed by hand." if faults else ""
        return prepared.report(
            exit_code,
            Verdict.BLOCKED if is_open else Verdict.PASSED,
            f"{', '.join(counts) or 'No migration'}.{broken}",
            migrations=states,
            ledger_faults=faults,
            ledger_head=live.ledger.head,
        )


def _states(found: Sequence[Migration], live: LiveTarget) -> Iterator[MigrationState]:
    holder = facts.advisory_holder(live.connection)
    for migration in found:
        entry = live.ledger.entries.get(migration.number)
        state, detail = _state(migration, live, holder)
        at = entry.applied_at if entry else None
        yield MigrationState(migration.path, migration.number, state, detail, at)
    numbers = {migration.number for migration in found}
    for number, entry in live.ledger.entries.items():
        if number not in numbers:
            detail = "applied, and its file is not here"
            yield MigrationState(entry.path, number, "changed", detail, entry.applied_at)


def _state(
    migration: Migration, live: LiveTarget, holder: facts.Holder | None
) -> tuple[str, str | None]:
    entry = live.ledger.entries.get(migration.number)
    if entry is not None and entry.sha256 != migration.sha256:
        return "changed", f"applied as {entry.sha256[:12]}, the file is {migration.sha256[:12]}"
    if entry is not None and entry.is_complete:
        lines = live_database.drift(live, migration)
        if lines:
            return "drifted", "; ".join(lines)
        if entry.adopted_by:
            return "adopted", "; ".join(filter(None, (_elsewhere(entry), f"by {entry.adopted_by}")))
        rows = live.ledger.rows[migration.number].values()
        way = ways.undoable(live.connection, rows) or "it made nothing that a rollback would drop"
        return "applied", "; ".join(filter(None, (_elsewhere(entry), way)))
    runs = [r for r in live.ledger.open_runs if r.migration_number == migration.number]
    if runs and holder is not None and runs[-1].backend_pid == holder.pid:
        return "running", live_database.describe_holder(holder, live)
    rows = live.ledger.rows.get(migration.number, {}).values()
    if any(row.status == "undone" for row in rows):
        return _taken_back(live, rows)
    if entry is not None:
        done = f"{entry.steps_done} of {counted(entry.step_count, 'step is', 'steps are')} applied"
        back = ways.undoable(live.connection, rows)
        return "unfinished", "; ".join(filter(None, (done, _elsewhere(entry), back)))
    if migration.number in live.ledger.begun:
        return "unfinished", "its first step began and did not end"
    if runs:
        return "unfinished", "a run began and did not end; no step of it is applied"
    return ("draft", None) if migration.draft else ("pending", None)


def _taken_back(live: LiveTarget, rows: Collection[Row]) -> tuple[str, str]:
    """Tell a rollback that is over from one that stopped half way; columns may stay for good."""
    left = [label for row in rows for label in row.made]
    back = ways.undoable(live.connection, rows)
    is_over = all(label.startswith(("column ", "table ")) for label in left)
    head = "rolled back" if is_over else "half taken back: roll back again, or apply again"
    return "pending" if is_over else "unfinished", "; ".join(filter(None, (head, back)))


def _elsewhere(entry: Entry) -> str | None:
    """Say that the row came with a copy of another database; its number may be its own."""
    return f"recorded elsewhere ({entry.elsewhere})" if entry.elsewhere else None
