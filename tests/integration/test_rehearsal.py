"""The rehearsal on a small project: what it proves, and each proof failing when it should."""

from __future__ import annotations

import shutil
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from releasegate import log, settings
from releasegate.gates import rehearsal
from releasegate.gates.ground import lay
from releasegate.model import Level, Lock, Plan, Relation, Step, Undo
from releasegate.plan import AS_WRITTEN, ONLINE, make_plan
from releasegate.release.inputs import Request, prepare

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from releasegate.gates import Answer, GateInputs
    from releasegate.throwaway import Server

ROOT = Path(__file__).parents[2]
BASELINE = """
CREATE TABLE papers (id int PRIMARY KEY, title text);
CREATE TABLE plans (id int PRIMARY KEY, paper_id int, note text);
CREATE TABLE elsewhere (id int);
"""
MIGRATION = """
BEGIN;
ALTER TABLE plans ADD COLUMN kind text,
  ADD CONSTRAINT plans_paper_fk FOREIGN KEY (paper_id) REFERENCES papers (id);
CREATE INDEX plans_paper ON plans (paper_id);
COMMIT;
"""
APP = """
def save(connection, paper):
    connection.execute("INSERT INTO plans (id, paper_id) VALUES (%s, %s)", (1, paper.id))
"""
COLUMN, INDEX, KEY, VALIDATE = range(4)
PLANS, ELSEWHERE = Relation("public", "plans"), Relation("public", "elsewhere")


@dataclass(frozen=True)
class Rehearsal:
    """A project's migration, its plan, and what the gate says of a plan in its place."""

    inputs: GateInputs
    plan: Plan

    def ask(self, plan: Plan | None = None) -> Answer:
        vars(self.inputs)["planned"] = plan or self.plan
        return rehearsal.ask(self.inputs)

    def errors(self, plan: Plan | None = None) -> dict[str, str]:
        """Map the codes of errors to the first message of each."""
        found: dict[str, str] = {}
        for finding in self.ask(plan).findings:
            if finding.level is Level.ERROR:
                found.setdefault(finding.code, finding.message)
        return found

    def sabotaged(self, at: int, **changes: Any) -> Plan:
        steps = list(self.plan.steps)
        steps[at] = replace(steps[at], **changes)
        return replace(self.plan, steps=tuple(steps))

    def with_step(self, at: int, *sql: str, locks: tuple[Lock, ...] = ()) -> Plan:
        """Put a step of no planner among the others."""
        foreign = Step(
            ordinal=0,
            title="something else",
            sql=sql,
            transactional=True,
            locks=locks,
            undo=(),
            effects=(),
        )
        steps = [*self.plan.steps[:at], foreign, *self.plan.steps[at:]]
        return numbered(self.plan, steps)


def numbered(plan: Plan, steps: list[Step]) -> Plan:
    found = tuple(replace(step, ordinal=number) for number, step in enumerate(steps, 1))
    return replace(plan, steps=found)


