-- step 1: add key releasegate_swap_6ef02881da09, unproven as written
--   SHARE ROW EXCLUSIVE on public.orders
--   SHARE ROW EXCLUSIVE on public.payments
BEGIN;
ALTER TABLE public.payments ADD CONSTRAINT releasegate_swap_6ef02881da09 FOREIGN KEY ("order_id") REFERENCES public.orders ("id") ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED NOT VALID;
COMMIT;
-- undo: ALTER TABLE public.payments DROP CONSTRAINT releasegate_swap_6ef02881da09;

-- step 2: 2 statements together, as written
--   ACCESS EXCLUSIVE on public.orders
--   ACCESS EXCLUSIVE on public.payments
BEGIN;
ALTER TABLE public.payments DROP CONSTRAINT "payments_order_fk";
ALTER TABLE public.payments RENAME CONSTRAINT releasegate_swap_6ef02881da09 TO payments_order_fk;
COMMIT;
