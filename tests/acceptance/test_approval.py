"""An apply that is held against the preflight that somebody approved."""

from acceptance.production import Production
from acceptance.project import Project


def test_a_tag_made_again_after_the_approval_blocks_and_the_approved_one_is_applied(
    released: Project, production: Production
) -> None:
    report = str(released.root.parent / "approved.json")
    preflight = released.ask("preflight", "--output", report, url=production.url)
    approved_tag = released.git("rev-parse", "v0")
    released.git("tag", "--force", "--annotate", "v0", "--message", "cut again")

    other = released.apply(production.url, "--preflight", report)

    assert preflight.exit_code == 0
    assert (other.exit_code, other.errors) == (1, {"RG130"})
    assert not production.has_ledger()
    released.git("update-ref", "refs/tags/v0", approved_tag)
    same = released.apply(production.url, "--preflight", report)
    assert (same.exit_code, same.report["verdict"]) == (0, "applied")


def test_a_report_that_is_none_is_a_usage_error(released: Project, production: Production) -> None:
    released.write("db/report.json", '{"schema": 1}')

    run = released.apply(production.url, "--preflight", "db/report.json")

    assert run.exit_code == 2
    assert not production.has_ledger()
