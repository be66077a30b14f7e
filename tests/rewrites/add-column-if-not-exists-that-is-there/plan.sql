-- step 1: add column users.name
--   ACCESS EXCLUSIVE on public.users
BEGIN;
ALTER TABLE public.users ADD COLUMN IF NOT EXISTS name text;
COMMIT;
-- undo: ALTER TABLE public.users DROP COLUMN name;
