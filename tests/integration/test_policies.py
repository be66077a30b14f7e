"""Drafts as people write them, held against the owners that they declare."""

from __future__ import annotations

import re
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from releasegate import database, migrations, throwaway
from releasegate.gates.ground import lay
from releasegate.gates.rehearsal import policies, proofs
from releasegate.gates.rehearsal.policies import matrix
from releasegate.gates.rehearsal.trial import Trial
from releasegate.model import Level
from releasegate.plan import AS_WRITTEN, make_plan
from releasegate.statements.parser import parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from releasegate.gates.ground import Ground
    from releasegate.gates.rehearsal.proofs import Case
    from releasegate.model import Finding
    from releasegate.throwaway import Database, Server

CASES = Path(__file__).parents[1] / "policies"
ELSEWHERE = sorted((CASES / "elsewhere").glob("*.sql"))
NAMES = sorted(path.stem for path in CASES.glob("*.sql") if path.stem != "baseline")


@pytest.fixture(scope="module")
def ground(server: Server) -> Iterator[Ground]:
    with ExitStack() as stack:
        yield lay(server, (CASES / "baseline.sql").read_text(), (), stack)


def case_of(ground: Ground, folder: Path) -> Case:
    (migration,) = migrations.load(folder, ".")
    statements = parse(migrations.text(migration))
    plan = make_plan(migration, statements, major=ground.server.major, strategy=AS_WRITTEN)
    trial = Trial(migration, plan)
    case = proofs.begin(ground, trial, trial)
    assert case is not None, "the draft itself fails"
    return case


def held(ground: Ground, folder: Path, draft: str) -> tuple[list[Finding], dict[str, Any]]:
    (folder / "001_draft.sql").write_text(draft)
    case = case_of(ground, folder)
    found = [one for one in policies.hold(case, {}) if one.level is not Level.NOTE]
    return found, case.evidence.get("policies", {})


def told(found: list[Finding], evidence: dict[str, Any]) -> list[str]:
    """Write findings, and every red cell, not only those that a finding has room for."""
    lines = [f"{one.code} {one.message}" for one in found if one.code != "RG430"]
    for cell in evidence.get("cells", ()):
        if cell["is_red"]:
            column = f" ({cell['column']})" if cell["column"] else ""
            what = f"{cell['identity']}, {cell['operation']}{column}"
            lines.append(f"RG430 {cell['table']}: {what}: {cell['actual']}, not {cell['expected']}")
    return lines


@pytest.mark.parametrize("name", NAMES)
def test_a_draft_is_held_against_what_it_declares(
    ground: Ground, tmp_path: Path, name: str
) -> None:
    draft = (CASES / f"{name}.sql").read_text()
    expected = re.findall(r"^-- expect: (.+)$", draft, re.MULTILINE)

    found, evidence = held(ground, tmp_path, draft)

    lines = told(found, evidence)
    assert [one for one in expected if not any(line.startswith(one) for line in lines)] == []
    assert {line[:5] for line in lines} == {one[:5] for one in expected}
    assert {one.code for one in found} == {one[:5] for one in expected}


@pytest.mark.parametrize("path", ELSEWHERE, ids=lambda path: path.stem)
def test_any_schema_of_any_shape_is_held_against_its_own_declaration(
    server: Server, tmp_path: Path, path: Path
) -> None:
    head, _, rest = path.read_text().partition("-- baseline\n")
    baseline, _, draft = rest.partition("-- draft\n")
    expected = re.findall(r"^-- expect: (.+)$", head, re.MULTILINE)

    with ExitStack() as stack:
        found, evidence = held(lay(server, baseline, (), stack), tmp_path, draft)

    lines = told(found, evidence)
    assert [line[: len(one)] for line, one in zip(lines, expected, strict=True)] == expected
    assert evidence["left_out"] == dict(
        re.findall(r"^-- left out: (.+): (\w+)$", head, re.MULTILINE)
    )
    assert all(one["noticed"] for one in evidence["weakened"])
    owned = len(evidence["tables"])
    assert {"dropped", "USING (true)"} <= {one["how"] for one in evidence["weakened"]}
    assert len(evidence["cells"]) >= 50 * owned


def test_the_apps_statements_give_each_owner_what_they_had(ground: Ground, tmp_path: Path) -> None:
    app = """
def work(connection, one):
    connection.execute("SELECT id, title FROM papers")
    connection.execute("UPDATE runs SET status = %s WHERE plan_id = %s", ("done", one.plan))
    connection.execute("INSERT INTO plans (id, created_by) VALUES (%s, %s)", (one.id, one.user))
    connection.execute("INSERT INTO papers (id, title) VALUES (%s, %s)", (one.id, "t"))
"""
    draft = (CASES / "right.sql").read_text()
    (tmp_path / "001_draft.sql").write_text(draft)
    case = case_of(ground, tmp_path)

    found = [*policies.hold(case, {"app.py": app.encode()})]

    (other,) = [one for one in found if one.level is Level.ERROR]
    assert (other.code, other.path, other.line) == ("RG437", "app.py", 6)
    assert "gives user A SQLSTATE 42501" in other.message
    played = case.evidence["policies"]["app"]
    assert [(one["line"], one["identity"], one["is_same"]) for one in played] == [
        (line, user, line != 6) for user in ("user A", "user B") for line in (3, 4, 5, 6)
    ]
    assert played[0]["with_policies"] == played[0]["alone"] == "3 rows"


