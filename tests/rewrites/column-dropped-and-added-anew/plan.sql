-- step 1: 2 statements together, as written
--   ACCESS EXCLUSIVE on public.users
BEGIN;
ALTER TABLE public.users DROP COLUMN age;
ALTER TABLE public.users ADD COLUMN age smallint;
COMMIT;
-- undo: ALTER TABLE public.users DROP COLUMN age;
