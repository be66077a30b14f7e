-- step 1: build index orders_open_idx
--   SHARE UPDATE EXCLUSIVE on public.orders
CREATE INDEX CONCURRENTLY orders_open_idx ON public.orders (placed_at DESC NULLS LAST) WHERE status <> 'shipped' AND total > 0;
-- undo: DROP INDEX CONCURRENTLY public.orders_open_idx;
