-- step 1: build index users_lower_lower1_idx
--   SHARE UPDATE EXCLUSIVE on public.users
CREATE INDEX CONCURRENTLY users_lower_lower1_idx ON public.users (lower(email), lower(name));
-- undo: DROP INDEX CONCURRENTLY public.users_lower_lower1_idx;
