-- step 1: add column users.points
--   ACCESS EXCLUSIVE on public.users
BEGIN;
ALTER TABLE public.users ADD COLUMN points int DEFAULT 0;
COMMIT;
-- undo: ALTER TABLE public.users DROP COLUMN points;

-- step 2: let users.points take no NULL any more
--   ACCESS EXCLUSIVE on public.users
BEGIN;
ALTER TABLE public.users ADD CONSTRAINT releasegate_nn_29f4672d94e1 CHECK (points IS NOT NULL) NOT VALID;
COMMIT;
-- undo: ALTER TABLE public.users DROP CONSTRAINT releasegate_nn_29f4672d94e1;

-- step 3: check that no row has NULL in users.points
--   SHARE UPDATE EXCLUSIVE on public.users
BEGIN;
ALTER TABLE public.users VALIDATE CONSTRAINT releasegate_nn_29f4672d94e1;
COMMIT;

-- step 4: make users.points NOT NULL
--   ACCESS EXCLUSIVE on public.users
BEGIN;
ALTER TABLE public.users ALTER COLUMN points SET NOT NULL;
ALTER TABLE public.users DROP CONSTRAINT releasegate_nn_29f4672d94e1;
COMMIT;
-- undo: ALTER TABLE public.users ALTER COLUMN points DROP NOT NULL;
