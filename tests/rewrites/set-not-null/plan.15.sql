-- step 1: let users.name take no NULL any more
--   ACCESS EXCLUSIVE on public.users
BEGIN;
ALTER TABLE public.users ADD CONSTRAINT releasegate_nn_3752c69214cd CHECK (name IS NOT NULL) NOT VALID;
COMMIT;
-- undo: ALTER TABLE public.users DROP CONSTRAINT releasegate_nn_3752c69214cd;

-- step 2: check that no row has NULL in users.name
--   SHARE UPDATE EXCLUSIVE on public.users
BEGIN;
ALTER TABLE public.users VALIDATE CONSTRAINT releasegate_nn_3752c69214cd;
COMMIT;

-- step 3: make users.name NOT NULL
--   ACCESS EXCLUSIVE on public.users
BEGIN;
ALTER TABLE public.users ALTER COLUMN name SET NOT NULL;
ALTER TABLE public.users DROP CONSTRAINT releasegate_nn_3752c69214cd;
COMMIT;
-- undo: ALTER TABLE public.users ALTER COLUMN name DROP NOT NULL;

-- step 4: let users.country take no NULL any more
--   ACCESS EXCLUSIVE on public.users
BEGIN;
ALTER TABLE public.users ADD CONSTRAINT releasegate_nn_0fbc5d9e23b5 CHECK (country IS NOT NULL) NOT VALID;
COMMIT;
-- undo: ALTER TABLE public.users DROP CONSTRAINT releasegate_nn_0fbc5d9e23b5;

-- step 5: check that no row has NULL in users.country
--   SHARE UPDATE EXCLUSIVE on public.users
BEGIN;
ALTER TABLE public.users VALIDATE CONSTRAINT releasegate_nn_0fbc5d9e23b5;
COMMIT;

-- step 6: make users.country NOT NULL
--   ACCESS EXCLUSIVE on public.users
BEGIN;
ALTER TABLE public.users ALTER COLUMN country SET NOT NULL;
ALTER TABLE public.users DROP CONSTRAINT releasegate_nn_0fbc5d9e23b5;
COMMIT;
-- undo: ALTER TABLE public.users ALTER COLUMN country DROP NOT NULL;
