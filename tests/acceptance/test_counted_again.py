"""At apply the counts of the approved preflight stand, unless somebody wrote to their tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from acceptance.production import Production
    from acceptance.project import Project, Run

PAST = "2026-01-01T00:00Z/PT1H"


def counted(run: Run) -> list[dict[str, object]]:
    return list(run.gate("live-database")["evidence"]["counted"])


def test_counts_stand_until_a_table_is_written_to(
    released: Project, production: Production
) -> None:
    report = str(released.root.parent / "approved.json")

    approved = released.ask("preflight", "001", "--output", report, url=production.url)
    quiet = released.apply(production.url, "--preflight", report, "001", window=PAST)
    production.execute("UPDATE plans SET paper_id = gen_random_uuid()")
    written = released.apply(production.url, "--preflight", report, "001", window=PAST)

    assert (approved.exit_code, quiet.errors) == (0, {"RG602"})
    assert "5 of 5 counts are those of run" in quiet.finding("RG586")["message"]
    assert all("counted_by" in one for one in counted(quiet))
    assert written.errors == {"RG521", "RG602"}
    again = {str(one["demand"]) for one in counted(written) if "counted_by" not in one}
    assert again == {"key plans_paper_id_fk", "key runs_plan_id_fk"}
