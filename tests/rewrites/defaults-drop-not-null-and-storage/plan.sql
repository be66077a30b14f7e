-- step 1: 4 statements together, as written
--   ACCESS EXCLUSIVE on public.users
BEGIN;
ALTER TABLE public.users ALTER COLUMN country SET DEFAULT 'de';
ALTER TABLE public.users ALTER COLUMN settings DROP NOT NULL;
ALTER TABLE public.users ALTER COLUMN name SET STORAGE EXTERNAL;
ALTER TABLE public.users SET (autovacuum_vacuum_scale_factor = 0.01);
COMMIT;
