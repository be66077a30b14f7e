"""What the lock table predicts, held against what each server at hand really takes."""

from __future__ import annotations

import hashlib
import re
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import psycopg
import pytest

from integration.stage import until
from releasegate import throwaway
from releasegate.model import Directives, Lock, Migration, Relation, Step
from releasegate.plan import ONLINE, make_plan
from releasegate.statements.locks import ACCESS_SHARE, MODES, locks, strongest
from releasegate.statements.parser import parse
from releasegate.throwaway.binaries import binaries

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from releasegate.database import Connection
    from releasegate.throwaway import Database, Server

SCHEMA = """
CREATE TABLE parent (id int PRIMARY KEY);
CREATE TABLE child (
  id int PRIMARY KEY,
  parent_id int,
  note text,
  CONSTRAINT child_note_check CHECK (note <> '')
);
CREATE INDEX child_note ON child (note);
CREATE STATISTICS child_statistics ON parent_id, note FROM child;
CREATE TABLE keyed (id int PRIMARY KEY, parent_id int CONSTRAINT keyed_fk REFERENCES parent);
CREATE TABLE loose (id int, parent_id int);
ALTER TABLE loose ADD CONSTRAINT loose_fk FOREIGN KEY (parent_id) REFERENCES parent NOT VALID;
ALTER TABLE loose ADD CONSTRAINT loose_check CHECK (id > 0) NOT VALID;
CREATE TABLE heir () INHERITS (child);
CREATE TABLE single (id int PRIMARY KEY, note text);
CREATE INDEX single_note ON single (note);
CREATE TABLE parts (id int, part int) PARTITION BY LIST (part);
CREATE TABLE part_1 PARTITION OF parts FOR VALUES IN (1);
CREATE TABLE lonely (id int, part int);
CREATE FUNCTION fire() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
CREATE TRIGGER single_fire BEFORE INSERT ON single FOR EACH ROW EXECUTE FUNCTION fire();
CREATE POLICY single_policy ON single USING (true);
CREATE RULE single_rule AS ON DELETE TO single DO ALSO NOTHING;
CREATE VIEW seen AS SELECT id FROM single;
CREATE MATERIALIZED VIEW kept AS SELECT id FROM single;
CREATE UNIQUE INDEX kept_id ON kept (id);
CREATE VIEW bare AS SELECT 1 AS a;
CREATE TABLE heir_to_be (LIKE child INCLUDING CONSTRAINTS);
CREATE SCHEMA other;
CREATE TABLE other.far (id int PRIMARY KEY);
"""

