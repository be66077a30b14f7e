"""Every way in which a target can be named leads there, and to no other server."""

import os
import secrets
import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from acceptance.production import Production, password_demanded
from acceptance.project import MIGRATION, Project
from releasegate import database, throwaway
from releasegate.errors import CouldNotLook
from releasegate.throwaway import Database, Server

PASSWORD = "correct-horse-battery"
ODD = "a \"b' c=d/e?f"


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Take what the machine says of PostgreSQL away, and put it back afterwards."""
    for name in [name for name in os.environ if name.startswith("PG")]:
        monkeypatch.delenv(name)
    for name in ("PGSERVICE", "PGSERVICEFILE"):
        monkeypatch.setenv(name, "x")
        monkeypatch.delenv(name)
    made = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(made))
    return made


@contextmanager
def listening(address: str, choose: Callable[[bytes], Path]) -> Iterator[int]:
    """Carry a port's connections to the socket that is chosen by their first message."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            first = self.request.recv(4096)
            if first[4:8] == b"\x04\xd2\x16\x2f":  # SSLRequest: no (manual, 54.2.10)
                self.request.sendall(b"N")
                first = self.request.recv(4096)
            with socket.socket(socket.AF_UNIX) as far:
                far.connect(str(choose(first) / ".s.PGSQL.5432"))
                far.sendall(first)
                back = threading.Thread(target=_carry, args=(far, self.request), daemon=True)
                back.start()
                _carry(self.request, far)
                back.join()

    class Listener(socketserver.ThreadingTCPServer):
        address_family = socket.AF_INET6 if ":" in address else socket.AF_INET
        daemon_threads = True

    with Listener((address, 0), Handler) as listener:
        thread = threading.Thread(target=listener.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield listener.server_address[1]
        finally:
            listener.shutdown()
            thread.join()


def _carry(source: socket.socket, sink: socket.socket) -> None:
    try:
        while part := source.recv(1 << 16):
            sink.sendall(part)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        return


def reached(text: str) -> database.Target:
    parameters = database.target_parameters(text)
    with database.connect(parameters, application_name="test") as connection:
        again = database.as_reached(connection, parameters)
        with database.connect(again, application_name="test") as second:
            assert database.identify(second) == database.identify(connection)
        return database.identify(connection)


FORMS = {
    "a URL": "postgresql://{user}@/{name}?host={folder}",
    "a URL with the socket as its host": "postgresql://{user}@{encoded}/{name}",
    "keywords": "host={folder} user={user} dbname={name}",
    "several hosts, the first of them away": "postgresql://{user}@/{name}?host=/nowhere,{folder}",
    "several hosts, the wanted one writable": (
        "postgresql://{user}@/{name}?host=/nowhere,{folder}&target_session_attrs=read-write"
    ),
    "a service": "service=production",
    "nothing but the environment": "",
}


@pytest.mark.parametrize("form", FORMS)
def test_a_target_is_reached_by_every_form_of_its_name(
    form: str, production: Production, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    values = production.database.owner.values
    folder, user, name = values["host"], values["user"], values["dbname"]
    services = tmp_path / "services"
    services.write_text(f"[production]\nhost={folder}\nuser={user}\ndbname={name}\n")
    if form == "a service":
        monkeypatch.setenv("PGSERVICEFILE", str(services))
        monkeypatch.setenv("PGHOST", "/nowhere")
    if not FORMS[form]:
        for variable, value in {"PGHOST": folder, "PGUSER": user, "PGDATABASE": name}.items():
            monkeypatch.setenv(variable, value)
    encoded = folder.replace("/", "%2F")

    target = reached(FORMS[form].format(folder=folder, user=user, name=name, encoded=encoded))

    assert (target.host, target.database, target.role) == (folder, name, user)


@pytest.mark.parametrize(("address", "shown"), [("127.0.0.1", "127.0.0.1"), ("::1", "[::1]")])
def test_a_target_is_reached_by_its_address(
    address: str, shown: str, production: Production
) -> None:
    values = production.database.owner.values
    try:
        with listening(address, lambda _: Path(values["host"])) as port:
            target = reached(f"postgresql://{values['user']}@{shown}:{port}/{values['dbname']}")
    except OSError as error:
        pytest.skip(f"this machine has no {address}: {error.strerror}")

    assert str(target) == f"{values['user']}@{shown}:{port}/{values['dbname']}"


def test_a_service_that_is_not_there_leads_nowhere(
    production: Production, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PGSERVICEFILE", str(tmp_path / "services"))
    monkeypatch.setenv("PGSERVICE", "production")
    monkeypatch.setenv("PGHOST", production.database.owner.values["host"])

    with pytest.raises(CouldNotLook, match="check service"):
        reached("")


def test_a_public_authority_is_enough_to_prove_the_server() -> None:
    """Then libpq demands verify-full by itself, unless it is told a weaker sslmode."""
    parameters = database.target_parameters("host=db.example.org sslrootcert=system")

    assert "sslmode" not in parameters.values


@pytest.mark.parametrize(
    ("mode", "said"),
    [(0o600, None), (0o644, "others may read it"), (None, "is not there")],
    ids=["own", "readable by all", "missing"],
)
def test_a_password_file_counts_if_it_is_ours_alone(
    mode: int | None, said: str | None, production: Production, tmp_path: Path
) -> None:
    role, file = f"olga_{secrets.token_hex(4)}", tmp_path / "passwords"
    if mode:
        file.write_text(f"*:*:*:{role}:{PASSWORD}\n")
        file.chmod(mode)
    values = {**production.database.owner.values, "user": role, "passfile": str(file)}
    text = database.Parameters({k: v for k, v in values.items() if k != "password"}).dsn()
    with password_demanded(production.server, role), production.connect(is_admin=True) as admin:
        admin.execute(f"CREATE ROLE {role} LOGIN PASSWORD '{PASSWORD}'")
        admin.commit()
        admin.execute("SELECT pg_reload_conf()")
        try:
            if said is None:
                assert reached(text).role == role
            else:
                with pytest.raises(CouldNotLook, match=said):
                    reached(text)
        finally:
            admin.execute(f"DROP ROLE {role}")
    production.rows("SELECT pg_reload_conf()", is_admin=True)


def test_the_option_wins_over_the_variable_and_that_over_libpqs_own(
    released: Project, production: Production
) -> None:
    nowhere = {"PGHOST": "/nowhere", "PGDATABASE": "nothing"}
    wrong = {**nowhere, "RELEASEGATE_DATABASE_URL": "postgresql://eve@/nothing?host=/nowhere"}

    by_option = released.ask("status", "--database-url", production.url, env=wrong)
    by_variable = released.ask("status", url=production.url, env=nowhere)

    assert (by_option.exit_code, by_variable.exit_code) == (0, 0)
    assert by_option.report["target"]["database"] == production.database.name


# -- names that are written in quotes


@pytest.fixture
def odd(target_server: Server) -> Iterator[Production]:
    """A database, its owner and a table of it, all of whose names must be quoted everywhere."""
    quoted = '"' + ODD.replace('"', '""') + '"'
    with target_server.database() as somewhere:
        admin = psycopg.connect(somewhere.admin.dsn(), autocommit=True)
        admin.execute(f"CREATE ROLE {quoted} LOGIN".encode())
        admin.execute(f"CREATE DATABASE {quoted} OWNER {quoted} TEMPLATE template0".encode())
        named = {"user": ODD, "dbname": ODD}
        owner = database.Parameters({**somewhere.owner.values, **named})
        all_mighty = database.Parameters({**somewhere.admin.values, "dbname": ODD})
        yield Production(target_server, Database(ODD, owner, all_mighty))
        admin.execute(f"DROP DATABASE {quoted} WITH (FORCE)".encode())
        admin.execute(f"DROP ROLE {quoted}".encode())
        admin.close()


def test_names_that_need_quotes_are_quoted_everywhere(project: Project, odd: Production) -> None:
    schema = 'CREATE TABLE "My tasks" (id bigint PRIMARY KEY, "part ""of""" bigint);'
    odd.execute(f'{schema} INSERT INTO "My tasks" VALUES (1, 1)')
    project.write("db/schema/v0.sql", schema)
    project.write(
        MIGRATION,
        'ALTER TABLE "My tasks" ADD CONSTRAINT "it\'s ""f""" FOREIGN KEY ("part ""of""") '
        'REFERENCES "My tasks" (id); CREATE INDEX "an ""i""" ON "My tasks" ("part ""of""");',
    )
    project.write("db/migrations/002_rls_draft.sql", "-- releasegate: draft\nSELECT 1;\n")
    project.write("releasegate.toml", '[app-code]\nroots = ["app"]\n')
    (project.root / "app").mkdir()
    insert = """INSERT INTO "My tasks" (id, "part ""of""\") VALUES (1, 1)"""
    project.write("app/store.py", f"def add(cursor):\n    cursor.execute({insert!r})\n")
    project.commit()
    project.tag()

    applied = project.apply(odd.url, "001")
    status = project.ask("status", "--exit-code", url=odd.url)
    taken_back = project.ask("rollback", "--window", "now/PT30M", "001", url=odd.url)

    assert (applied.exit_code, applied.errors) == (0, set())
    assert applied.report["target"]["database"] == applied.report["target"]["role"] == ODD
    assert (status.exit_code, taken_back.exit_code) == (0, 0)
    assert odd.validated_keys() == set()


# -- several servers


def test_steps_run_on_the_server_that_the_gates_looked_at_or_nowhere(
    released: Project, production: Production
) -> None:
    """Behind one address two servers, of which the second answers whoever wants to apply."""
    values, name = production.database.owner.values, production.database.name
    # From no cache: clusters copied from one have their system identifier in common.
    with throwaway.start() as other, other.database() as somewhere:
        there = Database(
            name,
            database.Parameters({**somewhere.owner.values, "dbname": name}),
            database.Parameters({**somewhere.admin.values, "dbname": name}),
        )
        with psycopg.connect(somewhere.admin.dsn(), autocommit=True) as admin:
            admin.execute(f"CREATE DATABASE {name} OWNER {values['user']}".encode())
        second = Production(other, there)
        second.fill()

        def choose(first: bytes) -> Path:
            ours = first.partition(b"application_name\0")[2].partition(b"\0")[0]
            is_to_apply = ours.startswith(b"releasegate/") and ours.count(b"/") == 1
            return other.run_dir if is_to_apply else Path(values["host"])

        with listening("127.0.0.1", choose) as port:
            run = released.apply(f"postgresql://{values['user']}@127.0.0.1:{port}/{name}", "001")

        assert (run.exit_code, run.errors) == (1, {"RG501"})
        assert "Another server answers" in run.finding("RG501")["message"]
        assert not second.has_ledger()
    assert not production.has_ledger()


# -- which of the configured ones


def test_what_changes_a_target_is_told_which_of_several_or_takes_the_only_one(
    released: Project, production: Production
) -> None:
    configuration = released.read("releasegate.toml")
    here = f'{configuration}\n[targets.here]\ndatabase = "{production.database.name}"\n'
    there = '[targets.there]\ndatabase = "elsewhere"\n'
    window = ("--window", "now/PT30M", "001")

    released.write("releasegate.toml", here + there)
    untold = [released.run(command, *window, url=production.url) for command in
              ("apply", "rollback")]  # fmt: skip
    untold.append(released.run("adopt", "001", url=production.url))
    looked = released.run("status", url=production.url)
    told = released.run("init-ledger", url=production.url, env={"RELEASEGATE_TARGET": "here"})
    released.write("releasegate.toml", configuration + there)
    only = released.run("init-ledger", url=production.url)

    assert [run.exit_code for run in untold] == [2, 2, 2]
    assert all("--target NAME: here, there" in run.stderr for run in untold)
    assert (looked.exit_code, told.exit_code, only.exit_code) == (0, 0, 1)
    assert "This is not there: database" in only.stderr
