-- step 1: add column users.level
--   ACCESS EXCLUSIVE on public.users
BEGIN;
ALTER TABLE public.users ADD COLUMN level int, ADD CONSTRAINT users_level_check CHECK (level > 0) NOT ENFORCED;
COMMIT;
-- undo: ALTER TABLE public.users DROP CONSTRAINT users_level_check;
-- undo: ALTER TABLE public.users DROP COLUMN level;

-- step 2: add check users_age_check, unproven as written
--   ACCESS EXCLUSIVE on public.users
BEGIN;
ALTER TABLE public.users ADD CONSTRAINT users_age_check CHECK (age > 0) NOT ENFORCED;
COMMIT;
-- undo: ALTER TABLE public.users DROP CONSTRAINT users_age_check;

-- step 3: add key orders_user_fk, unproven as written
--   SHARE ROW EXCLUSIVE on public.orders
--   SHARE ROW EXCLUSIVE on public.users
BEGIN;
ALTER TABLE public.orders ADD CONSTRAINT orders_user_fk FOREIGN KEY (user_id) REFERENCES public.users NOT ENFORCED;
COMMIT;
-- undo: ALTER TABLE public.orders DROP CONSTRAINT orders_user_fk;
