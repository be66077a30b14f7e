"""What a migration file may not hold, each at its line and column; and what it may."""

from __future__ import annotations

import pytest

from releasegate.model import Level
from releasegate.statements.parser import parse
from releasegate.statements.refusals import body, refusals

PROCEDURAL = "CREATE FUNCTION a() RETURNS void LANGUAGE plpgsql"


def refused(text: str, *, extensions: tuple[str, ...] = ()) -> list[tuple[str, int, int]]:
    """Give (code, line, column) of each finding."""
    return [
        (finding.code, finding.line or 0, finding.column or 0)
        for finding in refusals(parse(text), extensions=extensions)
    ]


def framed(statement: str) -> str:
    """Put a statement into the third line of a file that is otherwise in order."""
    return f"BEGIN;\n-- é\n  {statement};\nCOMMIT;\n"


@pytest.mark.parametrize("text", ["", "-- nothing", ";;", "BEGIN; COMMIT;", "COMMIT"])
def test_a_file_without_a_statement_is_refused(text: str) -> None:
    assert [code for code, _, _ in refused(text)] == ["RG314"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ALTER TABLE a ADD b int;\nCOMMIT;", [("RG304", 2, 1)]),
        ("BEGIN;\n  ALTER TABLE a ADD b int;", [("RG305", 2, 3)]),
        ("\nALTER TABLE a ADD b int;", []),
        ("BEGIN;\nSELECT 1;\nROLLBACK;", [("RG304", 3, 1), ("RG305", 3, 1)]),
        ("BEGIN;\nSELECT 1;\nCOMMIT;\nCREATE INDEX CONCURRENTLY i ON a (b);", []),
        ("BEGIN;\nCOMMIT;\nBEGIN;\nSELECT 1;\nCOMMIT;", [("RG304", 3, 1), ("RG304", 5, 1)]),
        ("BEGIN;\nSAVEPOINT s;\nSELECT 1;\nCOMMIT;", [("RG304", 2, 1)]),
        ("BEGIN;\nPREPARE TRANSACTION 'x';\nSELECT 1;\nCOMMIT;", [("RG304", 2, 1)]),
        ("BEGIN;\nSELECT 1;\nCOMMIT AND CHAIN;", [("RG304", 3, 1), ("RG305", 3, 1)]),
        (
            "BEGIN ISOLATION LEVEL SERIALIZABLE;\nSELECT 1;\nCOMMIT;",
            [("RG304", 1, 1), ("RG304", 3, 1)],
        ),
    ],
    ids=[
        "no-begin",
        "no-commit",
        "neither",
        "rollback",
        "more-behind",
        "two-transactions",
        "savepoint",
        "prepared",
        "chain",
        "options",
    ],
)
def test_a_file_has_one_plain_transaction_or_none(
    text: str, expected: list[tuple[str, int, int]]
) -> None:
    assert refused(text) == expected


