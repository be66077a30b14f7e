"""Report -> text for a terminal: widths, harmless characters, and the one thing to do next."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

import samples
from releasegate import findings
from releasegate.model import (
    CatalogObject,
    Directives,
    GateResult,
    GateStatus,
    Level,
    Lock,
    Migration,
    MigrationState,
    Outcome,
    OutcomeStatus,
    Plan,
    Relation,
    Release,
    Report,
    Step,
    Target,
    Undo,
    Verdict,
    Window,
)
from releasegate.reports.console import render

NOW = datetime(2027, 1, 17, 1, 0, tzinfo=UTC)
LATER = datetime(2027, 1, 17, 3, 0, tzinfo=UTC)
MIGRATION = Migration("db/migrations/001_a.sql", 1, "ab" * 32, b"", Directives(), draft=False)
BARE = Report(
    command="preflight",
    tool_version="0.1.0",
    run_id="00000000-0000-0000-0000-000000000000",
    started_at=NOW,
    finished_at=LATER,
    exit_code=1,
    verdict=Verdict.BLOCKED,
    summary="Blocked by release-tag.",
)
MISSING = findings.make("RG101", "There is no tag v0.", help="git tag -a v0 -m v0")
WARNING = findings.make("RG319", "There is no baseline.")
NOTE = findings.make("RG110", "HEAD is detached.")
LONG = " ".join(["word"] * 60)


def gate(*found: findings.Finding, status: GateStatus = GateStatus.BLOCKED) -> GateResult:
    return GateResult("release-tag", "Is it?", status, findings=found)


FULL = replace(
    BARE,
    migration=MIGRATION,
    release=Release("v0", "1234567890abcdef"),
    target=Target("app", "db.example.org:5432", "papers", "18.6", "7000000000000000000"),
    window=Window(NOW, LATER),
    gates=(gate(MISSING, replace(WARNING, help=f"{LONG}."), NOTE),),
    outcomes=(
        Outcome(1, OutcomeStatus.FAILED, 3, 1.234, 0.5, "55P03", f"The window closed. {LONG}"),
    ),
    ledger_head="ef" * 32,
    summary=LONG,
)


@pytest.mark.parametrize("width", [0, 1, 60, 61, 72, 80, 99, 100, 200])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    limit = min(max(width, 60), 100)

    lines = render(FULL, width=width).splitlines()

    assert [line for line in lines if len(line) > limit] == []


def test_a_word_that_is_wider_than_the_line_stays_beside_what_it_is() -> None:
    host = f"{'db.' * 20}example.org"
    report = replace(FULL, target=Target("app", host, "papers", "18.6", "7000000000000000000"))

    text = render(report, width=60)

    assert f"  target     app@{host}/papers,\n             PostgreSQL 18.6\n" in text


def test_a_sentence_that_says_what_to_do_is_wrapped() -> None:
    report = replace(BARE, gates=(gate(replace(MISSING, help=f"{LONG}.")),))

    lines = render(report, width=60).splitlines()

    assert max(map(len, lines)) <= 60
    assert any(line.startswith("                word") for line in lines)
    assert lines[-1].startswith("      word")


def test_a_command_stays_in_one_piece() -> None:
    command = "git " + "x" * 120
    long = replace(BARE, gates=(gate(replace(MISSING, help=command)),))

    text = render(long, width=60)

    assert f"  -> {command}\n" in text
    assert text.endswith(f"next: {command}\n")


@pytest.mark.parametrize(
    "character",
    ["\x1b", "\x00", "\x07", "\x08", "\r", "\x9b", "\u202e", "\u2066", "\u200b", "\ufeff", "\x7f"],
    ids=lambda c: f"U+{ord(c):04X}",
)
def test_no_character_steers_the_terminal(character: str) -> None:
    evil = f"a{character}b"
    finding = replace(MISSING, message=evil, help=evil, path=evil)
    report = replace(
        BARE,
        migration=replace(MIGRATION, path=evil),
        release=Release(evil, None),
        target=Target(evil, evil, evil, evil, evil),
        gates=(replace(gate(finding), reason=evil),),
        migrations=(MigrationState(evil, 1, "drifted", evil),),
        outcomes=(Outcome(1, OutcomeStatus.FAILED, message=evil),),
        summary=evil,
    )

    assert character not in render(report)


def test_a_plans_statements_steer_nothing_either() -> None:
    step = Step(
        1,
        "look\x1b",
        ("SELECT '\x1b[2J'\n  AS a",),
        True,
        (Lock(Relation("public", "a\x1b"), "SHARE"),),
        (Undo(CatalogObject("index", "public", "a"), "DROP INDEX a\x1b"),),
        (),
    )
    report = replace(BARE, command="plan", plan=Plan("as-written", "f" * 64, (step,)))

    text = render(report)

    assert "\x1b" not in text
    assert "SELECT '\ufffd[2J'\n  AS a;\n" in text
    assert "SHARE on public.a\ufffd" in text
    assert "-- undo: DROP INDEX a\ufffd;\n" in text


def test_a_plan_is_a_table_with_locks_and_the_way_back() -> None:
    add = Step(
        1,
        "add column a.b",
        ("ALTER TABLE a ADD b int",),
        True,
        (Lock(Relation("public", "a"), "ACCESS EXCLUSIVE"),),
        (Undo(CatalogObject("column", "public", "b", "a"), "ALTER ...", loses_data=True),),
        (),
    )
    prove = Step(
        2,
        "check every row",
        ("ALTER TABLE a VALIDATE CONSTRAINT c",),
        True,
        (Lock(Relation("public", "a"), "SHARE UPDATE EXCLUSIVE"),),
        (),
        (),
    )
    report = replace(BARE, command="plan", plan=Plan("online", "f" * 64, (add, prove)))

    rows = [" ".join(line.split()) for line in render(report, width=100).splitlines()]

    assert "step what it does locks undo" in rows
    assert "1 add column a.b ACCESS EXCLUSIVE on public.a yes, data goes too" in rows
    assert any(row.startswith("2 check every row SHARE UPDATE EXCLUSIVE") for row in rows)
    assert max(map(len, render(report, width=60).splitlines())) <= 76


def test_a_name_as_wide_as_its_column_stays_apart_from_the_next_one() -> None:
    name = "storyboards.paper_id,"
    step = replace(samples.ADD, title=f"add columns {name} storyboards.run_id")
    report = replace(BARE, command="plan", plan=Plan("online", "f" * 64, (step,)))

    text = render(report, width=60)

    assert f"      {name} public.runs         goes too\n" in text


def test_a_plan_is_shown_by_its_own_command_only() -> None:
    plan = Plan("as-written", "f" * 64, ())

    assert "strategy" not in render(replace(BARE, plan=plan))
    assert "strategy as-written" in render(replace(BARE, command="plan", plan=plan))


def test_the_next_thing_to_do_is_the_first_errors_help() -> None:
    other = findings.make("RG104", "a is modified.", help="git add a")

    text = render(replace(BARE, gates=(gate(NOTE, WARNING), gate(MISSING, other))))

    assert text.endswith("next: git tag -a v0 -m v0\n")
    assert text.count("next:") == 1


def test_where_warnings_block_the_first_one_is_next() -> None:
    report = replace(BARE, gates=(gate(NOTE, status=GateStatus.PASSED), gate(NOTE, WARNING)))

    assert render(report).endswith(f"next: {WARNING.help}\n")


@pytest.mark.parametrize("found", [(), (WARNING,), (NOTE,)], ids=["none", "warning", "note"])
def test_without_an_error_there_is_nothing_next(found: tuple[findings.Finding, ...]) -> None:
    text = render(replace(BARE, gates=(gate(*found, status=GateStatus.PASSED),)))

    assert "next:" not in text


@pytest.mark.parametrize(
    ("command", "verdict", "following"),
    [
        ("plan", Verdict.PASSED, "releasegate preflight 001"),
        ("preflight", Verdict.PASSED, "releasegate apply --window START/DURATION 001"),
        ("apply", Verdict.APPLIED, "releasegate status --exit-code"),
        ("apply", Verdict.UNKNOWN, "releasegate status"),
        ("rollback", Verdict.ROLLED_BACK, "releasegate status"),
    ],
)
def test_each_command_that_went_well_names_the_one_after_it(
    command: str, verdict: Verdict, following: str
) -> None:
    report = replace(BARE, command=command, verdict=verdict, migration=MIGRATION)

    assert render(report).endswith(f"\nnext: {following}\n")


def test_a_preflight_that_could_not_ask_the_database_says_how_to() -> None:
    unasked = GateResult("live-database", "?", GateStatus.NOT_ASKED, reason="no target")
    report = replace(BARE, verdict=Verdict.PASSED, migration=MIGRATION, gates=(unasked,))

    assert render(report).endswith("preflight 001 --require live-database --database-url URL\n")


@pytest.mark.parametrize(
    ("status", "following"),
    [
        (GateStatus.ERRORED, "preflight 001 --gate live-database"),
        (GateStatus.NOT_ASKED, "preflight 001 --require live-database --database-url URL"),
    ],
)
def test_what_blocks_for_want_of_an_answer_is_asked_again(
    status: GateStatus, following: str
) -> None:
    wanted = GateResult("live-database", "?", status, reason="no server, or no target")
    report = replace(BARE, migration=MIGRATION, gates=(wanted,))

    assert render(report).endswith(f"\nnext: releasegate {following}\n")


def test_colours_are_written_only_where_they_are_wanted_and_change_no_word() -> None:
    plain, painted = render(FULL), render(FULL, colour=True)

    assert "\x1b" not in plain
    assert "\x1b[1;31mBLOCKED\x1b[0m" in painted
    assert re.sub(r"\x1b\[[0-9;]*m", "", painted) == plain


def test_the_line_of_the_migration_stands_under_its_finding_with_a_caret() -> None:
    excerpt = {"path": "db/a.sql", "line": 3, "text": "  DROP TABEL a;", "column": 8, "length": 5}
    placed = replace(MISSING, path="db/a.sql", line=3, column=8)
    result = replace(gate(placed), evidence={"excerpts": [excerpt]})

    text = render(replace(BARE, gates=(result,)))

    assert "             3 |   DROP TABEL a;\n               |        ^^^^^\n" in text


def test_a_step_is_a_line_with_what_became_of_it_and_who_was_in_its_way() -> None:
    lines = render(samples.STOPPED).splitlines()

    assert (
        "step 1     add column runs.plan_id: applied, 3 tries, 4.20 s, 50 ms of it in the queue"
        in (lines)
    )
    assert "step 2     build index idx_runs_plan_id: applied, 9 s, predicted 6 to 12 s" in lines
    assert any(
        line.startswith("step 3     add key runs_plan_id_fk, for new rows: FAILED")
        for line in lines
    )
    wait = (
        "- waits outside the queue for an old transaction, 3 times; in the way: pid 4711 (papers)"
    )
    assert f"           {wait}" in lines


def test_a_step_of_a_rollback_is_undone_or_was_gone() -> None:
    done = tuple(
        Outcome(n, status, 1)
        for n, status in ((1, OutcomeStatus.APPLIED), (2, OutcomeStatus.ALREADY_APPLIED))
    )
    report = replace(BARE, command="rollback", verdict=Verdict.ROLLED_BACK, outcomes=done)

    lines = render(report).splitlines()

    assert [line for line in lines if line.startswith("step ")] == [
        "step 1     undone, 0 s",
        "step 2     was gone, 0 s",
    ]


def test_a_finding_is_shown_with_level_place_and_help() -> None:
    placed = replace(MISSING, path="db/a.sql", line=3, column=7)

    lines = render(replace(BARE, gates=(gate(placed, WARNING, NOTE),))).splitlines()

    assert "           db/a.sql:3:7" in lines
    assert "           RG101 There is no tag v0." in lines
    assert "             -> git tag -a v0 -m v0" in lines
    assert "           RG319 (warning) There is no baseline." in lines
    assert "           RG110 (note) HEAD is detached." in lines
    assert NOTE.help not in "\n".join(lines)
    assert NOTE.level is Level.NOTE


@pytest.mark.parametrize(
    ("status", "word"),
    [
        (GateStatus.PASSED, "passed     release-tag"),
        (GateStatus.BLOCKED, "BLOCKED    release-tag"),
        (GateStatus.ERRORED, "ERRORED    release-tag: why"),
        (GateStatus.NOT_ASKED, "not asked  release-tag: why"),
    ],
)
def test_a_gate_is_one_line_with_its_answer(status: GateStatus, word: str) -> None:
    reason = "why" if "why" in word else None

    text = render(replace(BARE, gates=(replace(gate(status=status), reason=reason),)))

    assert word in text.splitlines()


def test_the_head_names_file_release_target_and_window() -> None:
    text = render(FULL)

    assert "  migration  db/migrations/001_a.sql\n" in text
    assert "  release    tag v0 (1234567890ab)\n" in text
    assert "  target     app@db.example.org:5432/papers, PostgreSQL 18.6\n" in text
    assert "system identifier 7000000000000000000\n" in text
    assert (
        "  window     Sun 2027-01-17 01:00 UTC to Sun 2027-01-17 03:00 UTC, 2:00:00 long\n" in text
    )


def test_a_release_that_is_not_cut_says_so() -> None:
    report = replace(FULL, release=Release("v0", None))

    assert "tag v0 (not cut)" in render(report)


def test_a_draft_says_so() -> None:
    report = replace(FULL, migration=replace(MIGRATION, draft=True))

    assert "001_a.sql (draft)\n" in render(report)


def test_the_verdict_stands_in_capitals_before_its_sentence() -> None:
    assert "\nBLOCKED. Blocked by release-tag.\n" in render(BARE)


def test_what_was_proven_stands_below_its_gate() -> None:
    proven = GateResult(
        "rehearsal", "?", GateStatus.PASSED, evidence={"proofs": ["86 objects agree"]}
    )

    text = render(replace(BARE, gates=(proven,)))

    assert "passed     rehearsal\n           - 86 objects agree\n" in text


LOOKED = {"sessions": 12, "prepared": 1, "replicas": 0, "tables": 3, "table_bytes": 5 << 20}


def test_the_live_database_says_last_how_much_was_looked_at() -> None:
    evidence = {"looked_at": LOOKED, "counted": [{}, {}]}
    result = GateResult("live-database", "Is it?", GateStatus.PASSED, evidence=evidence)

    lines = render(replace(BARE, gates=(result,))).splitlines()

    (place,) = [number for number, line in enumerate(lines) if "live-database" in line]
    assert lines[place + 1].strip() == (
        "looked at 3 tables of 5 MB, 2 counts, 12 other sessions, 1 prepared transaction"
    )


def test_a_gate_that_did_not_look_says_nothing_of_it() -> None:
    result = GateResult("live-database", "Is it?", GateStatus.BLOCKED, evidence={"looked_at": {}})

    assert "looked at" not in render(replace(BARE, gates=(result,)))
