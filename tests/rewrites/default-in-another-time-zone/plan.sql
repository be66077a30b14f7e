-- step 1: add column users.seen_at
--   ACCESS EXCLUSIVE on public.users
BEGIN;
ALTER TABLE public.users ADD COLUMN seen_at timestamp NOT NULL DEFAULT (now() AT TIME ZONE 'utc');
COMMIT;
-- undo: ALTER TABLE public.users DROP COLUMN seen_at;