@pytest.mark.parametrize("begin", ["BEGIN", "begin work", "START TRANSACTION", "BEGIN TRANSACTION"])
@pytest.mark.parametrize("commit", ["COMMIT", "END", "commit work"])
def test_the_frame_may_be_spelt_in_every_way(begin: str, commit: str) -> None:
    assert refused(f"{begin}; ALTER TABLE a ADD b int; {commit};") == []


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE INDEX CONCURRENTLY a ON b (c)",
        "DROP INDEX CONCURRENTLY a",
        "REINDEX INDEX CONCURRENTLY a",
        "REINDEX (CONCURRENTLY) TABLE a",
        "ALTER TABLE a DETACH PARTITION b CONCURRENTLY",
        "VACUUM a",
        "VACUUM (FULL)",
        "REINDEX DATABASE a",
        "REINDEX SCHEMA a",
        "REINDEX SYSTEM a",
    ],
)
def test_what_cannot_run_in_a_transaction_is_refused(statement: str) -> None:
    assert refused(framed(statement)) == [("RG306", 3, 3)]


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER SYSTEM SET fsync = off",
        "ALTER DATABASE a RENAME TO b",
        "ALTER DATABASE a OWNER TO b",
        "ALTER DATABASE a SET TABLESPACE b",
        "ALTER ROLE a RENAME TO b",
        "COMMENT ON DATABASE a IS 'b'",
        "COMMENT ON ROLE a IS 'b'",
        "SECURITY LABEL ON ROLE a IS 'b'",
        "GRANT ALL ON DATABASE a TO b",
        "GRANT CREATE ON TABLESPACE a TO b",
        "GRANT SET ON PARAMETER log_min_messages TO b",
        "GRANT USAGE ON FOREIGN SERVER a TO b",
        "GRANT USAGE ON LANGUAGE plpgsql TO a",
        "DROP SERVER a",
        "DROP FOREIGN DATA WRAPPER a",
        "DROP FOREIGN TABLE a",
        "ALTER FOREIGN TABLE a ADD b int",
        "ALTER SERVER a OWNER TO b",
        "DROP EVENT TRIGGER a",
        "DROP LANGUAGE plpgsql",
        "CREATE ACCESS METHOD a TYPE INDEX HANDLER b",
        "CREATE RULE a AS ON INSERT TO b DO ALSO NOTIFY c",
        "SELECT * FROM pg_hba_file_rules",
        "DO $$ BEGIN CREATE ROLE a; END $$",
        "DO $$ BEGIN IF true THEN COPY a TO PROGRAM 'id'; END IF; END $$",
        f"{PROCEDURAL} AS $$ BEGIN ALTER SYSTEM SET a = 1; END $$",
        "CREATE FUNCTION a() RETURNS void LANGUAGE sql AS $$ DROP ROLE b; SELECT 1 $$",
        "LOAD 'auto_explain'",
        "CREATE DATABASE a",
        "DROP DATABASE a",
        "ALTER DATABASE a CONNECTION LIMIT 1",
        "ALTER DATABASE a SET search_path = evil",
        "ALTER DATABASE a REFRESH COLLATION VERSION",
        "CREATE ROLE a SUPERUSER",
        "CREATE USER a",
        "ALTER ROLE a PASSWORD 'b'",
        "ALTER ROLE CURRENT_USER SET search_path = evil",
        "DROP ROLE a",
        "GRANT a TO b",
        "REVOKE a FROM b",
        "DROP OWNED BY a",
        "REASSIGN OWNED BY a TO b",
        "CREATE TABLESPACE a LOCATION '/tmp'",
        "DROP TABLESPACE a",
        "ALTER TABLESPACE a SET (seq_page_cost = 1)",
        "CREATE FOREIGN DATA WRAPPER a",
        "CREATE SERVER a FOREIGN DATA WRAPPER b",
        "ALTER SERVER a VERSION '1'",
        "CREATE USER MAPPING FOR a SERVER b",
        "DROP USER MAPPING FOR a SERVER b",
        "CREATE FOREIGN TABLE a (b int) SERVER c",
        "IMPORT FOREIGN SCHEMA a FROM SERVER b INTO c",
        "CREATE SUBSCRIPTION a CONNECTION 'host=b' PUBLICATION c",
        "ALTER SUBSCRIPTION a DISABLE",
        "DROP SUBSCRIPTION a",
        "CREATE EVENT TRIGGER a ON ddl_command_end EXECUTE FUNCTION b()",
        "ALTER EVENT TRIGGER a DISABLE",
        "CREATE LANGUAGE plpython3u",
        "CHECKPOINT",
        "NOTIFY a",
        "LISTEN a",
        "UNLISTEN a",
        "COPY a TO PROGRAM 'id'",
        "COPY a FROM '/etc/passwd'",
        "COPY a TO STDOUT",
        "CREATE EXTENSION dblink",
        "ALTER EXTENSION dblink UPDATE",
        "DO LANGUAGE plpython3u $$ import os $$",
        "CREATE FUNCTION a() RETURNS int LANGUAGE plperlu AS $$ 1 $$",
        "CREATE FUNCTION a() RETURNS int LANGUAGE c AS 'lib', 'f'",
    ],
)
def test_what_reaches_outside_the_database_is_refused(statement: str) -> None:
    assert refused(framed(statement)) == [("RG307", 3, 3)]


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT pg_read_file('/etc/passwd')",
        """SELECT "pg_read_file"('/etc/passwd')""",
        """SELECT U&"pg\\005fread_file"('/etc/passwd')""",
        r"DO E'BEGIN PERFORM pg\137read_file(''a''); END'",
        "SELECT pg_ls_logdir()",
        "SELECT pg_current_logfile()",
        "SELECT pg_file_unlink('a')",
        "SELECT pg_logical_emit_message(true, 'a', 'b')",
        "SELECT pg_logical_slot_get_changes('a', NULL, NULL)",
        "SELECT pg_copy_logical_replication_slot('a', 'b')",
        "SELECT pg_replication_origin_create('a')",
        "SELECT pg_backup_start('a')",
        "SELECT pg_create_restore_point('a')",
        "SELECT pg_wal_replay_pause()",
        "SELECT pg_log_backend_memory_contexts(1)",
        "SELECT pg_stat_reset()",
        "SELECT pg_import_system_collations('a')",
        "SELECT binary_upgrade_set_missing_value('a', 'b', 'c')",
        "SELECT * FROM dblink('a', 'b') AS c (d int)",
        "SELECT postgres_fdw_disconnect_all()",
        "SELECT query_to_xml('DROP TABLE a', true, true, '')",
        "SELECT database_to_xml(true, true, '')",
        "SELECT ts_stat('DELETE FROM a RETURNING b')",
        "SELECT pg_advisory_lock(1)",
        "SELECT pg_try_advisory_lock_shared(1)",
        "SELECT pg_export_snapshot()",
        "DO $$ BEGIN PERFORM pg_notify('a', 'b'); END $$",
        "CREATE TRIGGER a BEFORE INSERT ON b FOR EACH ROW EXECUTE FUNCTION pg_reload_conf()",
        "CREATE AGGREGATE a (text) (SFUNC = pg_read_file, STYPE = text)",
        "CREATE OPERATOR ## (LEFTARG = text, FUNCTION = pg_read_file)",
        "CREATE CAST (text AS bytea) WITH FUNCTION pg_read_binary_file(text)",
        "SELECT pg_catalog.pg_terminate_backend(1)",
        "SELECT PG_ADVISORY_UNLOCK_ALL()",
        "UPDATE a SET b = lo_import('/etc/passwd')",
        "SELECT set_config('search_path', 'evil', false)",
        "CREATE VIEW a AS SELECT pg_ls_dir('/')",
        "ALTER TABLE a ADD b text DEFAULT pg_read_file('/etc/passwd')",
        "DO $$ BEGIN PERFORM pg_advisory_unlock_all(); END $$",
        'DO $$ BEGIN PERFORM "pg_advisory_unlock_all"(); END $$',
        "CREATE FUNCTION a() RETURNS text LANGUAGE sql AS $$ SELECT Pg_Read_File('x') $$",
        "CREATE FUNCTION a() RETURNS text LANGUAGE sql BEGIN ATOMIC SELECT pg_read_file('x'); END",
        "SELECT dblink_exec('host=b', 'DROP TABLE c')",
    ],
)
def test_a_function_that_reaches_outside_is_refused_wherever_it_is_called(statement: str) -> None:
    assert refused(framed(statement)) == [("RG307", 3, 3)]