@pytest.fixture
def rehearse(server: Server, tmp_path: Path) -> Iterator[Callable[..., Rehearsal]]:
    """Make the rehearsal of a project that consists of these texts."""
    with ExitStack() as stack:

        def make(
            migration: str = MIGRATION, *, baseline: str = BASELINE, app: str = APP
        ) -> Rehearsal:
            for path, text in {
                "db/schema/v0.sql": baseline,
                "db/migrations/001_a.sql": migration,
                "app/store.py": app,
                "releasegate.toml": '[app-code]\nroots = ["app"]\n',
            }.items():
                (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
                (tmp_path / path).write_text(text)
            inputs = stack.enter_context(opened(tmp_path))
            vars(inputs)["ground"] = lay(server, baseline, (), stack)
            assert isinstance(inputs.planned, Plan)
            return Rehearsal(inputs, inputs.planned)

        yield make


@contextmanager
def opened(root: Path) -> Iterator[GateInputs]:
    request = Request(
        command="preflight",
        settings=settings.load(root, {}),
        run_id="rehearsal",
        log=log.silent(),
        strategy=ONLINE,
    )
    with prepare(request) as prepared:
        yield prepared.inputs


# -- what passes -----------------------------------------------------------------------------------


def test_the_papers_migration_is_proven(server: Server, tmp_path: Path) -> None:
    for part in ("db", "examples/papers"):
        shutil.copytree(ROOT / part, tmp_path / part)
    (tmp_path / "releasegate.toml").write_text('[app-code]\nroots = ["examples/papers"]\n')

    with ExitStack() as stack:
        inputs = stack.enter_context(opened(tmp_path))
        vars(inputs)["ground"] = lay(server, inputs.baseline.text, (), stack)
        answer = rehearsal.ask(inputs)

    assert [finding.message for finding in answer.findings if finding.level is Level.ERROR] == []
    assert answer.evidence["strategy"] == ONLINE
    evidence = answer.evidence["baseline"]
    assert evidence["undo"] == "gives the baseline back"
    assert evidence["boundaries"] == len(answer.evidence["after_steps"]) > 10


def test_a_plan_is_proven_and_the_evidence_says_by_what(
    rehearse: Callable[..., Rehearsal],
) -> None:
    answer = rehearse().ask()

    assert [finding for finding in answer.findings if finding.level is Level.ERROR] == []
    evidence = answer.evidence["baseline"]
    assert evidence["boundaries"] == evidence["locks_compared"] + 1 == 4
    assert evidence["undo"] == "gives the baseline back"
    assert evidence["dump_statements"] > 0
    assert evidence["rows"] > 0
    assert "fails with 23503" in evidence["row_variants"].values()
    assert "goes through" in evidence["row_variants"].values()


# -- (1) the catalogs ------------------------------------------------------------------------------


def test_a_step_that_is_left_out_is_a_difference(rehearse: Callable[..., Rehearsal]) -> None:
    on = rehearse()

    found = on.errors(replace(on.plan, steps=on.plan.steps[:VALIDATE]))

    assert set(found) == {"RG402"}
    assert "constraint public.plans.plans_paper_fk" in found["RG402"]
    assert "NOT VALID" in found["RG402"]


def test_another_type_than_the_files_is_a_difference(rehearse: Callable[..., Rehearsal]) -> None:
    on = rehearse()

    found = on.errors(
        on.sabotaged(COLUMN, sql=("ALTER TABLE public.plans ADD COLUMN kind varchar(9)",))
    )

    assert set(found) == {"RG402"}
    assert "column public.plans.kind" in found["RG402"]


# -- (2) a second run ------------------------------------------------------------------------------


def test_a_step_that_would_run_again_is_told(rehearse: Callable[..., Rehearsal]) -> None:
    on = rehearse("ALTER TABLE plans ALTER note SET DEFAULT 'a';")

    found = on.errors(on.with_step(1, "DELETE FROM releasegate.step WHERE ordinal = 1"))

    assert "RG403" in found
    assert found["RG403"] == "A second run executes a step again."


def test_a_ledger_that_a_step_has_emptied_is_told(rehearse: Callable[..., Rehearsal]) -> None:
    on = rehearse()

    found = on.errors(on.with_step(1, "DELETE FROM releasegate.step WHERE ordinal = 1"))

    assert "RG403" in found


# -- (3) boundaries --------------------------------------------------------------------------------


def test_a_step_that_leans_on_the_session_before_does_not_converge(
    rehearse: Callable[..., Rehearsal],
) -> None:
    on = rehearse("ALTER TABLE plans ALTER note SET DEFAULT 'a';")
    told = "SELECT set_config('app.is_told', 'yes', false)"
    (step,) = on.plan.steps
    leaning = (
        "DO $$ BEGIN IF current_setting('app.is_told', true) = 'yes' THEN "
        "ALTER TABLE public.plans ALTER note SET DEFAULT 'a'; END IF; END $$"
    )
    first = replace(step, sql=(told,), locks=(), effects=(), title="tell")

    found = on.errors(numbered(on.plan, [first, replace(step, sql=(leaning,))]))

    assert set(found) == {"RG404"}
    assert "column public.plans.note" in found["RG404"]


def test_a_step_that_fails_in_a_run_of_its_own_does_not_converge(
    rehearse: Callable[..., Rehearsal],
) -> None:
    on = rehearse()
    plan = on.with_step(0, "CREATE TEMP TABLE of_session (id int)")
    steps = [*plan.steps[:-1], replace(plan.steps[-1], sql=(*plan.steps[-1].sql, "SELECT"))]
    steps[-1] = replace(steps[-1], sql=("SELECT FROM pg_temp.of_session", *plan.steps[-1].sql))

    found = on.errors(numbered(plan, steps))

    assert set(found) == {"RG404"}
    assert "SQLSTATE 42P01" in found["RG404"]


# -- (4) the undo ----------------------------------------------------------------------------------


def undoing(step: Step, sql: str) -> tuple[Undo, ...]:
    return tuple(replace(item, sql=sql) for item in step.undo)


def test_an_undo_that_leaves_something_behind_is_told(rehearse: Callable[..., Rehearsal]) -> None:
    on = rehearse()

    found = on.errors(on.sabotaged(INDEX, undo=undoing(on.plan.steps[INDEX], "SELECT 1")))

    assert set(found) == {"RG405"}
    assert "index public.plans_paper" in found["RG405"]


def test_an_undo_that_fails_is_told(rehearse: Callable[..., Rehearsal]) -> None:
    on = rehearse()

    absent = "ALTER TABLE plans DROP CONSTRAINT absent"
    found = on.errors(on.sabotaged(KEY, undo=undoing(on.plan.steps[KEY], absent)))

    assert set(found) == {"RG405"}
    assert f"{absent} fails" in found["RG405"]


def test_a_step_without_an_undo_is_no_proof(rehearse: Callable[..., Rehearsal]) -> None:
    on = rehearse()

    answer = on.ask(on.sabotaged(INDEX, undo=()))

    assert "RG411" in {finding.code for finding in answer.findings}
    assert "undo" not in answer.evidence["baseline"]


# -- (5) the app's statements ----------------------------------------------------------------------

READS_ALL = """
def read(connection, number):
    return connection.execute("SELECT * FROM plans WHERE id = %s", (number,)).fetchall()
"""
READS_NOTE = """
def read(connection, number):
    return connection.execute("SELECT note FROM plans WHERE id = %s", (number,)).fetchall()
"""


def test_a_prepared_select_of_all_columns_fails_once_there_is_another(
    rehearse: Callable[..., Rehearsal],
) -> None:
    answer = rehearse(app=READS_ALL).ask()

    (finding,) = [finding for finding in answer.findings if finding.code == "RG406"]
    assert (finding.path, finding.line) == ("app/store.py", 3)
    assert "After step 1 (add column plans.kind)" in finding.message


def test_a_statement_that_reads_a_dropped_column_fails(rehearse: Callable[..., Rehearsal]) -> None:
    on = rehearse("ALTER TABLE plans DROP COLUMN note;", app=READS_NOTE)

    found = on.errors()

    assert set(found) == {"RG406"}
    assert "SQLSTATE 42703" in found["RG406"]


def test_what_fails_between_two_steps_only_is_told(rehearse: Callable[..., Rehearsal]) -> None:
    on = rehearse(app=READS_NOTE)
    locks = (Lock(PLANS, "ACCESS EXCLUSIVE"),)
    plan = on.with_step(1, "ALTER TABLE public.plans RENAME note TO gone", locks=locks)
    back = replace(plan.steps[1], sql=("ALTER TABLE public.plans RENAME gone TO note",))

    found = on.errors(numbered(plan, [*plan.steps[:2], back, *plan.steps[2:]]))

    assert set(found) == {"RG406"}
    assert "After step 2" in found["RG406"]


# -- (6) rows --------------------------------------------------------------------------------------


def test_a_plan_that_takes_an_orphan_which_the_file_refuses_is_told(
    rehearse: Callable[..., Rehearsal],
) -> None:
    on = rehearse()
    away = "DELETE FROM public.plans WHERE paper_id NOT IN (SELECT id FROM public.papers)"

    found = on.errors(on.with_step(VALIDATE, away, locks=(Lock(PLANS, "ROW EXCLUSIVE"),)))

    assert set(found) == {"RG407"}
    assert "the file fails with 23503, and the plan goes through" in found["RG407"]


def test_a_plan_that_refuses_rows_which_the_file_takes_is_told(
    rehearse: Callable[..., Rehearsal],
) -> None:
    on = rehearse()
    picky = (
        "DO $$ BEGIN IF EXISTS (SELECT FROM public.plans WHERE paper_id IS NULL) THEN "
        "RAISE not_null_violation; END IF; END $$"
    )

    found = on.errors(on.with_step(VALIDATE, picky))

    assert set(found) == {"RG407"}
    assert "the file goes through, and the plan fails with 23502" in found["RG407"]


def test_a_plan_that_leaves_other_rows_is_told(rehearse: Callable[..., Rehearsal]) -> None:
    on = rehearse()
    change = "UPDATE public.plans SET note = 'changed'"

    found = on.errors(on.with_step(VALIDATE, change, locks=(Lock(PLANS, "ROW EXCLUSIVE"),)))

    assert set(found) == {"RG407"}
    assert "leave different rows" in found["RG407"]


def test_rows_that_could_not_be_tried_are_told(rehearse: Callable[..., Rehearsal]) -> None:
    takes_none = BASELINE.replace("note text", "note text NOT NULL CHECK (note = random()::text)")
    on = rehearse(baseline=takes_none)

    answer = on.ask()

    (finding,) = [finding for finding in answer.findings if finding.code == "RG412"]
    assert "public.plans (23514)" in finding.message
    assert on.errors() == {}


# -- (7) locks, rewrites, rows read ----------------------------------------------------------------


def test_other_locks_than_planned_are_told(rehearse: Callable[..., Rehearsal]) -> None:
    on = rehearse()

    found = on.errors(on.sabotaged(VALIDATE, locks=(Lock(PLANS, "SHARE UPDATE EXCLUSIVE"),)))

    assert set(found) == {"RG408"}
    assert "ROW SHARE on public.papers" in found["RG408"]


def test_rows_read_while_the_app_would_wait_are_told(rehearse: Callable[..., Rehearsal]) -> None:
    on = rehearse("ALTER TABLE plans ADD CONSTRAINT c CHECK (id > 0);")
    written = make_plan(on.inputs.migration, on.inputs.statements(), major=18, strategy=AS_WRITTEN)

    found = on.errors(replace(written, strategy=ONLINE))

    assert set(found) == {"RG408"}
    assert "rows of public.plans while the app would wait" in found["RG408"]


def test_a_table_that_is_written_anew_is_told(rehearse: Callable[..., Rehearsal]) -> None:
    on = rehearse()
    there_and_back = (
        "ALTER TABLE public.elsewhere ALTER id TYPE bigint",
        "ALTER TABLE public.elsewhere ALTER id TYPE int",
    )

    found = on.errors(
        on.with_step(0, *there_and_back, locks=(Lock(ELSEWHERE, "ACCESS EXCLUSIVE"),))
    )

    assert set(found) == {"RG408"}
    assert "it rewrites the table public.elsewhere" in found["RG408"]


# -- a step that fails -----------------------------------------------------------------------------


def test_a_step_that_fails_is_told_with_its_sqlstate(rehearse: Callable[..., Rehearsal]) -> None:
    on = rehearse()

    found = on.errors(on.sabotaged(INDEX, sql=("CREATE INDEX CONCURRENTLY i ON absent (id)",)))

    assert set(found) == {"RG409"}
    assert "Step 2 (build index plans_paper)" in found["RG409"]
    assert "SQLSTATE 42P01" in found["RG409"]
