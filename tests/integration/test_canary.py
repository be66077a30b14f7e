"""A row's value is pushed through every error path that we know, and comes out of none."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from integration.stage import events, later, stage
from releasegate.cli.rendering import FORMATS, render
from releasegate.model import OutcomeStatus, Report, Verdict

if TYPE_CHECKING:
    from releasegate.throwaway import Database

CANARY = "canary-7f3a91"
ROWS = f"""
CREATE TABLE papers (id text PRIMARY KEY, title text);
CREATE TABLE plans (id int PRIMARY KEY, paper text, mail text);
INSERT INTO papers VALUES ('{CANARY}', '{CANARY}');
INSERT INTO plans VALUES (1, '{CANARY}-gone', '{CANARY}'), (2, '{CANARY}', '{CANARY}');
INSERT INTO plans VALUES (3, '{CANARY}', NULL);
"""
RAISES = f"""
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  RAISE EXCEPTION '%', old.title USING DETAIL = old.title, HINT = old.title, TABLE = old.title,
    COLUMN = old.title, CONSTRAINT = old.title, DATATYPE = old.title, SCHEMA = '{CANARY}';
END $$;
CREATE TRIGGER refuse BEFORE UPDATE ON papers FOR EACH ROW EXECUTE FUNCTION refuse();
"""


@dataclass(frozen=True)
class Path:
    """A statement that fails over the rows, and how."""

    statement: str
    sqlstate: str
    strategy: str = "online"
    before: str = ""


WRITTEN = "as-written"
KEY = "ALTER TABLE plans ADD CONSTRAINT c"
PATHS = {
    "orphan": Path(f"{KEY} FOREIGN KEY (paper) REFERENCES papers", "23503"),
    "orphan-at-once": Path(f"{KEY} FOREIGN KEY (paper) REFERENCES papers", "23503", WRITTEN),
    "unique-index": Path("CREATE UNIQUE INDEX i ON plans (paper)", "23505"),
    "unique-index-at-once": Path("CREATE UNIQUE INDEX i ON plans (paper)", "23505", WRITTEN),
    "unique": Path(f"{KEY} UNIQUE (mail)", "23505"),
    "primary-key": Path("CREATE UNIQUE INDEX i ON plans (mail, paper)", "23505", before=(
        f"INSERT INTO plans VALUES (4, '{CANARY}', '{CANARY}')")),
    "check": Path(f"{KEY} CHECK (paper <> '{CANARY[:3]}' || '{CANARY[3:]}')", "23514"),
    "not-null": Path("ALTER TABLE plans ALTER mail SET NOT NULL", "23502"),
    "not-null-at-once": Path("ALTER TABLE plans ALTER mail SET NOT NULL", "23502", WRITTEN),
    "exclusion": Path(f"{KEY} EXCLUDE USING btree (paper WITH =)", "23P01", WRITTEN),
    "type": Path("ALTER TABLE plans ALTER paper TYPE int USING paper::int", "22P02", WRITTEN),
    "date": Path("ALTER TABLE plans ALTER paper TYPE date USING paper::date", "22007", WRITTEN),
    "overflow": Path("ALTER TABLE plans ALTER paper TYPE varchar(3)", "22001", WRITTEN),
    "enum": Path("ALTER TABLE plans ALTER paper TYPE kind USING paper::kind", "22P02", WRITTEN,
                 "CREATE TYPE kind AS ENUM ('a')"),
    "domain": Path("ALTER TABLE plans ALTER paper TYPE short", "23514", WRITTEN,
                   "CREATE DOMAIN short AS text CHECK (length(value) < 5)"),
    "division": Path("UPDATE plans SET id = id / (length(paper) - length(paper))", "22012",
                     WRITTEN),
    "json": Path("ALTER TABLE plans ALTER paper TYPE jsonb USING paper::jsonb", "22P02", WRITTEN),
    "trigger": Path("UPDATE papers SET title = title", "P0001", WRITTEN, RAISES),
    "expression": Path("CREATE INDEX i ON plans ((paper::int))", "22P02", WRITTEN),
}  # fmt: skip


_FAILURES = "SELECT body FROM releasegate.journal WHERE event = 'step failed'"


def everything(report: Report) -> str:
    """Render a report in every format there is."""
    return "\n".join(render(report, format_, docs_url=None, is_file=True) for format_ in FORMATS)


@pytest.mark.parametrize("path", PATHS.values(), ids=PATHS)
def test_no_value_of_a_row_leaves_the_server_when_a_step_fails(
    database: Database, capsys: pytest.CaptureFixture[str], path: Path
) -> None:
    with psycopg.connect(database.owner.dsn(), autocommit=True) as owner:
        owner.execute(ROWS.encode())
        owner.execute(path.before.encode())

    with stage(database, path.statement, strategy=path.strategy, baseline=ROWS) as on:
        outcomes = on.run_all()
        failed = next(o for o in outcomes if o.status is OutcomeStatus.FAILED)
        kept = on.admin.execute(_FAILURES).fetchall()
        logged = events(capsys)

    assert failed.sqlstate == path.sqlstate
    report = Report(
        command="apply",
        tool_version="0",
        run_id=str(uuid.uuid4()),
        started_at=datetime.now(UTC),
        finished_at=datetime.now(UTC),
        exit_code=3,
        verdict=Verdict.STOPPED,
        summary=str(failed.message),
        outcomes=outcomes,
        plan=replace(on.order.plan, steps=()),
    )
    told: dict[str, Any] = {"report": everything(report), "ledger": kept, "log": logged}
    assert f"SQLSTATE {path.sqlstate}" in told["report"]
    assert any(event.get("sqlstate") == path.sqlstate for event in logged)
    assert any(body["sqlstate"] == path.sqlstate for (body,) in kept)
    assert [where for where, text in told.items() if CANARY in str(text)] == []


def test_the_query_of_whoever_is_in_the_way_is_not_told(
    database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    with psycopg.connect(database.owner.dsn(), autocommit=True) as owner:
        owner.execute(ROWS.encode())

    with stage(database, "ALTER TABLE plans ADD note text", closes_in_s=1.5) as on:
        on.app.execute("BEGIN")
        on.app.execute(f"UPDATE plans SET mail = '{CANARY}' WHERE id = 1".encode())
        with later(2, lambda: on.app.execute("ROLLBACK")):
            outcome = on.run()
        kept = on.admin.execute("SELECT body::text FROM releasegate.journal").fetchall()

    assert outcome.status is OutcomeStatus.FAILED
    assert "held" in str(outcome.message) or "pid" in str(outcome.message)
    assert CANARY not in f"{outcome} {kept} {events(capsys)}"
