-- step 1: create type mood ..., as written
BEGIN;
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
COMMIT;

-- step 2: add column users.mood
--   ACCESS EXCLUSIVE on public.users
BEGIN;
ALTER TABLE public.users ADD COLUMN mood mood NOT NULL DEFAULT 'ok'::mood;
COMMIT;
-- undo: ALTER TABLE public.users DROP COLUMN mood;
