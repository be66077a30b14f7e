"""The papers app on a real server: its rows, its load, what it survives."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from examples.papers import service, store

ROOT = Path(__file__).parents[2]
TABLES = ("papers", "plans", "runs", "run_events", "storyboards")
KEYS = (
    ("plans", "paper_id", "papers"),
    ("runs", "plan_id", "plans"),
    ("runs", "paper_id", "papers"),
    ("run_events", "run_id", "runs"),
    ("storyboards", "paper_id", "papers"),
)
TEXT = "One thing. And more of it.\n\nAnother thing. And the rest."


@pytest.fixture
def v0_url(database_url: str) -> str:
    """A database with the v0 tables and no rows."""
    with connect(database_url) as connection:
        connection.execute((ROOT / "db/schema/v0.sql").read_bytes())
    return database_url


def connect(url: str) -> store.Connection:
    return psycopg.connect(url, autocommit=True, client_encoding="utf8")


def stray_rows(url: str) -> dict[str, int]:
    """Count, for each key column, the rows without a parent, NULL included."""
    query = "SELECT count(*) FROM {0} c LEFT JOIN {2} p ON p.id = c.{1} WHERE p.id IS NULL"
    with connect(url) as connection:
        return {
            f"{key[0]}.{key[1]}": connection.execute(query.format(*key)).fetchone()[0]
            for key in KEYS
        }


NO_STRAY_ROWS = {f"{child}.{column}": 0 for child, column, _ in KEYS}


def row_counts(url: str) -> dict[str, int]:
    with connect(url) as connection:
        return {
            table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in TABLES
        }


def submission(text: str = TEXT) -> service.Submission:
    return service.Submission(title="On things", text=text, created_by=uuid4())


def papers(url: str, *arguments: str, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "examples.papers", *arguments],
        cwd=folder,
        env={**os.environ, "PAPERS_DATABASE_URL": url},
        capture_output=True,
        text=True,
        timeout=30,
    )


@dataclass
class Worker:
    process: subprocess.Popen[str]
    stop_file: Path

    def report(self) -> dict[str, Any]:
        output, errors = self.process.communicate(timeout=20)
        assert errors == ""
        assert self.process.returncode == 0
        return json.loads(output)


@contextmanager
def working(url: str, folder: Path, *arguments: str) -> Iterator[Worker]:
    """Run a worker that is ready, and end it in any case."""
    ready, stop = folder / "ready", folder / "stop"
    files = ["--ready-file", str(ready), "--stop-file", str(stop)]
    with subprocess.Popen(
        [sys.executable, "-m", "examples.papers", "worker", *files, *arguments],
        cwd=ROOT,
        env={**os.environ, "PAPERS_DATABASE_URL": url},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            wait_until(lambda: ready.exists() or process.poll() is not None)
            yield Worker(process, stop)
        finally:
            process.kill()


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def run_without_waiting_long(url: str, sql: str) -> None:
    """Run statements; a short lock_timeout makes it the loser of every deadlock."""
    with connect(url) as connection:
        connection.execute("SET lock_timeout = '50ms'")
        for _ in range(100):
            try:
                connection.execute(sql.encode())
            except psycopg.errors.LockNotAvailable:
                connection.execute("ROLLBACK")
                time.sleep(0.02)
            else:
                return
    pytest.fail("the statements never got their locks")


def test_a_submission_leaves_rows_in_all_tables_that_belong_together(v0_url: str) -> None:
    with connect(v0_url) as connection:
        done = service.storyboard_paper(connection, submission())

    assert done.scenes == 2
    assert stray_rows(v0_url) == NO_STRAY_ROWS
    assert row_counts(v0_url) == {
        "papers": 1,
        "plans": 1,
        "runs": 1,
        "run_events": 2,
        "storyboards": 1,
    }


def test_a_paper_and_its_run_tell_how_far_they_have_come(v0_url: str) -> None:
    with connect(v0_url) as connection:
        job = service.storyboard_paper(connection, submission()).job

        overview = store.paper_overview(connection, job.paper_id)
        progress = store.run_progress(connection, job.run_id)

    assert overview == store.PaperOverview(job.paper_id, "On things", 1, 1, 1)
    assert progress == store.RunProgress(job.run_id, "done", 2, 2)


def test_a_paper_without_text_is_refused_and_writes_nothing(v0_url: str) -> None:
    with connect(v0_url) as connection, pytest.raises(service.EmptyPaper):
        service.storyboard_paper(connection, submission(" \n\n\t"))

    assert row_counts(v0_url) == dict.fromkeys(TABLES, 0)


def test_a_run_whose_storyboard_cannot_be_kept_is_marked_failed(v0_url: str) -> None:
    with connect(v0_url) as connection:
        connection.execute("ALTER TABLE storyboards RENAME TO elsewhere")

        with pytest.raises(psycopg.errors.UndefinedTable):
            service.storyboard_paper(connection, submission())

        assert connection.execute("SELECT status FROM runs").fetchall() == [("failed",)]


def test_seeded_rows_belong_together(v0_url: str) -> None:
    sizes = ["--papers", "100", "--runs-per-paper", "2", "--events-per-run", "5"]

    done = papers(v0_url, "seed", *sizes)

    assert json.loads(done.stdout) == row_counts(v0_url)
    assert row_counts(v0_url)["run_events"] == 1000
    assert stray_rows(v0_url) == NO_STRAY_ROWS


def test_the_folder_works_from_another_repository(v0_url: str, tmp_path: Path) -> None:
    copy = tmp_path / "examples" / "papers"
    copy.mkdir(parents=True)
    for source in (ROOT / "examples" / "papers").glob("*.py"):
        (copy / source.name).write_bytes(source.read_bytes())
    (tmp_path / "paper.txt").write_text(TEXT)

    done = papers(v0_url, "ingest", "paper.txt", folder=tmp_path)

    shown = papers(v0_url, "show", json.loads(done.stdout)["paper_id"], folder=tmp_path)
    assert json.loads(shown.stdout)["progress"][0]["status"] == "done"


def test_an_undisturbed_load_runs_at_its_rate_without_errors(v0_url: str, tmp_path: Path) -> None:
    with working(
        v0_url, tmp_path, "--connections", "4", "--rate", "100", "--seconds", "2", "--scans"
    ) as worker:
        report = worker.report()

    assert report["errors"] == {"total": 0, "by_sqlstate": {}}
    assert (report["transactions"], report["unfinished"], report["reconnects"]) == (200, 0, 0)
    assert 1.9 <= report["wall_s"] < 4.0
    latency = report["latency_ms"]
    assert 0 < latency["p50"] <= latency["p95"] <= latency["p99"] <= latency["max"] < 1000
    assert report["service_ms"]["max"] <= latency["max"]
    assert sum(kind["count"] for kind in report["kinds"].values()) == 200
    assert [second["count"] for second in report["timeline"]] == [100, 100]
    assert stray_rows(v0_url) == NO_STRAY_ROWS


def test_a_load_goes_on_without_errors_while_the_keys_are_added(
    v0_url: str, tmp_path: Path
) -> None:
    migration = (ROOT / "db/migrations/001_init_v1.sql").read_text()

    with working(v0_url, tmp_path, "--connections", "4", "--rate", "100") as worker:
        time.sleep(0.3)
        run_without_waiting_long(v0_url, migration)
        time.sleep(0.5)
        worker.stop_file.touch()
        report = worker.report()

    assert report["errors"]["total"] == 0
    assert report["timeline"][-1]["count"] > 0
    assert stray_rows(v0_url) == NO_STRAY_ROWS
    with connect(v0_url) as connection:
        keys = connection.execute("SELECT count(*) FROM pg_constraint WHERE contype = 'f'")
        assert keys.fetchone() == (6,)


def test_a_load_outlives_its_connections(v0_url: str, tmp_path: Path) -> None:
    with working(v0_url, tmp_path, "--connections", "3", "--rate", "100") as worker:
        time.sleep(0.2)
        with connect(v0_url) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = 'papers' AND datname = current_database()"
            )
        time.sleep(1.0)
        worker.stop_file.touch()
        report = worker.report()

    assert report["errors"]["total"] == report["reconnects"] == 3
    assert set(report["errors"]["by_sqlstate"]) <= {"57P01", "connection"}
    assert report["timeline"][-1]["errors"] == 0
    assert report["transactions"] > 80
    assert stray_rows(v0_url) == NO_STRAY_ROWS


def test_a_load_whose_rows_vanish_begins_new_ones(v0_url: str, tmp_path: Path) -> None:
    with connect(v0_url) as connection:
        connection.execute((ROOT / "db/migrations/001_init_v1.sql").read_bytes())

    with working(v0_url, tmp_path, "--connections", "2", "--rate", "100") as worker:
        run_without_waiting_long(v0_url, "TRUNCATE papers, plans, runs, run_events, storyboards")
        time.sleep(0.6)
        worker.stop_file.touch()
        report = worker.report()

    assert report["errors"]["by_sqlstate"] == {"23503": 2}
    assert row_counts(v0_url)["runs"] > 0


def test_a_stall_shows_in_every_transaction_that_fell_due_in_it(
    v0_url: str, tmp_path: Path
) -> None:
    with working(
        v0_url, tmp_path, "--connections", "2", "--rate", "100", "--seconds", "1.2"
    ) as worker:
        time.sleep(0.3)
        with connect(v0_url) as connection, connection.transaction():
            connection.execute("LOCK TABLE papers, plans, runs, run_events, storyboards")
            time.sleep(0.6)
        report = worker.report()

    assert report["errors"]["total"] == 0
    assert report["unfinished"] == 0
    assert report["latency_ms"]["max"] > 500
    # Two connections waited, but some sixty callers did.
    assert report["latency_ms"]["p95"] > 400


@pytest.mark.parametrize(
    "stop",
    [
        pytest.param(lambda worker: worker.process.send_signal(signal.SIGTERM), id="sigterm"),
        pytest.param(lambda worker: worker.process.send_signal(signal.SIGINT), id="sigint"),
        pytest.param(lambda worker: worker.process.stdin.close(), id="stdin"),
        pytest.param(lambda worker: worker.stop_file.touch(), id="stop-file"),
    ],
)
def test_a_load_that_is_told_to_stop_reports(
    v0_url: str, tmp_path: Path, stop: Callable[[Worker], None]
) -> None:
    report = tmp_path / "report.json"

    with working(
        v0_url, tmp_path, "--rate", "100", "--stop-with-stdin", "--report", str(report)
    ) as worker:
        time.sleep(0.2)
        stop(worker)
        code = worker.process.wait(timeout=5)

    assert code == 0
    assert json.loads(report.read_text())["transactions"] >= 10
    assert json.loads(report.read_text())["errors"]["total"] == 0


def test_a_load_stopped_behind_a_lock_reports_what_is_unfinished(
    v0_url: str, tmp_path: Path
) -> None:
    with (
        working(v0_url, tmp_path, "--connections", "2", "--rate", "100") as worker,
        connect(v0_url) as connection,
        connection.transaction(),
    ):
        connection.execute("LOCK TABLE papers, plans, runs, run_events, storyboards")
        time.sleep(0.3)
        worker.process.terminate()
        report = worker.report()

    assert report["errors"]["by_sqlstate"] == {"57014": 2}
    assert report["unfinished"] > 10


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        pytest.param("", "No database given", id="no-url"),
        pytest.param("postgresql://me:hidden@[x", "not one that libpq understands", id="no-sense"),
        pytest.param("postgresql://me:hidden@127.0.0.1:1/x", "No connection", id="nobody-there"),
    ],
)
def test_an_unusable_url_is_one_line_that_does_not_repeat_it(url: str, sentence: str) -> None:
    done = papers(url, "worker", "--seconds", "1")

    assert done.returncode == 1
    assert sentence in done.stderr
    assert done.stderr.count("\n") == 1
    assert "hidden" not in done.stderr
    assert "127.0.0.1" not in done.stderr


def test_a_database_without_the_tables_says_what_to_load(database_url: str) -> None:
    done = papers(database_url, "worker", "--seconds", "1")

    assert done.returncode == 1
    assert "42P01" in done.stderr
    assert "v0.sql" in done.stderr