def test_a_table_that_takes_no_rows_proves_nothing(ground: Ground, tmp_path: Path) -> None:
    draft = (CASES / "right.sql").read_text()
    never = "ALTER TABLE runs ADD CONSTRAINT never CHECK (plan_id IS NULL AND status = 'none');\n"

    found, evidence = held(ground, tmp_path, draft + never)

    (unproven,) = [one for one in found if one.code == "RG432"]
    assert unproven.message == (
        "Of public.runs these could not be tried: insert own, update own, update foreign (23514)."
    )
    assert "a row of A in public.runs" in evidence["left_out"]


def test_a_server_that_lets_nobody_make_roles_proves_nothing(
    ground: Ground, tmp_path: Path
) -> None:
    (tmp_path / "001_draft.sql").write_text((CASES / "right.sql").read_text())
    case = case_of(ground, tmp_path)
    borrowed = replace(ground.server, make_database=_without_administrator(ground.server))
    case.ground = replace(ground, server=borrowed)

    found = [one for one in policies.hold(case, {}) if one.level is Level.ERROR]

    assert [one.code for one in found] == ["RG432"]
    assert "policies" not in case.evidence


def _without_administrator(server: Server) -> Any:
    @contextmanager
    def make(original: Database | None) -> Iterator[Database]:
        with server.database(copy_of=original) as made:
            yield replace(made, admin=made.owner)

    return make


def test_nothing_of_a_draft_runs_with_an_administrators_rights(
    ground: Ground, tmp_path: Path
) -> None:
    spy = """
CREATE FUNCTION spy() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT rolsuper FROM pg_roles WHERE rolname = session_user) THEN
    RAISE EXCEPTION 'an administrator was here';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER spy BEFORE INSERT OR UPDATE ON papers FOR EACH ROW EXECUTE FUNCTION spy();
"""
    draft = (CASES / "right.sql").read_text()

    found, evidence = held(ground, tmp_path, draft + spy)

    assert (found, evidence["left_out"]) == ([], {})


def test_a_scratch_server_keeps_none_of_the_roles(tmp_path: Path, cluster_cache: Path) -> None:
    query = "SELECT count(*) FROM pg_roles WHERE rolname ~ '^releasegate_[0-9a-f]{12}'"
    baseline = (CASES / "baseline.sql").read_text()
    with throwaway.start(cache=cluster_cache) as lender, lender.database() as lent:
        with throwaway.borrow(lent.admin) as scratch, ExitStack() as stack:
            ground = lay(scratch, baseline, (), stack)
            found, evidence = held(ground, tmp_path, (CASES / "right.sql").read_text())
        with database.connect(lent.admin, application_name="test") as admin:
            left = database.one(admin, query)

    assert (found, left) == ([], (0,))
    assert len(evidence["cells"]) > 300


def test_nobody_becomes_a_role_that_may_do_more_than_an_app(ground: Ground, tmp_path: Path) -> None:
    text = (CASES / "for-another-role.sql").read_text().replace("TO readers", "TO pg_monitor")

    found, evidence = held(ground, tmp_path, text)

    assert [one.code for one in found] == ["RG433"]
    assert evidence["left_out"] == {"members of pg_monitor": "it may do too much"}
    app = text.replace("app.user_id\n", "app.user_id as pg_monitor\n", 1)
    assert [one.code for one in held(ground, tmp_path, app)[0]] == ["RG432"]


def test_policies_that_take_too_long_are_not_proven(
    ground: Ground, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matrix, "_LONGEST_S", 0.2)
    slow = (
        (CASES / "right.sql")
        .read_text()
        .replace("USING (", "USING (pg_sleep(0.05) IS NOT NULL AND ")
    )

    found, evidence = held(ground, tmp_path, slow)

    assert [one.message for one in found] == [
        "The policies could not be tried: they were not done after 0.2 s."
    ]
    assert evidence == {}


def test_rows_that_other_tables_hold_fast_leave_the_app_untried(
    ground: Ground, tmp_path: Path
) -> None:
    held_fast = """
CREATE TABLE covers (paper uuid REFERENCES papers);
CREATE FUNCTION cover() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO covers VALUES (NEW.id);
  RETURN NULL;
END $$;
CREATE TRIGGER cover AFTER INSERT ON papers FOR EACH ROW EXECUTE FUNCTION cover();
"""
    (tmp_path / "001_draft.sql").write_text((CASES / "right.sql").read_text() + held_fast)
    case = case_of(ground, tmp_path)
    app = b'def f(c):\n    c.execute("SELECT id FROM papers")\n'

    found = [*policies.hold(case, {"app.py": app})]

    assert [one.code for one in found if one.level is not Level.NOTE] == []
    told = case.evidence["policies"]
    assert told["app"] == []
    assert told["left_out"]["the app's statements as user A"] == "23503"
