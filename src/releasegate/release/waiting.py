"""A window that is not open yet -> the moment when it is, and whether all is as it was judged."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from releasegate import findings
from releasegate.gates import questions
from releasegate.gates.waivers import in_force
from releasegate.model import GateResult, GateStatus
from releasegate.release.sequence import ask_gates
from releasegate.repository import Repository

if TYPE_CHECKING:
    from collections.abc import Sequence

    from releasegate.model import Finding
    from releasegate.release.inputs import Prepared, Request

#: what is looked at again once the window is open
_AGAIN = (questions.RELEASE_TAG.id, questions.LIVE_DATABASE.id, questions.WINDOW.id)
# (what is left, how long until it is said again), the longest first
_PACES = (
    (timedelta(hours=1), timedelta(minutes=10)),
    (timedelta(minutes=5), timedelta(minutes=1)),
    (timedelta(seconds=20), timedelta(seconds=10)),
)
_LAST_PACE = timedelta(seconds=1)


def wait(request: Request, prepared: Prepared) -> None:
    """Sleep until the window opens by the target's clock, counting down in the log."""
    inputs = prepared.inputs
    assert inputs.window is not None
    skew = inputs.now - prepared.looked_at
    while (left := inputs.window.opens_at - request.clock() - skew) > timedelta(0):
        request.log.info(
            "window.awaited",
            migration=inputs.migration.name,
            opens_at=inputs.window.opens_at.isoformat(),
            opens_in=str(timedelta(seconds=round(left.total_seconds()))),
        )
        request.sleep(min(left, _pace(left)).total_seconds())


def _pace(left: timedelta) -> timedelta:
    return next((pace for limit, pace in _PACES if left > limit), _LAST_PACE)


def ask_again(
    request: Request, before: Prepared, now: Prepared, answered: Sequence[GateResult]
) -> tuple[GateResult, ...]:
    """Ask again what may have changed while we waited; the other answers stand."""
    results = ask_gates(replace(request, only=_AGAIN, require=()), now.inputs)
    merged = [
        new if new.gate in _AGAIN else old for old, new in zip(answered, results, strict=True)
    ]
    change = _change(before, now)
    if change is None:
        return tuple(merged)
    return tuple(_blocked(r, change) if r.gate == questions.RELEASE_TAG.id else r for r in merged)


def _change(before: Prepared, now: Prepared) -> Finding | None:
    """Find what the other answers do not hold for any more."""
    was, is_ = before.inputs, now.inputs
    if was.migration.sha256 != is_.migration.sha256:
        return findings.make("RG605", f"{is_.migration.name} was changed while we waited.")
    heads = [i.repository.head for i in (was, is_) if isinstance(i.repository, Repository)]
    if len(set(heads)) > 1:
        return findings.make("RG605", f"HEAD was {heads[0][:12]} and is {heads[1][:12]}.")
    if was.release != is_.release:
        return findings.make("RG605", f"The tag {is_.release.tag} was moved while we waited.")
    if was.deployed != is_.deployed:
        return findings.make("RG605", "Another commit of the app is deployed than was judged.")
    if in_force(was.migration, was.now) != in_force(is_.migration, is_.now):
        return findings.make("RG605", f"A waiver of {is_.migration.name} ended while we waited.")
    return None


def _blocked(result: GateResult, change: Finding) -> GateResult:
    return replace(result, status=GateStatus.BLOCKED, findings=(*result.findings, change))
