"""Windows and freezes from the configuration, and an apply that waits for the opening."""

from datetime import UTC, datetime, timedelta

import pytest

from acceptance.production import Production
from acceptance.project import CONFIGURATION, Project

NIGHT = """
[windows.night]
cron = "0 2 * * *"
duration = "PT2H"
zone = "Europe/Berlin"
"""
ALWAYS = """
[windows.always]
cron = "0 0 * * *"
duration = "PT24H"
zone = "UTC"
"""
CHRISTMAS = """
[freezes.today]
when = "{today}"
zone = "UTC"
reason = "the shop is full"
"""


def configure(project: Project, *tables: str) -> None:
    project.write("releasegate.toml", CONFIGURATION + "".join(tables))
    project.commit("Configure windows")


def test_bare_window_is_the_only_one_configured_and_applies(
    released: Project, production: Production
) -> None:
    configure(released, ALWAYS)

    run = released.ask("apply", "--window", url=production.url)

    assert run.exit_code == 0
    assert run.report["window"]["name"] == "always"
    assert production.is_hardened()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--window", "001"), "Write: releasegate apply --window night 001"),
        (("--window", "noon"), "Configured windows: night"),
    ],
    ids=["a-migration", "an-unknown-name"],
)
def test_what_is_no_window_is_a_usage_error(
    released: Project, arguments: tuple[str, ...], words: str
) -> None:
    configure(released, NIGHT)

    run = released.run("apply", *arguments, "--database-url", "host=127.0.0.1 port=1")

    assert run.exit_code == 2
    assert words in run.stderr


def test_the_plan_says_a_window_by_the_wall_and_in_utc(released: Project) -> None:
    configure(released, NIGHT)

    window = "2026-10-25T01:00[Europe/Berlin]/2026-10-25T04:00[Europe/Berlin]"
    given = released.run("plan", "--window", window)
    named = released.run("plan", "--window")

    text = " ".join(given.stdout.split())
    assert "Sun 2026-10-25 01:00 +02:00 (2026-10-24 23:00 UTC)" in text
    assert "Sun 2026-10-25 04:00 +01:00 (03:00 UTC) Europe/Berlin, 4:00:00 long" in text
    assert "is put back inside the window, from 03:00 to 02:00, at 2026-10-25 01:00 UTC" in text
    assert "  window     night: " in named.stdout


def test_an_apply_in_a_freeze_is_refused(released: Project, production: Production) -> None:
    configure(released, ALWAYS, CHRISTMAS.format(today=datetime.now(UTC).date()))

    run = released.ask("apply", "--window", url=production.url)

    assert run.exit_code == 1
    assert run.errors == {"RG604"}
    assert "the shop is full" in run.finding("RG604")["message"]
    assert not production.has_ledger()


def opens_in(seconds: float) -> str:
    return f"{(datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()}/PT10M"


def test_an_apply_waits_and_looks_again_before_it_begins(
    released: Project, production: Production
) -> None:
    run = released.start_apply(production.url, "--wait", window=opens_in(9)).finish()

    assert run.exit_code == 0
    awaited = run.events_named("window.awaited")
    assert awaited
    assert awaited == sorted(awaited, key=lambda event: event["opens_in"], reverse=True)
    asked = [event["gate"] for event in run.events_named("gate.answered")]
    assert asked[6:] == ["release-tag", "live-database", "window"]
    assert run.report["window"]["opens_at"] <= production.began_at()
    assert {gate["status"] for gate in run.report["gates"]} == {"passed"}
    assert production.is_hardened()


def test_what_changes_during_the_wait_blocks(released: Project, production: Production) -> None:
    waiting = released.start_apply(production.url, "--wait", window=opens_in(9))
    waiting.await_event("window.awaited")
    released.write("NOTES.md", "Something else.\n")
    released.commit()
    production.execute("DROP TABLE storyboards")
    run = waiting.finish()

    assert run.exit_code == 1
    assert run.errors >= {"RG605", "RG506"}
    assert not production.has_ledger()


def test_a_run_that_is_interrupted_while_it_waits_has_done_nothing(
    released: Project, production: Production
) -> None:
    waiting = released.start_apply(production.url, "--wait", window=opens_in(3600))
    waiting.await_event("window.awaited")
    waiting.process.terminate()

    assert waiting.finish().exit_code == 130
    assert not production.has_ledger()
