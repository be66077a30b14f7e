-- step 1: create statistics users_place ..., as written
--   SHARE UPDATE EXCLUSIVE on public.users
BEGIN;
CREATE STATISTICS users_place (dependencies) ON country, age FROM users;
COMMIT;

-- step 2: alter table public.users ..., as written
--   SHARE UPDATE EXCLUSIVE on public.users
BEGIN;
ALTER TABLE public.users ALTER COLUMN country SET STATISTICS 500;
COMMIT;
