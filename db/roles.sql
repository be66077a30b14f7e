-- Who may look, who may apply, who may read what was done: with the least that each needs, and no
-- superuser. An administrator runs it once a database; running it again changes nothing.
--
--   psql -v owner=papers_owner -f db/roles.sql papers
--
-- owner is the role that owns the app's tables. Passwords are set afterwards, with \password.
\set ON_ERROR_STOP on
\if :{?owner}
\else
  \echo 'Name the role that owns the tables: psql -v owner=ROLE -f db/roles.sql DATABASE'
  \quit
\endif

SELECT format('CREATE ROLE %I %s NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS', role, login)
FROM (VALUES ('releasegate_reader', 'NOLOGIN'), ('releasegate_preflight', 'LOGIN'),
             ('releasegate_apply', 'LOGIN')) AS wanted (role, login)
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) \gexec

BEGIN;

-- Reads the ledger: give it to whoever asks "releasegate status".
CREATE SCHEMA IF NOT EXISTS releasegate AUTHORIZATION releasegate_apply;
GRANT USAGE ON SCHEMA releasegate TO releasegate_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA releasegate TO releasegate_reader;
ALTER DEFAULT PRIVILEGES FOR ROLE releasegate_apply IN SCHEMA releasegate
  GRANT SELECT ON TABLES TO releasegate_reader;
ALTER DEFAULT PRIVILEGES IN SCHEMA releasegate GRANT SELECT ON TABLES TO releasegate_reader;

-- Looks, and changes nothing: whether rows would violate a key is asked of the tables themselves,
-- how old a transaction in the way is, of pg_stat_activity. Repeat the two lines for each schema.
GRANT releasegate_reader, pg_read_all_stats TO releasegate_preflight;
GRANT USAGE ON SCHEMA public TO releasegate_preflight;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO releasegate_preflight;
GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO releasegate_preflight;
ALTER DEFAULT PRIVILEGES FOR ROLE :"owner" IN SCHEMA public
  GRANT SELECT ON TABLES TO releasegate_preflight;
ALTER DEFAULT PRIVILEGES FOR ROLE :"owner" IN SCHEMA public
  GRANT SELECT ON SEQUENCES TO releasegate_preflight;

-- Applies: it acts as the tables' owner, and owns the ledger's schema. Where it shall not be able to
-- change what the ledger says of the past, let an administrator own it instead:
--   DROP SCHEMA releasegate; then releasegate init-ledger --grant-to releasegate_apply
GRANT :"owner", pg_read_all_stats TO releasegate_apply;

COMMIT;