@pytest.mark.parametrize(
    "statement",
    [
        "DISCARD ALL",
        "CREATE TABLE a AS EXECUTE b(1)",
        "EXPLAIN ANALYZE EXECUTE b(1)",
        "SET LOCAL releasegate.objects = '{}'",
        "SET LOCAL quote_all_identifiers = on",
        "SET LOCAL DateStyle = German",
        "SET LOCAL plan_cache_mode = auto",
        "SET LOCAL transaction_isolation = serializable",
        "SET LOCAL tcp_user_timeout = 0",
        "SET TRANSACTION SNAPSHOT 'a'",
        "DO $$ BEGIN SET ROLE a; END $$",
        "DO $$ BEGIN RESET ALL; END $$",
        "DO $$ BEGIN DELETE FROM pg_catalog.pg_class; END $$",
        "CREATE FUNCTION pg_catalog.sha256(bytea) RETURNS bytea LANGUAGE sql AS 'SELECT $1'",
        "CREATE FUNCTION pg_temp.a() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE TABLE pg_catalog.a (b int)",
        "CREATE VIEW information_schema.a AS SELECT 1",
        "CREATE TYPE pg_catalog.a AS ENUM ('b')",
        "CREATE OPERATOR pg_catalog.## (LEFTARG = text, FUNCTION = a)",
        "PREPARE a AS SELECT 1",
        "EXECUTE a",
        "DEALLOCATE a",
        "DECLARE a CURSOR FOR SELECT 1",
        "FETCH a",
        "CLOSE a",
        "SET search_path = evil",
        "SET statement_timeout = 0",
        "SET work_mem = '1GB'",
        "SET ROLE a",
        "SET SESSION AUTHORIZATION a",
        "SET TRANSACTION READ ONLY",
        "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
        "RESET ALL",
        "RESET work_mem",
        "SET TIME ZONE 'UTC'",
        "SET LOCAL search_path = evil",
        "SET LOCAL lock_timeout = 0",
        "SET LOCAL ROLE a",
        "SET LOCAL session_replication_role = replica",
        "SET LOCAL Standard_Conforming_Strings = off",
    ],
)
def test_what_changes_the_session_is_refused(statement: str) -> None:
    assert refused(framed(statement)) == [("RG308", 3, 3)]


