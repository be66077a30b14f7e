"""Is the maintenance window open?"""

from __future__ import annotations

from releasegate import findings
from releasegate.gates import Answer, Gate, GateInputs, NotAsked


def ask(inputs: GateInputs) -> Answer:
    """Compare the window with the server's clock, which ``inputs.now`` tells."""
    if inputs.window is None:
        raise NotAsked("apply asks it")
    opens_at, closes_at = inputs.window.opens_at, inputs.window.closes_at
    evidence = {"now": inputs.now.isoformat(), "closes_at": closes_at.isoformat()}
    if inputs.now < opens_at:
        message = f"The window opens in {_words(opens_at - inputs.now)}, at {opens_at.isoformat()}."
        return Answer((findings.make("RG601", message),), evidence)
    if inputs.now >= closes_at:
        message = f"The window closed {_words(inputs.now - closes_at)} ago."
        return Answer((findings.make("RG602", message),), evidence)
    return Answer(evidence=evidence)


def _words(length: object) -> str:
    return str(length).split(".", maxsplit=1)[0]


GATE = Gate("window", "Is the maintenance window open?", ask)
