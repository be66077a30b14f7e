-- step 1: alter table public.users ..., as written
--   ACCESS EXCLUSIVE on public.users
BEGIN;
ALTER TABLE public.users ALTER COLUMN "age" SET DEFAULT 0;
COMMIT;

-- step 2: let users.age take no NULL any more
--   ACCESS EXCLUSIVE on public.users
BEGIN;
ALTER TABLE public.users ADD CONSTRAINT users_age_not_null NOT NULL age NOT VALID;
COMMIT;
-- undo: ALTER TABLE public.users DROP CONSTRAINT users_age_not_null;

-- step 3: check that no row has NULL in users.age
--   SHARE UPDATE EXCLUSIVE on public.users
BEGIN;
ALTER TABLE public.users VALIDATE CONSTRAINT users_age_not_null;
COMMIT;
