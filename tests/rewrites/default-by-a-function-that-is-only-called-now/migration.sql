CREATE FUNCTION audit.now() RETURNS timestamptz LANGUAGE sql VOLATILE AS 'SELECT pg_catalog.clock_timestamp()';
ALTER TABLE users ADD COLUMN seen_at timestamptz DEFAULT audit.now();
