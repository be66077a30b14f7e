-- step 1: add column users.motto
--   ACCESS EXCLUSIVE on public.users
BEGIN;
ALTER TABLE public.users ADD COLUMN motto text DEFAULT 'a
b';
COMMIT;
-- undo: ALTER TABLE public.users DROP COLUMN motto;

-- step 2: build index users_motto_idx
--   SHARE UPDATE EXCLUSIVE on public.users
CREATE INDEX CONCURRENTLY users_motto_idx ON public.users (motto);
-- undo: DROP INDEX CONCURRENTLY public.users_motto_idx;
