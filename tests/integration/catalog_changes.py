"""A schema with one of everything, and what can be changed in it: one statement a property."""

from __future__ import annotations

from dataclasses import dataclass

READER, WRITER = "catalog_reader", "catalog_writer"
OWNER = "releasegate_owner"

#: as the owner
SCHEMA = """
CREATE SCHEMA app;
CREATE SEQUENCE app.ticket;
CREATE TYPE app.mood AS ENUM ('sad', 'glad');
CREATE DOMAIN app.positive AS int CONSTRAINT above CHECK (VALUE > 0);
CREATE TYPE app.pair AS (a int, b text);
CREATE TYPE app.span AS RANGE (SUBTYPE = int4);
CREATE COLLATION app.plain (PROVIDER = libc, LOCALE = 'C');
CREATE FUNCTION app.twice(i int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT i * 2';
CREATE FUNCTION app.to_mood(i int) RETURNS app.mood LANGUAGE sql AS 'SELECT ''sad''::app.mood';
CREATE PROCEDURE app.tidy() LANGUAGE sql AS 'SELECT 1';
CREATE AGGREGATE app.total(int) (SFUNC = int4pl, STYPE = int, INITCOND = '0');
CREATE OPERATOR app.=== (LEFTARG = int, RIGHTARG = int, FUNCTION = int4eq);
CREATE FUNCTION app.fire() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
CREATE FUNCTION app.watch() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN NULL; END';
CREATE TABLE app.papers (
  id int PRIMARY KEY, title text NOT NULL DEFAULT 'a', note text, mood app.mood, size app.positive,
  CONSTRAINT papers_title_check CHECK (title <> '')
);
CREATE TABLE app.plans (
  id int GENERATED ALWAYS AS IDENTITY, paper_id int, n int DEFAULT nextval('app.ticket'), z int
);
ALTER TABLE app.plans
  ADD CONSTRAINT plans_fk FOREIGN KEY (paper_id) REFERENCES app.papers NOT VALID;
CREATE UNIQUE INDEX papers_title_key ON app.papers (title);
CREATE INDEX papers_lower ON app.papers (lower(title));
CREATE TABLE app.parts (id int, part int) PARTITION BY LIST (part);
CREATE TABLE app.part_1 PARTITION OF app.parts FOR VALUES IN (1);
CREATE TABLE app.lonely (id int, part int);
CREATE TABLE app.lonely_parent (id int);
CREATE VIEW app.seen AS SELECT id, title FROM app.papers;
CREATE MATERIALIZED VIEW app.kept AS SELECT id FROM app.papers;
CREATE POLICY own ON app.papers FOR SELECT USING (id > 0);
CREATE TRIGGER papers_fire BEFORE INSERT ON app.papers FOR EACH ROW EXECUTE FUNCTION app.fire();
CREATE RULE plans_rule AS ON DELETE TO app.plans DO ALSO NOTHING;
CREATE STATISTICS app.papers_both ON title, note FROM app.papers;
COMMENT ON TABLE app.papers IS 'what is read';
"""
#: as the superuser
SUPERUSERS_PART = """
CREATE EVENT TRIGGER watching ON ddl_command_end EXECUTE FUNCTION app.watch();
CREATE PUBLICATION published FOR TABLE app.papers;
CREATE FOREIGN DATA WRAPPER wrapper;
CREATE SERVER far FOREIGN DATA WRAPPER wrapper OPTIONS (host 'a');
CREATE FOREIGN TABLE app.remote (id int) SERVER far OPTIONS (name 'a');
CREATE TEXT SEARCH CONFIGURATION app.words (COPY = pg_catalog.simple);
"""


@dataclass(frozen=True)
class Change:
    """A statement and the object in the snapshot that it must show at."""

    statement: str
    shows_at: str
    role: str = OWNER
    since: int = 15
    #: False where pg_dump -s writes nothing of it
    is_dumped: bool = True


def as_superuser(statement: str, shows_at: str) -> Change:
    return Change(statement, shows_at, role="releasegate_superuser")


