-- step 1: add column users.short_name
--   ACCESS EXCLUSIVE on public.users
BEGIN;
ALTER TABLE public.users ADD COLUMN short_name label;
COMMIT;
-- undo: ALTER TABLE public.users DROP COLUMN short_name;
