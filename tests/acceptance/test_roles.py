"""db/roles.sql: one role looks, one applies, one reads what was done; and none can do more."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from acceptance.production import Production
from acceptance.project import CONFIGURATION, Project
from releasegate.throwaway.binaries import binaries

ROLES = Path(__file__).parents[2] / "db/roles.sql"
LOOKS, APPLIES, READS = "releasegate_preflight", "releasegate_apply", "releasegate_reader"
POLICY = f'\n[policy]\napply-role = "{APPLIES}"\n'


@pytest.fixture
def roles(production: Production) -> Iterator[None]:
    """Run the file twice, as an administrator does who is not sure."""
    admin, owner = production.database.admin, production.database.owner.values["user"]
    psql = max(binaries().items())[1] / "psql"
    for _ in range(2):
        subprocess.run(
            [psql, "-X", "-q", "-v", f"owner={owner}", "-f", ROLES, admin.dsn()], check=True
        )
    yield
    for role in (LOOKS, APPLIES, READS):
        production.administer(f"DROP OWNED BY {role} CASCADE")
    production.administer(f"DROP ROLE {LOOKS}, {APPLIES}, {READS}")


def url(production: Production, role: str) -> str:
    return production.database.owner.dsn(user=role)


@pytest.mark.usefixtures("roles")
def test_one_role_preflights_another_applies_and_a_third_reads_the_ledger(
    released: Project, production: Production
) -> None:
    released.write("releasegate.toml", CONFIGURATION + POLICY)
    released.commit()
    before = production.schema()

    looked = released.ask("preflight", url=url(production, LOOKS))
    refused = released.apply(url(production, LOOKS))
    untouched = production.schema()
    applied = released.apply(url(production, APPLIES))
    with reading_role(production) as reader:
        status = released.ask("status", "--exit-code", url=url(production, reader))
        may_not(
            url(production, reader), "SELECT FROM plans", "UPDATE releasegate.run SET role = ''"
        )

    assert (looked.exit_code, looked.report["not_asked"]) == (0, ["window"])
    assert "RG512" not in {finding["code"] for finding in looked.findings}
    assert refused.exit_code == 1
    assert untouched == before
    assert (applied.exit_code, applied.report["verdict"]) == (0, "applied")
    assert (status.exit_code, status.report["ledger"]["faults"]) == (0, [])
    ledgers = "UPDATE releasegate.run SET operator = 'x'"
    made = ("CREATE TABLE t (id int)", "CREATE SCHEMA s")
    may_not(url(production, LOOKS), "DELETE FROM plans", ledgers, *made)
    may_not(url(production, APPLIES), "CREATE DATABASE d", "CREATE ROLE r")
    powers = "rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls"
    names = ", ".join(f"'{role}'" for role in (LOOKS, APPLIES, READS))
    query = f"SELECT rolname FROM pg_roles WHERE rolname IN ({names}) AND ({powers})"
    assert production.rows(query) == []


def may_not(where: str, *statements: str) -> None:
    with psycopg.connect(where, autocommit=True) as connection:
        for statement in statements:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement.encode())


@contextmanager
def reading_role(production: Production) -> Iterator[str]:
    """Make somebody's role who may read the ledger and nothing else."""
    name = f"reads_{uuid4().hex[:8]}"
    production.administer(f"CREATE ROLE {name} LOGIN IN ROLE {READS}")
    try:
        yield name
    finally:
        production.administer(f"DROP ROLE {name}")


@pytest.mark.usefixtures("roles")
def test_what_the_applier_lacks_is_named_with_the_statement_that_gives_it(
    released: Project, production: Production
) -> None:
    owner = production.database.owner.values["user"]
    production.administer(f"REVOKE {owner} FROM {APPLIES}")
    production.administer(f"ALTER SCHEMA releasegate OWNER TO {owner}")

    run = released.ask("preflight", "--gate", "live-database", url=url(production, APPLIES))

    helps = {finding["help"] for finding in run.findings if finding["code"] == "RG514"}
    assert run.exit_code == 1
    assert f"ALTER TABLE public.plans OWNER TO {APPLIES};" in helps
    assert any(text.startswith("GRANT CREATE ON DATABASE") for text in helps)