TABLES = (
    Change("CREATE TABLE app.new (id int)", "table app.new"),
    Change("DROP TABLE app.lonely", "table app.lonely"),
    Change("ALTER TABLE app.lonely RENAME TO lonesome", "table app.lonesome"),
    Change("ALTER TABLE app.lonely SET SCHEMA public", "table public.lonely"),
    Change("ALTER TABLE app.lonely SET UNLOGGED", "table app.lonely"),
    Change("ALTER TABLE app.papers ENABLE ROW LEVEL SECURITY", "table app.papers"),
    Change("ALTER TABLE app.papers FORCE ROW LEVEL SECURITY", "table app.papers"),
    Change("ALTER TABLE app.papers SET (fillfactor = 50)", "table settings app.papers"),
    Change(
        "ALTER TABLE app.papers SET (toast.autovacuum_enabled = false)", "table settings app.papers"
    ),
    Change("ALTER TABLE app.papers REPLICA IDENTITY FULL", "table settings app.papers"),
    Change(
        "ALTER TABLE app.papers REPLICA IDENTITY USING INDEX papers_title_key",
        "index settings app.papers_title_key",
    ),
    Change("ALTER TABLE app.papers CLUSTER ON papers_pkey", "index settings app.papers_pkey"),
    Change("ALTER TABLE app.lonely INHERIT app.lonely_parent", "table settings app.lonely"),
    Change(
        "ALTER TABLE app.parts ATTACH PARTITION app.lonely FOR VALUES IN (2)",
        "table settings app.lonely",
    ),
    Change("ALTER TABLE app.parts DETACH PARTITION app.part_1", "table settings app.part_1"),
    Change("CREATE TABLE app.more (a int) PARTITION BY HASH (a)", "table settings app.more"),
    Change("ALTER TABLE app.lonely SET TABLESPACE catalog_space", "table settings app.lonely"),
    Change(
        "ALTER INDEX app.papers_lower SET TABLESPACE catalog_space",
        "index settings app.papers_lower",
    ),
    as_superuser(
        "CREATE ACCESS METHOD pile TYPE TABLE HANDLER heap_tableam_handler;"
        "CREATE TABLE app.piled (id int) USING pile",
        "table settings app.piled",
    ),
    as_superuser("ALTER TABLE app.papers OWNER TO catalog_writer", "table owner app.papers"),
    Change("GRANT SELECT ON app.papers TO catalog_reader", "table privileges app.papers"),
    Change(
        "GRANT UPDATE ON app.papers TO catalog_reader WITH GRANT OPTION",
        "table privileges app.papers",
    ),
    Change("REVOKE DELETE ON app.papers FROM releasegate_owner", "table privileges app.papers"),
    Change("COMMENT ON TABLE app.papers IS 'other'", "table comment app.papers"),
    Change("COMMENT ON TABLE app.papers IS NULL", "table comment app.papers"),
)

COLUMNS = (
    Change("ALTER TABLE app.papers ADD b int", "column app.papers.b"),
    Change("ALTER TABLE app.papers DROP note", "column app.papers.note"),
    Change("ALTER TABLE app.plans ALTER z TYPE bigint", "column app.plans.z"),
    Change("ALTER TABLE app.plans ALTER z SET NOT NULL", "column app.plans.z"),
    Change("ALTER TABLE app.papers ALTER title DROP NOT NULL", "column app.papers.title"),
    Change("ALTER TABLE app.papers ALTER title SET DEFAULT 'b'", "column app.papers.title"),
    Change("ALTER TABLE app.plans ALTER id SET GENERATED BY DEFAULT", "column app.plans.id"),
    Change("ALTER TABLE app.plans ALTER id SET CACHE 5", "sequence app.plans_id_seq"),
    Change(
        "ALTER TABLE app.plans ADD g int GENERATED ALWAYS AS (z * 2) STORED", "column app.plans.g"
    ),
    Change(
        "ALTER TABLE app.plans ADD g int GENERATED ALWAYS AS (z * 2)",
        "column app.plans.g",
        since=18,
    ),
    Change('ALTER TABLE app.lonely ADD t text COLLATE "C"', "column app.lonely.t"),
    Change(
        "ALTER TABLE app.papers ALTER note SET STORAGE external", "column settings app.papers.note"
    ),
    Change(
        "ALTER TABLE app.papers ALTER note SET COMPRESSION pglz", "column settings app.papers.note"
    ),
    Change("ALTER TABLE app.papers ALTER note SET STATISTICS 7", "column settings app.papers.note"),
    Change(
        "ALTER TABLE app.papers ALTER note SET (n_distinct = 5)", "column settings app.papers.note"
    ),
    Change(
        "ALTER INDEX app.papers_lower ALTER 1 SET STATISTICS 9", "index settings app.papers_lower"
    ),
    Change(
        "ALTER TABLE app.plans ADD y int, DROP z; ALTER TABLE app.plans ADD z int",
        "column order app.plans",
    ),
    Change(
        "GRANT SELECT (title) ON app.papers TO catalog_reader", "column privileges app.papers.title"
    ),
    Change("COMMENT ON COLUMN app.papers.title IS 'a'", "column comment app.papers.title"),
)