def test_an_extension_that_policy_allows_may_be_created() -> None:
    text = framed("CREATE EXTENSION IF NOT EXISTS pgcrypto")

    assert refused(text, extensions=("pgcrypto",)) == []
    assert refused(text, extensions=("postgis",)) == [("RG307", 3, 3)]


@pytest.mark.parametrize(
    ("name", "is_refused"),
    [
        ("a" * 63, False),
        ("a" * 64, True),
        ('"' + "é" * 31 + '"', False),
        ('"' + "é" * 32 + '"', True),
        ('"' + "a" * 62 + '"""', False),
        ('"' + "a" * 63 + '"""', True),
    ],
    ids=["63", "64", "62-bytes", "64-bytes", "63-with-quote", "64-with-quote"],
)
def test_a_name_is_counted_in_bytes_as_the_server_does(name: str, is_refused: bool) -> None:
    found = refused(framed(f"CREATE TABLE {name} (a int)"))

    assert found == ([("RG316", 3, 16)] if is_refused else [])


def test_a_place_counts_characters_not_bytes() -> None:
    assert refused("BEGIN; SELECT 'éé🐘'; NOTIFY a; COMMIT;") == [("RG307", 1, 22)]


def test_every_fault_is_told_in_the_order_of_the_file() -> None:
    text = "BEGIN;\nNOTIFY a;\nSET x.y = 1;\nVACUUM b;\nCOMMIT;"

    assert refused(text) == [("RG307", 2, 1), ("RG308", 3, 1), ("RG306", 4, 1)]


@pytest.mark.parametrize("word", ["COMMIT", "ROLLBACK"])
def test_a_block_may_not_end_the_transaction(word: str) -> None:
    assert refused(framed(f"DO $$ BEGIN UPDATE a SET b = 1; {word}; END $$")) == [("RG304", 3, 3)]


