"""Does every write of the app send what the migration's keys demand?"""

from __future__ import annotations

from releasegate.gates import Answer, GateInputs, deployed_app
from releasegate.repository import RepositoryProblem


def ask(inputs: GateInputs) -> Answer:
    """Judge the app's source as it was read, and as it runs; nothing of it is run by us."""
    inputs.statements()
    examined = deployed_app.examine(inputs, inputs.sources, inputs.app_files)
    if inputs.deployed is None:
        return Answer(examined.findings, examined.evidence)
    try:
        judged = deployed_app.judge(inputs, inputs.deployed, examined)
    except RepositoryProblem as problem:
        return Answer((*examined.findings, problem.finding), examined.evidence)
    evidence = {**examined.evidence, "deployed": judged.evidence}
    return Answer((*examined.findings, *judged.findings), evidence)
