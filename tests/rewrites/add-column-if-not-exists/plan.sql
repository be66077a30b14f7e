-- step 1: add column users.phone
--   ACCESS EXCLUSIVE on public.users
BEGIN;
ALTER TABLE public.users ADD COLUMN IF NOT EXISTS phone text;
COMMIT;
-- undo: ALTER TABLE public.users DROP COLUMN phone;
