-- step 1: add column users.points
--   ACCESS EXCLUSIVE on public.users
BEGIN;
ALTER TABLE public.users ADD COLUMN points int CONSTRAINT points_known NOT NULL DEFAULT 0;
COMMIT;
-- undo: ALTER TABLE public.users DROP COLUMN points;
