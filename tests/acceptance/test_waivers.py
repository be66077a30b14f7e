"""Waivers in a migration's header: what they let pass, what they do not, and for how long."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from acceptance.project import MIGRATION, STORE, Project

if TYPE_CHECKING:
    from acceptance.production import Production

TODAY = datetime.now(UTC).date()
TOMORROW, YESTERDAY = TODAY + timedelta(days=1), TODAY - timedelta(days=1)
#: no reader can follow it
HIDDEN = "\n\ndef forward(connection, rows):\n    connection.table('runs').insert(rows).execute()\n"


def waive(project: Project, *lines: str) -> None:
    text = "".join(f"-- releasegate: waive {line}\n" for line in lines)
    project.write(MIGRATION, text + project.read(MIGRATION))
    project.commit()
    project.tag()


def test_a_waived_finding_blocks_neither_preflight_nor_apply(
    project: Project, production: Production
) -> None:
    project.write(STORE, project.read(STORE) + HIDDEN)
    waive(project, f"RG205 until {TOMORROW} -- nobody calls forward()")

    run = project.ask("preflight", "001", "--fail-on", "error", url=production.url)
    applied = project.apply(production.url, "001")

    assert (run.exit_code, applied.exit_code) == (0, 0)
    waiver = {"code": "RG205", "reason": "nobody calls forward()", "expires": str(TOMORROW)}
    assert run.report["waivers"] == [{**waiver, "line": 1}]
    waived = [finding for finding in run.findings if finding["code"] == "RG205"]
    assert {finding["level"] for finding in waived} == {"note"}
    assert [finding["waiver"] for finding in waived] == [{**waiver, "line": 1}] * len(waived)
    assert waived


def test_an_expired_waiver_blocks_and_so_does_what_it_waived(project: Project) -> None:
    project.write(STORE, project.read(STORE) + HIDDEN)
    waive(project, f"RG205 until {YESTERDAY} -- nobody calls forward()")

    run = project.ask("preflight", "001", "--gate", "app-code", "--gate", "parse-only")

    assert run.exit_code == 1
    assert run.errors == {"RG205", "RG322"}
    assert run.report["waivers"] == []
    assert run.finding("RG322")["line"] == 1


def test_the_release_tag_cannot_be_waived(project: Project) -> None:
    text = project.read(MIGRATION)
    project.write(MIGRATION, f"-- releasegate: waive RG101 until {TOMORROW} -- later\n{text}")
    project.commit()

    run = project.ask("preflight", "001", "--gate", "release-tag", "--gate", "parse-only")

    assert run.errors == {"RG101", "RG321"}
