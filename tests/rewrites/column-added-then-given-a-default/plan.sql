-- step 1: 2 statements together, as written
--   ACCESS EXCLUSIVE on public.users
BEGIN;
ALTER TABLE public.users ADD COLUMN plan text;
ALTER TABLE public.users ALTER COLUMN plan SET DEFAULT 'free';
COMMIT;
-- undo: ALTER TABLE public.users DROP COLUMN plan;
