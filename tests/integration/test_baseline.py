"""A dump as pg_dump writes it, loaded as it comes; and what is said where it cannot be."""

from __future__ import annotations

import os
import subprocess
import uuid
from contextlib import suppress
from typing import TYPE_CHECKING

import psycopg
import pytest

from releasegate import baseline, catalog, throwaway
from releasegate.baseline import BaselineError
from releasegate.throwaway.binaries import binaries, embedded_bin

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from releasegate.catalog import Snapshot
    from releasegate.database import Parameters
    from releasegate.throwaway import Database, Server

PRODUCTION = """
CREATE TYPE mood AS ENUM ('good', 'bad');
CREATE SCHEMA "Odd Schema";
CREATE TABLE papers (id uuid PRIMARY KEY, title text DEFAULT E'\\\\d', mood mood);
CREATE TABLE "Odd Schema"."Plans" (
  id bigint GENERATED ALWAYS AS IDENTITY,
  paper_id uuid CONSTRAINT plans_fk REFERENCES papers ON DELETE CASCADE
);
CREATE INDEX plans_paper_id ON "Odd Schema"."Plans" (paper_id);
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- \\restrict looks like a command here
  RETURN new;
END $$;
CREATE TRIGGER papers_touch BEFORE UPDATE ON papers FOR EACH ROW EXECUTE FUNCTION touch();
CREATE VIEW titles AS SELECT title FROM papers;
COMMENT ON TABLE papers IS 'with a ; and a \\restrict';
ALTER TABLE papers ENABLE ROW LEVEL SECURITY;
CREATE POLICY papers_own ON papers TO {app} USING (true);
GRANT SELECT, INSERT ON papers TO {app};
GRANT USAGE ON SCHEMA "Odd Schema" TO {app};
ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO {app};
INSERT INTO papers VALUES (gen_random_uuid(), 'confidential', 'good');
"""


