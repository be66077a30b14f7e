-- step 1: build index users_manager_idx
--   SHARE UPDATE EXCLUSIVE on public.users
CREATE INDEX CONCURRENTLY users_manager_idx ON public.users (manager_id);
-- undo: DROP INDEX CONCURRENTLY public.users_manager_idx;

-- step 2: add key users_manager_fk, for new rows
--   SHARE ROW EXCLUSIVE on public.users
BEGIN;
ALTER TABLE public.users ADD CONSTRAINT users_manager_fk FOREIGN KEY (manager_id) REFERENCES public.users (id) ON DELETE SET NULL NOT VALID;
COMMIT;
-- undo: ALTER TABLE public.users DROP CONSTRAINT users_manager_fk;

-- step 3: check every row against users_manager_fk
--   SHARE UPDATE EXCLUSIVE on public.users
BEGIN;
ALTER TABLE public.users VALIDATE CONSTRAINT users_manager_fk;
COMMIT;
