-- step 1: let users.name take no NULL any more
--   ACCESS EXCLUSIVE on public.users
BEGIN;
ALTER TABLE public.users ADD CONSTRAINT users_name_not_null NOT NULL name NOT VALID;
COMMIT;
-- undo: ALTER TABLE public.users DROP CONSTRAINT users_name_not_null;

-- step 2: check that no row has NULL in users.name
--   SHARE UPDATE EXCLUSIVE on public.users
BEGIN;
ALTER TABLE public.users VALIDATE CONSTRAINT users_name_not_null;
COMMIT;

-- step 3: let users.country take no NULL any more
--   ACCESS EXCLUSIVE on public.users
BEGIN;
ALTER TABLE public.users ADD CONSTRAINT users_country_not_null NOT NULL country NOT VALID;
COMMIT;
-- undo: ALTER TABLE public.users DROP CONSTRAINT users_country_not_null;

-- step 4: check that no row has NULL in users.country
--   SHARE UPDATE EXCLUSIVE on public.users
BEGIN;
ALTER TABLE public.users VALIDATE CONSTRAINT users_country_not_null;
COMMIT;