CONSTRAINTS = (
    Change("ALTER TABLE app.papers ADD CONSTRAINT c CHECK (id > 0)", "constraint app.papers.c"),
    Change(
        "ALTER TABLE app.papers DROP CONSTRAINT papers_title_check",
        "constraint app.papers.papers_title_check",
    ),
    Change("ALTER TABLE app.plans VALIDATE CONSTRAINT plans_fk", "constraint app.plans.plans_fk"),
    Change(
        "ALTER TABLE app.plans ALTER CONSTRAINT plans_fk DEFERRABLE",
        "constraint app.plans.plans_fk",
    ),
    Change(
        "ALTER TABLE app.plans ALTER CONSTRAINT plans_fk NOT ENFORCED",
        "constraint app.plans.plans_fk",
        since=18,
    ),
    Change(
        "ALTER TABLE app.plans ADD CONSTRAINT z_there NOT NULL z NOT VALID",
        "constraint app.plans.z_there",
        since=18,
    ),
    Change(
        "ALTER TABLE app.papers ADD CONSTRAINT title_key UNIQUE USING INDEX papers_title_key",
        "constraint app.papers.title_key",
    ),
    Change(
        "COMMENT ON CONSTRAINT plans_fk ON app.plans IS 'a'",
        "constraint comment app.plans.plans_fk",
    ),
    Change(
        "ALTER TABLE app.lonely ADD UNIQUE NULLS NOT DISTINCT (id)",
        "constraint app.lonely.lonely_id_key",
    ),
    Change(
        "ALTER TABLE app.lonely ADD EXCLUDE USING btree (id WITH =)",
        "constraint app.lonely.lonely_id_excl",
    ),
    Change(
        "ALTER TABLE app.plans DISABLE TRIGGER ALL",
        "constraint settings app.plans.plans_fk",
        role="releasegate_superuser",
        is_dumped=False,
    ),
)

INDEXES = (
    Change("CREATE INDEX i ON app.plans (z)", "index app.i"),
    Change("DROP INDEX app.papers_lower", "index app.papers_lower"),
    Change("ALTER INDEX app.papers_lower SET (fillfactor = 50)", "index app.papers_lower"),
    Change("CREATE INDEX i ON app.plans (z) WHERE z > 0", "index app.i"),
    Change("CREATE INDEX i ON app.plans USING hash (z)", "index app.i"),
    Change("COMMENT ON INDEX app.papers_lower IS 'a'", "index comment app.papers_lower"),
)

