-- step 1: 2 statements together, as written
--   ACCESS EXCLUSIVE on public.orders
BEGIN;
ALTER TABLE public.orders ALTER user_id DROP NOT NULL;
ALTER TABLE public.orders ALTER status DROP DEFAULT;
COMMIT;
