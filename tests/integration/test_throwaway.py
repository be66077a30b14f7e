"""Throwaway servers: they start, inherit nothing, confine what runs on them, and go away."""

from __future__ import annotations

import os
import pwd
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg import sql

from releasegate import throwaway
from releasegate.database import Parameters, connect, given_parameters
from releasegate.errors import CouldNotLook, UsageError
from releasegate.throwaway.binaries import binaries, embedded_bin

if TYPE_CHECKING:
    from collections.abc import Iterator

    from releasegate.database import Connection
    from releasegate.throwaway import Database, Server

PROGRAM = """
import sys, time
from pathlib import Path
from releasegate import throwaway
with throwaway.start(cache=Path(sys.argv[1])) as server:
    print(server.run_dir, flush=True)
    time.sleep(60)
"""


def processes_below(folder: Path) -> list[int]:
    """Find the processes whose command line names a folder, the watchdog among them."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if str(folder).encode() in (entry / "cmdline").read_bytes():
                found.append(int(entry.name))
        except OSError:
            continue
    return found


WITHOUT_CACHE = """
import sys
from pathlib import Path
from releasegate import throwaway
from releasegate.throwaway import watchdog
watchdog._bases = lambda: [Path(sys.argv[1])]
with throwaway.start() as server:
    input()
