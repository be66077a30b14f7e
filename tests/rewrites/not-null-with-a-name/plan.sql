-- step 1: add check users_age_known, for new rows
--   ACCESS EXCLUSIVE on public.users
BEGIN;
ALTER TABLE public.users ADD CONSTRAINT users_age_known NOT NULL age NOT VALID;
COMMIT;
-- undo: ALTER TABLE public.users DROP CONSTRAINT users_age_known;

-- step 2: check every row against users_age_known
--   SHARE UPDATE EXCLUSIVE on public.users
BEGIN;
ALTER TABLE public.users VALIDATE CONSTRAINT users_age_known;
COMMIT;
