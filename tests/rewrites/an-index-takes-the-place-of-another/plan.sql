-- step 1: build index payments_order_id_amount_idx
--   SHARE UPDATE EXCLUSIVE on public.payments
CREATE UNIQUE INDEX CONCURRENTLY payments_order_id_amount_idx ON public.payments (order_id, amount);
-- undo: DROP INDEX CONCURRENTLY public.payments_order_id_amount_idx;

-- step 2: drop index payments_order_id_idx
--   SHARE UPDATE EXCLUSIVE on public.payments
DROP INDEX CONCURRENTLY public.payments_order_id_idx;
