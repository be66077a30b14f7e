-- step 1: drop index no_such_idx
DROP INDEX CONCURRENTLY public.no_such_idx;

-- step 2: 2 statements together, as written
--   ACCESS EXCLUSIVE on public.users
BEGIN;
ALTER TABLE public.users DROP CONSTRAINT IF EXISTS no_such_check;
ALTER TABLE public.users DROP COLUMN IF EXISTS no_such_column;
COMMIT;

-- step 3: drop table if ..., as written
--   ACCESS EXCLUSIVE on public.no_such_table
BEGIN;
DROP TABLE IF EXISTS no_such_table;
COMMIT;
