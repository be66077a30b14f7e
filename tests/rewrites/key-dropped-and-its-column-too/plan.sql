-- step 1: 2 statements together, as written
--   ACCESS EXCLUSIVE on public.orders
--   ACCESS EXCLUSIVE on public.payments
BEGIN;
ALTER TABLE public.payments DROP CONSTRAINT payments_order_fk;
ALTER TABLE public.payments DROP COLUMN order_id;
COMMIT;
