-- step 1: 2 statements together, as written
BEGIN;
ALTER DEFAULT PRIVILEGES IN SCHEMA audit GRANT SELECT ON TABLES TO PUBLIC;
GRANT SELECT (id, email), UPDATE (name) ON users TO PUBLIC;
COMMIT;
