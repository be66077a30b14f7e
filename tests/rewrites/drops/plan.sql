-- step 1: 3 statements together, as written
--   ACCESS EXCLUSIVE on public.invoices
--   ACCESS EXCLUSIVE on public.orders
--   ACCESS EXCLUSIVE on public.payments
BEGIN;
ALTER TABLE public.orders DROP COLUMN coupon;
ALTER TABLE public.payments DROP CONSTRAINT payments_order_fk;
DROP TABLE IF EXISTS invoices;
COMMIT;

-- step 2: drop index products_name_idx
--   SHARE UPDATE EXCLUSIVE on public.products
DROP INDEX CONCURRENTLY public.products_name_idx;
