-- step 1: alter table users ..., as written
--   ACCESS EXCLUSIVE on public.users
BEGIN;
ALTER TABLE users RENAME COLUMN name TO full_name;
COMMIT;

-- step 2: let users.full_name take no NULL any more
--   ACCESS EXCLUSIVE on public.users
BEGIN;
ALTER TABLE public.users ADD CONSTRAINT releasegate_nn_ca78ccb31e73 CHECK (full_name IS NOT NULL) NOT VALID;
COMMIT;
-- undo: ALTER TABLE public.users DROP CONSTRAINT releasegate_nn_ca78ccb31e73;

-- step 3: check that no row has NULL in users.full_name
--   SHARE UPDATE EXCLUSIVE on public.users
BEGIN;
ALTER TABLE public.users VALIDATE CONSTRAINT releasegate_nn_ca78ccb31e73;
COMMIT;

-- step 4: make users.full_name NOT NULL
--   ACCESS EXCLUSIVE on public.users
BEGIN;
ALTER TABLE public.users ALTER COLUMN full_name SET NOT NULL;
ALTER TABLE public.users DROP CONSTRAINT releasegate_nn_ca78ccb31e73;
COMMIT;
-- undo: ALTER TABLE public.users ALTER COLUMN full_name DROP NOT NULL;