"""


def is_gone(folder: Path, *, within_s: float = 10) -> bool:
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        if not folder.exists() and not processes_below(folder):
            return True
        time.sleep(0.05)
    return False


def test_it_runs_as_an_ordinary_user_even_when_we_are_root(server: Server) -> None:
    owners = {Path(f"/proc/{pid}").stat().st_uid for pid in processes_below(server.run_dir)}

    assert owners == {server.account.uid}
    assert 0 not in owners


ORDINARY = """
import os, pwd
from releasegate import throwaway
import psycopg.pq, encodings.idna
someone = pwd.getpwnam("nobody")
os.setgroups([])
os.setgid(someone.pw_gid)
os.setuid(someone.pw_uid)
with throwaway.start() as server, server.database() as made:
    assert not server.account.is_other
    assert server.psql(made.owner, script=b"SELECT 1;") == 0
    print(server.run_dir, flush=True)
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_it_starts_for_an_ordinary_user() -> None:
    done = subprocess.run(
        [sys.executable, "-c", ORDINARY],
        cwd="/",
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0, done.stderr
    assert is_gone(Path(done.stdout.strip()))


def test_nothing_is_left_after_the_with_block(cluster_cache: Path) -> None:
    with throwaway.start(cache=cluster_cache) as server:
        assert processes_below(server.run_dir)

    assert is_gone(server.run_dir, within_s=0.1)


def test_nothing_is_left_after_an_exception(cluster_cache: Path) -> None:
    with pytest.raises(ZeroDivisionError), throwaway.start(cache=cluster_cache) as server:
        raise ZeroDivisionError

    assert is_gone(server.run_dir, within_s=0.1)


@pytest.mark.parametrize("name", ["SIGKILL", "SIGTERM", "SIGINT", "SIGHUP"])
def test_nothing_is_left_when_we_are_killed(cluster_cache: Path, name: str) -> None:
    ours = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(cluster_cache)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    with ours:
        assert ours.stdout is not None
        run_dir = Path(ours.stdout.readline().strip())
        assert processes_below(run_dir)

        ours.send_signal(getattr(signal, name))
        ours.wait(10)

    assert is_gone(run_dir)


@pytest.mark.parametrize("delay_s", [0.0, 0.05, 0.2])
def test_nothing_is_left_when_we_are_killed_before_the_server_stands(
    open_folder: Path, delay_s: float
) -> None:
    ours = subprocess.Popen(
        [sys.executable, "-c", WITHOUT_CACHE, str(open_folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    with ours:
        deadline = time.monotonic() + 20
        while not [*open_folder.iterdir()] and time.monotonic() < deadline:
            time.sleep(0.005)
        time.sleep(delay_s)
        (made,) = open_folder.iterdir()

        ours.kill()
        ours.wait(10)

    assert is_gone(made)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """Make a folder that any account may write to, with a path short enough for sockets."""
    with tempfile.TemporaryDirectory(prefix="rg-", dir="/tmp") as folder:
        Path(folder).chmod(0o1777)
        yield Path(folder)


# -- the cache -------------------------------------------------------------------------------------


def test_the_second_server_is_a_copy_of_the_first_ones_cluster(tmp_path: Path) -> None:
    cache = tmp_path / "clusters"

    with throwaway.start(cache=cache) as first, throwaway.start(cache=cache) as second:
        assert first.system_identifier == second.system_identifier

    (kept,) = cache.iterdir()
    assert (kept / "PG_VERSION").is_file()
    assert not (kept / "postmaster.pid").exists()
    assert cache.stat().st_mode & 0o777 == 0o700


def test_clusters_are_kept_apart_by_the_binaries(tmp_path: Path, cluster_cache: Path) -> None:
    majors = sorted(binaries())
    if len(majors) == 1:
        pytest.skip("only one major version is at hand")
    cache = tmp_path / "clusters"

    for major in majors[:2]:
        with throwaway.start(major=major, cache=cache) as server:
            assert server.major == major

    assert len(list(cache.iterdir())) == 2


@pytest.mark.parametrize("mode", [0o755, 0o770, 0o707])
def test_a_cache_that_others_can_enter_is_not_used(tmp_path: Path, mode: int) -> None:
    cache = tmp_path / "clusters"
    cache.mkdir()
    cache.chmod(mode)

    with throwaway.start(cache=cache):
        pass

    assert list(cache.iterdir()) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_cache_of_somebody_else_is_not_used(tmp_path: Path) -> None:
    cache = tmp_path / "clusters"
    cache.mkdir(mode=0o700)
    os.chown(cache, pwd.getpwnam("nobody").pw_uid, -1)

    with throwaway.start(cache=cache):
        pass

    assert list(cache.iterdir()) == []


def test_without_a_cache_a_cluster_is_made_anew(server: Server) -> None:
    with throwaway.start() as other:
        assert other.system_identifier != server.system_identifier


# -- nothing is inherited --------------------------------------------------------------------------


@contextmanager
def production(cache: Path) -> Iterator[tuple[Server, Path]]:
    """Start a server that writes every connection into its log, and is reachable over TCP."""
    options = {"log_connections": "on", "listen_addresses": "127.0.0.1", "port": "5432"}
    with throwaway.start(cache=cache, options=options) as server:
        yield server, server.run_dir / "server.log"


@pytest.fixture
def decoy(
    cluster_cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Server, Path]]:
    """Fill the environment with everything that leads libpq to another server."""
    with production(cluster_cache) as (other, journal):
        (tmp_path / "services").write_text(
            f"[decoy]\nhost={other.run_dir}\nhostaddr=127.0.0.1\nport=5432\nuser=decoy\n"
        )
        (tmp_path / "pass").write_text("*:*:*:*:decoy\n")
        (tmp_path / "pass").chmod(0o600)
        for name, value in {
            "PGHOST": str(other.run_dir),
            "PGHOSTADDR": "127.0.0.1",
            "PGPORT": "5432",
            "PGUSER": "releasegate_superuser",
            "PGDATABASE": "postgres",
            "PGSERVICE": "decoy",
            "PGSERVICEFILE": str(tmp_path / "services"),
            "PGOPTIONS": "-c search_path=evil",
            "PGPASSFILE": str(tmp_path / "pass"),
            "PGSSLMODE": "require",
            "PGTARGETSESSIONATTRS": "standby",
        }.items():
            monkeypatch.setenv(name, value)
        yield other, journal


def test_no_variable_leads_us_to_another_server(
    decoy: tuple[Server, Path], cluster_cache: Path
) -> None:
    _, journal = decoy
    before = journal.read_bytes()

    with throwaway.start(cache=cluster_cache) as ours, ours.database() as made:
        for where in (made.owner, made.admin):
            with connect(where, application_name="test") as connection:
                (path,) = connection.execute("SHOW search_path").fetchone() or ("",)
                assert path == '"$user", public'
                assert connection.info.host == str(ours.run_dir)
        assert ours.psql(made.owner, script=b"CREATE TABLE there (id int);") == 0
        with connect(made.owner, application_name="test") as connection:
            assert connection.execute("SELECT count(*) FROM there").fetchone() == (0,)

    assert b"connection received" in before
    assert journal.read_bytes() == before


# -- pg_dump ---------------------------------------------------------------------------------------


def test_a_database_is_dumped_whatever_the_environment_says(
    decoy: tuple[Server, Path], cluster_cache: Path
) -> None:
    _, journal = decoy
    before = journal.read_bytes()

    with throwaway.start(cache=cluster_cache) as ours, ours.database() as made:
        assert ours.psql(made.owner, script="CREATE TABLE größe (id int);".encode()) == 0
        text = ours.dump(made.owner, "--schema-only")

    assert 'CREATE TABLE public."größe"' in text
    assert journal.read_bytes() == before


def test_a_dump_that_fails_is_no_empty_dump(server: Server, database: Database) -> None:
    nowhere = Parameters({**database.owner.values, "dbname": "nowhere"})

    with pytest.raises(CouldNotLook, match="pg_dump ended with 1"):
        server.dump(nowhere, "--schema-only")


def test_a_dump_that_is_not_to_be_had_is_told(server: Server, database: Database) -> None:
    without = replace(server, bin_dir=server.run_dir, cage=())

    with pytest.raises(CouldNotLook, match="pg_dump cannot be run: No such file or directory"):
        without.dump(database.owner, "--schema-only")


def test_threads_that_ended_hold_no_connections(server: Server, database: Database) -> None:
    ours = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'releasegate'"

    def make() -> None:
        with server.database():
            pass

    for _ in range(4):
        with ThreadPoolExecutor(max_workers=1) as pool:
            pool.submit(make).result()
    with connect(database.admin, application_name="test") as admin:
        (held,) = admin.execute(ours).fetchone() or (0,)

    # That of this thread, and of the thread that ended last.
    assert held <= 2


# -- what may run ----------------------------------------------------------------------------------


@pytest.fixture
def owner(database: Database) -> Iterator[Connection]:
    with connect(database.owner, application_name="test") as connection:
        yield connection


def test_migrations_run_as_a_role_without_powers(owner: Connection) -> None:
    query = (
        "SELECT rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls "
        "FROM pg_roles WHERE rolname = current_user"
    )

    assert owner.execute(query).fetchone() == (False,) * 5


@pytest.mark.parametrize(
    "statement",
    [
        "COPY (SELECT 1) TO PROGRAM 'touch /tmp/never'",
        "COPY (SELECT 1) TO '/tmp/never'",
        "CREATE TEMP TABLE t (line text); COPY t FROM '/etc/passwd'",
        "SELECT pg_read_file('/etc/passwd')",
        "SELECT pg_ls_dir('/')",
        "SELECT lo_import('/etc/passwd')",
        "ALTER SYSTEM SET archive_command = 'id'",
        "CREATE ROLE other SUPERUSER",
        "SET ROLE releasegate_superuser",
        "SELECT pg_switch_wal()",
        "SELECT pg_create_physical_replication_slot('other')",
        "CREATE SUBSCRIPTION other CONNECTION 'host=/tmp' PUBLICATION p WITH (connect = false)",
        "CREATE FOREIGN DATA WRAPPER other",
        "CREATE TABLESPACE other LOCATION '/tmp'",
        "CREATE FUNCTION f() RETURNS int LANGUAGE internal AS 'int4pl'",
        "CREATE FUNCTION f() RETURNS int LANGUAGE c AS '/tmp/lib.so'",
        "SET session_replication_role = replica",
    ],
)
def test_that_role_reaches_nothing_outside_its_database(owner: Connection, statement: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        owner.execute(statement.encode())


def test_in_a_cage_not_even_the_superuser_reaches_a_network_or_our_files(
    server: Server, database: Database
) -> None:
    if not server.is_caged:
        pytest.skip("bubblewrap is not installed, or namespaces are not allowed here")
    look = "import os, socket; print([n for _, n in socket.if_nameindex()], os.listdir('/'))"

    with connect(database.admin, application_name="test") as admin:
        admin.execute("CREATE TABLE seen (line text)")
        command = f'/usr/bin/python3 -I -c "{look}"'
        admin.execute(f"COPY seen FROM PROGRAM $${command}$$".encode())
        ((line,),) = admin.execute("SELECT line FROM seen").fetchall()

    assert line.startswith("['lo'] ")
    for folder in ("home", "root", "etc", "var", "proc"):
        assert f"'{folder}'" not in line


def test_in_a_cage_psql_and_pg_dump_can_write_nothing(server: Server, database: Database) -> None:
    if not server.is_caged:
        pytest.skip("bubblewrap is not installed, or namespaces are not allowed here")
    mark, copy = server.run_dir / "written", server.run_dir / "copied"
    command = ("-c", f"\\! touch {mark}")

    caged = server.psql(database.owner, *command, script=b"SELECT 1")
    with pytest.raises(CouldNotLook, match="pg_dump ended with 1"):
        server.dump(database.owner, f"--file={copy}")
    are_written = mark.exists() or copy.exists()
    replace(server, cage=()).psql(database.owner, *command, script=b"SELECT 1")
    replace(server, cage=()).dump(database.owner, f"--file={copy}")

    assert (caged, are_written) == (0, False)
    assert mark.exists()
    assert copy.exists()
    mark.unlink()
    copy.unlink()


HOSTILE = {
    "plain": "\\! touch {mark}\n",
    "behind-sql": "SELECT 1 \\! touch {mark}\n",
    "set": "\\set x `touch {mark}`\n",
    "pipe": "SELECT 1 \\g |touch {mark}\n",
    "output": "\\o |touch {mark}\nSELECT 1;\n",
    "copy": "\\copy (SELECT 1) to program 'touch {mark}'\n",
    "unrestrict": "\\unrestrict x\n\\! touch {mark}\n",
    "strings": (
        "SET standard_conforming_strings = off;\n"
        "SELECT 'a\\'; \\! touch {mark}\n--';\n\\! touch {mark}\n"
    ),
    "encoding": (
        "SET client_encoding = 'SJIS';\nSELECT '\x83\\';\n\\! touch {mark}\n--';\n"
        "SELECT 1 \\! touch {mark}\n"
    ),
    "failed-copy": "COPY absent FROM stdin;\n\\! touch {mark}\n\\.\n",
}


@pytest.mark.parametrize("script", HOSTILE.values(), ids=HOSTILE)
def test_psql_runs_no_program_that_a_script_names(
    server: Server, database: Database, script: str
) -> None:
    mark = server.run_dir / "mark"

    code = server.psql(database.owner, script=script.format(mark=mark).encode("latin-1"))

    assert code != 0
    assert not mark.exists()


def test_psql_reads_no_start_file(
    server: Server, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark = server.run_dir / "mark"
    (tmp_path / ".psqlrc").write_text(f"\\! touch {mark}\n")
    tmp_path.chmod(0o755)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PSQLRC", str(tmp_path / ".psqlrc"))

    assert server.psql(database.owner, script=b"SELECT 1;") == 0

    assert not mark.exists()


def test_psql_stops_at_the_first_error_and_leaves_no_script(
    server: Server, database: Database, owner: Connection
) -> None:
    code = server.psql(database.owner, script=b"CREATE TABLE a (); SELECT 1/0; CREATE TABLE b ();")

    tables = owner.execute("SELECT to_regclass('a'), to_regclass('b')").fetchone()
    assert (code, tables) == (3, ("a", None))
    assert not list(server.run_dir.glob("*.sql"))


def test_a_database_is_gone_after_its_block(server: Server) -> None:
    with server.database() as made:
        busy = psycopg.connect(made.owner.dsn())
    with busy, pytest.raises(CouldNotLook):
        connect(made.owner, application_name="test")


# -- a borrowed server -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def lender(cluster_cache: Path) -> Iterator[Server]:
    with throwaway.start(cache=cluster_cache) as server:
        yield server


@pytest.fixture
def lent(lender: Server) -> Iterator[Database]:
    with lender.database() as made:
        yield made


@contextmanager
def role(lent: Database, rights: str) -> Iterator[Parameters]:
    """Make a role on the lender's server that may log in."""
    name = "scratch"
    with connect(lent.admin, application_name="test") as admin:
        admin.execute(f"CREATE ROLE {name} LOGIN {rights}".encode())
        try:
            yield Parameters({**lent.owner.values, "user": name})
        finally:
            admin.execute(f"DROP ROLE {name}".encode())


def names(lent: Database) -> tuple[set[str], set[str]]:
    """Tell which databases and roles of ours the lender's server has."""
    with connect(lent.admin, application_name="test") as admin:
        databases = admin.execute("SELECT datname FROM pg_database WHERE datname ~ '^releasegate_'")
        roles = admin.execute(
            "SELECT rolname FROM pg_roles WHERE rolname ~ '^releasegate_[0-9a-f]{12}$'"
        )
        return {name for (name,) in databases} - {lent.name}, {name for (name,) in roles}


def test_on_a_superusers_server_migrations_get_a_role_of_their_own(lent: Database) -> None:
    with throwaway.borrow(lent.admin) as server, server.database() as made:
        with connect(made.owner, application_name="test") as owner:
            said = owner.execute(
                "SELECT current_database(), current_user, rolsuper FROM pg_roles "
                "WHERE rolname = current_user"
            ).fetchone()
        assert said == (made.name, made.name, False)
        assert names(lent) == ({made.name}, {made.name})

    assert names(lent) == (set(), set())


def test_a_role_that_may_create_databases_is_enough(lent: Database) -> None:
    with role(lent, "CREATEDB") as scratch:
        with throwaway.borrow(scratch) as server, server.database() as made:
            assert server.kind == "borrowed"
            assert made.owner.values["user"] == "scratch"
            assert server.psql(made.owner, script=b"CREATE TABLE a (id int);") == 0

        assert names(lent) == (set(), set())


def test_a_role_that_may_not_create_databases_is_refused(lent: Database) -> None:
    with (
        role(lent, "NOCREATEDB") as scratch,
        pytest.raises(CouldNotLook, match="may not create databases"),
        throwaway.borrow(scratch),
    ):
        pass


def test_what_a_killed_run_left_is_swept_and_what_lives_is_not(lent: Database) -> None:
    with (
        connect(lent.admin, application_name="test") as admin,
        throwaway.borrow(lent.admin) as alive,
        alive.database() as in_use,
    ):
        for name in ("releasegate_0123456789ab", "releasegate_mine"):
            admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        admin.execute("CREATE ROLE releasegate_0123456789ab")

        with throwaway.borrow(lent.admin):
            databases, roles = names(lent)

        admin.execute("DROP DATABASE releasegate_mine")
    assert databases == {in_use.name, "releasegate_mine"}
    assert roles == {in_use.name}


def test_a_server_that_does_not_answer_cannot_be_borrowed(tmp_path: Path) -> None:
    nowhere = given_parameters(f"host={tmp_path} dbname=a")

    with pytest.raises(CouldNotLook), throwaway.borrow(nowhere):
        pass


def test_the_embedded_programs_are_there() -> None:
    assert {"postgres", "initdb", "psql"} <= {path.name for path in embedded_bin().iterdir()}


def test_a_service_is_no_place_to_borrow_from() -> None:
    with pytest.raises(UsageError, match="service"), throwaway.borrow(Parameters({"service": "x"})):
        pass


def test_a_scratch_server_that_cannot_be_reached_is_named() -> None:
    nobody = Parameters({"host": "127.0.0.1", "port": "1", "user": "x", "dbname": "x"})

    named = pytest.raises(CouldNotLook, match=r"--scratch-url.*Nothing answered: check host")
    with named, throwaway.borrow(nobody):
        pass
