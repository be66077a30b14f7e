-- step 1: alter table users ..., as written
--   ACCESS EXCLUSIVE on public.users
BEGIN;
ALTER TABLE users RENAME COLUMN name TO full_name;
COMMIT;

-- step 2: let users.full_name take no NULL any more
--   ACCESS EXCLUSIVE on public.users
BEGIN;
ALTER TABLE public.users ADD CONSTRAINT users_full_name_not_null NOT NULL full_name NOT VALID;
COMMIT;
-- undo: ALTER TABLE public.users DROP CONSTRAINT users_full_name_not_null;

-- step 3: check that no row has NULL in users.full_name
--   SHARE UPDATE EXCLUSIVE on public.users
BEGIN;
ALTER TABLE public.users VALIDATE CONSTRAINT users_full_name_not_null;
COMMIT;