# Statements whose locks the text tells in full.
TOLD = [
    "ALTER TABLE single ADD COLUMN a int",
    "ALTER TABLE single ADD COLUMN a int DEFAULT 1 NOT NULL",
    "ALTER TABLE single ADD COLUMN a int REFERENCES parent",
    "ALTER TABLE single ADD COLUMN a int CONSTRAINT k REFERENCES other.far",
    "ALTER TABLE single DROP COLUMN note",
    "ALTER TABLE single ALTER note SET NOT NULL",
    "ALTER TABLE single ALTER note DROP NOT NULL",
    "ALTER TABLE single ALTER note SET DEFAULT 'a'",
    "ALTER TABLE single ALTER note TYPE varchar(9)",
    "ALTER TABLE single ALTER note SET STATISTICS 10",
    "ALTER TABLE single ALTER note SET (n_distinct = 5)",
    "ALTER TABLE single ALTER note RESET (n_distinct)",
    "ALTER TABLE single ALTER note SET STORAGE external",
    "ALTER TABLE single ALTER note SET COMPRESSION pglz",
    "ALTER TABLE single ALTER id ADD GENERATED ALWAYS AS IDENTITY",
    "ALTER TABLE single ADD CONSTRAINT k CHECK (id > 0)",
    "ALTER TABLE single ADD CONSTRAINT k CHECK (id > 0) NOT VALID",
    "ALTER TABLE single ADD CONSTRAINT k UNIQUE (note)",
    "ALTER TABLE single ADD CONSTRAINT k EXCLUDE USING btree (note WITH =)",
    "ALTER TABLE single ADD CONSTRAINT k FOREIGN KEY (id) REFERENCES parent NOT VALID",
    "ALTER TABLE single ADD CONSTRAINT k FOREIGN KEY (id) REFERENCES parent",
    "ALTER TABLE single ADD FOREIGN KEY (id) REFERENCES single",
    "ALTER TABLE single ADD a int, ADD FOREIGN KEY (a) REFERENCES other.far",
    "ALTER TABLE loose VALIDATE CONSTRAINT loose_check",
    "ALTER TABLE loose DROP CONSTRAINT loose_check",
    "ALTER TABLE single CLUSTER ON single_note",
    "ALTER TABLE single SET WITHOUT CLUSTER",
    "ALTER TABLE single REPLICA IDENTITY FULL",
    "ALTER TABLE single SET UNLOGGED",
    "ALTER TABLE single ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE single FORCE ROW LEVEL SECURITY",
    "ALTER TABLE single DISABLE TRIGGER single_fire",
    "ALTER TABLE single ENABLE TRIGGER single_fire",
    "ALTER TABLE single ENABLE ALWAYS TRIGGER single_fire",
    "ALTER TABLE single ENABLE REPLICA TRIGGER single_fire",
    "ALTER TABLE single DISABLE TRIGGER USER",
    "ALTER TABLE single ENABLE TRIGGER USER",
    "ALTER TABLE single DISABLE RULE single_rule",
    "ALTER TABLE single OWNER TO CURRENT_USER",
    "ALTER TABLE single SET SCHEMA other",
    "ALTER TABLE single RENAME TO renamed",
    "ALTER TABLE single RENAME note TO renamed",
    "ALTER TABLE child RENAME CONSTRAINT child_pkey TO renamed",
    "ALTER TRIGGER single_fire ON single RENAME TO renamed",
    "ALTER POLICY single_policy ON single RENAME TO renamed",
    "ALTER POLICY single_policy ON single USING (false)",
    "ALTER TABLE parts DETACH PARTITION part_1",
    "CREATE TABLE made (id int)",
    "CREATE TABLE made (id int REFERENCES parent, far int REFERENCES other.far)",
    "CREATE TABLE made () INHERITS (single)",
    "CREATE TABLE made PARTITION OF parts FOR VALUES IN (7)",
    "CREATE INDEX ON single (note)",
    "CREATE UNIQUE INDEX ON kept (id)",
    "CREATE TRIGGER t AFTER UPDATE ON single FOR EACH ROW EXECUTE FUNCTION fire()",
    "CREATE POLICY p ON single USING (true)",
    "CREATE RULE r AS ON UPDATE TO single DO ALSO NOTHING",
    "CREATE STATISTICS s ON id, note FROM single",
    "DROP TABLE lonely",
    "DROP TABLE lonely, other.far",
    "DROP TRIGGER single_fire ON single",
    "DROP POLICY single_policy ON single",
    "DROP MATERIALIZED VIEW kept",
    "DROP VIEW seen",
    "COMMENT ON TABLE single IS 'a'",
    "COMMENT ON COLUMN single.note IS 'a'",
    "COMMENT ON VIEW seen IS 'a'",
    "COMMENT ON COLUMN other.far.id IS 'a'",
    "INSERT INTO single VALUES (1, 'a')",
    "UPDATE single SET note = 'b'",
    "DELETE FROM lonely",
    "TRUNCATE single",
    "TRUNCATE single, lonely",
    *(f"LOCK TABLE single IN {mode} MODE" for mode in MODES),
    "LOCK TABLE single",
    "REINDEX TABLE single",
    "CLUSTER single USING single_note",
    "ANALYZE single",
    "CREATE TYPE mood AS ENUM ('a')",
    "ALTER VIEW seen SET (security_barrier)",
    "ALTER VIEW seen RENAME TO renamed",
    "ALTER MATERIALIZED VIEW kept RENAME TO renamed",
    "ALTER INDEX single_note RENAME TO renamed",
    "ALTER INDEX single_note SET (fillfactor = 70)",
    "ALTER TABLE keyed ALTER CONSTRAINT keyed_fk DEFERRABLE",
    "COMMENT ON MATERIALIZED VIEW kept IS 'a'",
    "ALTER TABLE single SET (fillfactor = 70)",
    "ALTER TABLE single SET (autovacuum_enabled = off)",
    "ALTER TABLE single RESET (fillfactor)",
    "ALTER TABLE parts ATTACH PARTITION lonely FOR VALUES IN (9)",
    "ALTER TABLE heir_to_be INHERIT child",
    "DROP RULE single_rule ON single",
    "CREATE PUBLICATION p FOR TABLE single",
    "CREATE OR REPLACE VIEW bare AS SELECT 1 AS a",
    "SELECT * FROM single FOR UPDATE",
    "WITH gone AS (DELETE FROM lonely RETURNING 1) SELECT * FROM gone",
    "COMMENT ON CONSTRAINT child_note_check ON child IS 'a'",
    "COMMENT ON TRIGGER single_fire ON single IS 'a'",
    "COMMENT ON POLICY single_policy ON single IS 'a'",
]

