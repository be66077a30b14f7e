"""The ledger made by an administrator, for a role that may write it and not own it."""

from collections.abc import Iterator
from uuid import uuid4

import psycopg
import pytest

from acceptance.production import Production
from acceptance.project import CONFIGURATION, Project


@pytest.fixture
def applier(production: Production) -> Iterator[str]:
    """A role that owns the app's tables, as a member, and may create no schema."""
    owner, name = production.database.owner.values["user"], f"applier_{uuid4().hex[:8]}"
    production.administer(f"CREATE ROLE {name} LOGIN IN ROLE {owner}")
    database = production.database.owner.values["dbname"]
    production.administer(f"REVOKE CREATE ON DATABASE {database} FROM {owner}")
    yield name
    production.administer(f"DROP OWNED BY {name}; DROP ROLE {name}")


def test_an_administrator_makes_it_and_the_applier_writes_it_but_cannot_change_its_journal(
    released: Project, production: Production, applier: str
) -> None:
    url, admin = production.database.owner.dsn(user=applier), production.database.admin.dsn()
    before = released.apply(url)
    assert "may not create the ledger's schema" in before.finding("RG514")["message"]

    made = released.ask("init-ledger", "--grant-to", applier, url=admin)
    again = released.ask("init-ledger", url=admin)
    run = released.apply(url)

    assert (made.exit_code, made.report["verdict"]) == (0, "applied")
    assert (again.exit_code, again.report["verdict"]) == (0, "nothing_to_do")
    assert made.report["ledger"]["head"] == again.report["ledger"]["head"]
    assert (run.exit_code, run.report["verdict"]) == (0, "applied")
    with psycopg.connect(url, autocommit=True) as connection:
        for change in ("UPDATE {} SET before = ''", "DELETE FROM {}", "TRUNCATE {}"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(change.format("releasegate.journal").encode())


def test_what_was_changed_by_hand_blocks_until_an_administrator_takes_it_over(
    released: Project, production: Production
) -> None:
    url = production.url
    assert released.ask("init-ledger", url=url).exit_code == 0
    production.administer("UPDATE releasegate.journal SET before = 'x'")

    blocked = released.ask("preflight", "--gate", "live-database", url=url)
    adopted = released.ask("init-ledger", "--adopt", url=url)
    passed = released.ask("preflight", "--gate", "live-database", url=url)

    assert (blocked.exit_code, blocked.errors) == (1, {"RG551"})
    assert adopted.exit_code == 0
    assert passed.exit_code == 0


def test_a_publication_of_all_tables_blocks_until_the_operator_says_that_it_may_carry_the_ledger(
    released: Project, production: Production
) -> None:
    url = production.url
    production.administer("CREATE PUBLICATION everything FOR ALL TABLES")

    refused = released.run("init-ledger", url=url)
    blocked = released.ask("preflight", "--gate", "live-database", url=url)
    is_made = production.has_ledger()
    released.write("releasegate.toml", f"{CONFIGURATION}\n[policy]\npublish-ledger = true\n")
    made = released.ask("init-ledger", url=url)
    passed = released.ask("preflight", "--gate", "live-database", url=url)

    assert (refused.exit_code, is_made) == (1, False)
    assert "The publication everything carries the ledger" in refused.stderr
    assert "policy.publish-ledger" in refused.stderr
    assert (blocked.exit_code, blocked.errors) == (1, {"RG552"})
    assert (made.exit_code, passed.exit_code) == (0, 0)


def test_the_script_is_what_it_would_execute(released: Project, production: Production) -> None:
    script = released.run("init-ledger", "--sql")

    assert script.exit_code == 0
    production.execute(script.stdout)
    production.execute("TRUNCATE releasegate.ledger")
    columns = "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = "
    by_hand = production.rows(f"{columns} 'releasegate' ORDER BY 1, 2")
    production.execute("DROP SCHEMA releasegate CASCADE")
    assert released.ask("init-ledger", url=production.url).exit_code == 0
    assert production.rows(f"{columns} 'releasegate' ORDER BY 1, 2") == by_hand


def test_a_target_that_is_not_the_named_one_is_not_looked_at(
    released: Project, production: Production
) -> None:
    owner = production.database.owner.values
    configuration = released.read("releasegate.toml")
    released.write(
        "releasegate.toml",
        f'{configuration}\n[targets.here]\ndatabase = "{owner["dbname"]}"\n'
        f'host = "{owner["host"]}"\n[targets.production]\nsystem-identifier = "42"\n',
    )

    here = released.ask("status", "--target", "here", url=production.url)
    other = released.ask("preflight", "--gate", "live-database", "--target", "production",
                         url=production.url)  # fmt: skip
    status = released.ask("status", "--target", "production", url=production.url)
    init = released.ask("init-ledger", "--target", "production", url=production.url)
    unknown = released.ask("status", "--target", "staging", url=production.url)

    assert (here.exit_code, unknown.exit_code) == (0, 2)
    assert (other.exit_code, other.errors) == (1, {"RG554"})
    assert (status.exit_code, init.exit_code) == (1, 1)
    assert "This is not production: system identifier" in init.stderr
    assert not production.has_ledger()
