"""The app's statements, played as the app while the schema changes under them."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from examples.papers import store
from releasegate import database as sessions
from releasegate.errors import CouldNotLook
from releasegate.model import Relation
from releasegate.specimens.bindings import bindings
from releasegate.specimens.columns import columns
from releasegate.specimens.demands import demands
from releasegate.specimens.player import newly_failing, not_decided, opened
from releasegate.specimens.rows import contents, fill
from releasegate.statements.binds import normalise
from releasegate.statements.parser import parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from releasegate.database import Connection
    from releasegate.specimens.player import Failure, Player
    from releasegate.throwaway import Database, Server

ROOT = Path(__file__).parents[2]
V0 = (ROOT / "db/schema/v0.sql").read_text()
HARDENING = (ROOT / "db/migrations/001_init_v1.sql").read_text()
ALL = tuple(
    Relation("public", name) for name in ("papers", "plans", "runs", "run_events", "storyboards")
)


@dataclass(frozen=True)
class Query:
    path: str
    line: int
    sql: str


STORE = tuple(
    Query("store.py", line, normalise(text).sql)
    for line, (name, text) in enumerate(sorted(vars(store).items()), start=1)
    if name.isupper() and isinstance(text, str)
)


def asked(*texts: str) -> tuple[Query, ...]:
    return tuple(Query("app.py", line, text) for line, text in enumerate(texts, start=1))


def opened_as_owner(where: Database) -> Connection:
    return sessions.connect(where.owner, application_name="test")


@dataclass
class Stage:
    """A filled database, its owner and a server for another one."""

    where: Database
    owner: Connection
    server: Server

    @contextmanager
    def player(
        self, queries: tuple[Query, ...], *, schema: str = V0, change: str = ""
    ) -> Iterator[Player]:
        """Fill a schema for a change that is still to come, and open the app on it."""
        self.run(schema)
        with self.server.database() as made, opened_as_owner(made) as after:
            after.execute((schema + change).encode())
            wanted = demands(self.owner, after)
        fill(self.owner, list(columns(self.owner)), demands=wanted)
        with opened(self.where, queries, demands=wanted) as player:
            yield player

    def run(self, text: str) -> None:
        self.owner.execute(text.encode())


@pytest.fixture
def stage(database: Database, server: Server) -> Iterator[Stage]:
    with opened_as_owner(database) as owner:
        yield Stage(database, owner, server)


def told(failures: tuple[Failure, ...]) -> set[tuple[int, str, str]]:
    return {(one.line, one.session, one.sqlstate) for one in failures}


def both(line: int, sqlstate: str) -> set[tuple[int, str, str]]:
    return {(line, "kept", sqlstate), (line, "fresh", sqlstate)}


def test_every_statement_of_the_papers_app_works_at_the_baseline(stage: Stage) -> None:
    assert len(STORE) == 13
    with stage.player(STORE, change=HARDENING) as player:
        failures = player.play()

        assert failures == ()
        assert player.evidence(failures) == {
            "statements": 13,
            "passed_over": 0,
            "executed": 13,
            "prepared_only": 0,
            "not_prepared": 0,
            "not_decided": 0,
        }


def test_none_of_them_newly_fails_after_the_migration(stage: Stage) -> None:
    with stage.player(STORE, change=HARDENING) as player:
        baseline = player.play()
        stage.run(HARDENING)
        now = player.play()

    assert now == baseline == ()


def test_playing_leaves_the_rows_and_the_privileges_as_they_are(stage: Stage) -> None:
    with stage.player(STORE, change=HARDENING) as player:
        held = contents(stage.owner, ALL)
        player.play()

        assert contents(stage.owner, ALL) == held
        query = b"SELECT count(*) FROM pg_class WHERE relacl IS NOT NULL AND relnamespace = 2200"
        assert stage.owner.execute(query).fetchone() == (0,)


def test_no_event_trigger_of_the_baseline_ever_meets_an_administrator(stage: Stage) -> None:
    stage.owner.execute(b"CREATE TABLE seen (is_super text)")
    stage.owner.execute(
        b"CREATE FUNCTION watch() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN "
        b"INSERT INTO public.seen VALUES (current_setting('is_superuser')); END $$"
    )
    with sessions.connect(stage.where.admin, application_name="test") as admin:
        for number, event in enumerate((b"ddl_command_start", b"ddl_command_end", b"sql_drop")):
            name = b"t%d" % number
            admin.execute(b"CREATE EVENT TRIGGER %s ON %s EXECUTE FUNCTION watch()" % (name, event))

    with stage.player(STORE) as player:
        player.play()

    query = b"SELECT count(*) FROM seen WHERE is_super = 'on'"
    assert stage.owner.execute(query).fetchone() == (0,)


def test_the_app_cannot_become_the_administrator(stage: Stage) -> None:
    administrator = stage.where.admin.values["user"]
    queries = asked(
        f"SELECT set_config('role', '{administrator}', false)",
        "SELECT pg_read_file('PG_VERSION')",
    )

    with stage.player(queries) as player:
        baseline = player.play()

    assert told(baseline) == both(1, "42501") | both(2, "42501")


def test_a_dropped_column_is_missed_by_both_connections(stage: Stage) -> None:
    queries = asked("SELECT title FROM papers WHERE id = $1", "SELECT id FROM papers")

    with stage.player(queries) as player:
        baseline = player.play()
        stage.run("ALTER TABLE papers DROP COLUMN title")
        now = player.play()

    assert told(newly_failing(baseline, now)) == both(1, "42703")
    assert {one.phase for one in now if one.session == "fresh"} == {"prepare"}


@pytest.mark.parametrize(
    "text",
    ["SELECT * FROM papers", "UPDATE papers SET title = $1 WHERE id = $2 RETURNING *"],
    ids=["select", "returning"],
)
def test_a_new_column_breaks_a_star_on_the_old_connection_alone(stage: Stage, text: str) -> None:
    with stage.player(asked(text)) as player:
        baseline = player.play()
        stage.run("ALTER TABLE papers ADD COLUMN extra int")
        now = player.play()

    assert baseline == ()
    assert told(newly_failing(baseline, now)) == {(1, "kept", "0A000")}


def test_an_insert_that_leaves_out_a_column_that_must_be_there_newly_fails(stage: Stage) -> None:
    change = "ALTER TABLE papers ADD COLUMN kind text NOT NULL DEFAULT 'a';"
    change += "ALTER TABLE papers ALTER COLUMN kind DROP DEFAULT;"
    queries = asked("INSERT INTO papers (id, title) SELECT md5($1)::uuid, $2")

    with stage.player(queries, change=change) as player:
        baseline = player.play()
        stage.run(change)
        now = player.play()

    assert told(newly_failing(baseline, now)) == both(1, "23502")


def test_an_insert_with_a_parent_of_its_own_making_newly_fails(stage: Stage) -> None:
    queries = asked(
        "INSERT INTO plans (id, paper_id) VALUES ($1, gen_random_uuid())",
        "INSERT INTO plans (id, paper_id) VALUES ($1, $2)",
        "DELETE FROM papers WHERE id = $1",
    )

    with stage.player(queries, change=HARDENING) as player:
        baseline = player.play()
        stage.run(HARDENING)
        now = player.play()

    assert baseline == ()
    assert told(newly_failing(baseline, now)) == both(1, "23503") | both(3, "23503")


def test_a_refusal_of_values_that_nothing_is_known_of_is_not_decided(stage: Stage) -> None:
    text = "INSERT INTO plans (id, paper_id) SELECT gen_random_uuid(), md5($1)::uuid"

    with stage.player(asked(text), change=HARDENING) as player:
        baseline = player.play()
        stage.run(HARDENING)
        now = player.play()

        assert newly_failing(baseline, now) == ()
        assert told(not_decided(baseline, now)) == both(1, "23503")
        assert player.evidence(baseline, [now])["not_decided"] == 2


def test_what_failed_at_the_baseline_does_not_newly_fail(stage: Stage) -> None:
    queries = asked(
        "SELECT absent FROM papers",
        "SELECT 1 / (SELECT count(*) - 3 FROM papers)",
        "LOCK TABLE papers",
        "SELECT 1; SELECT 2",
        "SELECT id FROM papers LIMIT $1",
    )

    with stage.player(queries) as player:
        baseline = player.play()
        stage.run("ALTER TABLE papers RENAME TO documents")
        now = player.play()

        assert told(baseline) == both(1, "42703") | both(2, "22012")
        assert told(newly_failing(baseline, now)) == both(5, "42P01")
        counted = player.evidence(baseline)
        assert (counted["not_prepared"], counted["prepared_only"]) == (1, 1)
        assert (counted["passed_over"], counted["executed"]) == (2, 1)


KEYED = """
CREATE TYPE state AS ENUM ('on', 'off');
CREATE TABLE account (id serial PRIMARY KEY, mail text UNIQUE NOT NULL CHECK (mail LIKE '%@%'),
                      state state NOT NULL, tags text[], age int);
