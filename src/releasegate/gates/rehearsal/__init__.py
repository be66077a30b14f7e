"""Is the plan the same as the file, for the catalogs, for the rows and for the app?"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

from releasegate import database, facts, findings, ledger
from releasegate.baseline import BaselineError
from releasegate.counted import counted
from releasegate.errors import CouldNotLook
from releasegate.gates import Answer, GateInputs, LiveTarget, NotAsked, parse_only
from releasegate.gates.ground import lay, live_schema, run
from releasegate.gates.rehearsal import app, policies, proofs, rows, way_back
from releasegate.gates.rehearsal.trial import Trial
from releasegate.gates.waivers import waived
from releasegate.model import Level
from releasegate.plan import AS_WRITTEN, CannotPlan, make_plan
from releasegate.statements.locks import locks

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from releasegate.gates.ground import Ground
    from releasegate.gates.rehearsal.case import Case
    from releasegate.model import Finding, Migration, Plan


_SHOWN = 10
_THROUGH = "goes through"


def ask(inputs: GateInputs) -> Answer:
    """Run the plan by the real executor on copies of the baseline, and compare."""
    if any(finding.level is Level.ERROR for finding in parse_only.read(inputs)):
        raise NotAsked("the file cannot be executed: see parse-only")
    planned = inputs.planned
    if isinstance(planned, CannotPlan):
        return Answer(planned.findings, {"strategy": inputs.strategy, "after_steps": []})
    try:
        ground = inputs.ground
    except BaselineError as error:
        raise NotAsked("the baseline does not load: see parse-only") from error
    case = _case(inputs, planned, ground)
    found, cases = _rehearsed(inputs, case)
    found += _version(inputs, ground)
    evidence = {
        "strategy": planned.strategy,
        "server": _words(ground),
        "proofs": [] if _blocks(found) else _said(list(cases.values())[-1]),
        **{schema: rehearsed.evidence for schema, rehearsed in cases.items()},
    }
    expected = next((one.expected for one in reversed(cases.values()) if one.expected), {})
    after = [{"ordinal": ordinal, "objects": objects} for ordinal, objects in expected.items()]
    return Answer(tuple(found), {**evidence, "after_steps": after})


def _rehearsed(inputs: GateInputs, case: Case) -> tuple[list[Finding], dict[str, Case]]:
    """Prove the plan on the baseline and on the live schema, each under its name.

    When it is about to be applied the target's own schema is what counts, and is enough.
    """
    on_live, live_case = _on_live_schema(inputs, case) if inputs.is_apply else ([], None)
    if live_case is not None:
        return on_live, {"live_schema": live_case}
    found = [*waived([*on_live, *_proofs(inputs, case)], inputs.migration, inputs.now)]
    if not inputs.is_apply and not _blocks(found):
        on_live, live_case = _on_live_schema(inputs, case)
        found += on_live
    return found, {"baseline": case} | ({"live_schema": live_case} if live_case else {})


def _words(ground: Ground) -> str:
    return f"PostgreSQL {ground.server.major} ({ground.server.kind})"


def _blocks(found: Sequence[Finding]) -> bool:
    return any(finding.level is Level.ERROR for finding in found)


def _case(inputs: GateInputs, planned: Plan, ground: Ground) -> Case:
    """Run the file as written first: what it gives is what the plan must give.

    Raises:
        NotAsked: it fails.
    """
    written = make_plan(
        inputs.migration,
        inputs.statements(),
        major=ground.server.major,
        strategy=AS_WRITTEN,
        baseline=inputs.baseline_statements,
    )
    trials = (Trial(inputs.migration, plan) for plan in (written, planned))
    case = proofs.begin(ground, *trials, baseline=inputs.baseline_statements)
    if case is None:
        raise NotAsked("the file fails on a throwaway database: see parse-only")
    return case


def _on_live_schema(inputs: GateInputs, of_baseline: Case) -> tuple[list[Finding], Case | None]:
    """Prove the same on the schema that the target has now, with its roles and default rights.

    Where it is the baseline's, object by object, the same would be proven again.
    """
    live, ground = inputs.live, of_baseline.ground
    if not isinstance(live, LiveTarget) or live.ledger.stands(inputs.migration.number):
        return [], None
    try:
        schema = live_schema(ground.server, live)
        not_yet = _not_yet(inputs, live)
        # What a prelude brings is in the dump.
        setup = replace(inputs.setup, platform="", prelude=())
        laid = lay(ground.server, schema, not_yet, inputs.stack, setup=setup)
        if laid.held == of_baseline.before:
            of_baseline.evidence["live_schema"] = "is the baseline's"
            return [], None
        case = _case(inputs, of_baseline.planned.plan, laid)
        found = [_of_live(finding) for finding in _proofs(inputs, case)]
    except (BaselineError, CouldNotLook) as why:
        message = f"The live schema could not be rehearsed: {why}."
        return [findings.make("RG413", message)], None
    except NotAsked:
        if _is_at_work(live, inputs.migration.number):
            # What was dumped was half a migration; live-database says whose.
            return [], None
        return [_fails_on(laid, inputs)], None
    return found, case


def _not_yet(inputs: GateInputs, live: LiveTarget) -> tuple[Migration, ...]:
    """A draft may be looked at before what it builds on is applied; anything else comes after."""
    if not inputs.migration.draft:
        return ()
    return tuple(m for m in inputs.earlier if m.number not in live.ledger.entries)


def _fails_on(ground: Ground, inputs: GateInputs) -> Finding:
    """Say where the file fails on the live schema, and by which SQLSTATE."""
    path, why, line = inputs.migration.path, "", None
    with ground.copy() as made:
        try:
            run(inputs.migration, made)
        except BaselineError as error:
            why, line = f": {error}", error.line
    message = f"On a copy of the live schema the file fails, though it runs on the baseline{why}."
    return findings.make("RG409", message, path=path, line=line)


def _is_at_work(live: LiveTarget, number: int) -> bool:
    """Tell whether another run changes the target now, or has begun this migration since."""
    is_begun = number in ledger.read(live.connection).begun
    return is_begun or facts.advisory_holder(live.connection) is not None


def _of_live(finding: Finding) -> Finding:
    return replace(finding, message=f"On the live schema: {finding.message}")


def _proofs(inputs: GateInputs, case: Case) -> Iterator[Finding]:
    """Prove one thing after the other; a plan that fails has no more to prove."""
    statements = inputs.statements()
    tables = sorted({lock.relation for one in statements for lock in locks(one)})
    with rows.seeded(case, statements, tables) as (ground, tries):
        tries.begin()
        with ground.copy() as applied, ThreadPoolExecutor(max_workers=1) as beside:
            found = list(proofs.same_catalogs(case, applied))
            yield from found
            if _blocks(found):
                return
            back = beside.submit(lambda: [*way_back.gives_back(case, applied)])
            with ground.copy() as made, app.playing(inputs, case, made, tables) as play:
                cut = [*proofs.converges(case, made, play)]
            yield from back.result()
        yield from cut
        yield from tries.alike()
    yield from policies.hold(case, inputs.app_files)
    yield from _incomplete(case)


def _said(case: Case) -> list[str]:
    """Say what was compared, for whoever must believe it."""
    told, steps = case.evidence, len(case.planned.plan.steps)
    app_, variants = told["app"], told.get("row_variants", {})
    objects, dumped = len(case.wanted), told["dump_statements"]
    boundaries = counted(told["boundaries"], "boundary", "boundaries")
    works = counted(app_["executed"], "statement of the app works", "statements of the app work")
    said = [
        f"{counted(objects, 'object')} and {counted(dumped, 'statement')} of pg_dump agree",
        f"a second run executes none of the {counted(steps, 'step')}",
        f"a run cut at any of {boundaries} ends with the same",
        f"the undo {told['undo']}" if "undo" in told else "the undo is not whole: see RG411",
        f"{works} at every boundary",
    ]
    if variants:
        refused = sum(word != _THROUGH for word in variants.values())
        kinds = counted(len(variants), "kind")
        said.append(f"of {kinds} of rows file and plan refuse the same {refused}")
    if told.get("locks_compared"):
        took = counted(told["locks_compared"], "transaction")
        said.append(f"{took} took the planned locks, and read no row in the app's way")
    return said


def _incomplete(case: Case) -> Iterator[Finding]:
    """Say what was not tried; not having looked is never a pass."""
    left_out = case.evidence.get("row_variants_left_out", {}) | case.evidence["not_filled"]
    if left_out:
        named = ", ".join(f"{name} ({why})" for name, why in sorted(left_out.items())[:_SHOWN])
        what = counted(len(left_out), "kind of rows was", "kinds of rows were")
        yield case.finding("RG412", f"{what} not tried: {named}.")


def _version(inputs: GateInputs, ground: Ground) -> Iterator[Finding]:
    live = inputs.live
    if isinstance(live, LiveTarget) and database.major(live.connection) != ground.server.major:
        target = database.major(live.connection)
        message = (
            f"The plan was rehearsed on PostgreSQL {ground.server.major}; the target is {target}."
        )
        yield findings.make("RG410", message)
