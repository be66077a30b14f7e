"""The plan that the app does not feel: proven, applied, cut off, resumed, reviewed, refused."""

import os
import signal
from collections.abc import Iterator

import pytest

from acceptance.conftest import made_production
from acceptance.production import Production, Worker, until
from acceptance.project import MIGRATION, Project
from releasegate.throwaway import Server

HEADER = "-- releasegate: requires-tag v0\n"
SMALL = f"""{HEADER}
BEGIN;
ALTER TABLE papers ADD COLUMN score int;
ALTER TABLE storyboards ADD COLUMN note text;
COMMIT;
"""
RETYPED = f"{HEADER}ALTER TABLE plans ALTER COLUMN budget_minutes TYPE bigint;\n"


@pytest.fixture
def small(project: Project) -> Project:
    """The same with a migration of two steps."""
    project.edit("releasegate.toml", 'strategy = "as-written"\n', "")
    project.write(MIGRATION, SMALL)
    project.commit()
    project.tag()
    return project


@pytest.fixture
def reference(target_server: Server, online: Project) -> Iterator[Production]:
    """Another production, to which the file was applied as it was written."""
    with made_production(target_server) as other:
        assert online.apply(other.url, "--strategy", "as-written").exit_code == 0
        yield other


def statuses(run_report: dict[str, list[dict[str, str]]]) -> list[str]:
    return [outcome["status"] for outcome in run_report["outcomes"]]


def test_an_online_run_under_a_live_app_gives_what_the_file_gives(
    online: Project, production: Production, reference: Production
) -> None:
    worker = Worker(production)

    with worker.at_work():
        until(lambda: worker.rounds > 5, what="the app works")
        run = online.apply(production.url)

    assert run.exit_code == 0, run.stderr
    assert run.report["plan"]["strategy"] == "online"
    assert len(run.report["outcomes"]) > 10
    assert set(statuses(run.report)) <= {"applied", "already_applied"}
    assert sum(outcome["lock_wait_s"] for outcome in run.report["outcomes"]) == 0
    assert production.schema() == reference.schema()
    assert production.is_hardened()
    assert len(production.steps()) == len(run.report["outcomes"])
    assert worker.longest_s < 0.5
    rehearsed = run.gate("rehearsal")
    assert rehearsed["status"] == "passed"
    assert rehearsed["evidence"]["baseline"]["undo"] == "gives the baseline back"


def test_a_run_killed_in_an_index_build_is_finished_by_the_next(
    online: Project, production: Production, reference: Production
) -> None:
    # Of another table's index the build would go on to its end after the kill.
    broken = "SELECT FROM pg_index WHERE NOT indisvalid AND indrelid = 'runs'::regclass"
    with production.held("runs"):
        running = online.start_apply(production.url)
        until(lambda: bool(production.rows(broken)), what="an index is half built")
        os.kill(running.pid, signal.SIGKILL)
        killed = running.finish()
        production.await_silence()

    assert killed.exit_code == -signal.SIGKILL
    assert production.rows(broken)
    done = len(production.rows("SELECT FROM releasegate.step WHERE finished_at IS NOT NULL"))

    again = online.apply(production.url)

    assert again.exit_code == 0, again.stderr
    assert statuses(again.report).count("already_applied") >= done
    assert "applied" in statuses(again.report)
    assert again.events_named("leftover.dropped")
    assert not production.rows(broken)
    assert production.schema() == reference.schema()


def test_a_window_that_closes_between_two_steps_is_gone_on_from_by_the_same_plan_alone(
    small: Project, production: Production
) -> None:
    with production.held("storyboards") as holder:
        pid = holder.info.backend_pid
        stopped = small.apply(production.url, window="now/PT12S")

    assert stopped.exit_code == 3, stopped.stderr
    assert stopped.report["verdict"] == "stopped"
    assert statuses(stopped.report) == ["applied", "failed"]
    assert f"pid {pid} (papers-worker)" in stopped.report["summary"]
    assert [ordinal for _, ordinal, _ in production.steps()] == [1]

    other = small.apply(production.url, "--strategy", "as-written")

    assert other.exit_code == 1
    assert other.errors == {"RG515"}
    assert len(production.steps()) == 1

    again = small.apply(production.url)

    assert again.exit_code == 0, again.stderr
    assert statuses(again.report) == ["already_applied", "applied"]


def test_a_change_of_type_is_refused_online_and_applied_as_written(
    small: Project, production: Production
) -> None:
    small.write(MIGRATION, RETYPED)
    small.commit()
    small.git("tag", "--delete", "v0")
    small.tag()
    before = production.schema()

    refused = small.apply(production.url)

    assert refused.exit_code == 1
    assert refused.errors == {"RG401"}
    finding = refused.finding("RG401")
    assert "ACCESS EXCLUSIVE on public.plans" in finding["message"]
    assert "--strategy as-written" in finding["help"]
    assert (finding["path"], finding["line"]) == (MIGRATION, 2)
    assert production.schema() == before
    assert not production.has_ledger()

    applied = small.apply(production.url, "--strategy", "as-written")

    assert applied.exit_code == 0, applied.stderr
    assert applied.report["plan"]["strategy"] == "as-written"
    assert production.schema() != before


