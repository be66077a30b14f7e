"""Where the program connects, where it never does, and what it says when it cannot."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from acceptance.conftest import installed_majors, made_production
from acceptance.production import Production, password_demanded
from acceptance.project import Project
from releasegate import throwaway
from releasegate.throwaway import Server

PASSWORD = "correct-horse-battery"
UNREACHABLE = [
    pytest.param(
        f"postgresql://mallory:{PASSWORD}@127.0.0.1:1/papers", "127.0.0.1", id="nothing listens"
    ),
    pytest.param(
        f"postgresql://mallory:{PASSWORD}@db.papers.invalid/papers", "db.papers", id="no such host"
    ),
    pytest.param(f"host=/nowhere user=mallory password={PASSWORD}", "/nowhere", id="no socket"),
]


@pytest.mark.parametrize(("url", "host"), UNREACHABLE)
def test_a_target_that_does_not_answer_blocks_and_its_address_stays_unsaid(
    released: Project, url: str, host: str
) -> None:
    run = released.ask("preflight", "--gate", "live-database", url=url)

    assert run.exit_code == 1
    assert run.errors == {"RG501"}
    assert run.report["target"] is None
    for said in (run.stdout, run.stderr):
        assert PASSWORD not in said
        assert host not in said
        assert "mallory" not in said


def test_a_database_that_is_missing_blocks(released: Project, production: Production) -> None:
    url = production.database.owner.dsn(dbname="no_such_database")

    run = released.apply(url)

    assert run.exit_code == 1
    assert run.errors == {"RG501"}
    assert "no_such_database" not in run.stdout + run.stderr


def test_a_wrong_password_blocks_and_is_not_repeated_and_the_right_one_is_let_in(
    released: Project, production: Production
) -> None:
    role, wrong = f"olga_{secrets.token_hex(4)}", f"wrong-{PASSWORD}"
    owner = production.database.owner.values["user"]
    with password_demanded(production.server, role), production.connect(is_admin=True) as admin:
        admin.execute(f"CREATE ROLE {role} LOGIN PASSWORD '{PASSWORD}' IN ROLE {owner}")
        admin.commit()
        admin.execute("SELECT pg_reload_conf()")
        refused = released.apply(production.database.owner.dsn(user=role, password=wrong))
        taken = released.apply(production.database.owner.dsn(user=role, password=PASSWORD))
        admin.execute(f"REASSIGN OWNED BY {role} TO {owner}")
        admin.execute(f"DROP ROLE {role}")
    production.rows("SELECT pg_reload_conf()", is_admin=True)

    assert refused.exit_code == 1
    assert refused.errors == {"RG501"}
    assert "password" in refused.finding("RG501")["message"]
    assert taken.exit_code == 0
    assert taken.report["target"]["role"] == role
    for said in (refused.stdout, refused.stderr, taken.stdout, taken.stderr):
        assert PASSWORD not in said


@pytest.mark.parametrize(
    "url",
    [
        pytest.param(f"postgresql://eve:{PASSWORD}%zz@db/papers", id="bad escape"),
        pytest.param(f"host=db password={PASSWORD} pasword=x", id="unknown keyword"),
        pytest.param(f"eve:{PASSWORD}@db/papers", id="neither form"),
    ],
)
def test_a_connection_string_that_is_none_is_a_usage_error_and_is_not_repeated(
    released: Project, url: str
) -> None:
    run = released.run("preflight", "--database-url", url)

    assert run.exit_code == 2
    assert run.stdout == ""
    assert "connection string" in run.stderr
    assert PASSWORD not in run.stderr


def test_a_role_whose_sessions_are_read_only_blocks(
    released: Project, production: Production
) -> None:
    name, role = production.database.name, production.database.owner.values["user"]
    setting = f"IN DATABASE {name} SET default_transaction_read_only = on"
    production.administer(f"ALTER ROLE {role} {setting}")

    run = released.apply(production.url)

    assert run.exit_code == 1
    assert run.errors == {"RG504"}


def test_a_role_that_does_not_own_the_tables_is_told_what_it_lacks(
    released: Project, production: Production
) -> None:
    role = f"olga_{secrets.token_hex(4)}"
    production.administer(f"CREATE ROLE {role} LOGIN")

    run = released.apply(production.database.owner.dsn(user=role))
    production.administer(f"DROP ROLE {role}")

    assert run.exit_code == 1
    assert run.errors == {"RG514", "RG522"}
    assert any("OWNER TO" in f["help"] for f in run.findings if f["code"] == "RG514")
    assert not production.has_ledger()


def test_a_superuser_is_warned_about(released: Project, production: Production) -> None:
    url = production.database.admin.dsn()

    warned = released.ask("preflight", "--gate", "live-database", url=url)
    strict = released.ask("preflight", "--gate", "live-database", "--fail-on", "warning", url=url)

    assert warned.exit_code == 0
    assert warned.finding("RG512")["level"] == "warning"
    assert strict.exit_code == 1


# -- another server in the environment


@pytest.fixture(scope="module")
def bystander() -> Iterator[Server]:
    """A second server, on TCP too, that writes every connection down.

    It comes from no cache: clusters copied from one have their system identifier in common.
    """
    address = ".".join(["127", *(str(secrets.randbelow(250) + 2) for _ in range(3))])
    options = {"listen_addresses": address, "log_connections": "on"}
    with throwaway.start(options=options) as running:
        (running.run_dir / "address").write_text(address)
        yield running


def connections(server: Server) -> int:
    return (server.run_dir / "server.log").read_text().count("connection received")


@pytest.fixture
def misleading(bystander: Server, tmp_path: Path) -> dict[str, str]:
    """An environment in which every variable of libpq's names the bystander."""
    address = (bystander.run_dir / "address").read_text()
    services = tmp_path / "pg_service.conf"
    services.write_text(
        f"[bystander]\nhost={address}\nport=5432\nuser=releasegate_owner\ndbname=postgres\n"
    )
    return {
        "PGHOSTADDR": address,
        "PGPORT": "5432",
        "PGUSER": "releasegate_owner",
        "PGDATABASE": "postgres",
        "PGPASSWORD": PASSWORD,
        "PGSERVICE": "bystander",
        "PGSERVICEFILE": str(services),
        "PGOPTIONS": "-c default_transaction_read_only=on",
    }