@pytest.mark.parametrize(
    "statement",
    [
        "DO $$ BEGIN EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', 'a'); END $$",
        f"{PROCEDURAL} AS $$ BEGIN EXECUTE 'SEL' || 'ECT 1'; END $$",
    ],
)
def test_a_text_that_is_made_when_a_body_runs_is_warned_of(statement: str) -> None:
    (found,) = refusals(parse(statement))

    assert (found.code, found.level) == ("RG320", Level.WARNING)


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE a (b uuid PRIMARY KEY, c text NOT NULL DEFAULT 'COPY a TO PROGRAM')",
        (
            "ALTER TABLE a ADD COLUMN IF NOT EXISTS b uuid, ADD CONSTRAINT c FOREIGN KEY (b) "
            "REFERENCES d (id) ON DELETE CASCADE NOT VALID"
        ),
        "ALTER TABLE a VALIDATE CONSTRAINT c",
        "ALTER TABLE a ALTER b SET NOT NULL, ALTER c TYPE bigint USING c::bigint",
        "ALTER TABLE a ENABLE ROW LEVEL SECURITY",
        "CREATE POLICY a ON b USING (c = current_user)",
        "CREATE INDEX IF NOT EXISTS a ON b (c, lower(d)) WHERE e IS NULL",
        "DROP INDEX IF EXISTS a",
        "UPDATE a SET b = 1 WHERE b IS NULL",
        "INSERT INTO a SELECT * FROM b ON CONFLICT DO NOTHING",
        "DELETE FROM a USING b WHERE a.c = b.c",
        "CREATE OR REPLACE VIEW a AS SELECT * FROM b",
        "CREATE TYPE a AS ENUM ('b', 'c')",
        "CREATE FUNCTION a() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$",
        "CREATE FUNCTION a(b int) RETURNS int LANGUAGE SQL IMMUTABLE AS 'SELECT b'",
        "CREATE TRIGGER a BEFORE INSERT ON b FOR EACH ROW EXECUTE FUNCTION c()",
        f"{PROCEDURAL} AS $$ BEGIN PERFORM pg_notify('a', 'b'); END $$",
        f"{PROCEDURAL} AS $$ BEGIN PERFORM set_config('a.b', 'c', true); END $$",
        f"{PROCEDURAL} AS $$ BEGIN PERFORM pg_advisory_xact_lock(1); RETURN; END $$",
        f"{PROCEDURAL} AS $$ BEGIN a := 1; EXCEPTION WHEN others THEN NULL; END $$",
        "CREATE PROCEDURE a() LANGUAGE plpgsql AS $$ BEGIN COMMIT; END $$",
        "DO $$ DECLARE b int; BEGIN FOR b IN SELECT 1 LOOP CONTINUE; END LOOP; END $$",
        "DO $$ BEGIN IF 1 = 2 THEN RAISE EXCEPTION 'no'; END IF; END $$",
        "COMMENT ON TABLE a IS 'set_config is not called here; \\! neither'",
        "GRANT SELECT ON a TO PUBLIC",
        "ALTER TABLE a OWNER TO b",
        "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO a",
        "SET LOCAL work_mem = '64MB'",
        "SET CONSTRAINTS ALL DEFERRED",
        "LOCK TABLE a IN SHARE MODE",
        "CREATE SCHEMA IF NOT EXISTS a",
        "CREATE SEQUENCE a OWNED BY b.c",
        "REFRESH MATERIALIZED VIEW CONCURRENTLY a",
        "REINDEX TABLE a",
        "ANALYZE a",
        "CREATE STATISTICS a ON b, c FROM d",
        "CREATE TABLE pg_read_file (set_config int)",
        "ALTER TABLE a DETACH PARTITION b",
        "TRUNCATE a",
    ],
)
def test_an_ordinary_migration_is_not_refused(statement: str) -> None:
    assert refused(framed(statement)) == []


def test_the_body_is_what_stands_between_begin_and_commit() -> None:
    statements = parse("BEGIN; SELECT 1; SELECT 2; COMMIT;")

    assert [statement.text for statement in body(statements)] == ["SELECT 1", "SELECT 2"]
