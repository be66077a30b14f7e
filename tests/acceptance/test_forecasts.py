"""How long the steps will take and what they need, said before and held against what they took."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from acceptance.project import CONFIGURATION

if TYPE_CHECKING:
    from acceptance.production import Production
    from acceptance.project import Project, Run

ONLINE = ("--strategy", "online")
NIGHT = """
[windows.night]
cron = "0 2 * * *"
duration = "{length}"
zone = "UTC"
"""


def preflight(project: Project, production: Production, *arguments: str) -> Run:
    gate = ("--gate", "live-database", *ONLINE)
    return project.ask("preflight", *gate, *arguments, url=production.url)


def predicted(run: Run) -> list[dict[str, float] | None]:
    return [step["predicted_s"] for step in run.report["plan"]["steps"]]


def test_apply_holds_each_step_against_what_was_predicted_of_it(
    released: Project, production: Production
) -> None:
    planned = released.ask("plan", *ONLINE, url=production.url)

    run = released.ask("apply", "--window", "now/PT30M", *ONLINE, url=production.url)

    assert run.exit_code == 0
    assert all(predicted(planned))
    assert all(predicted(run))
    assert len(predicted(run)) == len(run.report["outcomes"]) == 20
    (logged,) = run.events_named("steps.predicted")
    assert len(logged["predicted_s"]) == 20
    high_s = sum(one["high"] for one in predicted(run) if one)
    # How well it fits is benchmarks/predictions.py's to say; a busy machine is no fault.
    assert sum(outcome["duration_s"] for outcome in run.report["outcomes"]) < 10 * high_s


@pytest.mark.parametrize(("length", "codes"), [("PT0.01S", {"RG590"}), ("PT2H", set())])
def test_steps_that_do_not_fit_the_only_window_configured_are_refused_with_the_arithmetic(
    released: Project, production: Production, length: str, codes: set[str]
) -> None:
    released.write("releasegate.toml", CONFIGURATION + NIGHT.format(length=length))

    run = preflight(released, production)

    assert run.errors == codes
    assert run.exit_code == len(codes)
    for _ in codes:
        message = run.finding("RG590")["message"]
        assert message.startswith("The steps need ")
        assert "the window has 10 ms: step " in message
        assert "the other 16: " in message


def test_apply_begins_nothing_that_does_not_fit_what_is_left_of_the_window(
    released: Project, production: Production
) -> None:
    production.execute(
        "INSERT INTO run_events (id, seq) SELECT n, n FROM generate_series(100, 1000) n"
    )
    now = datetime.now(UTC)
    window = f"{(now - timedelta(hours=1)).isoformat()}/{(now + timedelta(seconds=60)).isoformat()}"
    size = "UPDATE pg_class SET reltuples = 1e9, relpages = 1 WHERE relname = 'run_events'"
    production.administer(size)

    run = released.ask("apply", "--window", window, *ONLINE, url=production.url)

    assert run.exit_code == 1
    assert run.errors == {"RG590"}
    assert not production.has_ledger()


@pytest.mark.parametrize(("free", "blocks"), [("10kB", True), ("20GB", False)])
def test_a_disk_with_too_little_room_blocks(
    released: Project, production: Production, free: str, *, blocks: bool
) -> None:
    production.execute(
        "INSERT INTO run_events (id, seq) SELECT n, n FROM generate_series(100, 3000) n"
    )

    run = preflight(released, production, "--free-bytes", free)

    assert run.exit_code == int(blocks)
    assert run.errors == ({"RG591"} if blocks else set())
    if blocks:
        assert "(--free-bytes)" in run.finding("RG591")["message"]


def test_data_changes_are_said_to_be_unpredicted(released: Project, production: Production) -> None:
    released.write("db/migrations/001_init_v1.sql", "UPDATE papers SET title = 'x';\n")

    run = released.ask("preflight", "--gate", "live-database", url=production.url)

    assert run.finding("RG592")["level"] == "note"
    assert predicted(run) == [None]