# Statements that take more than the text alone tells: what is missing, and the mode of it.
UNTOLD = {
    "DROP INDEX single_note": {"single": "ACCESS EXCLUSIVE"},
    "REINDEX INDEX single_note": {"single": "SHARE"},
    "ALTER TABLE keyed DROP CONSTRAINT keyed_fk": {"parent": "ACCESS EXCLUSIVE"},
    "ALTER TABLE keyed DROP COLUMN parent_id": {"parent": "ACCESS EXCLUSIVE"},
    "DROP TABLE keyed": {"parent": "ACCESS EXCLUSIVE"},
    "DROP TABLE parent CASCADE": {"keyed": "ACCESS EXCLUSIVE", "loose": "ACCESS EXCLUSIVE"},
    "DROP TABLE lonely, single CASCADE": {
        "kept": "ACCESS EXCLUSIVE",
        "seen": "ACCESS EXCLUSIVE",
    },
    "ALTER TABLE loose VALIDATE CONSTRAINT loose_fk": {"parent": "ROW SHARE"},
    "TRUNCATE parent, keyed, loose": {},
    "TRUNCATE parent CASCADE": {"keyed": "ACCESS EXCLUSIVE", "loose": "ACCESS EXCLUSIVE"},
    "INSERT INTO single SELECT id, '' FROM lonely": {"lonely": "ACCESS SHARE"},
    "INSERT INTO keyed VALUES (1, NULL)": {},
    "UPDATE lonely SET id = 1 FROM parent": {"parent": "ACCESS SHARE"},
    "DELETE FROM lonely USING parent": {"parent": "ACCESS SHARE"},
    "MERGE INTO lonely USING parent ON lonely.id = parent.id WHEN MATCHED THEN DELETE": {
        "parent": "ACCESS SHARE"
    },
    "REFRESH MATERIALIZED VIEW kept": {"single": "ACCESS SHARE"},
    "ALTER TABLE child ADD COLUMN a int": {"heir": "ACCESS EXCLUSIVE"},
    "ALTER TABLE child ALTER note TYPE varchar(9)": {"heir": "ACCESS EXCLUSIVE"},
    "DROP STATISTICS child_statistics": {"child": "SHARE UPDATE EXCLUSIVE"},
    "SELECT * FROM single": {"single": "ACCESS SHARE"},
    "CREATE VIEW made AS SELECT * FROM single": {"single": "ACCESS SHARE"},
    "CREATE TABLE made AS SELECT * FROM single": {"single": "ACCESS SHARE"},
    "ALTER TABLE parts ADD COLUMN a int": {"part_1": "ACCESS EXCLUSIVE"},
    "LOCK TABLE parts IN SHARE MODE": {"part_1": "SHARE"},
    "CREATE TABLE made (LIKE single)": {"single": "ACCESS SHARE"},
    "ALTER TABLE heir NO INHERIT child": {"child": "ACCESS SHARE"},
}


@pytest.fixture(
    scope="module", params=sorted(binaries(), reverse=True), ids=lambda major: f"pg{major}"
)
def each_server(request: pytest.FixtureRequest, cluster_cache: Path) -> Iterator[Server]:
    """Run a server of each major at hand."""
    with throwaway.start(major=request.param, cache=cluster_cache) as server:
        yield server


@pytest.fixture(scope="module")
def original(each_server: Server) -> Iterator[Database]:
    """Hold tables of every kind, for copies."""
    with each_server.database() as made:
        with psycopg.connect(made.owner.dsn(), autocommit=True) as opened:
            opened.execute(SCHEMA.encode())
        yield made


@pytest.fixture(scope="module")
def connection(each_server: Server, original: Database) -> Iterator[Connection]:
    """Be the owner's session on a copy, for statements that are rolled back."""
    with (
        each_server.database(copy_of=original) as made,
        psycopg.connect(made.owner.dsn(), autocommit=True) as opened,
    ):
        yield opened


