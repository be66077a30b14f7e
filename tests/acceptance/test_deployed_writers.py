"""What the running app is seen to do: statements, new rows and sessions, beside HEAD's code."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from acceptance.conftest import made_production
from releasegate import throwaway

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from acceptance.production import Production
    from acceptance.project import Project, Run
    from releasegate.throwaway import Server

GATE = ("--gate", "live-database")
SECRET = "confidential-title"
#: what an old pod and a job that everybody has forgotten still send
OLD_INSERT = "INSERT INTO runs (id, plan_id, status) VALUES (gen_random_uuid(), NULL, '{}')"
OLD_MERGE = """
MERGE INTO plans p USING (VALUES (gen_random_uuid(), 'env')) AS s (id, env) ON p.id = s.id
WHEN MATCHED THEN UPDATE SET env_hash = s.env
WHEN NOT MATCHED THEN INSERT (id, env_hash) VALUES (s.id, s.env)
"""
GOOD_INSERT = "INSERT INTO plans (id, paper_id) SELECT gen_random_uuid(), id FROM papers LIMIT 1"


@pytest.fixture(scope="module")
def watched(cluster_cache: Path) -> Iterator[Server]:
    """A server that remembers what it is sent."""
    options = {"shared_preload_libraries": "pg_stat_statements"}
    with throwaway.start(cache=cluster_cache, options=options) as running:
        yield running


@pytest.fixture
def remembered(watched: Server) -> Iterator[Production]:
    with made_production(watched) as made:
        made.administer("CREATE SCHEMA watch; CREATE EXTENSION pg_stat_statements SCHEMA watch")
        made.administer("GRANT USAGE ON SCHEMA watch TO PUBLIC")
        yield made


def preflight(project: Project, production: Production, *arguments: str) -> Run:
    return project.ask("preflight", "001", *GATE, *arguments, url=production.url)


def deployed(run: Run) -> dict[str, object]:
    return run.gate("live-database")["evidence"]["deployed"]


def test_a_statement_that_runs_and_leaves_a_column_out_is_a_warning_without_its_text(
    released: Project, remembered: Production
) -> None:
    for _ in range(3):
        remembered.execute(OLD_INSERT.format(SECRET))
    remembered.execute(OLD_MERGE)
    remembered.execute(GOOD_INSERT)

    run = preflight(released, remembered)

    assert run.exit_code == 0
    told = [finding for finding in run.findings if finding["code"] == "RG581"]
    assert {finding["level"] for finding in told} == {"warning"}
    (first, second) = sorted(finding["message"] for finding in told)
    assert first.startswith("What runs leaves paper_id out of an insert of public.plans: queryid ")
    assert second.startswith("What runs leaves paper_id out of an insert of public.runs: queryid ")
    ((queryid,),) = remembered.rows(
        "SELECT queryid FROM watch.pg_stat_statements WHERE query LIKE 'INSERT INTO runs (id, pl%'",
        is_admin=True,
    )
    assert f"queryid {queryid}, 3 calls by " in second
    assert SECRET not in run.stdout + run.stderr
    assert "VALUES" not in run.stdout


def test_a_column_that_may_be_left_out_is_evidence_alone(
    released: Project, remembered: Production
) -> None:
    remembered.execute(OLD_INSERT.format("x"))
    released.edit("releasegate.toml", "[app-code]\n", '[app-code]\noptional = ["runs.paper_id"]\n')

    run = preflight(released, remembered)

    assert "RG581" not in {finding["code"] for finding in run.findings}
    (write,) = [w for w in deployed(run)["writes"] if w["table"] == "public.runs" and w["omitted"]]
    assert (write["operation"], write["omitted"]) == ("insert", ["paper_id"])


def test_statements_of_others_that_are_not_shown_are_said(
    released: Project, remembered: Production
) -> None:
    # The owner of the tables may not read what the administrator sent.
    remembered.administer(OLD_INSERT.format("x"))

    run = preflight(released, remembered)

    assert run.finding("RG585")["level"] == "note"
    assert "statements of other roles are not shown" in run.finding("RG585")["message"]
    assert "RG581" not in {finding["code"] for finding in run.findings}


def test_new_rows_without_a_value_and_whoever_is_connected_are_told(
    released: Project, production: Production
) -> None:
    production.execute(
        "INSERT INTO papers (id, created_at) VALUES (gen_random_uuid(), now() + '1 h')"
    )
    production.execute(
        "INSERT INTO plans (id, paper_id, created_at) SELECT gen_random_uuid(), id, now() + '1 min'"
        " FROM papers ORDER BY created_at DESC LIMIT 1"
    )
    production.execute(
        "INSERT INTO plans (id, created_at) SELECT gen_random_uuid(), now() + '1 min' "
        "FROM generate_series(1, 4)"
    )
    production.execute(
        "INSERT INTO plans (id, created_at) SELECT gen_random_uuid(), now() - '1 day'::interval "
        "FROM generate_series(1, 7)"
    )

    with production.connect():
        run = preflight(released, production)

    assert run.exit_code == 0
    (new,) = [t for t in deployed(run)["new_rows"]["tables"] if t["table"] == "public.plans"]
    assert run.finding("RG582")["message"].startswith(
        f"4 of {new['rows']} rows of public.plans have no paper_id, though"
    )
    assert run.finding("RG583")["message"] == (
        "1 new rows of public.plans are older than their parent in public.papers."
    )
    assert run.finding("RG584")["message"].startswith("Connected now: papers-worker (")
    assert "releasegate/" not in run.finding("RG584")["message"]
    assert deployed(run)["statements"] == "pg_stat_statements is not installed in this database"
