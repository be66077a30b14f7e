-- step 1: alter table public.users ..., as written
--   ACCESS EXCLUSIVE on public.users
BEGIN;
ALTER TABLE public.users ALTER COLUMN "age" SET DEFAULT 0;
COMMIT;

-- step 2: let users.age take no NULL any more
--   ACCESS EXCLUSIVE on public.users
BEGIN;
ALTER TABLE public.users ADD CONSTRAINT releasegate_nn_903e70b61879 CHECK (age IS NOT NULL) NOT VALID;
COMMIT;
-- undo: ALTER TABLE public.users DROP CONSTRAINT releasegate_nn_903e70b61879;

-- step 3: check that no row has NULL in users.age
--   SHARE UPDATE EXCLUSIVE on public.users
BEGIN;
ALTER TABLE public.users VALIDATE CONSTRAINT releasegate_nn_903e70b61879;
COMMIT;

-- step 4: make users.age NOT NULL
--   ACCESS EXCLUSIVE on public.users
BEGIN;
ALTER TABLE public.users ALTER COLUMN age SET NOT NULL;
ALTER TABLE public.users DROP CONSTRAINT releasegate_nn_903e70b61879;
COMMIT;
-- undo: ALTER TABLE public.users ALTER COLUMN age DROP NOT NULL;