def relations(connection: Connection) -> dict[int, Relation]:
    """Map what can be locked by LOCK TABLE, and materialized views, by their numbers."""
    rows = connection.execute(
        "SELECT c.oid::int, n.nspname::text, c.relname::text FROM pg_class c "
        "JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE c.relkind IN ('r', 'p', 'v', 'm') AND n.nspname IN ('public', 'other')"
    )
    return {number: Relation(schema, name) for number, schema, name in rows}


def spelt(internal: str) -> str:
    """Find the mode that pg_locks writes as ``AccessShareLock``."""
    return next(mode for mode in MODES if f"{mode.title().replace(' ', '')}Lock" == internal)


def taken(connection: Connection, statement: str) -> dict[str, str]:
    """Run a statement, tell the locks that it holds on what was there before, and roll back."""
    known = relations(connection)
    with connection.transaction(force_rollback=True):
        connection.execute(statement.encode())
        return held(connection, connection.info.backend_pid, known)


def held(connection: Connection, pid: int, known: dict[int, Relation]) -> dict[str, str]:
    """Tell what a session holds on what is known, each in the strongest mode."""
    query = (
        "SELECT relation::int, mode FROM pg_locks "
        "WHERE locktype = 'relation' AND pid = %s AND granted"
    )
    rows = connection.execute(query.encode(), (pid,)).fetchall()
    found = strongest(Lock(known[number], spelt(mode)) for number, mode in rows if number in known)
    return {str(lock.relation): lock.mode for lock in found}


def predicted(connection: Connection, statement: str) -> dict[str, str]:
    """Predict, and leave out what is no table: its statement takes that lock itself."""
    known = set(relations(connection).values())
    (parsed,) = parse(statement)
    return {str(k.relation): k.mode for k in locks(parsed) if k.relation in known}


@pytest.mark.parametrize("statement", TOLD)
def test_the_prediction_is_what_the_server_takes(connection: Connection, statement: str) -> None:
    expected = predicted(connection, statement)

    assert taken(connection, statement) == expected


@pytest.mark.parametrize("statement", UNTOLD)
def test_what_the_text_cannot_tell_is_known_to_be_missing(
    connection: Connection, statement: str
) -> None:
    missing = {f"public.{name}": mode for name, mode in UNTOLD[statement].items()}
    told = predicted(connection, statement)

    assert taken(connection, statement) == told | missing
    assert not told.keys() & missing.keys()


# -- what the planner renders ----------------------------------------------------------------------

# Each becomes steps of statements that no file has: NOT VALID, VALIDATE, CONCURRENTLY, USING INDEX,
# a check that proves NOT NULL, a swap with its rename.
FILES = {
    "columns": "ALTER TABLE single ADD a int, ADD b int DEFAULT 1 NOT NULL",
    "a column with its key": "ALTER TABLE single ADD a int REFERENCES other.far",
    "a column with a check": "ALTER TABLE single ADD a int CHECK (a > 0)",
    "a unique column": "ALTER TABLE single ADD a int UNIQUE",
    "a key": "ALTER TABLE single ADD CONSTRAINT k FOREIGN KEY (id) REFERENCES other.far",
    "a key to itself": "ALTER TABLE single ADD CONSTRAINT k FOREIGN KEY (id) REFERENCES single",
    "a check": "ALTER TABLE single ADD CONSTRAINT k CHECK (id > 0)",
    "a unique constraint": "ALTER TABLE single ADD CONSTRAINT k UNIQUE (note)",
    "a primary key": "ALTER TABLE loose ADD PRIMARY KEY (id)",
    "an index as a constraint": (
        "CREATE UNIQUE INDEX k ON loose (id); "
        "ALTER TABLE loose ADD CONSTRAINT named UNIQUE USING INDEX k"
    ),
    "not null": "ALTER TABLE single ALTER note SET NOT NULL",
    "a proof by hand": "ALTER TABLE loose VALIDATE CONSTRAINT loose_fk",
    "another proof by hand": "ALTER TABLE loose VALIDATE CONSTRAINT loose_check",
    "a swapped key": (
        "ALTER TABLE keyed DROP CONSTRAINT keyed_fk, ADD CONSTRAINT keyed_fk "
        "FOREIGN KEY (parent_id) REFERENCES parent ON DELETE CASCADE"
    ),
    "a swapped check": (
        "ALTER TABLE loose DROP CONSTRAINT loose_check, ADD CONSTRAINT loose_check CHECK (id > 1)"
    ),
    "a dropped key": "ALTER TABLE keyed DROP CONSTRAINT keyed_fk",
    "a dropped key's column": "ALTER TABLE keyed DROP COLUMN parent_id",
    "an index": "CREATE INDEX i ON single (note)",
    "a unique index": "CREATE UNIQUE INDEX i ON single (note)",
    "a dropped index": "DROP INDEX single_note",
    "a rebuilt index": "REINDEX INDEX single_note",
    "a rebuilt table's indexes": "REINDEX TABLE single",
    "a new table": "CREATE TABLE made (id int PRIMARY KEY REFERENCES parent)",
    "a policy": "CREATE POLICY p ON single USING (true); ALTER POLICY p ON single USING (false)",
}
#: what no file says and only the planner writes, and since which major
RENDERED = {
    r"ADD CONSTRAINT \w+ FOREIGN KEY .* NOT VALID": 0,
    r"ADD CONSTRAINT \w+ CHECK .* NOT VALID": 0,
    r"ADD CONSTRAINT \w+ NOT NULL \w+ NOT VALID": 18,
    r"VALIDATE CONSTRAINT": 0,
    r"CREATE INDEX CONCURRENTLY": 0,
    r"CREATE UNIQUE INDEX CONCURRENTLY": 0,
    r"UNIQUE USING INDEX": 0,
    r"PRIMARY KEY USING INDEX": 0,
    r"DROP INDEX CONCURRENTLY": 0,
    r"REINDEX (INDEX|TABLE) CONCURRENTLY": 0,
    r"DROP CONSTRAINT.*\n.*RENAME CONSTRAINT": 0,
}