OTHER_RELATIONS = (
    Change("ALTER SEQUENCE app.ticket INCREMENT 2", "sequence app.ticket"),
    Change("ALTER SEQUENCE app.ticket OWNED BY app.plans.n", "sequence app.ticket"),
    Change(
        "GRANT USAGE ON SEQUENCE app.ticket TO catalog_reader", "sequence privileges app.ticket"
    ),
    Change(
        "CREATE OR REPLACE VIEW app.seen AS SELECT id, 'a' AS title FROM app.papers",
        "view app.seen",
    ),
    Change("ALTER VIEW app.seen SET (security_invoker = true)", "view settings app.seen"),
    Change("ALTER VIEW app.seen ALTER id SET DEFAULT 3", "column app.seen.id"),
    Change("GRANT SELECT ON app.seen TO catalog_reader", "view privileges app.seen"),
    Change(
        "DROP MATERIALIZED VIEW app.kept; CREATE MATERIALIZED VIEW app.kept AS SELECT 1 AS id",
        "materialized view app.kept",
    ),
    Change(
        "REFRESH MATERIALIZED VIEW app.kept WITH NO DATA",
        "materialized view settings app.kept",
        is_dumped=False,
    ),
    Change("ALTER POLICY own ON app.papers USING (id > 1)", "policy app.papers.own"),
    Change("ALTER POLICY own ON app.papers TO catalog_reader", "policy app.papers.own"),
    Change("CREATE POLICY p ON app.papers AS RESTRICTIVE USING (true)", "policy app.papers.p"),
    Change("COMMENT ON POLICY own ON app.papers IS 'a'", "policy comment app.papers.own"),
    Change("ALTER TABLE app.papers DISABLE TRIGGER papers_fire", "trigger app.papers.papers_fire"),
    Change("DROP TRIGGER papers_fire ON app.papers", "trigger app.papers.papers_fire"),
    Change("ALTER TABLE app.plans DISABLE RULE plans_rule", "rule app.plans.plans_rule"),
    Change("CREATE RULE r AS ON UPDATE TO app.plans DO INSTEAD NOTHING", "rule app.plans.r"),
    Change("ALTER STATISTICS app.papers_both SET STATISTICS 5", "statistics app.papers_both"),
    Change("CREATE STATISTICS app.s (mcv) ON id, n FROM app.plans", "statistics app.s"),
    as_superuser(
        "ALTER FOREIGN TABLE app.remote OPTIONS (SET name 'b')", "foreign table app.remote"
    ),
    as_superuser(
        "ALTER FOREIGN TABLE app.remote ALTER id OPTIONS (ADD name 'b')",
        "column settings app.remote.id",
    ),
)

ROUTINES_AND_TYPES = (
    Change(
        "CREATE OR REPLACE FUNCTION app.twice(i int) RETURNS int LANGUAGE sql AS 'SELECT i * 3'",
        "function app.twice(integer)",
    ),
    Change("ALTER FUNCTION app.twice SECURITY DEFINER", "function app.twice(integer)"),
    Change("ALTER FUNCTION app.twice SET search_path = ''", "function app.twice(integer)"),
    Change(
        "REVOKE EXECUTE ON FUNCTION app.twice FROM PUBLIC", "function privileges app.twice(integer)"
    ),
    as_superuser(
        "ALTER FUNCTION app.twice OWNER TO catalog_writer", "function owner app.twice(integer)"
    ),
    Change("COMMENT ON FUNCTION app.twice IS 'a'", "function comment app.twice(integer)"),
    Change(
        "CREATE OR REPLACE PROCEDURE app.tidy() LANGUAGE sql AS 'SELECT 2'", "procedure app.tidy()"
    ),
    Change(
        "CREATE OR REPLACE AGGREGATE app.total(int) (SFUNC = int4pl, STYPE = int, INITCOND = '1')",
        "aggregate app.total(integer)",
    ),
    Change("ALTER TYPE app.mood ADD VALUE 'calm' BEFORE 'glad'", "type app.mood"),
    Change("ALTER TYPE app.mood RENAME VALUE 'sad' TO 'blue'", "type app.mood"),
    Change("REVOKE USAGE ON TYPE app.mood FROM PUBLIC", "type privileges app.mood"),
    Change("COMMENT ON TYPE app.mood IS 'a'", "type comment app.mood"),
    Change("ALTER TYPE app.pair ADD ATTRIBUTE c int", "column app.pair.c"),
    Change("CREATE TYPE app.other AS RANGE (SUBTYPE = date)", "type app.other"),
    Change("ALTER DOMAIN app.positive SET NOT NULL", "domain app.positive"),
    Change("ALTER DOMAIN app.positive SET DEFAULT 4", "domain app.positive"),
    Change(
        "ALTER DOMAIN app.positive ADD CONSTRAINT below CHECK (VALUE < 9) NOT VALID",
        "domain constraint app.positive.below",
    ),
    Change(
        "COMMENT ON CONSTRAINT above ON DOMAIN app.positive IS 'a'",
        "domain constraint comment app.positive.above",
    ),
    Change(
        "CREATE CAST (int AS app.mood) WITH FUNCTION app.to_mood(int)", "cast integer AS app.mood"
    ),
    Change("DROP OPERATOR app.=== (int, int)", "operator app.===(integer,integer)"),
    Change(
        "ALTER OPERATOR app.=== (int, int) SET (RESTRICT = eqsel)",
        "operator app.===(integer,integer)",
    ),
    Change("CREATE COLLATION app.c (PROVIDER = libc, LOCALE = 'POSIX')", "collation app.c"),
)

