"""Rows in the way: counted beforehand, listed for those who may see them, bounded in time."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from acceptance.production import Production
    from acceptance.project import Project, Run

ORPHAN = "00000000-0000-4000-8000-000000000001"


def preflight(project: Project, production: Production, *arguments: str) -> Run:
    gate = ("--gate", "live-database")
    return project.ask("preflight", *gate, *arguments, url=production.url)


def test_orphans_block_with_their_number_and_the_sql_that_lists_them(
    released: Project, production: Production
) -> None:
    production.execute(f"UPDATE plans SET paper_id = '{ORPHAN}'")

    run = preflight(released, production)

    assert run.exit_code == 1
    finding = run.finding("RG521")
    assert finding["message"].startswith("3 rows of public.plans refer by paper_id")
    assert {key for (key,) in production.rows(finding["help"])} == {
        key for (key,) in production.rows("SELECT id FROM plans")
    }
    (counted,) = [
        one
        for one in run.gate("live-database")["evidence"]["counted"]
        if one["demand"] == "key plans_paper_id_fk"
    ]
    production.execute(counted["sql"]["mend"])
    assert preflight(released, production).exit_code == 0


def test_keys_of_rows_in_the_way_go_to_a_file_that_others_cannot_read(
    released: Project, production: Production, tmp_path: Path
) -> None:
    production.execute(f"UPDATE plans SET paper_id = '{ORPHAN}'")
    file = tmp_path / "keys"
    file.write_text("old")
    file.chmod(0o644)

    run = preflight(released, production, "--keys-file", str(file), "--keys", "2")

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    lines = [line.split("\t") for line in file.read_text().splitlines()]
    assert [line[:2] for line in lines] == [["public.plans", "plans_paper_id_fk"]] * 2
    keys = {str(key) for (key,) in production.rows("SELECT id FROM plans")}
    assert {line[2] for line in lines} <= keys
    assert not any(key in run.stdout + run.stderr for key in keys)


def test_what_was_not_counted_in_time_blocks(released: Project, production: Production) -> None:
    production.execute(
        "INSERT INTO run_events (id, seq) SELECT n, n FROM generate_series(100, 200000) n;"
        "UPDATE run_events SET run_id = (SELECT id FROM runs LIMIT 1)"
    )

    run = preflight(released, production, "--data-timeout", "1ms")

    assert run.exit_code == 1
    # On a slow machine the small tables take as long.
    messages = [found["message"] for found in run.findings if found["code"] == "RG522"]
    assert any("run_events" in message for message in messages)
    assert all("not counted" in message for message in messages)
