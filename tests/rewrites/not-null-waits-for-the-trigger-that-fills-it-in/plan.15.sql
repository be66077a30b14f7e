-- step 1: 2 statements together, as written
--   SHARE ROW EXCLUSIVE on public.users
BEGIN;
CREATE FUNCTION fill_name() RETURNS trigger LANGUAGE plpgsql AS
  'BEGIN NEW.name := coalesce(NEW.name, NEW.email); RETURN NEW; END';
CREATE TRIGGER users_name BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION fill_name();
COMMIT;

-- step 2: let users.name take no NULL any more
--   ACCESS EXCLUSIVE on public.users
BEGIN;
ALTER TABLE public.users ADD CONSTRAINT releasegate_nn_3752c69214cd CHECK (name IS NOT NULL) NOT VALID;
COMMIT;
-- undo: ALTER TABLE public.users DROP CONSTRAINT releasegate_nn_3752c69214cd;

-- step 3: check that no row has NULL in users.name
--   SHARE UPDATE EXCLUSIVE on public.users
BEGIN;
ALTER TABLE public.users VALIDATE CONSTRAINT releasegate_nn_3752c69214cd;
COMMIT;

-- step 4: make users.name NOT NULL
--   ACCESS EXCLUSIVE on public.users
BEGIN;
ALTER TABLE public.users ALTER COLUMN name SET NOT NULL;
ALTER TABLE public.users DROP CONSTRAINT releasegate_nn_3752c69214cd;
COMMIT;
-- undo: ALTER TABLE public.users ALTER COLUMN name DROP NOT NULL;
