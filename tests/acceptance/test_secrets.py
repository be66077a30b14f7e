"""A password and rows' values go in, and come out of no report, log, or message of the program."""

import pytest

from acceptance.production import Production
from acceptance.project import Project
from releasegate.cli.rendering import FORMATS

PASSWORD = "hunter2-canary"
ROW = "0badcafe-0bad-4bad-8bad-0badcafe0bad"


def test_neither_password_nor_row_is_in_any_format_or_log_of_a_run_that_fails_on_rows(
    released: Project, production: Production
) -> None:
    production.execute(f"INSERT INTO plans (id, paper_id) VALUES ('{ROW}', '{ROW}')")
    url = production.database.owner.dsn(password=PASSWORD)
    beside = released.root.parent

    said = []
    for command in (["preflight"], ["apply", "--window", "now/PT30M"]):
        report, log = beside / f"{command[0]}.json", beside / f"{command[0]}.log"
        files = ("--format", "json", "--output", str(report), "--log-file", str(log))
        run = released.run(*command, *files, url=url)
        said += [run.stderr, report.read_text(), log.read_text()]
        said += [released.run("report", str(report), "--format", f).stdout for f in FORMATS]

    assert run.exit_code in (1, 3)
    assert all(said)
    assert [text for text in said if PASSWORD in text or ROW in text] == []


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://eve:{PASSWORD}@{PASSWORD}.invalid/papers",
        f"postgresql://eve:{PASSWORD}/x@127.0.0.1:1/papers",
        f"host=127.0.0.1 port=1 dbname=papers password={PASSWORD}",
        f"postgresql://eve@127.0.0.1:1/papers?password={PASSWORD}&sslmode=nonsense",
        f"service={PASSWORD}",
        f"{PASSWORD}",
    ],
)
def test_a_target_that_cannot_be_reached_is_not_repeated(released: Project, url: str) -> None:
    run = released.ask("preflight", "--gate", "live-database", url=url)
    status = released.run("status", url=url)

    for text in (run.stdout, run.stderr, status.stdout, status.stderr):
        assert PASSWORD not in text
    assert run.exit_code in (1, 2)
    assert status.exit_code in (1, 2)
