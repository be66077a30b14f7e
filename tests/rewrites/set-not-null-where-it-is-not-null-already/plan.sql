-- step 1: orders.user_id is NOT NULL
--   ACCESS EXCLUSIVE on public.orders
BEGIN;
ALTER TABLE public.orders ALTER COLUMN user_id SET NOT NULL;
COMMIT;
