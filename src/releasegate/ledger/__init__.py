"""The target's record of runs and steps: what was applied, from which file, when and by whom."""

from __future__ import annotations

from releasegate.ledger.adopting import adopt_migration
from releasegate.ledger.creation import adopt, create, grant, script
from releasegate.ledger.journal import entered, verify
from releasegate.ledger.reading import (
    Entry,
    Ledger,
    OpenRun,
    expected,
    has_attempt,
    held_before,
    read,
    steps,
    steps_done,
    was_started,
)
from releasegate.ledger.undoing import (
    leave_step,
    leave_values,
    start_undo,
    undo_step,
    undo_values,
)
from releasegate.ledger.version import VERSION
from releasegate.ledger.writing import (
    StepRow,
    begin_run,
    count_step,
    end_run,
    fail_step,
    finish_step,
    record_step,
    start_step,
)

__all__ = [
    "VERSION",
    "Entry",
    "Ledger",
    "OpenRun",
    "StepRow",
    "adopt",
    "adopt_migration",
    "begin_run",
    "count_step",
    "create",
    "end_run",
    "entered",
    "expected",
    "fail_step",
    "finish_step",
    "grant",
    "has_attempt",
    "held_before",
    "leave_step",
    "leave_values",
    "read",
    "record_step",
    "script",
    "start_step",
    "start_undo",
    "steps",
    "steps_done",
    "undo_step",
    "undo_values",
    "verify",
    "was_started",
]