def dump(where: Parameters, *options: str) -> str:
    values = where.values
    done = subprocess.run(
        [str(embedded_bin() / "pg_dump"), "-s", *options],
        env={
            "PATH": os.environ["PATH"],
            "PGHOST": values["host"],
            "PGUSER": values["user"],
            "PGDATABASE": values["dbname"],
        },
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def held(where: Parameters) -> Snapshot:
    with psycopg.connect(where.dsn(), autocommit=True) as connection:
        connection.execute("SET search_path = pg_catalog")
        return catalog.tables(connection)


@pytest.fixture(scope="module")
def production(server: Server) -> Iterator[tuple[str, Snapshot, set[str]]]:
    """Give the dump of a database with roles of its own, what it held, and the roles' names."""
    roles = {f"app_{uuid.uuid4().hex[:8]}", f"DBA {uuid.uuid4().hex[:8]}"}
    app, dba = sorted(roles, key=str.lower)
    with server.database() as made:
        with psycopg.connect(made.admin.dsn(), autocommit=True) as admin:
            for role in roles:
                admin.execute(f'CREATE ROLE "{role}"'.encode())
            admin.execute(f'GRANT CREATE ON DATABASE {made.name} TO "{dba}"'.encode())
            admin.execute(f'GRANT CREATE ON SCHEMA public TO "{dba}"'.encode())
            admin.execute(f'SET ROLE "{dba}"'.encode())
            admin.execute(PRODUCTION.format(app=app).encode())
            admin.execute("RESET ROLE")
            text, before = dump(made.admin), held(made.admin)
            admin.execute(f'DROP OWNED BY "{app}", "{dba}" CASCADE'.encode())
            for role in roles:
                admin.execute(f'DROP ROLE "{role}"'.encode())
        yield text, before, roles


def load(text: str, database: Database, server: Server) -> tuple[str, ...]:
    return baseline.load(text, into=database, server=server).remarks


@pytest.fixture(scope="module")
def other(cluster_cache: Path) -> Iterator[Server]:
    """Serve baselines on a server whose roles nobody else needs."""
    with throwaway.start(cache=cluster_cache) as running:
        yield running


def test_a_dump_gives_what_was_dumped(
    production: tuple[str, Snapshot, set[str]], other: Server
) -> None:
    text, before, roles = production
    assert "\\restrict" in text
    assert "OWNER TO" in text

    with other.database() as made:
        remarks = load(text, made, other)

        assert held(made.admin) == before
    assert len(before) > 10
    assert f"made the roles {', '.join(sorted(roles))}" in remarks


def test_a_dump_loads_a_second_time_on_the_same_server(
    production: tuple[str, Snapshot, set[str]], other: Server
) -> None:
    text, before, _ = production

    for _ in range(2):
        with other.database() as made:
            load(text, made, other)
            assert held(made.admin) == before


@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_a_dump_loads_whatever_its_line_ends(
    production: tuple[str, Snapshot, set[str]], other: Server, end: str
) -> None:
    text, before, _ = production

    with other.database() as made:
        load(text.replace("\n", end), made, other)

        assert set(held(made.admin)) == set(before)


def test_an_older_server_skips_a_newer_ones_settings_and_says_so(
    production: tuple[str, Snapshot, set[str]], cluster_cache: Path
) -> None:
    oldest = min(binaries())
    if oldest >= 17:
        pytest.skip("no server at hand is too old for a setting")
    text = f"SET newer_than_everything = 1;\n{production[0]}"

    with throwaway.start(major=oldest, cache=cluster_cache) as old, old.database() as made:
        remarks = load(text, made, old)

        assert {str(t) for t in held(made.admin)} >= {"table public.papers"}
    assert "line 1: left out SET newer_than_everything = 1: this version has no such setting" in (
        remarks
    )


def test_a_missing_extension_is_named_with_its_place(database: Database, server: Server) -> None:
    text = "CREATE TABLE a (id int);\n\nCREATE EXTENSION IF NOT EXISTS postgis;\n"

    with pytest.raises(BaselineError, match="lacks postgis") as caught:
        load(text, database, server)

    assert (caught.value.line, caught.value.column) == (3, 1)


@pytest.mark.parametrize(
    ("text", "place", "says"),
    [
        ("SELECT 1;\nCREATE TABLE a (id nothing);", (2, 20), "nothing"),
        ("CREATE TABLE é (id int);\nSELECT 'é', absent FROM é;", (2, 13), "absent"),
        ("SELECT 1;\nCREATE TABEL a ();", (2, 8), "TABEL"),
        ("CREATE TABLE a (id int); CREATE TABLE a (id int);", (1, 26), "exists"),
    ],
    ids=["type", "characters", "grammar", "twice"],
)
def test_the_first_failure_ends_it_at_its_place(
    database: Database, server: Server, text: str, place: tuple[int, int], says: str
) -> None:
    with pytest.raises(BaselineError, match=says) as caught:
        load(text, database, server)

    assert (caught.value.line, caught.value.column) == place


def test_what_an_ordinary_role_may_not_do_is_left_out_and_said(
    database: Database, server: Server
) -> None:
    text = """CREATE PUBLICATION everything FOR ALL TABLES;
    SET log_statement = 'all';
    CREATE TABLE a (id int)"""

    remarks = load(text, database, server)

    assert remarks == (
        "line 1: left out CREATE PUBLICATION everything FOR: an ordinary role may not do it",
        "line 2: left out SET log_statement = 'all': an ordinary role may not do it",
    )
    assert "table public.a" in {str(thing) for thing in held(database.admin)}


def test_an_empty_baseline_is_an_empty_database(database: Database, server: Server) -> None:
    assert load("", database, server) == ()
    assert held(database.admin) == {}


@pytest.mark.parametrize(
    "statement",
    [
        "COPY (SELECT 1) TO PROGRAM 'touch {mark}'",
        "DO $$ BEGIN EXECUTE 'COPY (SELECT 1) TO ''{mark}'''; END $$",
    ],
    ids=["program", "body"],
)
def test_a_hostile_baseline_reaches_no_file(
    database: Database, server: Server, statement: str
) -> None:
    mark = server.run_dir / "mark"

    with pytest.raises(BaselineError):
        load(statement.format(mark=mark), database, server)

    assert not mark.exists()


def test_the_restrict_lines_go_and_all_lines_keep_their_numbers() -> None:
    text = "--\n\\restrict abc123\n\nSELECT '\\restrict x';\n\\unrestrict abc123\n"

    assert baseline.readable(text) == "--\n\n\nSELECT '\\restrict x';\n\n"


ESCAPE = """
CREATE FUNCTION public.escape() RETURNS int LANGUAGE plpgsql {definer} AS $$
BEGIN COPY (SELECT 1) TO PROGRAM 'touch {mark}'; RETURN 1; END $$;
CREATE FUNCTION public.folded(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN RETURN public.escape(); END $$;
CREATE TABLE public.parts (a int) PARTITION BY LIST (a);
"""


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER FUNCTION public.escape() OWNER TO releasegate_superuser; SELECT public.escape()",
        "CREATE SCHEMA s CREATE TABLE t (a int) CREATE INDEX i ON t ((public.folded(1)))",
        "CREATE SCHEMA s CREATE TABLE t PARTITION OF public.parts FOR VALUES IN (public.escape())",
    ],
    ids=["owner", "index", "partition"],
)
def test_nothing_of_a_baseline_runs_with_an_administrators_rights(
    database: Database, server: Server, statement: str
) -> None:
    mark = server.run_dir / "mark"
    definer = "SECURITY DEFINER" if "OWNER" in statement else ""
    text = ESCAPE.format(mark=mark, definer=definer) + statement

    with suppress(BaselineError):
        load(text, database, server)

    is_there = mark.exists()
    mark.unlink(missing_ok=True)
    assert not is_there


