-- step 1: create table regions ..., as written
BEGIN;
CREATE TABLE regions (id int PRIMARY KEY, name text NOT NULL);
COMMIT;
-- undo: DROP TABLE public.regions;

-- step 2: add column users.region_id
--   ACCESS EXCLUSIVE on public.users
BEGIN;
ALTER TABLE public.users ADD COLUMN region_id int;
COMMIT;
-- undo: ALTER TABLE public.users DROP COLUMN region_id;

-- step 3: build index users_region_idx
--   SHARE UPDATE EXCLUSIVE on public.users
CREATE INDEX CONCURRENTLY users_region_idx ON public.users (region_id);
-- undo: DROP INDEX CONCURRENTLY public.users_region_idx;

-- step 4: add key users_region_id_fkey, for new rows
--   SHARE ROW EXCLUSIVE on public.regions
--   SHARE ROW EXCLUSIVE on public.users
BEGIN;
ALTER TABLE public.users ADD CONSTRAINT users_region_id_fkey FOREIGN KEY (region_id) REFERENCES public.regions (id) NOT VALID;
COMMIT;
-- undo: ALTER TABLE public.users DROP CONSTRAINT users_region_id_fkey;

-- step 5: check every row against users_region_id_fkey
--   ROW SHARE on public.regions
--   SHARE UPDATE EXCLUSIVE on public.users
BEGIN;
ALTER TABLE public.users VALIDATE CONSTRAINT users_region_id_fkey;
COMMIT;
