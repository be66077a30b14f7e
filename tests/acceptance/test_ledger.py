"""The record that the target keeps: what was changed by hand shows, and so does a copy's origin."""

import uuid

import psycopg

from acceptance.production import Production
from acceptance.project import Project


def test_a_ledger_that_was_changed_by_hand_is_open_and_named(
    released: Project, production: Production
) -> None:
    head = released.apply(production.url).report["ledger"]["head"]
    whole = released.ask("status", "--exit-code", "--head", head, url=production.url)

    production.administer("UPDATE releasegate.run SET operator = 'somebody else'")
    changed = released.ask("status", "--exit-code", url=production.url)

    assert (whole.exit_code, whole.report["ledger"]) == (0, {"head": head, "faults": []})
    assert changed.exit_code == 1
    (fault,) = changed.report["ledger"]["faults"]
    assert fault.startswith("run ")
    assert fault.endswith(" is not what the journal says")
    printed = released.run("status", url=production.url)
    assert printed.exit_code == 0
    assert "The ledger was changed by hand." in printed.stdout
    assert head in printed.stdout


def test_a_ledger_that_was_emptied_lacks_the_head_that_was_kept(
    released: Project, production: Production
) -> None:
    head = released.apply(production.url).report["ledger"]["head"]
    production.administer(
        "TRUNCATE releasegate.run, releasegate.step; "
        "DELETE FROM releasegate.journal WHERE position > 1"
    )

    run = released.ask("status", "--exit-code", "--head", head, url=production.url)

    assert run.exit_code == 1
    assert run.report["ledger"]["faults"] == [f"no row of the journal has the digest {head[:12]}"]


def test_a_copy_of_the_database_says_that_its_rows_were_recorded_elsewhere(
    released: Project, production: Production
) -> None:
    assert released.apply(production.url).exit_code == 0
    copy = f"copy_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(production.database.admin.dsn(dbname="postgres"), autocommit=True) as at:
        at.execute(f"CREATE DATABASE {copy} TEMPLATE {production.database.owner.values['dbname']}")
        try:
            run = released.ask("status", url=production.database.owner.dsn(dbname=copy))
        finally:
            at.execute(f"DROP DATABASE {copy} WITH (FORCE)")

    (state,) = [state for state in run.report["migrations"] if state["number"] == 1]
    assert (state["state"], run.exit_code) == ("applied", 0)
    assert state["detail"].startswith("recorded elsewhere (system identifier ")