def test_a_baseline_may_have_schemas_of_its_own(database: Database, server: Server) -> None:
    load("CREATE SCHEMA app; CREATE TABLE app.x (id int);", database, server)

    assert "table app.x" in {str(thing) for thing in held(database.admin)}


def test_on_a_borrowed_server_no_role_is_made(
    production: tuple[str, Snapshot, set[str]], other: Server
) -> None:
    text, _, roles = production
    with (
        other.database() as lent,
        throwaway.borrow(lent.admin) as borrowed,
        borrowed.database() as made,
        psycopg.connect(made.admin.dsn(), autocommit=True) as admin,
    ):
        for role in roles:
            admin.execute(f'DROP ROLE IF EXISTS "{role}"'.encode())

        remarks = load(text, made, borrowed)

        left = admin.execute("SELECT FROM pg_roles WHERE rolname = ANY(%s)", (list(roles),))
        assert left.fetchall() == []
        assert any("it names a role that this server lacks" in said for said in remarks)
        assert "table public.papers" in {str(thing) for thing in held(made.admin)}


def test_what_belongs_to_a_superuser_of_that_name_loads_too(
    database: Database, server: Server
) -> None:
    text = (
        "CREATE TABLE a (id int); ALTER TABLE a OWNER TO releasegate_superuser; "
        "ALTER TABLE a ADD PRIMARY KEY (id);"
    )

    load(text, database, server)

    assert "constraint public.a.a_pkey" in {str(thing) for thing in held(database.admin)}


def test_a_role_that_only_another_version_predefines_is_passed_over(
    database: Database, server: Server
) -> None:
    text = "CREATE TABLE a (id int);\nGRANT SELECT ON a TO pg_role_of_tomorrow;\n"

    remarks = load(text, database, server)

    assert len(remarks) == 1
    assert "left out GRANT SELECT" in remarks[0]


def test_an_event_trigger_is_there_for_the_migration_with_an_ordinary_roles_rights(
    database: Database, server: Server
) -> None:
    text = """
    CREATE TABLE seen (who text, is_super text);
    CREATE FUNCTION watch() RETURNS event_trigger LANGUAGE plpgsql AS $$
    BEGIN INSERT INTO public.seen VALUES (current_user, current_setting('is_superuser')); END $$;
    CREATE EVENT TRIGGER watching ON ddl_command_end WHEN TAG IN ('CREATE TABLE')
      EXECUTE FUNCTION public.watch();
    CREATE TABLE before_it (id int);
    """
    load(text, database, server)

    with psycopg.connect(database.owner.dsn(), autocommit=True) as owner:
        owner.execute("CREATE TABLE after_it (id int)")

        seen = owner.execute("SELECT * FROM seen").fetchall()

    assert seen == [(database.owner.values["user"], "off")]


def test_a_login_trigger_never_meets_an_administrator(database: Database, server: Server) -> None:
    text = """
    CREATE FUNCTION watch() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN END $$;
    CREATE EVENT TRIGGER watching ON login EXECUTE FUNCTION public.watch();
    """
    remarks = load(text, database, server)

    with psycopg.connect(database.admin.dsn(), autocommit=True) as admin:
        made = admin.execute("SELECT count(*) FROM pg_event_trigger").fetchone()

    assert made == (0,)
    assert any("left out CREATE EVENT TRIGGER" in remark for remark in remarks)