def test_the_files_above_make_the_planner_write_all_that_it_can(each_server: Server) -> None:
    major = each_server.major
    written = "\0".join("\n".join(s.sql) for text in FILES.values() for s in steps(text, major))

    for pattern, since in RENDERED.items():
        assert bool(re.search(pattern, written)) == (major >= since), pattern


@pytest.mark.parametrize("text", FILES.values(), ids=FILES)
def test_each_step_of_a_plan_takes_the_locks_that_were_planned(
    each_server: Server, original: Database, text: str
) -> None:
    with (
        each_server.database(copy_of=original) as made,
        psycopg.connect(made.owner.dsn(), autocommit=True) as own,
        psycopg.connect(made.admin.dsn(), autocommit=True) as admin,
    ):
        for step in steps(text, each_server.major):
            known = relations(admin)
            locks_ = {str(k.relation): k.mode for k in step.locks if k.relation in known.values()}
            got = step_locks(own, step, known) if step.transactional else lone(own, admin, step)

            assert stronger(got) == stronger(locks_), step.sql


def steps(text: str, major: int) -> tuple[Step, ...]:
    content = f"BEGIN;\n{text};\nCOMMIT;\n"
    digest = hashlib.sha256(content.encode()).hexdigest()
    migration = Migration("001_a.sql", 1, digest, content.encode(), Directives(), draft=False)
    before = parse(SCHEMA)
    plan = make_plan(migration, parse(content), major=major, strategy=ONLINE, baseline=before)
    return plan.steps


def stronger(found: dict[str, str]) -> dict[str, str]:
    """Leave out what no lock of a plan conflicts with but the strongest."""
    return {name: mode for name, mode in found.items() if mode != ACCESS_SHARE}


def step_locks(own: Connection, step: Step, known: dict[int, Relation]) -> dict[str, str]:
    with own.transaction():
        for statement in step.sql:
            own.execute(statement.encode())
        return held(own, own.info.backend_pid, known)


def lone(own: Connection, admin: Connection, step: Step) -> dict[str, str]:
    """Look at what runs in no transaction while it waits for a writer of its table."""
    (lock,) = step.locks
    (statement,) = step.sql
    pid, known = own.info.backend_pid, relations(admin)
    query = "SELECT FROM pg_locks WHERE pid = %s AND NOT granted AND locktype = 'virtualxid'"
    with written(admin, lock.relation):
        thread = threading.Thread(target=own.execute, args=(statement.encode(),))
        thread.start()
        with psycopg.connect(admin.info.dsn, autocommit=True) as looking:
            until(lambda: looking.execute(query.encode(), (pid,)).fetchall(), what="it waits")
            found = held(looking, pid, known)
    thread.join()
    return found


@contextmanager
def written(admin: Connection, table: Relation) -> Iterator[None]:
    """Hold the lock of a writer while the block runs."""
    with admin.transaction():
        admin.execute(f"LOCK TABLE {table} IN ROW EXCLUSIVE MODE".encode())
        yield
