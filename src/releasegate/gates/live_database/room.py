"""Do the steps fit the window, and the indexes the disk?"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from releasegate import findings
from releasegate.forecast import fit, total
from releasegate.model import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from releasegate.forecast import Forecast
    from releasegate.gates.live_database.scope import Scope
    from releasegate.model import Finding

#: what is worth a line of a report
_WORTH_TELLING_BYTES = 100_000_000
_UNITS = (("TB", 10**12), ("GB", 10**9), ("MB", 10**6), ("kB", 1000))


def asked(scope: Scope) -> Iterator[Finding]:
    found = scope.inputs.forecast
    if found is None:
        return
    yield from _time(scope, found)
    yield from _room(scope, found)
    if found.why_not:
        yield findings.make("RG592", f"Nothing is predicted: {found.why_not}.")
    elif found.unpredicted:
        steps = ", ".join(map(str, found.unpredicted))
        message = f"How long step {steps} takes is in the rows or in code: it is not predicted."
        yield findings.make("RG592", message)


def _time(scope: Scope, found: Forecast) -> Iterator[Finding]:
    """Refuse what cannot fit; warn of what may not.

    Beforehand it is about the whole window, at apply about what is left of it.
    """
    window, plan = scope.inputs.window, scope.plan
    if window is None or plan is None or not found.predictions:
        return
    now = scope.inputs.now if scope.inputs.is_apply else window.opens_at
    left = window.closes_at - max(now, window.opens_at)
    if left <= timedelta(0):
        # That it is closed is the gate window's to tell.
        return
    grace = scope.inputs.settings.hard_stop
    lies = fit(plan.steps, found.predictions, left=left, grace=grace)
    if lies.is_too_long:
        yield findings.make("RG590", lies.words)
    elif lies.may_be_too_long:
        yield findings.make("RG590", lies.words, level=Level.WARNING)


def _room(scope: Scope, found: Forecast) -> Iterator[Finding]:
    """Compare with what somebody says is free: the server does not tell."""
    free = scope.inputs.looking.free_bytes
    message = f"Index builds and rewrites need about {amount(found.bytes_needed)}"
    if found.bytes_meanwhile:
        message += f", up to {amount(found.bytes_meanwhile)} of it only while they run"
    if free is not None and found.bytes_needed > free:
        yield findings.make("RG591", f"{message}; {amount(free)} is free (--free-bytes).")
    elif free is None and found.bytes_needed >= _WORTH_TELLING_BYTES:
        yield findings.make("RG591", f"{message}.", level=Level.NOTE)


def evidence(found: Forecast | None) -> dict[str, Any]:
    """Say what was measured, and what it comes to."""
    if found is None or found.pace is None:
        return {}
    told = {
        "sizes": [
            {"table": str(name), "rows": round(size.rows), "bytes": size.table_bytes,
             "index_bytes": size.index_bytes}
            for name, size in sorted(found.sizes.items())
        ],
        "bytes_needed": found.bytes_needed,
        "bytes_kept": found.bytes_kept,
        "bytes_meanwhile": found.bytes_meanwhile,
        "pace": {
            "round_trip_ms": round(found.pace.round_trip_s * 1e3, 3),
            "row_ns": round(found.pace.row_s * 1e9, 1),
            "page_us": found.pace.read_page_s and round(found.pace.read_page_s * 1e6, 2),
        },
    }  # fmt: skip
    proofs = [f"the steps that are left need {total(found.predictions)}"]
    return {"room": told, "proofs": proofs if found.predictions else []}


def amount(count: int) -> str:
    """Write a number of bytes with the unit that suits it: ``1.34 GB``."""
    unit, factor = next((row for row in _UNITS if count >= row[1]), ("bytes", 1))
    number = count / factor
    return f"{number:.0f} {unit}" if number >= 100 else f"{number:.3g} {unit}"
