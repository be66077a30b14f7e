-- step 1: build index order_items_product_idx
--   SHARE UPDATE EXCLUSIVE on public.payments
CREATE UNIQUE INDEX CONCURRENTLY order_items_product_idx ON public.payments (id, order_id);
-- undo: DROP INDEX CONCURRENTLY public.order_items_product_idx;

-- step 2: 2 statements together, as written
--   ACCESS EXCLUSIVE on public.orders
--   ACCESS EXCLUSIVE on public.payments
BEGIN;
DROP TRIGGER orders_touch ON orders;
ALTER TABLE public.payments REPLICA IDENTITY USING INDEX order_items_product_idx;
COMMIT;
