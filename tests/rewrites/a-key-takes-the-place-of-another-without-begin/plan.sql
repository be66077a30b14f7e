-- step 1: add key releasegate_swap_6ef02881da09, for new rows
--   SHARE ROW EXCLUSIVE on public.orders
--   SHARE ROW EXCLUSIVE on public.payments
BEGIN;
ALTER TABLE public.payments ADD CONSTRAINT releasegate_swap_6ef02881da09 FOREIGN KEY (order_id) REFERENCES public.orders (id) ON DELETE CASCADE NOT VALID;
COMMIT;
-- undo: ALTER TABLE public.payments DROP CONSTRAINT releasegate_swap_6ef02881da09;

-- step 2: check every row against releasegate_swap_6ef02881da09
--   ROW SHARE on public.orders
--   SHARE UPDATE EXCLUSIVE on public.payments
BEGIN;
ALTER TABLE public.payments VALIDATE CONSTRAINT releasegate_swap_6ef02881da09;
COMMIT;

-- step 3: 2 statements together, as written
--   ACCESS EXCLUSIVE on public.orders
--   ACCESS EXCLUSIVE on public.payments
BEGIN;
ALTER TABLE public.payments DROP CONSTRAINT payments_order_fk;
ALTER TABLE public.payments RENAME CONSTRAINT releasegate_swap_6ef02881da09 TO payments_order_fk;
COMMIT;