DATABASE_WIDE = (
    Change("ALTER DATABASE copy SET work_mem = '8MB'", "database current", is_dumped=False),
    Change(
        "REVOKE CONNECT ON DATABASE copy FROM PUBLIC",
        "database privileges current",
        is_dumped=False,
    ),
    Change("CREATE SCHEMA other", "schema other"),
    Change("GRANT USAGE ON SCHEMA app TO catalog_reader", "schema privileges app"),
    as_superuser("ALTER SCHEMA app OWNER TO catalog_writer", "schema owner app"),
    Change("COMMENT ON SCHEMA app IS 'a'", "schema comment app"),
    Change(
        "ALTER DEFAULT PRIVILEGES IN SCHEMA app GRANT SELECT ON TABLES TO catalog_reader",
        "default privileges app.r of the database's owner",
    ),
    Change(
        "ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC",
        "default privileges f of the database's owner",
    ),
    as_superuser("CREATE EXTENSION IF NOT EXISTS ltree SCHEMA app", "extension ltree"),
    Change(
        "ALTER TEXT SEARCH CONFIGURATION app.words ALTER MAPPING FOR word WITH english_stem",
        "text search configuration app.words",
        role="releasegate_superuser",
    ),
    as_superuser(
        "CREATE TEXT SEARCH DICTIONARY app.d (TEMPLATE = pg_catalog.simple, accept = false)",
        "text search dictionary app.d",
    ),
    as_superuser(
        "CREATE OPERATOR CLASS app.ops FOR TYPE int USING hash AS OPERATOR 1 app.===(int, int)",
        "operator class app.ops USING hash",
    ),
    Change(
        "ALTER FUNCTION app.twice(int) DEPENDS ON EXTENSION plpgsql",
        "dependency function app.twice(integer) ON plpgsql",
    ),
    as_superuser("ALTER EVENT TRIGGER watching DISABLE", "event trigger watching"),
    as_superuser(
        "ALTER PUBLICATION published ADD TABLE app.plans", "published table published.app.plans"
    ),
    as_superuser("ALTER PUBLICATION published SET (publish = 'insert')", "publication published"),
    as_superuser(
        "ALTER PUBLICATION published SET TABLE app.papers (id) WHERE (id > 1)",
        "published table published.app.papers",
    ),
    as_superuser("ALTER PUBLICATION published ADD TABLES IN SCHEMA app", "publication published"),
    as_superuser("ALTER SERVER far OPTIONS (SET host 'b')", "foreign server far"),
    as_superuser(
        "GRANT USAGE ON FOREIGN SERVER far TO catalog_reader", "foreign server privileges far"
    ),
    as_superuser(
        "CREATE TEXT SEARCH CONFIGURATION app.w (COPY = pg_catalog.simple)",
        "text search configuration app.w",
    ),
    as_superuser("GRANT ALL ON LANGUAGE plpgsql TO catalog_reader", "language privileges plpgsql"),
)

CHANGES = (
    *TABLES,
    *COLUMNS,
    *CONSTRAINTS,
    *INDEXES,
    *OTHER_RELATIONS,
    *ROUTINES_AND_TYPES,
    *DATABASE_WIDE,
)
