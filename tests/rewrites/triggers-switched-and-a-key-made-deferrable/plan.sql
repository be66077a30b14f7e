-- step 1: 2 statements together, as written
--   SHARE ROW EXCLUSIVE on public.orders
--   ACCESS EXCLUSIVE on public.payments
BEGIN;
ALTER TABLE public.orders DISABLE TRIGGER orders_touch;
ALTER TABLE public.payments ALTER CONSTRAINT payments_order_fk DEFERRABLE INITIALLY IMMEDIATE;
COMMIT;
