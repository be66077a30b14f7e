-- step 1: add columns users.seen_at, users.seen_until
--   ACCESS EXCLUSIVE on public.users
BEGIN;
ALTER TABLE public.users ADD COLUMN seen_at timestamptz NOT NULL DEFAULT now(), ADD COLUMN seen_until timestamptz DEFAULT now() + interval '1 day';
COMMIT;
-- undo: ALTER TABLE public.users DROP COLUMN seen_until;
-- undo: ALTER TABLE public.users DROP COLUMN seen_at;
