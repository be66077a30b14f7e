-- step 1: build index payments_order_id_key
--   SHARE UPDATE EXCLUSIVE on public.payments
CREATE UNIQUE INDEX CONCURRENTLY payments_order_id_key ON public.payments (order_id);
-- undo: DROP INDEX CONCURRENTLY public.payments_order_id_key;

-- step 2: make payments_order_id_key a constraint
--   ACCESS EXCLUSIVE on public.payments
BEGIN;
ALTER TABLE public.payments ADD CONSTRAINT payments_order_id_key UNIQUE USING INDEX payments_order_id_key;
COMMIT;
-- undo: ALTER TABLE public.payments DROP CONSTRAINT payments_order_id_key;

-- step 3: drop index payments_order_id_idx
--   SHARE UPDATE EXCLUSIVE on public.payments
DROP INDEX CONCURRENTLY public.payments_order_id_idx;
