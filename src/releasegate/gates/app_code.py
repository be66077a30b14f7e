"""Does every write of the app send what the migration's keys demand?"""

from __future__ import annotations

from releasegate import appcode, migrations
from releasegate.gates import Answer, Gate, GateInputs


def ask(inputs: GateInputs) -> Answer:
    """Judge the app's source as it was read; nothing of it is run."""
    inputs.statements()
    configuration = inputs.settings.configuration.app_code
    examined = appcode.examine(
        migration_sql=migrations.text(inputs.migration),
        migration_path=inputs.migration.path,
        baseline_sql="\n;\n".join(inputs.texts_before),
        optional=configuration.optional,
        sources=inputs.sources,
        contents=inputs.app_files,
    )
    return Answer(examined.findings, examined.evidence)


GATE = Gate("app-code", "Does the app send what the keys demand?", ask, is_for_drafts=False)
