-- step 1: add columns users.referrer_id, users.level, users.handle
--   ACCESS EXCLUSIVE on public.users
BEGIN;
ALTER TABLE public.users ADD COLUMN referrer_id bigint, ADD COLUMN level int DEFAULT 1 NOT NULL, ADD CONSTRAINT users_level_check CHECK (level BETWEEN 1 AND 9) NOT VALID, ADD COLUMN handle text COLLATE "C";
COMMIT;
-- undo: ALTER TABLE public.users DROP COLUMN handle;
-- undo: ALTER TABLE public.users DROP CONSTRAINT users_level_check;
-- undo: ALTER TABLE public.users DROP COLUMN level;
-- undo: ALTER TABLE public.users DROP COLUMN referrer_id;

-- step 2: build index users_handle_uq
--   SHARE UPDATE EXCLUSIVE on public.users
CREATE UNIQUE INDEX CONCURRENTLY users_handle_uq ON public.users (handle);
-- undo: DROP INDEX CONCURRENTLY public.users_handle_uq;

-- step 3: make users_handle_uq a constraint
--   ACCESS EXCLUSIVE on public.users
BEGIN;
ALTER TABLE public.users ADD CONSTRAINT users_handle_uq UNIQUE USING INDEX users_handle_uq;
COMMIT;
-- undo: ALTER TABLE public.users DROP CONSTRAINT users_handle_uq;

-- step 4: check every row against users_level_check
--   SHARE UPDATE EXCLUSIVE on public.users
BEGIN;
ALTER TABLE public.users VALIDATE CONSTRAINT users_level_check;
COMMIT;

-- step 5: add key users_referrer_id_fkey, for new rows
--   SHARE ROW EXCLUSIVE on public.users
BEGIN;
ALTER TABLE public.users ADD CONSTRAINT users_referrer_id_fkey FOREIGN KEY (referrer_id) REFERENCES public.users ON DELETE SET NULL NOT VALID;
COMMIT;
-- undo: ALTER TABLE public.users DROP CONSTRAINT users_referrer_id_fkey;

-- step 6: check every row against users_referrer_id_fkey
--   SHARE UPDATE EXCLUSIVE on public.users
BEGIN;
ALTER TABLE public.users VALIDATE CONSTRAINT users_referrer_id_fkey;
COMMIT;
