-- step 1: create or replace ..., as written
--   ACCESS EXCLUSIVE on public.active_users
BEGIN;
CREATE OR REPLACE VIEW active_users AS SELECT id, email, country FROM users WHERE name IS NOT NULL;
COMMIT;