# -- the plan, for people and as SQL


def test_a_plan_can_be_reviewed_without_a_database(online: Project) -> None:
    run = online.run("plan")

    assert run.exit_code == 0, run.stderr
    text = " ".join(run.stdout.split())
    for part in (
        "strategy online, fingerprint",
        "step what it does locks undo",
        "SHARE ROW EXCLUSIVE",
        "(no writer",
        "CREATE INDEX CONCURRENTLY idx_plans_paper_id",
        "VALIDATE CONSTRAINT plans_paper_id_fk",
        "-- undo: ",
    ):
        assert part in text


def test_a_plans_sql_is_a_script_that_gives_what_the_file_gives(
    online: Project, production: Production, reference: Production
) -> None:
    run = online.run("plan", "--sql")

    assert run.exit_code == 0, run.stderr
    code = production.server.psql(production.database.owner, script=run.stdout.encode())
    assert code == 0
    assert production.schema() == reference.schema()


# -- the live schema


def test_a_live_schema_that_is_the_baselines_is_not_rehearsed_twice(
    online: Project, production: Production
) -> None:
    run = online.ask("preflight", "--gate", "rehearsal", url=production.url)

    assert run.exit_code == 0
    evidence = run.gate("rehearsal")["evidence"]
    assert evidence["baseline"]["live_schema"] == "is the baseline's"
    assert len(evidence["proofs"]) == 7
    assert "live_schema" not in evidence


def test_what_only_the_live_schema_has_is_rehearsed_too(
    online: Project, production: Production
) -> None:
    production.administer(
        "CREATE FUNCTION public.forbid() RETURNS event_trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'no index today'; END $$; "
        "CREATE EVENT TRIGGER forbidding ON ddl_command_start WHEN TAG IN ('CREATE INDEX') "
        "EXECUTE FUNCTION public.forbid()"
    )

    run = online.ask("preflight", "--gate", "rehearsal", url=production.url)
    first_index = next(
        number
        for number, line in enumerate(online.read(MIGRATION).splitlines(), 1)
        if "CREATE INDEX" in line
    )

    # The baseline alone would not have shown it.
    assert run.exit_code == 1
    finding = run.finding("RG409")
    assert "copy of the live schema" in finding["message"]
    assert "no index today" in finding["message"]
    assert finding["line"] == first_index

    production.administer("DROP EVENT TRIGGER forbidding")
    production.execute("CREATE TABLE beside_it (id int PRIMARY KEY)")
    again = online.ask("preflight", "--gate", "rehearsal", url=production.url)

    assert again.exit_code == 0
    assert again.gate("rehearsal")["evidence"]["live_schema"]["boundaries"] == 20


def test_an_apply_rehearses_on_the_live_schema_alone_where_it_is_another(
    small: Project, production: Production
) -> None:
    production.execute("CREATE TABLE beside_it (id int PRIMARY KEY)")

    run = small.apply(production.url)

    assert run.exit_code == 0, run.stderr
    evidence = run.gate("rehearsal")["evidence"]
    assert evidence["live_schema"]["undo"] == "gives the baseline back"
    assert "baseline" not in evidence
    assert evidence["proofs"]


def test_a_live_schema_that_may_not_be_read_is_a_warning_that_says_so(
    online: Project, production: Production
) -> None:
    production.administer("CREATE ROLE onlooker LOGIN")
    try:
        url = production.database.owner.dsn(user="onlooker")
        run = online.ask("preflight", "--gate", "rehearsal", url=url)
    finally:
        production.administer("DROP ROLE onlooker")

    assert run.exit_code == 0
    finding = run.finding("RG413")
    assert finding["level"] == "warning"
    assert "pg_dump ended with" in finding["message"]


def test_a_replica_that_is_none_is_refused_before_anything_is_written(
    online: Project, production: Production
) -> None:
    run = online.apply(production.url, "--replica-url", production.url)

    assert run.exit_code == 1
    assert "no standby" in run.finding("RG501")["message"]
    assert not production.has_ledger()


def test_a_cut_off_run_on_a_schema_with_more_than_the_baseline_is_finished(
    small: Project, production: Production
) -> None:
    production.execute("CREATE INDEX papers_by_title ON papers (title)")
    with production.held("storyboards"):
        running = small.start_apply(production.url)
        running.await_event("lock.awaited")
        os.kill(running.pid, signal.SIGTERM)
        stopped = running.finish()

    assert stopped.exit_code == 3
    assert statuses(stopped.report) == ["applied", "failed"]

    again = small.apply(production.url)

    assert again.exit_code == 0
    assert statuses(again.report) == ["already_applied", "applied"]