def test_the_bystander_would_be_reached_by_what_inherits_the_environment(
    bystander: Server, released: Project, misleading: dict[str, str]
) -> None:
    before = connections(bystander)

    run = released.ask("preflight", "--gate", "live-database", env=misleading)

    assert run.report["target"]["system_identifier"] == bystander.system_identifier
    assert connections(bystander) > before


def named_in_full(production: Production) -> str:
    where = production.database.owner.values
    return f"postgresql://{where['user']}@/{where['dbname']}?host={where['host']}&port=5432"


def test_a_target_that_is_named_in_full_is_the_only_server_that_is_dialled(
    bystander: Server, released: Project, production: Production, misleading: dict[str, str]
) -> None:
    before = connections(bystander)
    url = named_in_full(production)
    env = {name: value for name, value in misleading.items() if name != "PGOPTIONS"}

    checked = released.ask("preflight", "--database-url", url, env=env)
    applied = released.ask("apply", "--window", "now/PT30M", "--database-url", url, env=env)

    assert checked.exit_code == 0
    assert applied.exit_code == 0
    assert applied.report["target"]["system_identifier"] == production.server.system_identifier
    assert production.is_hardened()
    assert connections(bystander) == before


def test_the_throwaway_server_is_reached_whatever_the_environment_says(
    bystander: Server, released: Project, misleading: dict[str, str]
) -> None:
    before = connections(bystander)

    run = released.ask("preflight", "--gate", "parse-only", env={**misleading, "PGSERVICE": ""})

    # The environment names a target, so it is looked at; the migration runs elsewhere.
    dialled = connections(bystander) - before
    assert run.exit_code == 0
    assert run.gate("parse-only")["status"] == "passed"
    assert run.gate("parse-only")["evidence"]["psql_exit_code"] == 0
    assert dialled <= 1


def test_without_a_target_a_preflight_asks_no_database(released: Project) -> None:
    run = released.ask("preflight")

    assert run.exit_code == 0
    assert run.report["target"] is None
    assert run.report["not_asked"] == ["live-database", "window"]


# -- a scratch server


def test_the_targets_own_server_is_refused_as_scratch(
    released: Project, production: Production
) -> None:
    scratch = production.database.admin.dsn()

    run = released.ask("preflight", "--scratch-url", scratch, url=production.url)

    assert run.exit_code == 1
    assert run.gate("parse-only")["status"] == "errored"
    assert "target's own" in run.gate("parse-only")["reason"]


def test_a_scratch_server_is_left_as_it_was(
    bystander: Server, released: Project, production: Production
) -> None:
    names = "SELECT datname FROM pg_database UNION SELECT rolname FROM pg_roles"
    with made_production(bystander) as scratch:
        before = scratch.names(names)
        url = scratch.database.admin.dsn()
        run = released.ask("preflight", "--scratch-url", url, url=production.url)
        after = scratch.names(names)

    assert run.exit_code == 0
    assert "borrowed" in run.gate("parse-only")["evidence"]["server"]
    assert after == before


def test_another_major_than_the_targets_is_told_by_both_gates_that_tried_the_file(
    cluster_cache: Path, released: Project, production: Production
) -> None:
    others = installed_majors()
    if not others:
        pytest.skip("no PostgreSQL but the embedded one is installed")
    with throwaway.start(major=others[0], cache=cluster_cache) as other, other.database() as lent:
        run = released.ask("preflight", "--scratch-url", lent.admin.dsn(), url=production.url)

    assert run.exit_code == 0
    for code in ("RG319", "RG410"):
        finding = run.finding(code)
        assert finding["level"] == "warning"
        assert f"PostgreSQL {others[0]}" in finding["message"]
        assert f"target is {production.server.major}" in finding["message"]


def test_a_service_from_the_environment_leads_no_named_host_elsewhere(
    bystander: Server, released: Project, production: Production, tmp_path: Path
) -> None:
    before = connections(bystander)
    services = tmp_path / "pg_service.conf"
    address = (bystander.run_dir / "address").read_text()
    services.write_text(f"[bystander]\nhostaddr={address}\n")
    env = {"PGSERVICE": "bystander", "PGSERVICEFILE": str(services)}

    run = released.ask("preflight", "--database-url", named_in_full(production), env=env)

    assert connections(bystander) == before
    assert run.exit_code == 0
    assert run.report["target"]["system_identifier"] == production.server.system_identifier
