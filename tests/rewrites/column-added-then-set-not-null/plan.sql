-- step 1: add column users.points
--   ACCESS EXCLUSIVE on public.users
BEGIN;
ALTER TABLE public.users ADD COLUMN points int DEFAULT 0;
COMMIT;
-- undo: ALTER TABLE public.users DROP COLUMN points;

-- step 2: let users.points take no NULL any more
--   ACCESS EXCLUSIVE on public.users
BEGIN;
ALTER TABLE public.users ADD CONSTRAINT users_points_not_null NOT NULL points NOT VALID;
COMMIT;
-- undo: ALTER TABLE public.users DROP CONSTRAINT users_points_not_null;

-- step 3: check that no row has NULL in users.points
--   SHARE UPDATE EXCLUSIVE on public.users
BEGIN;
ALTER TABLE public.users VALIDATE CONSTRAINT users_points_not_null;
COMMIT;