CREATE TABLE profile (account_id int PRIMARY KEY REFERENCES account, bio text NOT NULL);
CREATE TABLE entry (account_id int NOT NULL REFERENCES account, seq int, body jsonb,
                    PRIMARY KEY (account_id, seq));
"""
KEYED_QUERIES = asked(
    "INSERT INTO account (mail, state, tags) VALUES ($1, $2, $3), ($4, $5, $6) RETURNING id",
    "INSERT INTO profile VALUES ($1, $2)",
    "INSERT INTO entry (account_id, seq, body) VALUES ($1, $2, $3) "
    "ON CONFLICT (account_id, seq) DO UPDATE SET body = $4",
    "UPDATE account SET mail = $1, age = coalesce($2, age) WHERE id = ANY($3) AND state = $4",
    "SELECT a.mail FROM account a JOIN entry e ON e.account_id = a.id "
    "WHERE a.mail IN ($1, $2) AND e.seq BETWEEN $3 AND $4 LIMIT $5 OFFSET $6",
    "MERGE INTO profile p USING account a ON a.id = p.account_id AND a.id = $1 "
    "WHEN MATCHED THEN UPDATE SET bio = $2",
    "DELETE FROM entry WHERE account_id = $1 AND seq = $2",
)


def test_values_fit_keys_checks_and_types(stage: Stage) -> None:
    with stage.player(KEYED_QUERIES, schema=KEYED) as player:
        assert told(player.play()) == set()


def test_values_fit_the_unique_key_to_come(stage: Stage) -> None:
    change = "ALTER TABLE papers ADD UNIQUE (title)"

    with stage.player(STORE, change=change) as player:
        baseline = player.play()
        stage.run(change)
        now = player.play()

    assert now == baseline == ()


def test_parameters_are_led_to_the_columns_they_meet(stage: Stage) -> None:
    stage.run(V0)
    text = (
        "WITH done AS (UPDATE runs SET status = $1, env_hash = lower($2) WHERE id = $3::uuid "
        "RETURNING id) SELECT e.seq FROM run_events e, done WHERE $4 <= e.seq "
        "AND e.type IN ($5, $6) AND length(e.type) > $7 LIMIT $8"
    )

    found = bindings(parse(text)[0], columns(stage.owner))

    places = {
        number: (str(place.relation), place.column, place.is_written, place.is_direct)
        for number, place in found.places.items()
    }
    assert places == {
        1: ("public.runs", "status", True, True),
        2: ("public.runs", "env_hash", True, False),
        3: ("public.runs", "id", False, True),
        4: ("public.run_events", "seq", False, True),
        5: ("public.run_events", "type", False, True),
        6: ("public.run_events", "type", False, True),
    }
    assert (found.counts, found.written) == ({8}, {"status", "env_hash"})


def test_without_an_administrator_the_owner_plays(stage: Stage) -> None:
    stage.where = replace(stage.where, admin=stage.where.owner)

    with stage.player(asked("SELECT current_user::text = $1", "TABLE papers")) as player:
        baseline = player.play()
        stage.run("DROP TABLE papers")
        now = player.play()

    assert baseline == ()
    assert told(newly_failing(baseline, now)) == both(2, "42P01")


def test_names_that_need_quotes_are_quoted(stage: Stage) -> None:
    schema = """
        CREATE SCHEMA "s %s";
        CREATE TABLE "s %s"."t""1" ("a %" int PRIMARY KEY, "$1" text CHECK ("$1" LIKE '%s'));
    """
    queries = asked('INSERT INTO "s %s"."t""1" ("a %", "$1") VALUES ($1, $2)')

    with stage.player(queries, schema=schema) as player:
        failures = player.play()

        assert failures == ()
        assert player.evidence(failures)["executed"] == 1


def test_a_statement_that_runs_for_ever_is_stopped_and_proves_nothing(stage: Stage) -> None:
    text = "SELECT CASE WHEN (SELECT count(*) FROM storyboards) > 0 THEN 1 ELSE (SELECT 1 FROM "
    text += "pg_sleep(60)) END"

    with stage.player(asked(text)) as player:
        baseline = player.play()
        stage.run("TRUNCATE storyboards")
        now = player.play()

    assert baseline == ()
    assert newly_failing(baseline, now) == ()
    assert told(not_decided(baseline, now)) == both(1, "57014")


def test_a_statement_that_ends_its_connection_is_no_answer(stage: Stage) -> None:
    queries = asked("SELECT pg_terminate_backend(pg_backend_pid())")

    with stage.player(queries) as player, pytest.raises(CouldNotLook, match=r"app\.py:1"):
        player.play()
