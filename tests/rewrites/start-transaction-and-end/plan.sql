-- step 1: add column users.nickname
--   ACCESS EXCLUSIVE on public.users
BEGIN;
ALTER TABLE public.users ADD COLUMN nickname text;
COMMIT;
-- undo: ALTER TABLE public.users DROP COLUMN nickname;

-- step 2: build index users_nickname_idx
--   SHARE UPDATE EXCLUSIVE on public.users
CREATE INDEX CONCURRENTLY users_nickname_idx ON public.users (nickname);
-- undo: DROP INDEX CONCURRENTLY public.users_nickname_idx;
