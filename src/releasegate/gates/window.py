"""Is the maintenance window open, and nothing frozen?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from releasegate import findings
from releasegate import window as windows
from releasegate.gates import Answer, GateInputs, NotAsked
from releasegate.model import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from releasegate.model import Finding, Window


def ask(inputs: GateInputs) -> Answer:
    """Compare the window with the server's clock, which ``inputs.now`` tells."""
    window = inputs.window
    if window is None or not inputs.is_apply:
        raise NotAsked("apply asks it")
    evidence = {
        "now": inputs.now.isoformat(),
        "closes_at": window.closes_at.isoformat(),
        "window": windows.describe(window),
    }
    found = [*_open(inputs, window), *_frozen(inputs, window)]
    found += [findings.make("RG603", remark) for remark in window.remarks]
    return Answer(tuple(found), evidence)


def _open(inputs: GateInputs, window: Window) -> Iterator[Finding]:
    until = window.opens_at - inputs.now
    if inputs.now < window.opens_at and inputs.waits:
        message = f"The window opens in {_words(until)}; this run waits for it."
        yield findings.make("RG601", message, level=Level.NOTE)
    elif inputs.now < window.opens_at:
        message = f"The window opens in {_words(until)}, at {window.opens_at.isoformat()}."
        yield findings.make("RG601", message)
    elif inputs.now >= window.closes_at:
        message = f"The window closed {_words(inputs.now - window.closes_at)} ago."
        yield findings.make("RG602", message)


def _frozen(inputs: GateInputs, window: Window) -> Iterator[Finding]:
    """Refuse a window of which anything that is still to come lies in a freeze."""
    start = max(inputs.now, window.opens_at)
    for freeze in inputs.settings.freezes:
        if freeze.overlaps(start, window.closes_at):
            yield findings.make("RG604", f"In this window nothing is applied: freeze {freeze}.")


def _words(length: object) -> str:
    return str(length).split(".", maxsplit=1)[0]
