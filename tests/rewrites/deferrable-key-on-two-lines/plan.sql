-- step 1: add key payments_order_deferred_fk, for new rows
--   SHARE ROW EXCLUSIVE on public.orders
--   SHARE ROW EXCLUSIVE on public.payments
BEGIN;
ALTER TABLE public.payments ADD CONSTRAINT payments_order_deferred_fk FOREIGN KEY (order_id) REFERENCES public.orders
DEFERRABLE
INITIALLY DEFERRED NOT VALID;
COMMIT;
-- undo: ALTER TABLE public.payments DROP CONSTRAINT payments_order_deferred_fk;

-- step 2: check every row against payments_order_deferred_fk
--   ROW SHARE on public.orders
--   SHARE UPDATE EXCLUSIVE on public.payments
BEGIN;
ALTER TABLE public.payments VALIDATE CONSTRAINT payments_order_deferred_fk;
COMMIT;
